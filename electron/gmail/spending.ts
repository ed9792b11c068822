import type { QuotaMethod } from './quota-tables.ts'

/** One permitted call: when it was sent, and what became of it. */
export interface Spent {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly method: QuotaMethod
  /** Gmail let it pass. Refused and failed ones may have been counted too: nobody says. */
  accepted: boolean
}

export type Prices = Readonly<Record<QuotaMethod, number>>

/**
 * What one mailbox spent over the last minute, kept by call so that it can be reckoned anew when the prices turn out to
 * be different. Gmail judges a rolling minute: this is our copy of it, with a second added for calls on their way.
 */
export interface Spending {
  add(method: QuotaMethod, now: number): Spent
  /** Units spent in the minute (and a second) up to `now`. */
  total(prices: Prices, now: number): number
  /** Milliseconds from `now` until `units` more fit under `cap`; 0 when they fit already. */
  wait(units: number, cap: number, prices: Prices, now: number): number
  /** Units that Gmail surely counts in its own minute at `now`: accepted and sent since then. */
  surelyCounted(prices: Prices, now: number): number
}

/** A rolling minute, longer by what an answer may be on its way. */
export const WINDOW_MS = 61_000
const SURE_MS = 58_000

export function createSpending(): Spending {
  let log: Spent[] = []
  let first = 0
  let priced: Prices | null = null
  let sum = 0

  /** Drops what is older than the window; reckons anew when the prices changed. */
  function settle(prices: Prices, now: number): void {
    if (priced !== prices) {
      priced = prices
      sum = 0
      for (let index = first; index < log.length; index++) sum += prices[(log[index] as Spent).method]
    }
    for (let oldest = log[first]; oldest !== undefined && oldest.at <= now - WINDOW_MS; oldest = log[first]) {
      sum -= prices[oldest.method]
      first++
    }
    if (first > 1024 && first * 2 > log.length) {
      log = log.slice(first)
      first = 0
    }
  }

  return {
    add(method, now) {
      const spent: Spent = { at: now, method, accepted: false }
      log.push(spent)
      if (priced !== null) sum += priced[method]
      return spent
    },
    total(prices, now) {
      settle(prices, now)
      return sum
    },
    wait(units, cap, prices, now) {
      settle(prices, now)
      let excess = sum + units - cap
      for (let index = first; excess > 0 && index < log.length; index++) {
        const spent = log[index] as Spent
        excess -= prices[spent.method]
        if (excess <= 0) return spent.at + WINDOW_MS - now
      }
      return 0
    },
    surelyCounted(prices, now) {
      let units = 0
      for (let index = log.length - 1; index >= first; index--) {
        const spent = log[index] as Spent
        if (spent.at < now - SURE_MS) break
        if (spent.accepted) units += prices[spent.method]
      }
      return units
    },
  }
}
