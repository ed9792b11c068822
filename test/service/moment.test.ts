import fc from 'fast-check'
import { expect, it } from 'vitest'
import { momentOf, presentMoment, wallTime } from '../../electron/service/moment.ts'

const noted = { wall: 1_800_000_000_000, monotonic: 5_000.25 }
const minute = 60_000

it('a moment keeps its time while nobody sets the clock', () => {
  const later = { wall: noted.wall + 30 * minute, monotonic: noted.monotonic + 30 * minute }
  expect(wallTime(noted, later)).toBe(noted.wall)
  expect(wallTime(momentOf(later.wall + minute, later), later)).toBe(later.wall + minute)
})

it('a moment moves back with a clock that is set back, past or to come', () => {
  const setBack = { wall: noted.wall - 20 * minute, monotonic: noted.monotonic + 10 * minute }
  expect(wallTime(noted, setBack)).toBe(noted.wall - 30 * minute)
  expect(wallTime(momentOf(noted.wall + 30 * minute, noted), setBack)).toBe(noted.wall)
})

it('a moment keeps its time when the computer slept, and when the clock was set forward', () => {
  expect(wallTime(noted, { wall: noted.wall + 600 * minute, monotonic: noted.monotonic + minute })).toBe(noted.wall)
})

it('whatever is done to the clock, a moment noted by a running program is never still to come, and their order stays', () => {
  const step = fc.record({
    passes: fc.integer({ min: 0, max: 90 * minute }),
    sleeps: fc.integer({ min: 0, max: 90 * minute }),
    isSetBy: fc.integer({ min: -90 * minute, max: 0 }),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      let wall = noted.wall
      let monotonic = 0
      const moments = steps.map(({ passes, sleeps, isSetBy }) => {
        monotonic += passes
        wall += passes + sleeps + isSetBy
        return presentMoment({ now: () => new Date(wall), monotonic: () => monotonic })
      })
      const present = { wall, monotonic }
      const times = moments.map((moment) => wallTime(moment, present))
      expect(Math.max(...times)).toBeLessThanOrEqual(wall)
      for (const [at, { monotonic: before }] of moments.entries())
        expect(wall - (times[at] ?? Number.NaN)).toBeGreaterThanOrEqual(monotonic - before)
    }),
  )
})
