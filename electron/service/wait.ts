import { isAbort } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'

/** Waits until `at` or until `nudge` fires, whichever is first. Throws `aborted` only when `signal` fires. */
export async function wait(clock: Clock, at: Date, signal: AbortSignal, nudge: AbortSignal): Promise<void> {
  try {
    await clock.sleepUntil(at, AbortSignal.any([signal, nudge]))
  } catch (error) {
    if (!isAbort(error) || signal.aborted) throw error
  }
}
