import type { LostNotice } from '../../shared/documents.ts'
import { type LogEntry, type LogLevel, reaches } from '../../shared/log-entry.ts'

/** What came in, in its order: a line, or the news that some are missing here. */
export type LogItem =
  | {
      readonly kind: 'line'
      readonly key: number
      readonly entry: LogEntry
      /** The day on the person's own clock, comparable. */
      readonly day: number
      /** Everything the line says, in lower case, to search in. */
      readonly text: string
    }
  | { readonly kind: 'gap'; readonly key: number; readonly notice: LostNotice }

/** What is shown: the items that a filter lets through, and a row wherever a new day begins. */
export type LogRow = LogItem | { readonly kind: 'day'; readonly key: string; readonly at: Date }

export interface LogFilter {
  /** This level and above. */
  readonly level: LogLevel
  /** Only lines about this account; all when null. `id` is null for one that is known no more. */
  readonly account: { readonly id: string | null; readonly email: string } | null
  /** Only lines that hold this, whatever its case. */
  readonly text: string
}

export const everything: LogFilter = { level: 'debug', account: null, text: '' }

export function lineOf(key: number, entry: LogEntry): LogItem {
  const at = new Date(entry.at)
  const fields = Object.entries(entry.fields ?? {}).map(([name, value]) => ` ${name}=${value}`)
  return {
    kind: 'line',
    key,
    entry,
    day: at.getFullYear() * 10_000 + at.getMonth() * 100 + at.getDate(),
    text: `${entry.name} ${entry.message}${fields.join('')}`.toLowerCase(),
  }
}

/** Whether a filter lets an item through. That lines are missing is always shown. Pure. */
export function matcherOf({ level, account, text }: LogFilter): (item: LogItem) => boolean {
  const wanted = text.trim().toLowerCase()
  const isAbout = account === null ? null : aboutAccount(account)
  return (item) =>
    item.kind === 'gap' ||
    (reaches(item.entry.level, level) &&
      (wanted === '' || item.text.includes(wanted)) &&
      (isAbout === null || isAbout(item)))
}

/** Lines name an account by its address, or by its id in a field; another address that ends or begins alike is not meant. */
function aboutAccount({ id, email }: NonNullable<LogFilter['account']>) {
  const address = email.toLowerCase()
  const exactly = new RegExp(`(?<![\\w.+%-])${address.replaceAll(/[^\w@]/g, '\\$&')}(?![\\w-]|\\.\\w)`)
  return ({ entry, text }: LogItem & { readonly kind: 'line' }): boolean =>
    (id !== null && entry.fields?.['account'] === id) || (text.includes(address) && exactly.test(text))
}

/** The rows with those of more items behind them. */
export function withRows(rows: readonly LogRow[], items: readonly LogItem[], filter: LogFilter): readonly LogRow[] {
  const matches = matcherOf(filter)
  const more: LogRow[] = []
  let day = lastDay(rows)
  for (const item of items) {
    if (!matches(item)) continue
    if (item.kind === 'line' && item.day !== day) {
      day = item.day
      more.push({ kind: 'day', key: `day-${item.key}`, at: new Date(item.entry.at) })
    }
    more.push(item)
  }
  return more.length === 0 ? rows : rows.concat(more)
}

function lastDay(rows: readonly LogRow[]): number | null {
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index]
    if (row?.kind === 'line') return row.day
  }
  return null
}

/** Of links that say when something happened: the row of the line that was written then; -1 when none was. */
export function rowAt(rows: readonly LogRow[], at: Date): number {
  let [found, distance] = [-1, NEAR_MS]
  for (const [index, row] of rows.entries()) {
    if (row.kind !== 'line') continue
    const off = Math.abs(Date.parse(row.entry.at) - at.getTime())
    if (off <= distance) [found, distance] = [index, off]
  }
  return found
}

/** The line of a failure is written about when the failure is noted. */
const NEAR_MS = 5_000
