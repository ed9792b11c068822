import type { Clock } from '../ports.ts'

/** Compares this computer's clock with the time that Google's answers carry. */
export interface ClockWatch {
  /** The `Date` header of an answer that just came; null when it had none. */
  observe(date: string | null): void
  /** How many milliseconds this computer's clock was ahead of Google's (negative: behind) at the last answer; null before the first one. */
  aheadMs(): number | null
}

/**
 * The header has whole seconds and was written before the answer crossed the network: good enough to see minutes, which is what signed
 * requests are refused for (https://www.rfc-editor.org/rfc/rfc9110#field.date).
 */
export function createClockWatch(clock: Pick<Clock, 'now'>): ClockWatch {
  let ahead: number | null = null
  return {
    observe: (date) => {
      const told = Date.parse(date ?? '')
      if (!Number.isNaN(told)) ahead = clock.now().getTime() - told
    },
    aheadMs: () => ahead,
  }
}
