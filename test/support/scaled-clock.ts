import { createClock } from '../../electron/platform/clock.ts'
import type { Clock } from '../../electron/ports.ts'
import { seededRandom } from './fake-clock.ts'

/** A clock that runs `factor` times as fast as the machine's, so that waits of minutes pass in seconds. Chance is seeded. */
export function scaledClock(factor: number, seed = 1): Clock {
  const wallStart = Date.now()
  const start = performance.now()
  const elapsed = (): number => (performance.now() - start) * factor
  return createClock({
    now: () => wallStart + elapsed(),
    monotonic: elapsed,
    random: seededRandom(seed),
    timer: (ms, wake) => {
      const timer = setTimeout(wake, ms / factor)
      return () => clearTimeout(timer)
    },
  })
}
