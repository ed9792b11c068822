/** The simulated clock: runs `timeScale` times as fast as the real one and can be put forward. Milliseconds since 1970. */
export interface SimulatedClock {
  now(): number
  advance(ms: number): void
}

export function createSimulatedClock(timeScale: number): SimulatedClock {
  const startedAt = Date.now()
  const origin = performance.now()
  let ahead = 0
  return {
    now: () => Math.floor(startedAt + (performance.now() - origin) * timeScale + ahead),
    advance: (ms) => {
      ahead += ms
    },
  }
}
