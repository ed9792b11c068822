import { expect, it } from 'vitest'
import { createClock, systemClock } from '../../electron/platform/clock.ts'
import { isAbort } from '../../shared/errors.ts'

/** A machine whose two clocks the test moves; timers stand still while it sleeps, as on a real one. */
function machine() {
  const timers: { due: number; wake: () => void }[] = []
  const time = { wall: 1_000_000, awake: 0 }
  const clock = createClock({
    now: () => time.wall,
    monotonic: () => time.awake,
    random: () => 0.5,
    timer: (ms, wake) => {
      const timer = { due: time.awake + ms, wake }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), 1)
    },
  })
  /** Lets time pass awake, second by second. */
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 1_000) {
      time.wall += 1_000
      time.awake += 1_000
      for (const timer of timers.filter(({ due }) => due <= time.awake)) {
        timers.splice(timers.indexOf(timer), 1)
        timer.wake()
      }
      await new Promise(setImmediate)
    }
  }
  return { clock, time, timers, pass }
}

function watch(promise: Promise<void>): { done: boolean; error: unknown } {
  const seen: { done: boolean; error: unknown } = { done: false, error: undefined }
  promise.then(
    () => {
      seen.done = true
    },
    (error: unknown) => {
      seen.error = error
    },
  )
  return seen
}

it('sleeps until a wall-clock time', async () => {
  const { clock, time, pass } = machine()
  const wait = watch(clock.sleepUntil(new Date(time.wall + 60_000)))
  await pass(59_000)
  expect(wait.done).toBe(false)
  await pass(1_000)
  expect(wait.done).toBe(true)
})

it('notices within seconds of waking that the computer slept past the time', async () => {
  const { clock, time, pass } = machine()
  const wait = watch(clock.sleepUntil(new Date(time.wall + 300_000)))
  await pass(2_000)
  time.wall += 8 * 3_600_000
  await pass(5_000)
  expect(wait.done).toBe(true)
})

it('wakes after the planned span when the wall clock is set back by a year', async () => {
  const { clock, time, pass } = machine()
  const wait = watch(clock.sleepUntil(new Date(time.wall + 60_000)))
  await pass(10_000)
  time.wall -= 365 * 86_400_000
  await pass(49_000)
  expect(wait.done).toBe(false)
  await pass(1_000)
  expect(wait.done).toBe(true)
})

it('sleeps its span whatever the wall clock does', async () => {
  const { clock, time, pass } = machine()
  const wait = watch(clock.sleep(30_000))
  time.wall += 3_600_000
  await pass(29_000)
  expect(wait.done).toBe(false)
  await pass(1_000)
  expect(wait.done).toBe(true)
})

it('waits longer than the longest timer of the system', async () => {
  const { clock, timers, pass } = machine()
  const wait = watch(clock.sleep(40 * 86_400_000))
  await pass(60_000)
  expect(wait.done).toBe(false)
  expect(timers.every(({ due }) => due <= 65_000)).toBe(true)
})

it('returns at once for a time that has passed and for a time that is none', async () => {
  const { clock, time } = machine()
  await clock.sleepUntil(new Date(time.wall - 1))
  await clock.sleepUntil(new Date(Number.NaN))
  await clock.sleep(-5)
})

it('ends with aborted when told to stop, before or while waiting, and leaves no timer', async () => {
  const { clock, timers } = machine()
  const stop = new AbortController()
  const wait = watch(clock.sleep(10_000, stop.signal))
  stop.abort()
  await new Promise(setImmediate)
  expect(isAbort(wait.error)).toBe(true)
  expect(timers).toEqual([])
  await expect(clock.sleep(1, stop.signal)).rejects.toMatchObject({ code: 'aborted' })
})

it('keeps the real time', async () => {
  const before = systemClock.monotonic()
  await systemClock.sleep(5)
  expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(5)
  expect(Math.abs(systemClock.now().getTime() - Date.now())).toBeLessThan(1_000)
  const chance = systemClock.random()
  expect(chance >= 0 && chance < 1).toBe(true)
})
