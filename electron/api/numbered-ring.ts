/** The last items of an endless row, numbered from 1. */
export interface NumberedRing<T> {
  /** Number of the last item; 0 before the first. */
  readonly last: number
  /** Number of the oldest item that is still kept; one more than `last` when there is none. */
  readonly first: number
  push(item: T): void
  /** The item of that number; undefined when it is not kept any more, or not there yet. */
  at(number: number): T | undefined
}

/** Keeps at least the last `size` items, in memory for at most twice as many. */
export function createRing<T>(size: number): NumberedRing<T> {
  const items: T[] = []
  let last = 0
  return {
    get last() {
      return last
    },
    get first() {
      return last - Math.min(items.length, size) + 1
    },
    push: (item) => {
      items.push(item)
      last++
      // Cut in bulk: an array that is shifted at each line would be moved at each line.
      if (items.length >= 2 * size) items.splice(0, items.length - size)
    },
    at: (number) =>
      number > last - Math.min(items.length, size) ? items[number - last + items.length - 1] : undefined,
  }
}
