import { expect, it } from 'vitest'
import { liveThrough } from '../support/sign-ins/live.ts'

it('hours in which sign-ins die, networks fail and clocks are wrong ask nobody without cause, stop nobody, and lose nothing', async () => {
  const life = await liveThrough({ hours: 1.5, seed: 12, hurry: 8, people: 2, mails: 4 })
  expect(life).toMatchObject({ faults: [], lost: 0 })
  const { deaths, signIns, mistakes, cuts, clocks, restarts } = life
  expect({ deaths, signIns, mistakes, cuts, clocks, restarts }).toEqual({
    deaths: 3,
    signIns: 3,
    mistakes: 4,
    cuts: 2,
    clocks: 1,
    restarts: 1,
  })
}, 120_000)
