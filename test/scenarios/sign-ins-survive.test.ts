import { expect, it } from 'vitest'
import { liveThrough } from '../support/sign-ins/live.ts'

it('hours in which sign-ins die, networks fail and clocks are wrong ask nobody without cause, stop nobody, and lose nothing', async () => {
  const life = await liveThrough({ hours: 1.5, seed: 12, hurry: 8, people: 2, mails: 4 })
  expect(life).toMatchObject({ faults: [], lost: 0 })
  const { deaths, signIns, mistakes, cuts, clocks, restarts } = life
  // Which of the seed's events fall into these hours depends on when each cycle ends: each kind must have come.
  for (const count of [deaths, signIns, mistakes, cuts, clocks, restarts]) expect(count).toBeGreaterThan(0)
  // Once for each death at most.
  expect(signIns).toBeLessThanOrEqual(deaths)
}, 120_000)
