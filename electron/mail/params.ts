import { hexDigit } from './bytes.ts'
import { decodeCharset } from './charset.ts'
import { decodeWords } from './words.ts'

/** A header value with parameters, such as Content-Type. */
export interface Structured {
  /** What stands before the first `;`, without comments, in lower case. */
  readonly value: string
  readonly params: ReadonlyMap<string, string>
  /** Parameters that came in the encoded form of RFC 2231 and are decoded already. */
  readonly decoded: ReadonlySet<string>
}

const MAX_PARAMS = 500

const QUOTE = '"'
const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\t' || char === '\r' || char === '\n'

/** Index after blanks and comments from `at`; an unclosed comment goes to the end. */
function skipFilling(text: string, at: number): number {
  let i = at
  for (;;) {
    while (isSpace(text[i])) i++
    if (text[i] !== '(') return i
    let depth = 0
    for (; i < text.length; i++) {
      const char = text[i]
      if (char === '\\') i++
      else if (char === '(') depth++
      else if (char === ')' && --depth === 0) break
    }
    if (i >= text.length) return text.length
    i++
  }
}

/** A quoted value from after its quote. `\` goes only before `"` and `\`: Windows paths are full of others. */
function readQuoted(text: string, start: number): { value: string; next: number } {
  const pieces: string[] = []
  let from = start
  let i = start
  while (i < text.length && text[i] !== QUOTE) {
    if (text[i] === '\\' && (text[i + 1] === QUOTE || text[i + 1] === '\\')) {
      pieces.push(text.slice(from, i))
      i++
      from = i
    }
    i++
  }
  if (i >= text.length) {
    // Never closed: better to lose a blank in a name than to swallow the parameters that follow.
    const stop = text.indexOf(';', start)
    const end = stop < 0 ? text.length : stop
    return { value: text.slice(start, end).trim(), next: end }
  }
  pieces.push(text.slice(from, i))
  return { value: pieces.join(''), next: i + 1 }
}

function readBare(text: string, start: number): { value: string; next: number } {
  const semicolon = text.indexOf(';', start)
  const next = semicolon < 0 ? text.length : semicolon
  let value = text.slice(start, next)
  const comment = value.search(/[ \t]\(/)
  if (comment >= 0) value = value.slice(0, comment)
  return { value: value.trim(), next }
}

/** Undoes `%41`; other characters stay. Gives bytes, for the text may be in any charset. */
function percentBytes(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const high = bytes[i] === 37 ? hexDigit(bytes[i + 1]) : -1
    const low = high >= 0 ? hexDigit(bytes[i + 2]) : -1
    if (low >= 0) {
      bytes[length++] = (high << 4) | low
      i += 2
    } else bytes[length++] = bytes[i]!
  }
  return bytes.subarray(0, length)
}

interface Section {
  readonly order: number
  readonly value: string
  readonly encoded: boolean
}

/** Puts RFC 2231 pieces (`name*0*=`, `name*1=`) together: sort, join, decode once. */
function joinSections(sections: Section[]): string {
  sections.sort((a, b) => a.order - b.order)
  let charset = ''
  const pieces: Buffer[] = []
  for (const [index, { value, encoded }] of sections.entries()) {
    if (!encoded) {
      pieces.push(Buffer.from(value, 'utf8'))
      continue
    }
    let text = value
    const first = index === 0 ? value.indexOf("'") : -1
    const second = first < 0 ? -1 : value.indexOf("'", first + 1)
    if (second >= 0) {
      charset = value.slice(0, first)
      text = value.slice(second + 1)
    }
    pieces.push(percentBytes(text))
  }
  return decodeCharset(Buffer.concat(pieces), charset).text
}

const SECTION = /^([^*]{1,100})\*(?:(\d{1,4})(\*)?)?$/

/** Reads `value; name=value; ...`. Linear in the text, and never throws; the first of two equal names counts. */
export function readStructured(text: string): Structured {
  const raw = new Map<string, string>()
  let i = skipFilling(text, 0)
  const start = i
  while (i < text.length && text[i] !== ';' && text[i] !== '(') i++
  const value = text
    .slice(start, Math.min(i, start + 300))
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
    .split(/\s/, 1)[0]!
  i = skipFilling(text, i)
  while (i < text.length && raw.size < MAX_PARAMS) {
    const semicolon = text.indexOf(';', i)
    if (semicolon < 0) break
    i = skipFilling(text, semicolon + 1)
    const nameStart = i
    while (i < text.length && text[i] !== '=' && text[i] !== ';') i++
    if (text[i] !== '=') continue
    const name = text
      .slice(nameStart, Math.min(i, nameStart + 200))
      .split(/[\s(]/, 1)[0]!
      .toLowerCase()
    i = skipFilling(text, i + 1)
    const read = text[i] === QUOTE ? readQuoted(text, i + 1) : readBare(text, i)
    i = read.next
    if (name !== '' && !raw.has(name)) raw.set(name, read.value)
  }
  return { value, ...joinParams(raw) }
}

function joinParams(raw: ReadonlyMap<string, string>): Omit<Structured, 'value'> {
  const params = new Map(raw)
  const decoded = new Set<string>()
  const groups = new Map<string, Section[]>()
  for (const [name, value] of raw) {
    if (!name.includes('*')) continue
    const match = SECTION.exec(name)
    if (match === null) continue
    const base = match[1]!
    const order = match[2] === undefined ? 0 : Number(match[2])
    const section = { order, value, encoded: match[2] === undefined || match[3] !== undefined }
    const group = groups.get(base)
    if (group === undefined) groups.set(base, [section])
    else group.push(section)
  }
  for (const [base, sections] of groups) {
    params.set(base, joinSections(sections))
    decoded.add(base)
  }
  return { params, decoded }
}

/** A parameter for people: encoded words undone, though RFC 2047 forbids them there; undefined when absent. */
export function readableParam(structured: Structured, name: string): string | undefined {
  const value = structured.params.get(name)
  if (value === undefined) return undefined
  return structured.decoded.has(name) && !value.startsWith('=?') ? value : decodeWords(value)
}
