/** Text and bytes in the forms that travel in mail. */
import iconv from 'iconv-lite'
import type { Random } from '../random.ts'

const LINE = 76
const HEX = Buffer.from('0123456789ABCDEF', 'latin1')
const [TAB, NEWLINE, RETURN, SPACE, EQUALS, TILDE] = [9, 10, 13, 32, 61, 126]

/** Text in a MIME charset. */
export function encodeCharset(text: string, charset: string): Buffer {
  if (charset === 'iso-2022-jp') return iso2022jp(text)
  return iconv.encode(text, charset)
}

/** Two bytes of EUC-JP with their high bits off, between the escapes of RFC 1468. */
function iso2022jp(text: string): Buffer {
  const out: number[] = []
  let double = false
  for (const character of text) {
    const bytes = iconv.encode(character, 'euc-jp')
    const wide = bytes.length === 2
    if (wide !== double) out.push(0x1b, ...(wide ? [0x24, 0x42] : [0x28, 0x42]))
    double = wide
    for (const byte of bytes) out.push(byte & 0x7f)
  }
  if (double) out.push(0x1b, 0x28, 0x42)
  return Buffer.from(out)
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/** A header text as encoded words where it needs them, folded between words. */
export function words(text: string, charset = 'utf-8'): string {
  if (isPlain(text)) return text
  const pieces: string[] = []
  let piece = ''
  for (const character of text) {
    if (encodeCharset(piece + character, charset).length > 42) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  pieces.push(piece)
  return pieces.map((part) => `=?${charset}?B?${encodeCharset(part, charset).toString('base64')}?=`).join('\r\n ')
}

/** Base64 in lines of 76. */
export function base64Lines(bytes: Buffer): string {
  const text = Buffer.from(bytes.toString('base64'), 'latin1')
  const lines = Math.ceil(text.length / LINE)
  const out = Buffer.allocUnsafe(text.length + 2 * lines)
  for (let line = 0; line < lines; line++) {
    const end = text.copy(out, line * (LINE + 2), line * LINE, (line + 1) * LINE) + line * (LINE + 2)
    out[end] = RETURN
    out[end + 1] = NEWLINE
  }
  return out.toString('latin1')
}

/** Quoted-printable of bytes whose line ends are LF; lines end in CRLF. */
export function quotedPrintable(bytes: Buffer): string {
  const out = Buffer.allocUnsafe(bytes.length * 4 + 4)
  let to = 0
  let column = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === NEWLINE) {
      out[to++] = RETURN
      out[to++] = NEWLINE
      column = 0
      continue
    }
    const blankAtEnd = (byte === SPACE || byte === TAB) && (at + 1 === bytes.length || bytes[at + 1] === NEWLINE)
    const literal = !blankAtEnd && ((byte >= SPACE && byte <= TILDE && byte !== EQUALS) || byte === TAB)
    if (column + (literal ? 1 : 3) > LINE - 1) {
      out[to++] = EQUALS
      out[to++] = RETURN
      out[to++] = NEWLINE
      column = 0
    }
    if (literal) {
      out[to++] = byte
      column += 1
    } else {
      out[to++] = EQUALS
      out[to++] = HEX[byte >> 4] as number
      out[to++] = HEX[byte & 15] as number
      column += 3
    }
  }
  return out.toString('latin1', 0, to)
}

/** Bytes that do not compress, like those of pictures and archives. */
export function noise(random: Random, length: number): Buffer {
  const bytes = new Uint32Array(Math.ceil(length / 4))
  let x = random.int(0x7fffffff) | 1
  for (let i = 0; i < bytes.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    bytes[i] = x
  }
  return Buffer.from(bytes.buffer, 0, length)
}
