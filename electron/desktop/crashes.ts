/** Two crashes within this time are one trouble that a reload does not end. */
const ONE_TROUBLE_MS = 60_000

/** What to do when the page of a window has crashed: load it again, or ask the person. `now` is in milliseconds that only grow. */
export function createCrashCount(): { crashed(now: number): 'reload' | 'ask' } {
  let last: number | null = null
  return {
    crashed: (now) => {
      const isSameTrouble = last !== null && now - last < ONE_TROUBLE_MS
      last = now
      return isSameTrouble ? 'ask' : 'reload'
    },
  }
}
