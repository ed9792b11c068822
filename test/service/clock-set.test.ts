import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
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

  it.each([
    ['an hour', 60 * 60_000],
    ['a year', year],
  ])('by %s between cycles does not put off the next one', async (_long, ms) => {
    const { service, until, clock, turns, settings } = await startCore(test.db)
    settings.intervalMinutes = 15
    await service.start()
    await until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    await clock.advance(5 * 60_000)
    await clock.jumpWall(-ms)
    const next = until(({ state, total_cycles }) => state === 'idle' && total_cycles === 2)
    await clock.advance(15 * 60_000)
    await next
    expect(turns).toHaveLength(2)
    expect(service.snapshot().next_cycle_at).toBe(new Date(clock.now().getTime() + 10 * 60_000).toISOString())
  })

  it('does not make an account wait for longer than it was to', async () => {
    let isCut = true
    const { service, until, clock, settings } = await startCore(test.db, {
      turn: async () => {
        if (isCut) throw new AppError('server', 'Google has a passing fault', { retryAfterMs: 10 * 60_000 })
        return nothing
      },
    })
    settings.intervalMinutes = 60
    await service.start()
    await until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'waiting')
    isCut = false
    await clock.advance(4 * 60_000)
    await clock.jumpWall(-3 * 60 * 60_000)
    const well = until(({ accounts }) => accounts[0]?.state === 'up_to_date')
    await clock.advance(6 * 60_000)
    await well
  })
})
