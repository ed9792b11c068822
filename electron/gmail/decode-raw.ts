import { AppError } from '../../shared/errors.ts'
import type { MessageId } from '../../shared/ids.ts'
import { readFacts } from './answers.ts'
import type { RawMessage } from './types.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const PADDING = 0x3d
const COLON = 0x3a
const bad = (what: string): AppError => new AppError('bad_answer', `Gmail's answer is not valid: ${what}`)

/**
 * Decodes the body of `messages.get?format=raw` as it came: finds the value of `raw` in the bytes, so that megabytes of
 * base64 never pass through JSON.parse, reads the small rest as JSON, and decodes strictly. Synchronous; made for a worker
 * thread. The result owns its buffer, so it can be transferred.
 *
 * Throws `AppError('bad_answer')` for whatever is cut, garbled or about another message.
 */
export function decodeRawAnswer(body: Uint8Array, expected: MessageId): RawMessage {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const value = findRaw(buffer)
  if (value === null) return decodeParsed(parse(buffer.toString('utf8')), expected)
  const rest = parse(buffer.toString('utf8', 0, value.start) + buffer.toString('utf8', value.end))
  const facts = readFacts(rest, expected)
  return { ...facts, bytes: decodeBase64Url(buffer.toString('latin1', value.start, value.end)) }
}

/** The slow and general way, for bodies with escapes inside `raw`, or none at all. */
function decodeParsed(answer: unknown, expected: MessageId): RawMessage {
  const facts = readFacts(answer, expected)
  const raw = (answer as Readonly<Record<string, unknown>>)['raw']
  if (typeof raw !== 'string') throw bad('the original is missing')
  return { ...facts, bytes: decodeBase64Url(raw) }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new AppError('bad_answer', "Gmail's answer is cut short or no JSON", { cause: withoutContent(cause) })
  }
}

/** JSON.parse quotes the text it stumbled over: mail has no business in an error. */
function withoutContent(cause: unknown): Error {
  return new Error(cause instanceof SyntaxError ? 'not JSON' : 'unreadable')
}

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Where the value of the top-level key `raw` lies, without its quotes. Null when the plain walk cannot be sure (no such
 * key, more than one, an escape in a key or in the value, a body that ends too early): JSON.parse must decide then.
 */
function findRaw(buffer: Buffer): Range | null {
  let depth = 0
  let found: Range | null = null
  for (let at = 0; at < buffer.length; at++) {
    const byte = buffer[at]
    if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === 0x7d || byte === 0x5d) depth--
    if (byte !== QUOTE) continue
    const end = endOfString(buffer, at + 1)
    if (end === null) return null
    const colon = skipSpace(buffer, end + 1)
    const isKey = depth === 1 && buffer[colon] === COLON
    if (isKey && buffer.subarray(at + 1, end).includes(BACKSLASH)) return null
    if (isKey && end - at === 4 && buffer.toString('latin1', at + 1, end) === 'raw') {
      const start = skipSpace(buffer, colon + 1) + 1
      const close = buffer[start - 1] === QUOTE ? buffer.indexOf(QUOTE, start) : -1
      if (close < 0 || found !== null) return null
      if (buffer.subarray(start, close).includes(BACKSLASH)) return null
      found = { start, end: close }
      at = close
    } else {
      at = end
    }
  }
  return found
}

/** The index of the closing quote of the string that begins at `from`; null when there is none. */
function endOfString(buffer: Buffer, from: number): number | null {
  let at = from
  while (at < buffer.length) {
    const byte = buffer[at]
    if (byte === QUOTE) return at
    at += byte === BACKSLASH ? 2 : 1
  }
  return null
}

function skipSpace(buffer: Buffer, from: number): number {
  let at = from
  while (buffer[at] === 0x20 || buffer[at] === 0x0a || buffer[at] === 0x0d || buffer[at] === 0x09) at++
  return at
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * base64url (RFC 4648 §5), padded or not, and nothing else. Node's decoder skips what it does not know, so a wrong
 * character shows as missing bytes; `+` and `/`, which it takes too, are looked for. Bits left over must be zero.
 */
export function decodeBase64Url(text: string): Uint8Array {
  const length = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  const left = length % 4
  if (left === 1 || (length < text.length && text.length % 4 !== 0)) throw bad('the original is cut short')
  if (text.includes('+') || text.includes('/')) throw bad('the original is not base64url')
  const last = alphabet.indexOf(text.charAt(length - 1))
  if ((left === 2 && (last & 0x0f) !== 0) || (left === 3 && (last & 0x03) !== 0)) throw bad('the original is garbled')
  const size = Math.floor((length * 3) / 4)
  const bytes = new Uint8Array(size)
  const written = Buffer.from(bytes.buffer).write(text.slice(0, length), 'base64url')
  if (written !== size || text.slice(0, length).includes(String.fromCharCode(PADDING))) {
    throw bad('the original is not base64url')
  }
  return bytes
}
