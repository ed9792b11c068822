import type { SimulatedMail } from '../types.ts'

/** A message of a mailbox. `labelIds` is replaced, never changed in place, so that copies stay true. */
export interface Entry {
  readonly id: string
  readonly threadId: string
  labelIds: readonly string[]
  historyId: number
  readonly internalDate: number
  readonly source: Uint8Array | (() => Uint8Array)
  /** Simulated time of arrival; null for mail that was loaded. */
  readonly arrivedAt: number | null
  /** Known once the bytes were read. */
  size: number | null
  snippet: string | null
}

/** Older first; among equals by id. The order of a mailbox from its oldest to its newest message. */
export function compareEntries(a: EntryKey, b: EntryKey): number {
  if (a.internalDate !== b.internalDate) return a.internalDate - b.internalDate
  if (a.id.length !== b.id.length) return a.id.length - b.id.length
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

export interface EntryKey {
  readonly internalDate: number
  readonly id: string
}

/** Index of the first entry that is not older than `key`. */
export function lowerBound(order: readonly Entry[], key: EntryKey): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareEntries(order[middle] as Entry, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const CACHE_BYTES = 16 * 1024 * 1024
let cached = 0
const cache = new Map<Entry, Uint8Array>()

/** The bytes of a message; those made on demand are kept while there is room. */
export function bytesOf(entry: Entry): Uint8Array {
  if (typeof entry.source !== 'function') return entry.source
  const known = cache.get(entry)
  if (known !== undefined) return known
  const bytes = entry.source()
  if (bytes.length > CACHE_BYTES / 4) return bytes
  cache.set(entry, bytes)
  cached += bytes.length
  for (const [old, value] of cache) {
    if (cached <= CACHE_BYTES) break
    cache.delete(old)
    cached -= value.length
  }
  return bytes
}

/** What the outside sees of a message, as it is now. */
export function viewOf(entry: Entry): SimulatedMail {
  return {
    id: entry.id,
    threadId: entry.threadId,
    labelIds: entry.labelIds,
    historyId: BigInt(entry.historyId),
    internalDate: entry.internalDate,
    get raw() {
      return bytesOf(entry)
    },
  }
}
