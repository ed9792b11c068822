import type { Simulator } from '../../electron/demo/types.ts'
import type { Clock } from '../../electron/ports.ts'
import type { Service } from '../../electron/service/types.ts'
import { createLockstep } from './sign-ins/lockstep.ts'

export interface SkippedWaits {
  readonly clock: Clock
  /** The service whose news show that something moves. */
  follow(service: Service): void
  /** Resolves or rejects as `work` does; until then time passes whenever nobody has anything to do but sleep. */
  during<T>(work: Promise<T>): Promise<T>
  /** Lets so much time pass, as slowly as what it wakes needs. */
  pass(ms: number): Promise<void>
  close(): void
}

/** Passed at once at most, while the service rests. */
const MOST_MS = 60 * 60_000

/** Time that passes only for who waits; `simulator` must have a clock that stands still (`timeScale: 0`). */
export function skipWaits(simulator: Simulator, seed: number): SkippedWaits {
  const lockstep = createLockstep(simulator, seed)
  const { clock } = lockstep
  let revision = 0
  let isAtRest = false
  let awaited = 0
  let isDriven = false
  const drive = async (): Promise<void> => {
    if (isDriven) return
    isDriven = true
    while (awaited > 0) {
      await lockstep.quiet(
        () => awaited === 0,
        () => revision,
      )
      if (awaited === 0) break
      const before = revision
      // At rest, what wakes is upkeep: whatever begins a cycle is told at once.
      if (isAtRest) await lockstep.pass(MOST_MS, () => isAtRest && revision === before && awaited > 0)
      else await lockstep.pass(clock.nextIn() ?? 1)
    }
    isDriven = false
  }
  return {
    clock,
    follow: (service) => {
      service.subscribe((snapshot) => {
        revision = snapshot.revision
        isAtRest = snapshot.state === 'idle'
      })
    },
    during: async (work) => {
      awaited++
      void drive()
      try {
        return await work
      } finally {
        awaited--
      }
    },
    pass: async (ms) => {
      const end = clock.elapsed() + ms
      while (clock.elapsed() < end) {
        await lockstep.quiet(
          () => isAtRest,
          () => revision,
        )
        await lockstep.pass(Math.min(end - clock.elapsed(), Math.max(1, clock.nextIn() ?? ms)))
      }
    },
    close: lockstep.close,
  }
}
