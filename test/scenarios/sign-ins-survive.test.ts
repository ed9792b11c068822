import { expect, it } from 'vitest'
import { liveThrough } from '../support/sign-ins/live.ts'

it('hours in which sign-ins die, networks fail and clocks are wrong ask nobody without cause, stop nobody, and lose nothing', async () => {
  const life = await liveThrough({ hours: 1.5, seed: 12, hurry: 8, people: 2, mails: 4 })
  expect(life).toMatchObject({ faults: [], lost: 0 })
  const { deaths, signIns, mistakes, cuts, clocks, restarts } = life
  // What is dealt is the seed's; how often somebody has signed in by the end is theirs who were asked, once for each death at most.
  expect({ deaths, cuts, clocks, restarts }).toEqual({ deaths: 3, cuts: 2, clocks: 1, restarts: 1 })
  expect(signIns).toBeGreaterThan(0)
  expect(signIns).toBeLessThanOrEqual(deaths)
  expect(mistakes).toBeGreaterThan(0)
}, 120_000)
