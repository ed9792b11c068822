import { AppError } from '../../shared/errors.ts'
import type { CallPriority } from './types.ts'

/** How a call that held a slot ended, as far as concurrency goes. */
export type SlotOutcome = 'ok' | 'too_many' | 'other'

export interface Slot {
  /** Gives the slot back. The first call counts, later ones do nothing. */
  release(outcome: SlotOutcome): void
}

/**
 * How many calls of one mailbox may be under way. Gmail's limit is undocumented and shared with the person's other
 * programs, so it is felt for: additive increase, multiplicative decrease.
 */
export interface Concurrency {
  /** Waits for a slot, new mail before old. Rejects with `AppError('aborted')` when the signal fires. */
  acquire(priority: CallPriority, signal: AbortSignal): Promise<Slot>
  limit(): number
  inUse(): number
}

export interface ConcurrencyOptions {
  readonly start?: number
  readonly max?: number
  /** Successes at one limit before it grows by one. */
  readonly growAfter?: number
}

interface Waiter {
  readonly grant: () => void
}

/** Starts at 4, grows by one per 200 successes up to 12, halves on "Too many concurrent requests" (never below 1). */
export function createConcurrency(options: ConcurrencyOptions = {}): Concurrency {
  const max = options.max ?? 12
  const growAfter = options.growAfter ?? 200
  const waiting: Record<CallPriority, Set<Waiter>> = { live: new Set(), backfill: new Set() }
  let limit = Math.min(options.start ?? 4, max)
  let inUse = 0
  let successes = 0
  /** Counts halvings: refusals of calls that began before the last one are part of the same crowd. */
  let era = 0

  function makeSlot(): Slot {
    const began = era
    let held = true
    inUse++
    return {
      release(outcome) {
        if (!held) return
        held = false
        inUse--
        if (outcome === 'ok') grow()
        else if (outcome === 'too_many' && began === era) halve()
        serve()
      },
    }
  }

  function grow(): void {
    successes++
    if (successes < growAfter || limit >= max) return
    successes = 0
    limit++
  }

  function halve(): void {
    era++
    successes = 0
    limit = Math.max(1, Math.floor(limit / 2))
  }

  function serve(): void {
    while (inUse < limit) {
      const queue = waiting.live.size > 0 ? waiting.live : waiting.backfill
      const [next] = queue
      if (next === undefined) return
      queue.delete(next)
      next.grant()
    }
  }

  return {
    async acquire(priority, signal) {
      if (signal.aborted) throw new AppError('aborted', 'Stopped')
      if (inUse < limit && waiting.live.size === 0 && (priority === 'live' || waiting.backfill.size === 0)) {
        return makeSlot()
      }
      return new Promise<Slot>((resolve, reject) => {
        const onAbort = (): void => {
          waiting[priority].delete(waiter)
          reject(new AppError('aborted', 'Stopped'))
        }
        const waiter: Waiter = {
          grant: () => {
            signal.removeEventListener('abort', onAbort)
            resolve(makeSlot())
          },
        }
        signal.addEventListener('abort', onAbort, { once: true })
        waiting[priority].add(waiter)
      })
    },
    limit: () => limit,
    inUse: () => inUse,
  }
}
