import { AppError } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'
import { createProbe, type Probe } from './quota-probe.ts'
import {
  CAPACITY,
  LATE_CAPACITY,
  PROBE_RATE,
  type QuotaMethod,
  type QuotaTable,
  type Tariff,
  tariffOf,
  tariffs,
} from './quota-tables.ts'
import { createSpending, type Spent, WINDOW_MS } from './spending.ts'
import type { CallPriority } from './types.ts'

/** Waits up to this long happen inside a call; longer ones are the account's: `AppError('quota')` with `retryAfterMs`. */
export const INSIDE_MS = 65_000
/** A minute's quota is never back sooner, whatever is said. */
export const MIN_PAUSE_MS = 20_000
const MAX_PAUSE_MS = 3_600_000
const FIRST_PARK_MS = 30_000

/** Permission for one call. Exactly one of the three is to be called when the call's fate is known. */
export interface Grant {
  /** Gmail answered, with whatever but a quota error. */
  accepted(): void
  /** No answer, or one that says nothing of quota. */
  failed(): void
  /** Gmail refused the call for quota: pauses the mailbox (or all of the project) and learns. */
  refused(error: AppError): void
}

export interface QuotaStats {
  /** Which table the client's project is on, as far as is known. */
  readonly table: QuotaTable | 'unknown'
  /** What the mailbox may spend now. */
  readonly unitsPerSecond: number
  /** What it spent over the last minute. */
  readonly unitsLastMinute: number
  /** Since the start. */
  readonly unitsUsed: number
  /** Refused calls since the start. */
  readonly errors: number
  /** Milliseconds until calls go on; 0 when they do. */
  readonly pausedForMs: number
}

/** One mailbox's share of the pacer. */
export interface Lane {
  /**
   * Waits until the call may be sent, new mail before old. Rejects with `AppError('aborted')` when the signal fires and with
   * `AppError('quota')` when the pause is too long to sit out.
   */
  take(method: QuotaMethod, priority: CallPriority, signal: AbortSignal): Promise<Grant>
  stats(): QuotaStats
}

/** What all mailboxes of one client id share. */
export interface Project {
  readonly clock: Clock
  /** No bucket and no probe: for servers without quota. Refusals are still obeyed. */
  readonly unpaced: boolean
  /** Resolves when what was learned before is known again. */
  ready(): Promise<void>
  table(): QuotaTable | null
  /** Units per user and minute: the table's, or less where the owner lowered it. */
  limit(): number
  learn(table: QuotaTable, limit: number): void
  pausedUntil(): number
  pause(until: number): void
  /** True when this mailbox is the one that probes. */
  claimProbe(lane: object, idle: (now: number) => boolean): boolean
}

interface Waiter {
  readonly method: QuotaMethod
  readonly resolve: (grant: Grant) => void
  readonly reject: (error: unknown) => void
}

/** The account's lane and the way to tell it that the project learned something or was paused. */
export function createLane(project: Project): Lane & { wake(): void } {
  const { clock } = project
  const spending = createSpending()
  const probe: Probe = createProbe(spending)
  const self = {}
  const queues: Record<CallPriority, Set<Waiter>> = { live: new Set(), backfill: new Set() }
  let tokens = CAPACITY
  let filledAt = clock.monotonic()
  let underWay = 0
  let pausedUntil = 0
  let lastRefusal = -1
  let refusals = 0
  let share = 1
  let unitsUsed = 0
  let errors = 0
  let pumping = false
  let wake = new AbortController()
  let isProber = false
  /** The pump waits for the fate of a call under way, not for time. */
  let awaitsFate = false
  /** Somebody has been waiting for units since the bucket was last filled: what is above its rim is our own lateness. */
  let inDebt = false

  const probing = (): boolean => isProber && project.table() === null
  const tariff = (): Tariff => tariffs[project.table() ?? 'new']
  const remainingPause = (now: number): number => Math.max(pausedUntil, project.pausedUntil()) - now

  /** Units per second now: all of the tariff, or after a refusal that taught nothing half of it, growing by a tenth a minute. */
  function rate(now: number): number {
    const grown = share + Math.max(0, now - pausedUntil) / 600_000
    const { rate: full, limit } = tariff()
    return (probing() ? PROBE_RATE : (full * project.limit()) / limit) * Math.min(1, grown)
  }

  /** Milliseconds until this call may go; 0 for now, null for "when another call's fate is known". */
  function delay(method: QuotaMethod, now: number): number | null {
    const { costs } = tariff()
    isProber = project.table() === null && project.claimProbe(self, probe.idle)
    const perSecond = rate(now)
    tokens = Math.min(inDebt ? LATE_CAPACITY : CAPACITY, tokens + ((now - filledAt) * perSecond) / 1000)
    filledAt = now
    const missing = costs[method] - tokens
    if (missing > 1e-6) return Math.max(1, Math.ceil((missing * 1000) / perSecond))
    if (probing()) return probe.mayGo(method, underWay, now) ? 0 : null
    const cap = Math.floor(project.limit() * 0.9967)
    return spending.wait(costs[method], cap, costs, now)
  }

  /** Serves what may go now; says how long to wait for the rest. */
  function serve(): number | null {
    for (;;) {
      const queue = queues.live.size > 0 ? queues.live : queues.backfill
      const [next] = queue
      if (next === undefined) {
        inDebt = false
        return 0
      }
      const now = clock.monotonic()
      const pause = remainingPause(now)
      if (pause > INSIDE_MS) {
        queue.delete(next)
        next.reject(tooLong(pause))
        continue
      }
      const ms = pause > 0 ? pause : project.unpaced ? 0 : delay(next.method, now)
      if (ms !== 0) {
        inDebt = pause <= 0
        return ms
      }
      queue.delete(next)
      next.resolve(grant(next.method, now))
    }
  }

  async function pump(): Promise<void> {
    if (pumping) return
    pumping = true
    try {
      await project.ready()
      while (queues.live.size + queues.backfill.size > 0) {
        if (wake.signal.aborted) wake = new AbortController()
        const ms = serve()
        if (ms === 0) continue
        await nap(ms, wake.signal)
      }
    } catch (error) {
      // Nothing here fails but by a bug: whoever waits must hear of it.
      for (const queue of [queues.live, queues.backfill]) {
        for (const waiter of queue) waiter.reject(error)
        queue.clear()
      }
    } finally {
      pumping = false
    }
  }

  async function nap(ms: number | null, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    awaitsFate = ms === null
    if (ms === null) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      awaitsFate = false
      return
    }
    try {
      await clock.sleep(ms, signal)
    } catch (error) {
      if (!signal.aborted) throw error // woken early is no failure
    }
  }

  function grant(method: QuotaMethod, now: number): Grant {
    const price = tariff().costs[method]
    if (!project.unpaced) tokens -= price
    const spent = spending.add(method, now)
    spending.total(tariff().costs, now) // forgets what is older than the window
    unitsUsed += price
    underWay++
    probe.sent(now)
    let open = true
    const settle = (): boolean => {
      if (!open) return false
      open = false
      underWay--
      if (awaitsFate) wake.abort()
      return true
    }
    return {
      accepted() {
        if (!settle()) return
        spent.accepted = true
        if (spent.at > lastRefusal) refusals = 0
        if (project.unpaced || !probing()) return
        if (probe.accepted(method, clock.monotonic())) project.learn('old', tariffs.old.limit)
      },
      failed() {
        settle()
      },
      refused(error) {
        if (settle()) refuse(spent, error)
      },
    }
  }

  function refuse(spent: Spent, error: AppError): void {
    const now = clock.monotonic()
    errors++
    if (error.projectWide) {
      project.pause(now + Math.max(MIN_PAUSE_MS, error.retryAfterMs ?? 0, jitteredMinute()))
      return
    }
    const learned = learn(error, now)
    if (learned === 'new') {
      // Gmail's minute holds all that the probe spent: it must have rolled before the first call at the learned rate.
      pauseUntil(now + Math.max(WINDOW_MS, error.retryAfterMs ?? 0))
    } else if (spent.at > lastRefusal) {
      refusals++
      const grown = Math.min(1, share + Math.max(0, now - pausedUntil) / 600_000)
      if (learned === null) share = Math.max(0.25, grown / 2)
      pauseUntil(now + pauseFor(error))
    }
    lastRefusal = now
    wake.abort()
  }

  function pauseUntil(at: number): void {
    pausedUntil = Math.max(pausedUntil, at)
    probe.restart()
  }

  /** The table that the refusal taught us, if it did. */
  function learn(error: AppError, now: number): QuotaTable | null {
    if (project.unpaced) return null
    const table = project.table()
    const guess =
      table === null && probing() && probe.explainsRefusal(now) ? ({ table: 'new', limit: 6000 } as const) : null
    const told = tariffOf(error.quotaLimit) ?? guess
    if (told === null || (told.table === table && told.limit === project.limit())) return null
    project.learn(told.table, told.limit)
    return told.table
  }

  const jitteredMinute = (): number => MIN_PAUSE_MS + clock.random() * 40_000

  /** A minute's quota: 20 to 60 s. A stated time is a floor, doubled from 30 s where it was wrong before, at most an hour. */
  function pauseFor(error: AppError): number {
    if (error.retryAfterMs === undefined) return jitteredMinute()
    const park = refusals < 2 ? 0 : FIRST_PARK_MS * 2 ** Math.min(refusals - 1, 10)
    return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, error.retryAfterMs, park) + clock.random() * 2000)
  }

  return {
    take(method, priority, signal) {
      const pause = remainingPause(clock.monotonic())
      if (signal.aborted) return Promise.reject(new AppError('aborted', 'Stopped'))
      if (pause > INSIDE_MS) return Promise.reject(tooLong(pause))
      return new Promise<Grant>((resolve, reject) => {
        const onAbort = (): void => {
          queues[priority].delete(waiter)
          reject(new AppError('aborted', 'Stopped'))
          if (queues.live.size + queues.backfill.size === 0) wake.abort()
        }
        const done = (): void => signal.removeEventListener('abort', onAbort)
        const waiter: Waiter = {
          method,
          resolve: (granted) => {
            done()
            resolve(granted)
          },
          reject: (error) => {
            done()
            reject(error)
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        queues[priority].add(waiter)
        if (!pumping) void pump()
        else if (priority === 'live') wake.abort() // it goes before whoever the pump waits for
      })
    },
    stats() {
      const now = clock.monotonic()
      return {
        table: project.table() ?? 'unknown',
        unitsPerSecond: Math.round(rate(now) * 10) / 10,
        unitsLastMinute: spending.total(tariff().costs, now),
        unitsUsed,
        errors,
        pausedForMs: Math.max(0, remainingPause(now)),
      }
    },
    wake: () => wake.abort(),
  }
}

function tooLong(ms: number): AppError {
  return new AppError('quota', "Gmail's quota for this mailbox is used up", {
    remedy: 'Nothing to do: the sync continues automatically',
    retryAfterMs: Math.ceil(ms),
  })
}
