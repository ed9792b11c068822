import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Simulator } from '../../../electron/demo/types.ts'
import { createFakeClock, type FakeClock, settle } from '../fake-clock.ts'

/** Time that passes for the product and for the simulated Google together, and only when neither has anything to do. */
export interface Lockstep {
  readonly clock: FakeClock
  /** Lets everybody work until `isIdle`, or until nothing moves any more because somebody waits for time to pass. */
  quiet(isIdle: () => boolean, progress: () => unknown): Promise<void>
  pass(ms: number): Promise<void>
  close(): void
}

/**
 * When nothing moved for so long in real time, only the passing of time can help. The database's thread shows nothing of its work: the more
 * time would pass, the surer it must be that nobody is at work.
 */
const patienceFor = (stepMs: number): number => 15 + stepMs / 200

/** `simulator` must have a clock that stands still (`timeScale: 0`). */
export function createLockstep(simulator: Simulator, seed: number): Lockstep {
  const clock = createFakeClock({ start: new Date(simulator.now()), seed })
  let inFlight = 0
  let begun = 0
  const onRequest = (message: unknown): void => {
    const { response } = message as { readonly response: ServerResponse }
    inFlight++
    begun++
    response.once('close', () => {
      inFlight--
    })
  }
  subscribe('http.server.request.start', onRequest)
  return {
    clock,
    quiet: async (isIdle, progress) => {
      let before: unknown = null
      let movedAt = performance.now()
      for (let idleFor = 0; idleFor < 3; ) {
        await settle()
        const now = `${begun} ${String(progress())}`
        if (inFlight > 0 || now !== before) movedAt = performance.now()
        before = now
        idleFor = inFlight === 0 && isIdle() ? idleFor + 1 : 0
        if (performance.now() - movedAt > patienceFor(clock.nextIn() ?? 0)) return
        if (idleFor === 0) await delay(1)
      }
    },
    pass: async (ms) => {
      simulator.advance(ms)
      await clock.advance(ms)
    },
    close: () => void unsubscribe('http.server.request.start', onRequest),
  }
}
