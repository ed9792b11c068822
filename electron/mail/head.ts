import { binary, COLON, CR, DASH, isBlank, LF } from './bytes.ts'

/** One header field: its name in lower case, and where its value lies in the mail, folded lines included. */
export interface Field {
  readonly name: string
  readonly from: number
  to: number
}

export interface Head {
  readonly fields: readonly Field[]
  /** Where the content begins. */
  readonly body: number
  /** Lines that are no header stood among the headers. */
  readonly noise: boolean
  /** Text follows the head without the empty line between them. */
  readonly open: boolean
  /** There are more fields than are read. */
  readonly full: boolean
}

/** A mail of nothing but short lines has millions, which take thirty times its own size in memory. Real heads have some hundred. */
const MAX_FIELDS = 100_000

/** A line that surely belongs to a head: enough to step over one line of noise before it. */
const KNOWN =
  /^(from|to|cc|subject|date|message-id|received|content-|mime-version|x-|reply-to|return-path|in-reply-to|references|dkim-|delivered-to|list-)[!-9;-~]*:/i

/** Longest name that `KNOWN` needs to see. */
const KNOWN_LENGTH = 62

/** Does a well-known header field begin at `at`? */
export function startsKnownField(bytes: Buffer, at: number): boolean {
  return KNOWN.test(binary(bytes, at, at + KNOWN_LENGTH))
}

function skipTop(bytes: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === CR || bytes[at] === LF)) at++
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3
  return Math.min(at, end)
}

/**
 * Reads the header fields of a mail or part in [start, end).
 *
 * A head ends at an empty line. Many mails forget it: then it ends at the first line that is no header, unless a
 * well-known header follows at once (one line of noise). `top` is for whole mails: empty lines, a byte order mark and an
 * mbox `From ` line before the first header do not count.
 */
export function readHead(bytes: Buffer, start: number, end: number, top: boolean): Head {
  const fields: Field[] = []
  const first = top ? skipTop(bytes, start, end) : start
  let noise = false
  let full = false
  let textStart = first // where the text begins if no header comes at all
  let at = first
  while (at < end) {
    let lineEnd = bytes.indexOf(LF, at)
    if (lineEnd < 0 || lineEnd >= end) lineEnd = end
    const stop = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
    const next = Math.min(lineEnd + 1, end)
    if (stop === at)
      return { fields, body: fields.length > 0 || at === first ? next : textStart, noise, open: false, full }
    const line = at
    at = next
    if (isBlank(bytes[line])) {
      const field = fields.at(-1)
      if (field !== undefined && !full) field.to = stop
      continue
    }
    let nameEnd = line
    while (nameEnd < stop && bytes[nameEnd]! > 32 && bytes[nameEnd]! < 127 && bytes[nameEnd] !== COLON) nameEnd++
    let colon = nameEnd
    while (colon < stop && isBlank(bytes[colon])) colon++ // "Subject :" is a header too
    if (nameEnd > line && colon < stop && bytes[colon] === COLON) {
      full = fields.length >= MAX_FIELDS
      if (!full) fields.push({ name: binary(bytes, line, nameEnd).toLowerCase(), from: colon + 1, to: stop })
      continue
    }
    if (line === first && /^>?From /.test(binary(bytes, line, line + 6))) {
      textStart = next
      continue
    }
    const delimiter = bytes[line] === DASH && bytes[line + 1] === DASH && fields.length > 0
    if (delimiter || !startsKnownField(bytes, next)) {
      return { fields, body: fields.length > 0 ? line : textStart, noise, open: true, full }
    }
    noise = true
  }
  return { fields, body: fields.length > 0 ? end : textStart, noise, open: false, full }
}
