import { describe, expect, it } from 'vitest'
import { runScenario } from '../support/scenario/run.ts'

/** Whole days, and many, are `npm run soak -- --seeds 300`. */
describe('hours in which Gmail, network, disk, clock and machine go wrong at random', { timeout: 240_000 }, () => {
  it.each([3])('end with a copy equal to the mailbox, and nothing untrue was told (seed %i)', async (seed) => {
    const { lost, faults, hung, cycles } = await runScenario({ seed, hours: 6 })
    expect(faults).toEqual([])
    expect({ lost, hung }).toEqual({ lost: 0, hung: false })
    expect(cycles).toBeGreaterThan(0)
  })
})
