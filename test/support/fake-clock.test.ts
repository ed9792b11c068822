import { expect, it } from 'vitest'
import { isAbort } from '../../shared/errors.ts'
import { createFakeClock, settle } from './fake-clock.ts'

it('wakes sleepers in the order of their time and lets each run before the next', async () => {
  const clock = createFakeClock()
  const seen: string[] = []
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    seen.push(`${name}@${clock.monotonic()}`)
    if (name === 'a') await sleeper('a2', 5)
  }
  const all = Promise.all([sleeper('b', 20), sleeper('a', 10)])
  await clock.advance(12)
  expect(seen).toEqual(['a@10'])
  await clock.advance(100)
  await all
  expect(seen).toEqual(['a@10', 'a2@15', 'b@20'])
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.112Z')
})

it('moves by itself while auto-advance is on', async () => {
  const clock = createFakeClock({ autoAdvance: true })
  await clock.sleep(3_600_000)
  await clock.sleep(1)
  expect(clock.elapsed()).toBe(3_600_001)
  expect(clock.sleeps).toEqual([3_600_000, 1])
})

it('rejects with aborted when the signal fires, and forgets the sleeper', async () => {
  const clock = createFakeClock()
  const stop = new AbortController()
  const slept = clock.sleep(10, stop.signal).catch((error: unknown) => error)
  stop.abort()
  expect(isAbort(await slept)).toBe(true)
  expect(clock.sleepers()).toBe(0)
})

it('ends sleepUntil when the wall clock jumps past it, and no later than planned when it is set back', async () => {
  const clock = createFakeClock()
  let woke = 0
  const nap = async (): Promise<void> => {
    await clock.sleepUntil(new Date(clock.now().getTime() + 60_000))
    woke++
  }
  const first = nap()
  await clock.jumpWall(60_000)
  await first
  expect(woke).toBe(1)
  const second = nap()
  await clock.jumpWall(-3_600_000)
  expect(woke).toBe(1)
  await clock.advance(60_000)
  await second
  await settle()
  expect(woke).toBe(2)
})

it('gives the same chance for the same seed', () => {
  const draw = (seed: number): number[] => {
    const clock = createFakeClock({ seed })
    return [clock.random(), clock.random(), clock.random()]
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})
