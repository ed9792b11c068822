/** A number of places; whoever finds none free waits in order of arrival, for as long as it takes. */
export function createSlots(count: number) {
  let free = count
  const waiting: (() => void)[] = []
  return {
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free++
        else next() // the place passes on without becoming free
      }
    },
  }
}
