import type { AccountId } from '../../shared/ids.ts'
import type { CycleSummary } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import type { CycleTotals } from '../store/cycles.ts'

/** What was done: messages stored, failures by kind, quota units. */
export interface Counts {
  readonly emails: number
  readonly errors: number
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly quotaUnits: number
}

/** Counts as it happens: over everything, over the present cycle, and since the last row that charts are made of. */
export interface Tally {
  /** Over everything that was ever done, the running cycle included. */
  totals(): CycleTotals
  /** Of the present cycle, or of the last one while none runs. */
  cycle(): Counts
  /** Messages of one account stored since the last call: each is told once in the log, however many turns or cycles a sync takes. */
  takeStored(id: AccountId): number
  errorsLastHour(): number
  stored(id: AccountId, count: number): void
  failed(kind: string, count: number): void
  beginCycle(): void
  endCycle(summary: CycleSummary): void
  /** What was counted since the last call. It counts as recorded unless it is given back. */
  takeUnrecorded(): Counts
  giveBack(counts: Counts): void
}

export interface TallyDeps {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Quota units that each account used since the program started. */
  readonly unitsUsed: () => ReadonlyMap<AccountId, number>
}

const HOUR_MS = 3_600_000
const NOTHING: Counts = { emails: 0, errors: 0, errorsByKind: {}, quotaUnits: 0 }

export function createTally(deps: TallyDeps, before: CycleTotals): Tally {
  let totals = before
  let cycle = NOTHING
  let unrecorded = NOTHING
  const storedBy = new Map<AccountId, number>()
  let errorTimes: { readonly at: number; readonly count: number }[] = []
  let unitsBefore = deps.unitsUsed()

  const add = (more: Counts): void => {
    cycle = plus(cycle, more)
    unrecorded = plus(unrecorded, more)
  }
  const countUnits = (): void => {
    const units = deps.unitsUsed()
    let used = 0
    // An account that is new here counts from nothing; one that went away takes nothing back.
    for (const [id, now] of units) used += Math.max(0, now - (unitsBefore.get(id) ?? 0))
    unitsBefore = units
    add({ ...NOTHING, quotaUnits: used })
  }
  const recentErrors = () => errorTimes.filter(({ at }) => deps.clock.monotonic() - at < HOUR_MS)

  return {
    totals: () => totals,
    cycle: () => {
      countUnits()
      return cycle
    },
    takeStored: (id) => {
      const count = storedBy.get(id) ?? 0
      storedBy.delete(id)
      return count
    },
    errorsLastHour: () => recentErrors().reduce((sum, { count }) => sum + count, 0),
    stored: (id, count) => {
      storedBy.set(id, (storedBy.get(id) ?? 0) + count)
      totals = { ...totals, emails: totals.emails + count }
      add({ ...NOTHING, emails: count })
    },
    failed: (kind, count) => {
      if (count === 0) return
      errorTimes = [...recentErrors(), { at: deps.clock.monotonic(), count }]
      totals = {
        ...totals,
        errors: totals.errors + count,
        errorsByKind: addCounts(totals.errorsByKind, { [kind]: count }),
      }
      add({ ...NOTHING, errors: count, errorsByKind: { [kind]: count } })
    },
    beginCycle: () => {
      countUnits()
      cycle = NOTHING
    },
    endCycle: (summary) => {
      totals = { ...totals, cycles: totals.cycles + 1, last: summary }
    },
    takeUnrecorded: () => {
      countUnits()
      const taken = unrecorded
      unrecorded = NOTHING
      return taken
    },
    giveBack: (counts) => {
      unrecorded = plus(unrecorded, counts)
    },
  }
}

const plus = (a: Counts, b: Counts): Counts => ({
  emails: a.emails + b.emails,
  errors: a.errors + b.errors,
  errorsByKind: addCounts(a.errorsByKind, b.errorsByKind),
  quotaUnits: a.quotaUnits + b.quotaUnits,
})

/** Counts by kind, added up. */
export function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...a }
  for (const [kind, count] of Object.entries(b)) sum[kind] = (sum[kind] ?? 0) + count
  return sum
}
