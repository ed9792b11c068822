/** Messages a second over the last while, from counted commits. */
export interface Rate {
  add(count: number, now: number): void
  /** Per second; null until enough was seen to say anything true. */
  perSecond(now: number): number | null
  reset(): void
}

const WINDOW_MS = 60_000
const LEAST_MS = 2_000

/** A moving average over the last minute. `now` is monotonic, in milliseconds. */
export function createRate(): Rate {
  let marks: { readonly at: number; readonly count: number }[] = []
  let startedAt: number | null = null
  return {
    add: (count, now) => {
      startedAt ??= now
      marks.push({ at: now, count })
      if (marks.length > 2_000) marks = marks.filter((mark) => now - mark.at <= WINDOW_MS)
    },
    perSecond: (now) => {
      if (startedAt === null) return null
      const span = Math.min(now - startedAt, WINDOW_MS)
      if (span < LEAST_MS) return null
      const recent = marks.filter((mark) => now - mark.at <= WINDOW_MS)
      return recent.reduce((sum, mark) => sum + mark.count, 0) / (span / 1000)
    },
    reset: () => {
      marks = []
      startedAt = null
    },
  }
}
