import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { addAccount, nothing, startCore } from './core.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  await addAccount(test.db, 'ada')
})

describe('a wall clock that is set back', () => {
  const year = 365 * 24 * 60 * 60_000

  it('leaves the chart going on at the time it now is', async () => {
    const { service, until, clock } = await startCore(test.db)
    const cycles = async (count: number): Promise<void> => {
      await service.syncNow()
      await until(({ total_cycles, state }) => total_cycles === count && state === 'idle')
    }
    await service.start()
    await until(({ total_cycles, state }) => total_cycles === 1 && state === 'idle')
    await clock.jumpWall(year)
    await cycles(2)
    await clock.jumpWall(-year)
    await clock.advance(1_500)
    await cycles(3)
    const { points } = await service.metricsSeries('hour')
    expect(points.at(-1)?.cycles).toBe(2)
    expect(service.snapshot().uptime_seconds).toBe(1.5)
  })

  it('in the midst of a cycle does not sync the accounts again and again', async () => {
    const { service, until, clock, turns, settings } = await startCore(test.db, {
      turn: async () => {
        if (turns.length === 1) await clock.jumpWall(-60 * 60_000)
        if (turns.length > 10) throw new Error('Again and again')
        return nothing
      },
    })
    settings.resyncAfterMinutes = 0
    await service.start()
    await until(({ state, total_cycles }) => state === 'idle' && total_cycles > 0)
    expect(turns).toEqual(['ada@example.org'])
  })
})
