import type { LostNotice } from '../../shared/documents.ts'
import { type LogEntry, logWeight } from '../../shared/log-entry.ts'
import { everything, type LogFilter, type LogItem, type LogRow, lineOf, matcherOf, withRows } from './log-rows.ts'

export interface LogView {
  readonly rows: readonly LogRow[]
  /** How many of the rows are lines. */
  readonly shown: number
  /** How many lines there are, whatever the filter. */
  readonly total: number
  /** What stands still: since when, and how many lines that the filter lets through have come since. `scroll`: by looking further up. */
  readonly paused: { readonly at: Date; readonly by: 'button' | 'scroll'; readonly fresh: number } | null
  /** How many old lines this page has let go. */
  readonly letGo: number
}

export interface LogStore {
  get(): LogView
  subscribe(listener: () => void): () => void
  add(entry: LogEntry): void
  lose(notice: LostNotice): void
  setFilter(filter: LogFilter): void
  pause(by: 'button' | 'scroll'): void
  resume(): void
  /** Forgets all lines; filter and pause stay. */
  clear(): void
}

export interface LogStoreOptions {
  /** How many lines are kept, and how many characters they have together. */
  readonly mostLines?: number
  readonly mostCharacters?: number
  /** Runs what is given a little later: lines come in bunches, and each bunch is shown at once. */
  readonly later?: (run: () => void) => void
  readonly now?: () => Date
}

const BUNCH_MS = 100

/**
 * The lines that a page of the log holds, bounded however long it is open. What is paused stays as it is, whatever comes, so that nobody
 * who reads loses their place; the lines that come meanwhile are kept and counted.
 */
export function createLogStore({
  mostLines = 100_000,
  mostCharacters = 50_000_000,
  later = (run) => setTimeout(run, BUNCH_MS),
  now = () => new Date(),
}: LogStoreOptions = {}): LogStore {
  const listeners = new Set<() => void>()
  let pending: LogItem[] = []
  let kept: readonly LogItem[] = []
  let characters = 0
  let filter = everything
  /** What was there when it was paused, and what was paused. */
  let frozen: { readonly items: readonly LogItem[]; readonly at: Date; readonly by: 'button' | 'scroll' } | null = null
  let nextKey = 1
  let isDue = false
  let view: LogView = { rows: [], shown: 0, total: 0, paused: null, letGo: 0 }

  const show = (change: Partial<LogView>): void => {
    view = { ...view, ...change }
    for (const listener of listeners) listener()
  }
  const rowsOf = (items: readonly LogItem[]): Pick<LogView, 'rows' | 'shown'> => {
    const rows = withRows([], items, filter)
    return { rows, shown: linesIn(rows) }
  }
  const freshIn = (items: readonly LogItem[]): number => {
    const matches = matcherOf(filter)
    return items.filter((item) => item.kind === 'line' && matches(item)).length
  }
  const take = (item: LogItem): void => {
    pending.push(item)
    if (isDue) return
    isDue = true
    later(flush)
  }
  const flush = (): void => {
    isDue = false
    const fresh = pending
    pending = []
    if (fresh.length === 0) return
    kept = kept.concat(fresh)
    for (const item of fresh) characters += weightOf(item)
    const letGo = letGoOldest()
    const known = { total: view.total + linesIn(fresh) - letGo, letGo: view.letGo + letGo }
    if (frozen !== null) {
      const { paused } = view
      show({ ...known, paused: paused && { ...paused, fresh: paused.fresh + freshIn(fresh) } })
    } else if (letGo > 0) show({ ...known, ...rowsOf(kept) })
    else {
      const rows = withRows(view.rows, fresh, filter)
      show({ ...known, rows, shown: view.shown + freshIn(fresh) })
    }
  }
  /** A tenth at once, since making all rows anew for each line would cost more than the line. */
  const letGoOldest = (): number => {
    if (kept.length <= mostLines && characters <= mostCharacters) return 0
    const [lines, weight] = [mostLines * 0.9, mostCharacters * 0.9]
    let [first, gone] = [0, 0]
    while (kept.length - first > lines || characters > weight) {
      const oldest = kept[first]
      if (oldest === undefined) break
      characters -= weightOf(oldest)
      if (oldest.kind === 'line') gone += 1
      first += 1
    }
    kept = kept.slice(first)
    return gone
  }

  return {
    get: () => view,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add: (entry) => take(lineOf(nextKey++, entry)),
    lose: (notice) => take({ kind: 'gap', key: nextKey++, notice }),
    setFilter: (next) => {
      filter = next
      // Whoever asks for other lines has left the place they read at.
      if (frozen?.by === 'scroll') frozen = null
      if (frozen === null) show({ ...rowsOf(kept), paused: null })
      else {
        const last = frozen.items.at(-1)?.key ?? 0
        const fresh = freshIn(kept.filter(({ key }) => key > last))
        show({ ...rowsOf(frozen.items), paused: { at: frozen.at, by: frozen.by, fresh } })
      }
    },
    pause: (by) => {
      if (frozen !== null && (frozen.by === by || by === 'scroll')) return
      frozen = { items: frozen?.items ?? kept, at: frozen?.at ?? now(), by }
      show({ paused: { at: frozen.at, by, fresh: view.paused?.fresh ?? 0 } })
    },
    resume: () => {
      if (frozen === null) return
      frozen = null
      show({ ...rowsOf(kept), paused: null })
    },
    clear: () => {
      pending = []
      kept = []
      characters = 0
      if (frozen !== null) frozen = { ...frozen, items: [] }
      show({ rows: [], shown: 0, total: 0, letGo: 0, paused: view.paused && { ...view.paused, fresh: 0 } })
    },
  }
}

const weightOf = (item: LogItem): number => (item.kind === 'line' ? logWeight(item.entry) : 0)

const linesIn = (rows: readonly LogRow[]): number => {
  let lines = 0
  for (const row of rows) if (row.kind === 'line') lines += 1
  return lines
}
