/**
 * One statement over Postgres' extended query protocol, framed here: https://www.postgresql.org/docs/current/protocol-message-formats.html
 * PGlite's own `query` asks for the parameters' types before it binds them, enters the server six times and copies its tables of parsers
 * each time. Parameters here go as text (bytes apart), so that nothing needs to be asked, and a statement that was parsed is known by its
 * name.
 */
import type { Row } from '../db.ts'
import type { ServerError } from '../faults.ts'
import type { TextParser, WireValue } from '../wire-types.ts'
import { textParsers } from '../wire-types.ts'

export interface QueryAnswer {
  readonly rows: Row[]
  readonly affected: number
  /** The command tag's first word; null when the server never finished the statement. */
  readonly command: string | null
  readonly error: ServerError | null
  /** The server holds the statement under its name from now on. */
  readonly parsed: boolean
  /** A transaction is open, failed or not. */
  readonly inTransaction: boolean
}

/** The messages that run one statement. `name` is what the server knows it by or is to know it by; `closing` are names to forget. */
export interface QueryMessages {
  readonly text: string
  readonly params: readonly WireValue[]
  readonly name: string
  /** The server does not know the statement yet. */
  readonly parse: boolean
  readonly closing: readonly string[]
}

const PARSE = 0x50
const BIND = 0x42
const DESCRIBE = 0x44
const EXECUTE = 0x45
const CLOSE = 0x43
const SYNC = 0x53
const STATEMENT = 0x53
const PORTAL = 0x50
const BINARY = 1

/** Close, Parse, Bind, Describe, Execute and Sync in one piece. */
export function encodeQuery({ text, params, name, parse, closing }: QueryMessages): Uint8Array {
  const lengths = params.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : (value?.length ?? 0)))
  const nameSize = name.length + 1
  const closeSize = closing.reduce((sum, each) => sum + 7 + each.length, 0)
  const parseSize = parse ? 5 + nameSize + Buffer.byteLength(text) + 1 + 2 : 0
  const bindSize = 5 + 1 + nameSize + 2 + 2 * params.length + 2 + lengths.reduce((sum, size) => sum + 4 + size, 0) + 2
  const out = Buffer.allocUnsafe(closeSize + parseSize + bindSize + 7 + 10 + 5)
  let at = 0
  const begin = (type: number, size: number): void => {
    at = out.writeUInt8(type, at)
    at = out.writeInt32BE(size - 1, at)
  }
  const string = (value: string): void => {
    at += out.write(value, at)
    at = out.writeUInt8(0, at)
  }
  for (const each of closing) {
    begin(CLOSE, 7 + each.length)
    at = out.writeUInt8(STATEMENT, at)
    string(each)
  }
  if (parse) {
    begin(PARSE, parseSize)
    string(name)
    string(text)
    at = out.writeInt16BE(0, at)
  }
  begin(BIND, bindSize)
  string('')
  string(name)
  at = out.writeUInt16BE(params.length, at)
  for (const value of params) at = out.writeInt16BE(value instanceof Uint8Array ? BINARY : 0, at)
  at = out.writeUInt16BE(params.length, at)
  for (const [index, value] of params.entries()) {
    at = out.writeInt32BE(value === null ? -1 : lengths[index]!, at)
    if (typeof value === 'string') at += out.write(value, at)
    else if (value !== null) {
      out.set(value, at)
      at += value.length
    }
  }
  at = out.writeInt16BE(0, at)
  begin(DESCRIBE, 7)
  at = out.writeUInt8(PORTAL, at)
  string('')
  begin(EXECUTE, 10)
  string('')
  at = out.writeInt32BE(0, at)
  begin(SYNC, 5)
  return out
}

interface Column {
  readonly name: string
  readonly parse: TextParser
}

/** Reads what the server answered to `encodeQuery`. Messages that say nothing of the statement (notices, settings) are passed over. */
export function readAnswer(answer: Buffer): QueryAnswer {
  const rows: Row[] = []
  let columns: readonly Column[] = []
  let command: string | null = null
  let affected = 0
  let error: ServerError | null = null
  let parsed = false
  let inTransaction = false
  let next = 0
  while (next + 5 <= answer.length) {
    const type = answer[next]
    const at = next + 5
    next += 1 + answer.readInt32BE(next + 1)
    if (type === 0x44) rows.push(readRow(answer, at, columns))
    else if (type === 0x54) columns = readColumns(answer, at)
    else if (type === 0x31) parsed = true
    else if (type === 0x43) {
      const words = stringAt(answer, at).split(' ')
      command = words[0] ?? null
      affected = command !== null && counted.has(command) ? Number(words.at(-1)) : 0
    } else if (type === 0x49) command = 'EMPTY'
    else if (type === 0x5a) inTransaction = answer[at] !== 0x49
    else if (type === 0x45) error ??= readError(answer, at)
  }
  return { rows, affected, command, error, parsed, inTransaction }
}

const counted: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

const stringAt = (answer: Buffer, at: number): string => answer.toString('utf8', at, answer.indexOf(0, at))

function readColumns(answer: Buffer, start: number): Column[] {
  const columns: Column[] = []
  let at = start + 2
  for (let left = answer.readUInt16BE(start); left > 0; left--) {
    const end = answer.indexOf(0, at)
    // Table (4), column (2), then the type, its size (2), modifier (4) and format (2)
    columns.push({
      name: answer.toString('utf8', at, end),
      parse: textParsers.get(answer.readUInt32BE(end + 7)) ?? asText,
    })
    at = end + 19
  }
  return columns
}

const asText: TextParser = (text) => text

function readRow(answer: Buffer, start: number, columns: readonly Column[]): Row {
  const row: Row = {}
  let at = start + 2
  for (const { name, parse } of columns) {
    const length = answer.readInt32BE(at)
    at += 4
    row[name] = length < 0 ? null : parse(answer.toString('utf8', at, at + length))
    if (length > 0) at += length
  }
  return row
}

/** https://www.postgresql.org/docs/current/protocol-error-fields.html */
function readError(answer: Buffer, start: number): ServerError {
  const fields = new Map<string, string>()
  let at = start
  while ((answer[at] ?? 0) !== 0) {
    const value = stringAt(answer, at + 1)
    fields.set(String.fromCharCode(answer[at]!), value)
    at = answer.indexOf(0, at + 1) + 1
  }
  return {
    message: fields.get('M') ?? '',
    code: fields.get('C'),
    severity: fields.get('V') ?? fields.get('S'),
    constraint: fields.get('n'),
  }
}
