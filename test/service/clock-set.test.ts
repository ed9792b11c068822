import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isClockSure } from '../../electron/service/clock-sure.ts'
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
    Object.assign(settings, { intervalMinutes: 15, resyncAfterMinutes: 10 })
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

  it.each([
    ['0 and the clock back by the interval', 0, 30, 30],
    ['0 and the clock back by a minute more', 0, 31, 30],
    ['0 and the clock back by a minute less', 0, 29, 30],
    ['an hour and the clock back by half of one', 60, 30, 90],
    ['an hour and the clock back by 70 minutes', 60, 70, 90],
    ['an hour and the clock left alone', 60, 0, 90],
  ])('between cycles puts off no sync, with resync set to %s', async (_, resync, back, dueAfter) => {
    const { service, until, clock, turns, settings } = await startCore(test.db)
    Object.assign(settings, { intervalMinutes: 30, resyncAfterMinutes: resync })
    await service.start()
    await until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    await clock.jumpWall(-back * 60_000)
    for (let passed = 30; passed < dueAfter; passed += 30) {
      const next = until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1 + passed / 30)
      await clock.advance(30 * 60_000)
      await next
      expect(turns).toHaveLength(1)
    }
    const last = until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1 + dueAfter / 30)
    await clock.advance(30 * 60_000)
    await last
    expect(turns).toHaveLength(2)
  })

  it('moves the times that are told with it', async () => {
    const { service, until, clock, settings } = await startCore(test.db)
    Object.assign(settings, { intervalMinutes: 30, resyncAfterMinutes: 60 })
    await service.start()
    await until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    await clock.advance(10 * 60_000)
    await clock.jumpWall(-45 * 60_000)
    const inMinutes = (minutes: number): string => new Date(clock.now().getTime() + minutes * 60_000).toISOString()
    const { next_cycle_at, accounts } = service.snapshot()
    expect([next_cycle_at, accounts[0]?.next_due_at]).toEqual([inMinutes(20), inMinutes(50)])
  })

  it('to the very millisecond of the last sync does not sync again and again', async () => {
    const { service, until, clock, turns, settings } = await startCore(test.db, {
      turn: async () => {
        if (turns.length > 10) throw new Error('Again and again')
        return nothing
      },
    })
    Object.assign(settings, { intervalMinutes: 30, resyncAfterMinutes: 0 })
    await service.start()
    await until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    await clock.jumpWall(-30 * 60_000)
    const next = until(({ state, total_cycles }) => state === 'idle' && total_cycles === 2)
    await clock.advance(30 * 60_000)
    await next
    expect(turns).toHaveLength(2)
  })

  it('does not make an account wait for longer than it was to', async () => {
    let isCut = true
    const { service, until, clock, settings } = await startCore(test.db, {
      turn: async () => {
        if (isCut) throw new AppError('server', 'Google has a temporary problem', { retryAfterMs: 10 * 60_000 })
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

describe('a wall clock that is set far ahead', () => {
  const day = 24 * 60 * 60_000
  const rows = async () =>
    (
      await test.db.query<{ n: number }>('select count(*)::int as n from mailtide.activity where at < $1', [
        new Date('2026-06-01T00:00:00Z'),
      ])
    ).rows[0]?.n

  it.each([
    ['by mistake', null, 1],
    ['as Google’s clock confirms', 0, 0],
    ['against what Google’s clock says', 500 * day, 1],
  ] as const)('%s keeps the past of the charts unless it is surely past', async (_, aheadMs, kept) => {
    const { service, until, clock } = await startCore(test.db, { clockAheadMs: () => aheadMs })
    const before = service.snapshot().total_cycles
    await service.start()
    await until(({ total_cycles, state }) => total_cycles === before + 1 && state === 'idle')
    expect(await rows()).toBe(1)
    await clock.jumpWall(500 * day)
    await clock.advance(day)
    await service.syncNow()
    await until(({ total_cycles, state }) => total_cycles > before + 1 && state === 'idle')
    expect(await rows()).toBe(kept)
  })

  it('before the start keeps it too', () => {
    const now = Date.parse('2027-06-01T00:00:00Z')
    const usual = { wall: now, jumpedMs: 0, aheadMs: null, lastCycle: now - day }
    expect(isClockSure(usual)).toBe(true)
    expect(isClockSure({ ...usual, lastCycle: null })).toBe(true)
    expect(isClockSure({ ...usual, lastCycle: now - 450 * day })).toBe(false)
    expect(isClockSure({ ...usual, jumpedMs: -2 * day })).toBe(false)
    expect(isClockSure({ ...usual, lastCycle: now - 450 * day, aheadMs: 1_000 })).toBe(true)
    expect(isClockSure({ ...usual, aheadMs: 2 * day })).toBe(false)
  })
})
