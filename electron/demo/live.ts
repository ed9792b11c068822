import { setTimeout as delay } from 'node:timers/promises'
import { type Change, randomChange } from './live-changes.ts'
import { createRandom } from './random.ts'
import type { SimulatedMailbox } from './types.ts'

export interface LiveOptions {
  readonly signal: AbortSignal
  /** Milliseconds until the next change, given a number in [0, 1) and for how long changes have come already. */
  readonly pause: (random: number, elapsedMs: number) => number
  /** Told of each change; the next one waits for it. */
  readonly onChange: (change: Change) => void | Promise<void>
}

/** Lets things happen in a mailbox, one after another, until the signal fires. */
export async function live(mailbox: SimulatedMailbox, { signal, pause, onChange }: LiveOptions): Promise<void> {
  const random = createRandom(Date.now())
  const began = performance.now()
  while (!signal.aborted) {
    const ms = pause(random.next(), performance.now() - began)
    await delay(ms, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await onChange(randomChange(mailbox, random))
  }
}
