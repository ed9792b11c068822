import { type QuotaMethod, type QuotaTable, tariffs } from '../../electron/gmail/quota-tables.ts'

export interface Limiter {
  /** True when the call is let pass. */
  admit(method: QuotaMethod, now: number): boolean
  readonly refused: () => number
  /** Units let pass in [from, to). */
  units(from: number, to: number): number
  /** The most units let pass in any 60 s that end after `from`. */
  worstMinute(from: number): number
}

export interface LimiterOptions {
  /** 'rolling': the last 60 s. 'fixed': minutes of the clock, beginning at `phase` ms. */
  readonly kind?: 'rolling' | 'fixed'
  readonly phase?: number
  /** Refused calls are charged too. */
  readonly chargesRefused?: boolean
}

/** Gmail's limit per user and minute, as strict as it can be. */
export function createLimiter(table: QuotaTable, options: LimiterOptions = {}): Limiter {
  const { costs, limit } = tariffs[table]
  const charged: { at: number; units: number }[] = []
  const passed: { at: number; units: number }[] = []
  let first = 0
  let sum = 0
  let refused = 0
  let minute = -1

  function forget(now: number): void {
    if (options.kind === 'fixed') {
      const current = Math.floor((now + (options.phase ?? 0)) / 60_000)
      if (current !== minute) {
        minute = current
        sum = 0
      }
      return
    }
    while (first < charged.length && (charged[first]?.at ?? 0) <= now - 60_000) sum -= charged[first++]?.units ?? 0
  }

  return {
    admit(method, now) {
      forget(now)
      const units = costs[method]
      const passes = sum + units <= limit
      if (passes || options.chargesRefused === true) {
        sum += units
        charged.push({ at: now, units })
      }
      if (passes) passed.push({ at: now, units })
      else refused++
      return passes
    },
    refused: () => refused,
    units: (from, to) => passed.reduce((total, { at, units }) => (at >= from && at < to ? total + units : total), 0),
    worstMinute(from) {
      let worst = 0
      let start = 0
      let total = 0
      for (const { at, units } of passed) {
        total += units
        while ((passed[start]?.at ?? at) <= at - 60_000) total -= passed[start++]?.units ?? 0
        if (at >= from) worst = Math.max(worst, total)
      }
      return worst
    },
  }
}
