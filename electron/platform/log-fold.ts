import type { LogEntry } from '../../shared/log-entry.ts'

/** How long repeats are counted before the count is written: longer each time the trouble goes on. */
const FIRST_WINDOW_MS = 60_000
const LONGEST_WINDOW_MS = 60 * 60_000
/** Different troubles remembered at a time. */
const MOST_KEYS = 200

interface Trouble {
  readonly entry: LogEntry
  readonly count: number
  readonly ends: number
  readonly windowMs: number
}

/** Warnings and errors seen lately, by what they say. */
export type FoldState = ReadonlyMap<string, Trouble>
export const nothingFolded: FoldState = new Map()

interface Folded {
  readonly state: FoldState
  readonly write: readonly LogEntry[]
}

/**
 * Decides what to write when an entry arrives. Warnings and errors are written the first time; the same one again is
 * counted, and written as "repeated 42 times" when its window has passed. Anything else is written as it comes.
 * `nowMs` must only grow.
 */
export function fold(state: FoldState, entry: LogEntry, nowMs: number): Folded {
  const passed = foldPassed(state, nowMs)
  if (entry.level !== 'warning' && entry.level !== 'error') return { ...passed, write: [...passed.write, entry] }
  const next = new Map(passed.state)
  const key = keyOf(entry)
  const known = next.get(key)
  if (known !== undefined) {
    next.set(key, { ...known, entry, count: known.count + 1 })
    return { state: next, write: passed.write }
  }
  const write = [...passed.write, entry]
  const [oldest] = next
  if (next.size >= MOST_KEYS && oldest !== undefined) {
    next.delete(oldest[0])
    write.unshift(...counted([oldest[1]]))
  }
  next.set(key, { entry, count: 0, ends: nowMs + FIRST_WINDOW_MS, windowMs: FIRST_WINDOW_MS })
  return { state: next, write }
}

/** Writes the counts whose window has passed; a trouble that did not come back is forgotten. */
export function foldPassed(state: FoldState, nowMs: number): Folded {
  if (![...state.values()].some(({ ends }) => ends <= nowMs)) return { state, write: [] }
  const next = new Map<string, Trouble>()
  const over: Trouble[] = []
  for (const [key, trouble] of state) {
    if (trouble.ends > nowMs) next.set(key, trouble)
    else if (trouble.count > 0) {
      over.push(trouble)
      const windowMs = Math.min(trouble.windowMs * 4, LONGEST_WINDOW_MS)
      next.set(key, { ...trouble, count: 0, ends: nowMs + windowMs, windowMs })
    }
  }
  return { state: next, write: counted(over) }
}

/** When the next count is due to be written, on the clock of `nowMs`; null while nothing is counted. */
export function nextCount(state: FoldState): number | null {
  const ends = [...state.values()].flatMap(({ count, ends: end }) => (count > 0 ? [end] : []))
  return ends.length === 0 ? null : Math.min(...ends)
}

/** Everything still counted, at the end of the log. */
export const foldRest = (state: FoldState): readonly LogEntry[] => counted([...state.values()])

const counted = (troubles: readonly Trouble[]): readonly LogEntry[] =>
  troubles.filter(({ count }) => count > 0).map(({ entry, count }) => ({ ...entry, repeated: count }))

const keyOf = ({ level, name, message, fields }: LogEntry): string => JSON.stringify([level, name, message, fields])
