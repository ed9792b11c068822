import { useSyncExternalStore } from 'react'

/** One timer for everything that ticks with this period; it runs only while somebody looks. */
function createTicker(periodMs: number): { subscribe(listener: () => void): () => void; now(): number } {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let now = rounded()
  function rounded(): number {
    return Math.floor(Date.now() / periodMs) * periodMs
  }
  const tick = (): void => {
    now = rounded()
    for (const listener of listeners) listener()
  }
  return {
    subscribe: (listener) => {
      if (listeners.size === 0) {
        timer = setInterval(tick, Math.min(periodMs, 1_000))
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    now: () => {
      if (listeners.size === 0) now = rounded()
      return now
    },
  }
}

const seconds = createTicker(1_000)
const minutes = createTicker(60_000)

/** The present second, in milliseconds since 1970: for countdowns, the one thing that ticks. */
export const useSecond = (): number => useSyncExternalStore(seconds.subscribe, seconds.now)

/** The present minute: for what changes with the day, such as "yesterday". */
export const useMinute = (): Date => {
  const at = useSyncExternalStore(minutes.subscribe, minutes.now)
  return new Date(at)
}
