import { AppError } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'

/** Where a clock gets its time from. Milliseconds throughout. */
export interface TimeSource {
  readonly now: () => number
  readonly monotonic: () => number
  readonly random: () => number
  /** Calls `wake` once after about `ms`; returns the way to cancel. */
  readonly timer: (ms: number, wake: () => void) => () => void
}

/**
 * The longest single timer. Timers stand still while a computer sleeps, and they know nothing of a wall clock that is
 * set: a long wait is made of short ones, each of which looks at both clocks again.
 */
const CHUNK_MS = 5_000

/** A `Clock` on any source of time, so that sleep, wake and clock jumps can be tested without them. */
export function createClock(source: TimeSource): Clock {
  const wait = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel()
        reject(aborted())
      }
      const cancel = source.timer(ms, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })

  const waitUntil = async (remaining: () => number, signal: AbortSignal | undefined): Promise<void> => {
    for (;;) {
      if (signal?.aborted) throw aborted()
      const ms = remaining()
      if (!(ms > 0)) return
      await wait(Math.min(ms, CHUNK_MS), signal)
    }
  }

  return {
    now: () => new Date(source.now()),
    monotonic: source.monotonic,
    random: source.random,
    sleep: (ms, signal) => {
      const end = source.monotonic() + ms
      return waitUntil(() => end - source.monotonic(), signal)
    },
    sleepUntil: (at, signal) => {
      const wallEnd = at.getTime()
      const monotonicEnd = source.monotonic() + (wallEnd - source.now())
      return waitUntil(() => Math.min(wallEnd - source.now(), monotonicEnd - source.monotonic()), signal)
    },
  }
}

const aborted = () => new AppError('aborted', 'The wait was cut short')

/** The machine's own time. Its timers keep the process alive, as a service that waits for its next cycle must be. */
export const systemClock: Clock = createClock({
  now: Date.now,
  monotonic: () => performance.now(),
  random: Math.random,
  timer: (ms, wake) => {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  },
})
