/**
 * Just enough MIME for the simulator's `format=full`: a tree of parts over the bytes. Bad mail gives a smaller tree, never
 * an error. (The product reads mail with its own parser; this one is kept apart so that neither leans on the other.)
 */
import { isUtf8 } from 'node:buffer'

export interface MimeHeader {
  readonly name: string
  readonly value: string
}

export interface MimePart {
  /** '' for the whole mail, then '0', '1', '1.0'. */
  readonly partId: string
  readonly headers: readonly MimeHeader[]
  readonly mimeType: string
  readonly charset: string
  readonly filename: string
  /** Still encoded. */
  readonly content: Uint8Array
  readonly encoding: string
  readonly parts: readonly MimePart[]
}

const MAX_DEPTH = 20
const MAX_PARTS = 1_000
const NEWLINE = 10
const RETURN = 13

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

/** Text in a charset the mail names; unknown names are read as Latin-1. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  if (/^\s*(utf-?8|us-ascii)?\s*$/i.test(charset)) return view(bytes).toString('utf8')
  try {
    return new TextDecoder(charset.trim()).decode(bytes)
  } catch {
    return view(bytes).toString('latin1')
  }
}

/** RFC 2047 words: https://www.rfc-editor.org/rfc/rfc2047 */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text
  return text
    .replace(/(\?=)\s+(?==\?[^?\s]+\?[bq]\?)/gi, '$1')
    .replace(/=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, (_, charset: string, kind: string, data: string) => {
      const bytes =
        kind.toLowerCase() === 'b'
          ? Buffer.from(data, 'base64')
          : decodeQuotedPrintable(Buffer.from(data.replaceAll('_', ' '), 'latin1'))
      return decodeText(bytes, charset)
    })
}

/** Value of a hexadecimal digit; -1 for any other byte. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let to = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte !== 0x3d) {
      out[to++] = byte
      continue
    }
    if (bytes[at + 1] === NEWLINE) at += 1
    else if (bytes[at + 1] === RETURN && bytes[at + 2] === NEWLINE) at += 2
    else {
      const [high, low] = [hexDigit(bytes[at + 1]), hexDigit(bytes[at + 2])]
      if (high >= 0 && low >= 0) {
        out[to++] = high * 16 + low
        at += 2
      } else out[to++] = byte
    }
  }
  return out.subarray(0, to)
}

/** The content of a part with its transfer encoding taken off. */
export function decodedContent(part: MimePart): Uint8Array {
  if (part.encoding === 'base64') return Buffer.from(view(part.content).toString('latin1'), 'base64')
  if (part.encoding === 'quoted-printable') return decodeQuotedPrintable(part.content)
  return part.content
}

/** Raw header bytes are UTF-8 where they can be, else Latin-1. */
const headerText = (bytes: Uint8Array): string => view(bytes).toString(isUtf8(bytes) ? 'utf8' : 'latin1')

/** Where the head ends and the body starts. */
function splitHead(bytes: Uint8Array): { head: Uint8Array; body: Uint8Array } {
  const buffer = view(bytes)
  if (buffer[0] === NEWLINE) return { head: bytes.subarray(0, 0), body: bytes.subarray(1) }
  if (buffer[0] === RETURN && buffer[1] === NEWLINE) return { head: bytes.subarray(0, 0), body: bytes.subarray(2) }
  for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, at + 1)) {
    if (buffer[at + 1] === NEWLINE) return { head: bytes.subarray(0, at + 1), body: bytes.subarray(at + 2) }
    if (buffer[at + 1] === RETURN && buffer[at + 2] === NEWLINE)
      return { head: bytes.subarray(0, at + 1), body: bytes.subarray(at + 3) }
  }
  return { head: bytes, body: bytes.subarray(bytes.length) }
}

function readHeaders(head: Uint8Array): MimeHeader[] {
  const headers: MimeHeader[] = []
  const lines = headerText(head)
    .replaceAll(/\r?\n(?=[ \t])/g, '')
    .split(/\r?\n/)
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0 && !/\s/.test(line.slice(0, colon).trimEnd()))
      headers.push({ name: line.slice(0, colon).trimEnd(), value: decodeWords(line.slice(colon + 1).trim()) })
  }
  return headers
}

export const headerOf = (headers: readonly MimeHeader[], name: string): string =>
  headers.find((header) => header.name.toLowerCase() === name)?.value ?? ''

const parameterPattern = (name: string): RegExp =>
  new RegExp(`;\\s*${name}(?:\\*(\\d+))?(\\*)?\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'gi')
const patterns = {
  boundary: parameterPattern('boundary'),
  charset: parameterPattern('charset'),
  name: parameterPattern('name'),
  filename: parameterPattern('filename'),
}

/** A parameter of a structured field, RFC 2231 forms included; '' when absent. */
export function parameter(field: string, name: keyof typeof patterns): string {
  if (!field.includes(';')) return ''
  const pieces = new Map<number, { text: string; coded: boolean }>()
  for (const [, number, star, quoted, bare] of field.matchAll(patterns[name])) {
    const text = quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1')
    pieces.set(Number(number ?? 0), { text, coded: star !== undefined })
  }
  let charset = ''
  let out = Buffer.alloc(0)
  for (const [at, { text, coded }] of [...pieces].sort(([a], [b]) => a - b)) {
    let value = text
    if (coded && at === 0) {
      const [named, , ...rest] = text.split("'")
      if (rest.length > 0) {
        charset = named ?? ''
        value = rest.join("'")
      }
    }
    const bytes = coded
      ? Buffer.from(
          value.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          'latin1',
        )
      : Buffer.from(value)
    out = Buffer.concat([out, bytes])
  }
  return decodeText(out, charset)
}

/** The pieces between boundary lines; without any boundary line there are none. */
function splitParts(body: Uint8Array, boundary: string): Uint8Array[] {
  const buffer = view(body)
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  const pieces: Uint8Array[] = []
  let start = -1
  for (let at = buffer.indexOf(mark); at !== -1; at = buffer.indexOf(mark, at + 1)) {
    if (at > 0 && buffer[at - 1] !== NEWLINE) continue
    const end = at + mark.length
    const closing = buffer[end] === 0x2d && buffer[end + 1] === 0x2d
    const newline = buffer.indexOf(NEWLINE, end)
    const rest = view(body.subarray(end, newline === -1 ? body.length : newline)).toString('latin1')
    if (!closing && !/^[ \t\r]*$/.test(rest)) continue
    if (start >= 0) {
      const before = buffer[at - 2] === RETURN ? at - 2 : at - 1
      pieces.push(body.subarray(start, Math.max(start, before)))
    }
    start = newline === -1 ? body.length : newline + 1
    if (closing) return pieces
    if (pieces.length >= MAX_PARTS) return pieces
  }
  if (start >= 0) pieces.push(body.subarray(start))
  return pieces
}

/** The tree of a mail. */
export function parseMime(bytes: Uint8Array, partId = '', depth = 0, standard = 'text/plain'): MimePart {
  const { head, body } = splitHead(bytes)
  const headers = readHeaders(head)
  const contentType = headerOf(headers, 'content-type')
  const disposition = headerOf(headers, 'content-disposition')
  const named = /^\s*([\w.+-]+\/[\w.+-]+)/.exec(contentType)?.[1]?.toLowerCase() ?? standard
  const child = (index: number): string => (partId === '' ? String(index) : `${partId}.${index}`)
  let parts: MimePart[] = []
  if (depth < MAX_DEPTH && named.startsWith('multipart/')) {
    const inner = named === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    const boundary = parameter(contentType, 'boundary')
    const pieces = boundary === '' ? [] : splitParts(body, boundary)
    parts = pieces.map((piece, index) => parseMime(piece, child(index), depth + 1, inner))
  } else if (depth < MAX_DEPTH && named === 'message/rfc822') parts = [parseMime(body, child(0), depth + 1)]
  const multipart = named.startsWith('multipart/') && parts.length > 0
  return {
    partId,
    headers,
    mimeType: named.startsWith('multipart/') && !multipart ? 'text/plain' : named,
    charset: parameter(contentType, 'charset'),
    filename: decodeWords(parameter(disposition, 'filename') || parameter(contentType, 'name')),
    content: multipart ? body.subarray(body.length) : body,
    encoding: headerOf(headers, 'content-transfer-encoding').trim().toLowerCase(),
    parts,
  }
}
