import { PROBE_MS, type QuotaMethod, tariffs } from './quota-tables.ts'
import type { Spending } from './spending.ts'

const { costs, limit } = tariffs.new

/** A rolling minute is full here: a call may be refused if the project is on the new table. */
const NEAR_LIMIT = limit - 40
/** Units accepted in one minute that the new table cannot have allowed, with 2 % for clocks that differ. */
const BEYOND_LIMIT = limit * 1.02
/** After so long without calls the evidence no longer adds up. */
const IDLE_MS = 30_000

/**
 * The upward probe: is the project on the old table? It spends faster than the new table allows (15 gets a second) until
 * either Gmail refuses a call, or has accepted for 90 s more than the new table could let pass. Made once per client id.
 *
 * Where the new table's minute is about to be full, calls go one at a time until one passes that would have been one
 * too many. So a project on the new table costs exactly one refused call.
 */
export interface Probe {
  /** Whether a call of this kind may go now, as far as the probe is concerned; else it waits for one under way. */
  mayGo(method: QuotaMethod, underWay: number, now: number): boolean
  sent(now: number): void
  /** True when what was accepted proves the old table. */
  accepted(method: QuotaMethod, now: number): boolean
  /** Whether a refusal now can be the new table's doing, and not another program's use of the same quota. */
  explainsRefusal(now: number): boolean
  idle(now: number): boolean
  restart(): void
}

export function createProbe(spending: Spending): Probe {
  let since: number | null = null
  let last = 0
  let units = 0
  let crossed = false

  function restart(): void {
    since = null
    units = 0
    crossed = false
  }

  return {
    mayGo(method, underWay, now) {
      if (crossed || underWay === 0) return true
      return spending.total(costs, now) + costs[method] <= NEAR_LIMIT
    },
    sent(now) {
      if (now - last > IDLE_MS) restart()
      since ??= now
      last = now
    },
    accepted(method, now) {
      if (since === null) return false
      units += costs[method]
      crossed ||= spending.surelyCounted(costs, now) > BEYOND_LIMIT
      const span = now - since
      // A span of n minutes can touch n + 2 of Gmail's minutes, should those be fixed ones.
      return span >= PROBE_MS && units > BEYOND_LIMIT * (Math.floor(span / 60_000) + 2)
    },
    explainsRefusal: (now) => spending.total(costs, now) >= limit * 0.8,
    idle: (now) => now - last > IDLE_MS,
    restart,
  }
}
