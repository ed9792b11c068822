import { expect, it } from 'vitest'
import { liveThrough } from '../support/sign-ins/live.ts'

it('hours in which sign-ins die, networks fail and clocks are wrong ask nobody without cause, stop nobody, and lose nothing', async () => {
  const { faults, lost, deaths, signIns } = await liveThrough({ hours: 2, seed: 2, hurry: 6 })
  expect(faults).toEqual([])
  expect(lost).toBe(0)
  expect(deaths).toBeGreaterThan(0)
  expect(signIns).toBeGreaterThan(0)
}, 240_000)
