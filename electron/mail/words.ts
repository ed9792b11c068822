import { hexDigit } from './bytes.ts'
import { charsetName, decodeCharset } from './charset.ts'
import { decodeBase64 } from './transfer.ts'

/** One encoded word (https://www.rfc-editor.org/rfc/rfc2047) found in a text: [start, end). */
export interface Word {
  readonly start: number
  readonly end: number
  readonly charset: string
  readonly base64: boolean
  readonly content: string
}

const MAX_LABEL = 60
/** How far to look when it is not clear which `?=` ends a Q word. */
const MAX_LOOK = 2000

interface Opening {
  readonly charset: string
  readonly base64: boolean
  readonly content: number
}

/** `=?charset?Q?` at `at`, or null. */
function openingAt(text: string, at: number): Opening | null {
  const mark = text.indexOf('?', at + 2)
  if (mark < 0 || mark === at + 2 || mark - at > MAX_LABEL) return null
  const letter = text[mark + 1]
  if (letter === undefined || !'bBqQ'.includes(letter) || text[mark + 2] !== '?') return null
  const label = text.slice(at + 2, mark)
  if (/\s/.test(label)) return null
  return { charset: label.split('*', 1)[0]!.toLowerCase(), base64: letter === 'b' || letter === 'B', content: mark + 3 }
}

function isHexAt(text: string, at: number): boolean {
  return hexDigit(text.charCodeAt(at)) >= 0 && hexDigit(text.charCodeAt(at + 1)) >= 0
}

/**
 * End of the content, -1 when there is none. A Q word may hold a raw `?` (people forget to encode it), so `?=` followed by
 * two hexadecimal digits is a question mark and an escape, if the word still ends before the next blank.
 */
function contentEnd(text: string, { content, base64 }: Opening, nearest: number): number {
  let end = nearest
  if (base64) return end
  while (end >= 0 && end - content < MAX_LOOK && isHexAt(text, end + 2)) {
    const later = text.indexOf('?=', end + 2)
    if (later < 0 || later - end > MAX_LOOK || /[\s"<>]|=\?/.test(text.slice(end + 2, later))) return end
    end = later
  }
  return end
}

/** All encoded words, in order, in linear time. */
export function findWords(text: string): Word[] {
  const words: Word[] = []
  let at = text.indexOf('=?')
  let nearest = 0 // the first `?=` after the content: found once for all words that were never closed
  while (at >= 0) {
    const opening = openingAt(text, at)
    if (opening === null) {
      at = text.indexOf('=?', at + 2)
      continue
    }
    if (nearest < opening.content) nearest = text.indexOf('?=', opening.content)
    if (nearest < 0) break
    const end = contentEnd(text, opening, nearest)
    const content = text.slice(opening.content, end)
    // A word that was never closed must not swallow the next one.
    const inner = content.indexOf('=?')
    if (inner >= 0 && openingAt(text, opening.content + inner) !== null) {
      at = opening.content + inner
      continue
    }
    words.push({ start: at, end: end + 2, charset: opening.charset, base64: opening.base64, content })
    at = text.indexOf('=?', end + 2)
  }
  return words
}

/** Code units 128–255 as Q escapes, `=E4`. */
function escapeRawBytes(content: string): string {
  const out: string[] = []
  for (let i = 0; i < content.length; i++) {
    const code = content.charCodeAt(i)
    out.push(code < 128 ? content[i]! : `=${code.toString(16).toUpperCase()}`)
  }
  return out.join('')
}

function qBytes(content: string): Buffer {
  const bytes = Buffer.allocUnsafe(content.length)
  let length = 0
  for (let i = 0; i < content.length; i++) {
    const code = content.charCodeAt(i)
    // A raw character is no part of any byte encoding; as it was decoded from bytes already, UTF-8 is the best guess.
    if (code > 127) return qBytes(escapeRawBytes(Buffer.from(content, 'utf8').toString('latin1')))
    const high = code === 61 ? hexDigit(content.charCodeAt(i + 1)) : -1
    const low = high >= 0 ? hexDigit(content.charCodeAt(i + 2)) : -1
    if (low >= 0) {
      bytes[length++] = (high << 4) | low
      i += 2
    } else bytes[length++] = code === 95 ? 32 : code
  }
  return bytes.subarray(0, length)
}

function wordBytes(word: Word): Buffer {
  return word.base64 ? decodeBase64(Buffer.from(word.content, 'latin1')) : qBytes(word.content)
}

/**
 * May the bytes of a word go on from those of its neighbour? ISO-2022 words begin in the ground state and must not be
 * joined, unless the sender cut one in the middle: still shifted at its end, and no escape at the start of the next.
 */
function goesOn(charset: string, before: Buffer, next: Buffer): boolean {
  if (!charsetName(charset).startsWith('iso-2022')) return true
  const lastEscape = before.lastIndexOf(0x1b)
  return lastEscape >= 0 && before[lastEscape + 1] !== 0x28 && next[0] !== 0x1b
}

function isBlankBetween(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false
  }
  return true
}

/**
 * Undoes encoded words. Neighbours of one charset are joined as bytes before decoding, because senders cut characters in
 * two; blanks between words go. Decodes once: what comes out is not looked at again.
 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text
  const words = findWords(text)
  if (words.length === 0) return text
  const out: string[] = []
  let position = 0
  let pending: Buffer[] = []
  let charset = ''
  const flush = (): void => {
    if (pending.length > 0)
      out.push(decodeCharset(pending.length === 1 ? pending[0]! : Buffer.concat(pending), charset).text)
    pending = []
  }
  for (const word of words) {
    const bytes = wordBytes(word)
    const before = pending.at(-1)
    if (position === 0 || !isBlankBetween(text, position, word.start)) {
      flush()
      out.push(text.slice(position, word.start))
    } else if (before !== undefined && (word.charset !== charset || !goesOn(charset, before, bytes))) flush()
    charset = word.charset
    pending.push(bytes)
    position = word.end
  }
  flush()
  out.push(text.slice(position))
  return out.join('')
}

/**
 * Raw eight-bit bytes inside Q words, in a header as code units 0–255, become `=XX`: so the rest of the header can be
 * decoded by another charset than the word names. Other words stay as they are.
 */
export function escapeRawBytesInWords(header: string): string {
  if (!header.includes('=?')) return header
  const out: string[] = []
  let position = 0
  for (const word of findWords(header)) {
    if (word.base64) continue
    const from = word.end - 2 - word.content.length
    out.push(header.slice(position, from))
    out.push(escapeRawBytes(word.content))
    position = word.end - 2
  }
  out.push(header.slice(position))
  return out.join('')
}
