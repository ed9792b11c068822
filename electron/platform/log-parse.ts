import { type LogEntry, LogLevel } from '../../shared/log-entry.ts'
import { oneLine, reservedNames } from './log-format.ts'

type Fields = NonNullable<LogEntry['fields']>
type FieldValue = Fields[string]

/**
 * One line of a log file, text or JSON, as the entry it was made of; null for anything else: a line torn by a crash, or
 * another program's. Text has its time to the second and its fields as people read them, so that formatting the entry
 * again gives the same line.
 */
export function parseLogLine(line: string): LogEntry | null {
  const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line
  const entry = trimmed.startsWith('{') ? parseJson(trimmed) : parseText(trimmed)
  return entry === null ? null : visible(entry)
}

/** Ours are so already; others' lines must not colour the terminal on which the log is shown. */
function visible(entry: LogEntry): LogEntry {
  const { fields, ...rest } = entry
  const shown = Object.entries(fields ?? {}).map(([name, value]): [string, FieldValue] => [
    oneLine(name),
    typeof value === 'string' ? oneLine(value) : value,
  ])
  return {
    ...rest,
    name: oneLine(entry.name),
    message: oneLine(entry.message),
    ...(fields === undefined ? {} : { fields: Object.fromEntries(shown) }),
  }
}

const textLine =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) - ([^\s](?:.*?[^\s])??) - (DEBUG|INFO|WARNING|ERROR) - (.*)$/
const repeatedTail = / \(repeated ([1-9]\d{0,14}) times?\)$/
const fieldsTail = / \[([A-Za-z_]\w*=.*)\]$/

function parseText(line: string): LogEntry | null {
  const match = textLine.exec(line)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const at = new Date(year, month - 1, day, hour, minute, second)
  // `Date` would make the 3rd of March of a 31st of February.
  if (
    at.getFullYear() !== year ||
    at.getMonth() !== month - 1 ||
    at.getDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return null
  const [, , , , , , , name = '', level = '', rest = ''] = match
  const repeated = repeatedTail.exec(rest)
  const said = repeated === null ? rest : rest.slice(0, repeated.index)
  const tail = fieldsTail.exec(said)
  const fields = tail === null ? null : parseFields(tail[1] ?? '')
  return {
    at: at.toISOString(),
    level: LogLevel.parse(level.toLowerCase()),
    name,
    message: fields === null ? said : said.slice(0, tail?.index),
    ...(fields === null ? {} : { fields }),
    ...(repeated === null ? {} : { repeated: Number(repeated[1]) }),
  }
}

/** `a=1 b=two words c=3`: a value ends where the next name begins. Null when a name comes twice: then it is no list of ours. */
function parseFields(text: string): Fields | null {
  const pairs = text.split(/ (?=[A-Za-z_]\w*=)/).map((pair): [string, FieldValue] => {
    const end = pair.indexOf('=')
    return [pair.slice(0, end), fieldValue(pair.slice(end + 1))]
  })
  const fields = Object.fromEntries(pairs)
  return Object.keys(fields).length === pairs.length ? fields : null
}

function fieldValue(text: string): FieldValue {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
}

function parseJson(line: string): LogEntry | null {
  const record = objectOf(line)
  if (record === null) return null
  const { timestamp, level, logger, message, repeated } = record
  const known = LogLevel.safeParse(level)
  if (typeof timestamp !== 'string' || typeof logger !== 'string' || typeof message !== 'string') return null
  if (!known.success || Number.isNaN(Date.parse(timestamp))) return null
  const fields = Object.entries(record).filter(
    (entry): entry is [string, FieldValue] => !reservedNames.has(entry[0]) && isFieldValue(entry[1]),
  )
  return {
    at: new Date(timestamp).toISOString(),
    level: known.data,
    name: logger,
    message,
    ...(fields.length === 0 ? {} : { fields: Object.fromEntries(fields) }),
    ...(typeof repeated === 'number' && Number.isInteger(repeated) && repeated > 0 ? { repeated } : {}),
  }
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // A line torn by a crash.
    return null
  }
}

const isFieldValue = (value: unknown): value is FieldValue =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
