/** The change log of a mailbox: ids ascend with gaps, as Gmail's do, and what is too old is forgotten. */
import type { Random } from '../random.ts'

export interface HistoryEntry {
  readonly id: number
  readonly messageId: string
  readonly threadId: string
  readonly kind: 'added' | 'deleted' | 'labels'
  readonly labelsAdded: readonly string[]
  readonly labelsRemoved: readonly string[]
  /** Labels of the message after the change. */
  readonly labelIds: readonly string[]
}

export interface HistoryLog {
  /** The mailbox's present history id. */
  current(): number
  /** Takes the next id without a record (labels made, drafts typed: things that leave no trace in history.list). */
  skip(): number
  append(change: Omit<HistoryEntry, 'id'>): number
  /** Records after `start`; undefined when the log does not reach back so far, or not yet so far. */
  after(start: number): number | undefined
  at(index: number): HistoryEntry | undefined
  readonly length: number
  expire(): void
}

export function createHistory(random: Random, from?: number): HistoryLog {
  const log: HistoryEntry[] = []
  const own = 1_000_000 + random.int(8_000_000)
  let current = from ?? own
  let oldest = current
  const skip = (): number => {
    current += 1 + random.int(random.chance(0.02) ? 5_000 : 40)
    return current
  }
  return {
    current: () => current,
    skip,
    append(change) {
      const id = skip()
      log.push({ id, ...change })
      return id
    },
    after(start) {
      if (start < oldest || start > current) return undefined
      let low = 0
      let high = log.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((log[middle] as HistoryEntry).id <= start) low = middle + 1
        else high = middle
      }
      return low
    },
    at: (index) => log[index],
    get length() {
      return log.length
    },
    expire() {
      oldest = skip()
    },
  }
}
