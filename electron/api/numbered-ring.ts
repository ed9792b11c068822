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

/** Keeps the last `size` items, fewer when they weigh more than `most` together, and always the last one. */
export function createRing<T>(
  size: number,
  { most, weightOf }: { readonly most: number; readonly weightOf: (item: T) => number } = {
    most: Number.POSITIVE_INFINITY,
    weightOf: () => 0,
  },
): NumberedRing<T> {
  // Those before `start` are let go at once, and their places in bulk: an array that is shifted at each line would be moved at each line.
  let items: (T | undefined)[] = []
  let start = 0
  let last = 0
  let weight = 0
  return {
    get last() {
      return last
    },
    get first() {
      return last - (items.length - start) + 1
    },
    push: (item) => {
      items.push(item)
      last++
      weight += weightOf(item)
      while (items.length - start > size || (weight > most && items.length - start > 1)) {
        weight -= weightOf(items[start] as T)
        items[start] = undefined
        start++
      }
      if (start < size) return
      items = items.slice(start)
      start = 0
    },
    at: (number) => items[number - last + items.length - 1],
  }
}
