import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readSeries } from '../../electron/store/cycle-series.ts'
import {
  type Activity,
  pruneCycles,
  readCycleTotals,
  recordActivity,
  recordCycle,
} from '../../electron/store/cycles.ts'
import { MetricsSeries, seriesSpans } from '../../shared/figures.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(() => test.reset())

const now = new Date('2026-11-25T12:34:56.789Z')
const minutesAgo = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000)
const did = (at: Date, change: Partial<Activity> = {}): Promise<void> =>
  recordActivity(test.db, {
    at,
    worker: 'test:1',
    cycleSeconds: 10,
    emails: 0,
    errors: 0,
    errorsByKind: {},
    quotaUnits: 0,
    databaseBytes: null,
    rawBytes: null,
    ...change,
  })
const cycleAt = (finishedAt: Date): Promise<void> =>
  recordCycle(test.db, {
    startedAt: new Date(finishedAt.getTime() - 10_000),
    finishedAt,
    worker: 'test:1',
    accounts: 2,
    emails: 3,
    errors: 1,
    errorsByKind: { network: 1 },
    quotaUnits: 5,
  })

describe('the chart of what was synced', () => {
  it.each([
    ['hour', 60, 60],
    ['day', 900, 96],
    ['week', 3_600, 168],
    ['month', 21_600, 120],
  ] as const)('of the last %s has every step of %d s, without gaps, up to now', async (span, step, count) => {
    const series = MetricsSeries.parse(await readSeries(test.db, span, now))
    expect(series).toMatchObject({ span, step_seconds: step })
    expect(series.points).toHaveLength(count)
    const times = series.points.map(({ at }) => Date.parse(at))
    for (const [index, time] of times.entries()) expect(time).toBe((times[0] ?? 0) + index * step * 1000)
    expect(times.at(-1)).toBeLessThanOrEqual(now.getTime())
    expect((times.at(-1) ?? 0) + step * 1000).toBeGreaterThan(now.getTime())
    expect(series.points[0]).toEqual({
      at: new Date(times[0] ?? 0).toISOString(),
      cycles: 0,
      emails: 0,
      errors: 0,
      errors_by_kind: {},
      duration_seconds_mean: null,
      duration_seconds_max: null,
      quota_units: 0,
      database_bytes: null,
      raw_bytes: null,
    })
  })

  it('sums several workers within a step, and takes the last sizes', async () => {
    const at = new Date('2026-11-25T12:30:10Z')
    await did(at, {
      emails: 5,
      errors: 2,
      errorsByKind: { network: 2 },
      quotaUnits: 40,
      databaseBytes: 100,
      rawBytes: 7,
    })
    await did(at, { worker: 'other:2', cycleSeconds: 30, emails: 1, errors: 1, errorsByKind: { server: 1 } })
    await did(new Date('2026-11-25T12:30:50Z'), {
      cycleSeconds: null,
      emails: 4,
      errors: 1,
      errorsByKind: { network: 1 },
      databaseBytes: 120,
    })
    await did(new Date('2026-11-25T12:31:00Z'), { emails: 1000 })
    const { points } = await readSeries(test.db, 'hour', now)
    expect(points.find((point) => point.at === '2026-11-25T12:30:00.000Z')).toEqual({
      at: '2026-11-25T12:30:00.000Z',
      cycles: 2,
      emails: 10,
      errors: 4,
      errors_by_kind: { network: 3, server: 1 },
      duration_seconds_mean: 20,
      duration_seconds_max: 30,
      quota_units: 40,
      database_bytes: 120,
      raw_bytes: 7,
    })
  })

  it('loses nothing that happened within it, whenever that was, and shows nothing from before or after', async () => {
    const minutes = fc.array(fc.integer({ min: -100, max: 60 * 24 * 40 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(minutes, fc.constantFrom(...seriesSpans), async (ages, span) => {
        await test.reset()
        for (const [index, age] of ages.entries()) await did(minutesAgo(age), { worker: `test:${index}`, emails: 1 })
        const { points, step_seconds } = await readSeries(test.db, span, now)
        const from = Date.parse(points[0]?.at ?? '')
        const to = from + points.length * step_seconds * 1000
        const within = ages.map((age) => minutesAgo(age).getTime()).filter((time) => time >= from && time < to)
        expect(points.reduce((sum, { emails }) => sum + emails, 0)).toBe(within.length)
        expect(points.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(within.length)
      }),
      { numRuns: 8 },
    )
  })
})

describe('totals', () => {
  it('begin at nothing', async () => {
    expect(await readCycleTotals(test.db)).toEqual({ cycles: 0, emails: 0, errors: 0, errorsByKind: {}, last: null })
  })

  it('count what a cycle did that was cut short, but not as a cycle', async () => {
    await did(minutesAgo(20), { emails: 3, errors: 1, errorsByKind: { network: 1 } })
    await did(minutesAgo(10), { cycleSeconds: null, emails: 4, errors: 2, errorsByKind: { network: 1, quota: 1 } })
    await cycleAt(minutesAgo(20))
    expect(await readCycleTotals(test.db)).toEqual({
      cycles: 1,
      emails: 7,
      errors: 3,
      errorsByKind: { network: 2, quota: 1 },
      last: {
        started_at: '2026-11-25T12:14:46.789Z',
        finished_at: '2026-11-25T12:14:56.789Z',
        duration_seconds: 10,
        accounts: 2,
        emails: 3,
        errors: 1,
      },
    })
  })

  it('stay the same when old cycles are removed, as often as that happens', async () => {
    const ages = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(ages, fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 3 }), async (done, pruned) => {
        await test.reset()
        for (const [index, age] of done.entries()) {
          const errorsByKind = { [`kind${index % 2}`]: 2 }
          await did(minutesAgo(age), { worker: `test:${index}`, emails: index, errors: 2, errorsByKind })
          await cycleAt(minutesAgo(age))
        }
        const { last: _, ...before } = await readCycleTotals(test.db)
        for (const age of pruned) {
          await pruneCycles(test.db, minutesAgo(age))
          expect(await readCycleTotals(test.db)).toMatchObject(before)
        }
        const { rows } = await test.db.query<{ n: number }>('select count(*) as n from mailtide.activity')
        const limit = Math.min(Number.POSITIVE_INFINITY, ...pruned)
        expect(rows[0]?.n).toBe(done.filter((age) => age <= limit).length)
      }),
      { numRuns: 6 },
    )
  })
})
