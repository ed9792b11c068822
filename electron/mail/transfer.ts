import { CR, DASH, EQUALS, HEX, isBlank, LF, SPACE, UNDERSCORE } from './bytes.ts'
import { decodeUu } from './uuencode.ts'
import { decodeYenc } from './yenc.ts'

/** Value of each base64 byte; -1 for all others, `-` and `_` included: list footers are full of them. */
const BASE64 = new Int8Array(256).fill(-1)
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  BASE64[char.charCodeAt(0)] = value
}

/** Base64; illegal bytes are skipped and `=` ends a block, so joined blocks and list footers do no harm. */
export function decodeBase64(bytes: Buffer): Buffer {
  const block = onlyBlock(bytes)
  // Node's own decoder skips illegal bytes as well, and is many times faster.
  return block === null ? decodeBlocks(bytes) : Buffer.from(bytes.toString('latin1', 0, block), 'base64')
}

/** Where the padding of the only block begins. Null for what Node's decoder takes otherwise: a second block, and `-` and `_`, which mean something to it. */
function onlyBlock(bytes: Buffer): number | null {
  if (bytes.includes(DASH) || bytes.includes(UNDERSCORE)) return null
  const padding = bytes.indexOf(EQUALS)
  if (padding < 0) return bytes.length
  for (let i = padding + 1; i < bytes.length; i++) {
    if (BASE64[bytes[i]!]! >= 0) return null
  }
  return padding
}

function decodeBlocks(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(((bytes.length * 3) >> 2) + 3)
  const end = bytes.length
  let length = 0
  let held = 0
  let bits = 0
  let i = 0
  while (i < end) {
    if (bits === 0) {
      // Four good bytes at once, which is nearly all there is.
      while (i + 4 <= end) {
        const a = BASE64[bytes[i]!]!
        const b = BASE64[bytes[i + 1]!]!
        const c = BASE64[bytes[i + 2]!]!
        const d = BASE64[bytes[i + 3]!]!
        if ((a | b | c | d) < 0) break
        out[length++] = (a << 2) | (b >> 4)
        out[length++] = ((b & 15) << 4) | (c >> 2)
        out[length++] = ((c & 3) << 6) | d
        i += 4
      }
      if (i >= end) break
    }
    const byte = bytes[i++]!
    const value = BASE64[byte]!
    if (value < 0) {
      if (byte === EQUALS) bits = 0
      continue
    }
    held = ((held << 6) | value) & 0xffffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out[length++] = (held >> bits) & 255
    }
  }
  return out.subarray(0, length)
}

/**
 * Can this be base64, as its head says? Text that was never encoded has blanks between words. Looks at the first three
 * lines up to a `=` (list footers come after it), and forgives the noise that damaged mails have.
 */
export function looksLikeBase64(bytes: Buffer): boolean {
  let bad = 0
  let all = 0
  let lineLength = 0
  let lines = 0
  for (let i = 0; i < bytes.length && i < 4000; i++) {
    const byte = bytes[i]!
    if (byte === CR) continue
    if (byte === EQUALS) break
    if (byte === LF) {
      if (lineLength > 0) lines++
      if (lines === 3 || (lines === 1 && bad === 0 && all >= 16 && all % 4 === 0)) break
      lineLength = 0
      continue
    }
    all++
    lineLength++
    if (BASE64[byte]! < 0) bad++
  }
  return bad * 12 <= all
}

/** Quoted-printable (https://www.rfc-editor.org/rfc/rfc2045#section-6.7); bad escapes stay as they are. */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  const end = bytes.length
  // Names of other modules cost a look-up each time; this loop sees most bytes of a mailbox.
  const space = SPACE
  const equals = EQUALS
  const hex = HEX
  let length = 0
  let i = 0
  while (i < end) {
    const byte = bytes[i]!
    // Ordinary characters, and single blanks between words, are nearly all there is.
    if (byte > space ? byte !== equals : byte === space && bytes[i + 1]! > space) {
      out[length++] = byte
      i++
    } else if (byte === equals) {
      const value = i + 2 < end ? (hex[bytes[i + 1]!]! << 4) | hex[bytes[i + 2]!]! : -1
      if (value >= 0) {
        out[length++] = value
        i += 3
        continue
      }
      let j = i + 1
      while (j < end && isBlank(bytes[j])) j++
      if (j >= end) i = j
      else if (bytes[j] === LF) i = j + 1
      else if (bytes[j] === CR && bytes[j + 1] === LF) i = j + 2
      else {
        out[length++] = byte
        i++
      }
    } else if (isBlank(byte)) {
      let j = i + 1
      while (j < end && isBlank(bytes[j])) j++
      const lineEnds = j >= end || bytes[j] === LF || (bytes[j] === CR && bytes[j + 1] === LF)
      if (!lineEnds) while (i < j) out[length++] = bytes[i++]!
      i = j
    } else {
      out[length++] = byte
      i++
    }
  }
  return out.subarray(0, length)
}

/** Content-Transfer-Encoding values as we name them; null for one we do not know. */
export function encodingName(value: string): string | null {
  const word = value
    .slice(0, 200)
    .toLowerCase()
    .replace(/\([^()]*\)/g, ' ')
    .replace(/["';]/g, ' ')
    .trim()
  if (word === '') return '7bit'
  if (/^base-?64\b/.test(word)) return 'base64'
  if (/^(quoted[-_ ]?printable|qp)\b/.test(word)) return 'quoted-printable'
  if (/^(x-)?(uu|uue|uuencode)\b/.test(word)) return 'uuencode'
  if (/^(x-)?yenc\b/.test(word)) return 'yenc'
  return /^(7-?bit|8-?bit|binary)\b/.exec(word)?.[0].replace('-', '') ?? null
}

/** Undoes one transfer encoding, by its name from `encodingName`. Others give the bytes themselves, uncopied. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case 'base64':
      return decodeBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    case 'uuencode':
      return decodeUu(bytes)
    case 'yenc':
      return decodeYenc(bytes).content
    default:
      return bytes
  }
}

/** Does `decodeTransfer` change anything? */
export function isEncoded(encoding: string): boolean {
  return encoding === 'base64' || encoding === 'quoted-printable' || encoding === 'uuencode' || encoding === 'yenc'
}
