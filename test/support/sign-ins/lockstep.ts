import { setTimeout as delay } from 'node:timers/promises'
import type { Simulator } from '../../../electron/demo/types.ts'
import { createFakeClock, type FakeClock, settle } from '../fake-clock.ts'
import { seeWork } from './at-work.ts'

/** Time that passes for the product and for the simulated Google together, and only when neither has anything to do. */
export interface Lockstep {
  readonly clock: FakeClock
  /** Lets everybody work until `isIdle`, or until nothing moves any more because somebody waits for time to pass. */
  quiet(isIdle: () => boolean, progress: () => unknown): Promise<void>
  /** Passes so much, but no more than until the first sleeper wakes after whom nobody rests: what that one begins must not be overtaken. */
  pass(ms: number, isIdle?: () => boolean): Promise<void>
  close(): void
}

/** What is unpacked in a thread of Node's, or passed on between two of our own steps, shows nowhere: but it takes no more turns and milliseconds. */
const STILL_TURNS = 5
const STILL_MS = 6
/** Real time after which work is looked at again whose end nobody tells: reading and writing files. */
const LOOK_MS = 4

/** `simulator` must have a clock that stands still (`timeScale: 0`). */
export function createLockstep(simulator: Simulator, seed: number): Lockstep {
  const clock = createFakeClock({ start: new Date(simulator.now()), seed })
  const work = seeWork()
  return {
    clock,
    quiet: async (isIdle, progress) => {
      let before = ''
      let movedAt = performance.now()
      let stillFor = 0
      for (let idleFor = 0; idleFor < 3; ) {
        await settle()
        const now = `${work.begun()} ${String(progress())}`
        const isBusy = work.isBusy()
        stillFor = isBusy || now !== before ? 0 : stillFor + 1
        if (stillFor === 0) movedAt = performance.now()
        before = now
        idleFor = !isBusy && isIdle() ? idleFor + 1 : 0
        if (stillFor >= STILL_TURNS && performance.now() - movedAt > STILL_MS) return
        if (isBusy) await work.ended(LOOK_MS)
        else if (idleFor === 0) await delay(1)
      }
    },
    pass: async (ms, isIdle = () => false) => {
      const end = clock.elapsed() + ms
      do {
        const left = end - clock.elapsed()
        const step = Math.min(left, Math.max(1, clock.nextIn() ?? left))
        simulator.advance(step)
        await clock.advance(step)
      } while (isIdle() && clock.elapsed() < end)
    },
    close: work.close,
  }
}
