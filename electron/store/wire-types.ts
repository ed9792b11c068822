/**
 * How values travel to and from Postgres, the same for both drivers: parameters go as text (bytes apart), answers come
 * as text and are parsed by type here. Sessions run in UTC with ISO dates, so one parser serves.
 */
import type { SqlValue } from './db.ts'
import { StatementError } from './db.ts'

export type WireValue = string | Uint8Array | null
export type TextParser = (text: string) => unknown

/** More than this in one value risks the embedded database's 2 GB heap; bytes, or characters of text. */
export const embeddedValueLimit = 16 * 1024 * 1024
/** A server takes 1 GB; we hold a value several times over. The largest mail packed stays far below. */
export const serverValueLimit = 256 * 1024 * 1024
/** The protocol counts parameters in 16 bits: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const maxParameters = 65_535

/**
 * Parameters as Postgres reads them, no value longer than `limit`. Throws a `StatementError` for what Postgres could
 * not hold, as Postgres itself would: so the caller finds the bad row in one way.
 */
export function encodeParams(params: readonly SqlValue[], limit: number): WireValue[] {
  if (params.length > maxParameters) throw new StatementError('Too many parameters in one statement', '54000')
  return params.map((value) => {
    const encoded = encodeParam(value)
    if (encoded !== null && encoded.length > limit) {
      throw new StatementError('A value is larger than the store takes', '54000')
    }
    return encoded
  })
}

function encodeParam(value: SqlValue): WireValue {
  if (value === null || value instanceof Uint8Array) return value
  return isArray(value) ? `{${value.map(encodeElement).join(',')}}` : encodeText(value)
}

function encodeText(value: string | number | bigint | boolean | Date): string {
  if (!(value instanceof Date)) return String(value)
  if (Number.isNaN(value.getTime())) throw new StatementError('The date is not valid', '22008')
  const year = value.getUTCFullYear()
  if (year < 1 || year > 9999) throw new StatementError('The date is out of range', '22008')
  return value.toISOString()
}

function encodeElement(value: string | number | bigint | null): string {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : encodeText(value)
}

const isArray = (value: SqlValue): value is readonly (string | number | bigint | null)[] => Array.isArray(value)

/** A `timestamptz` in a UTC session. Infinity and years beyond JavaScript's reach become its last or first instant. */
export function parseTimestamp(text: string): Date {
  const match = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?([+-]\d\d(?::\d\d){0,2})?( BC)?$/.exec(text)
  if (match === null) return text === '-infinity' ? firstInstant() : lastInstant()
  const [, year, month, day, hour, minute, second, fraction, offset, bc] = match
  const date = new Date(0)
  date.setUTCFullYear(bc === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second), Math.floor(Number(fraction ?? 0) * 1000))
  date.setTime(date.getTime() - offsetMs(offset))
  if (Number.isNaN(date.getTime())) return bc === undefined ? lastInstant() : firstInstant()
  return date
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined) return 0
  const [hours = 0, minutes = 0, seconds = 0] = offset.slice(1).split(':').map(Number)
  const span = ((hours * 60 + minutes) * 60 + seconds) * 1000
  return offset.startsWith('-') ? -span : span
}

// https://tc39.es/ecma262/#sec-time-values-and-time-range
const lastInstant = () => new Date(8.64e15)
const firstInstant = () => new Date(-8.64e15)

/** `bytea` in its hex form, the server's default: https://www.postgresql.org/docs/current/datatype-binary.html */
export const parseBytea: TextParser = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))

/** An array in its text form: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
export function parseArray(text: string, parse: TextParser): unknown[] {
  let at = text.indexOf('{')
  const list = (): unknown[] => {
    const items: unknown[] = []
    at++
    while (at < text.length && text[at] !== '}') {
      if (text[at] === ',') at++
      else if (text[at] === '{') items.push(list())
      else items.push(item())
    }
    at++
    return items
  }
  const item = (): unknown => {
    if (text[at] === '"') {
      let value = ''
      for (at++; text[at] !== '"'; at++) {
        if (text[at] === '\\') at++
        value += text[at]
      }
      at++
      return parse(value)
    }
    const start = at
    while (at < text.length && text[at] !== ',' && text[at] !== '}') at++
    const word = text.slice(start, at)
    return word === 'NULL' ? null : parse(word)
  }
  return list()
}

const asText: TextParser = (text) => text
const asJson: TextParser = (text) => JSON.parse(text)
const asBoolean: TextParser = (text) => text === 't'

/** Type id, its array's type id, parser. Ids are fixed: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
const known: readonly (readonly [number, number, TextParser])[] = [
  [16, 1000, asBoolean],
  [17, 1001, parseBytea],
  [19, 1003, asText],
  [20, 1016, Number],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, 1009, asText],
  [26, 1028, Number],
  [114, 199, asJson],
  [700, 1021, Number],
  [701, 1022, Number],
  [1042, 1014, asText],
  [1043, 1015, asText],
  [1082, 1182, asText],
  [1114, 1115, asText],
  [1184, 1185, parseTimestamp],
  [1700, 1231, asText],
  [2950, 2951, asText],
  [3802, 3807, asJson],
]

/** Parsers by type id. A type that is not here stays text. */
export const textParsers: ReadonlyMap<number, TextParser> = new Map(
  known.flatMap(([type, arrayType, parse]): [number, TextParser][] => [
    [type, parse],
    [arrayType, (text) => parseArray(text, parse)],
  ]),
)
