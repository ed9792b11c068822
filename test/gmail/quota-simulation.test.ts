import { afterAll, describe, expect, it } from 'vitest'
import { createConcurrency } from '../../electron/gmail/concurrency.ts'
import { createPacer } from '../../electron/gmail/quota.ts'
import { type QuotaTable, tariffs } from '../../electron/gmail/quota-tables.ts'
import { AppError, isAbort } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock, seededRandom } from '../support/fake-clock.ts'
import { createLimiter, type LimiterOptions } from './limiter.ts'
import { memoryOf, silentLog } from './support.ts'

const MINUTE = 60_000

interface Run extends LimiterOptions {
  readonly table: QuotaTable
  readonly workers: number
  readonly latency: readonly [number, number]
  readonly seed?: number
}

/** Fifteen simulated minutes of downloading by so many workers, against the strictest limiter. */
async function simulate(run: Run) {
  const clock = createFakeClock({ autoAdvance: true, seed: run.seed ?? 1 })
  const random = seededRandom((run.seed ?? 1) * 7919)
  const limiter = createLimiter(run.table, run)
  const memory = memoryOf()
  const pacer = createPacer({ clock, log: silentLog, memory, clientId: 'client' })
  const lane = pacer.lane(accountId('ada'))
  const concurrency = createConcurrency()
  const stop = new AbortController()
  let learnedAt: number | null = null
  let sent = 0

  const between = (): number => run.latency[0] + random() * (run.latency[1] - run.latency[0])
  const worker = async (): Promise<void> => {
    while (clock.elapsed() < 15 * MINUTE) {
      const slot = await concurrency.acquire('backfill', stop.signal)
      const method = sent++ % 500 === 0 ? 'list' : 'get'
      const grant = await lane.take(method, 'backfill', stop.signal)
      const travel = between() / 2
      await clock.sleep(travel)
      const passes = limiter.admit(method, clock.elapsed())
      await clock.sleep(travel)
      if (passes) grant.accepted()
      else grant.refused(new AppError('quota', 'refused', { quotaLimit: tariffs[run.table].limit }))
      slot.release('ok')
      if (learnedAt === null && lane.stats().table !== 'unknown') learnedAt = clock.elapsed()
    }
  }
  try {
    await Promise.all(Array.from({ length: run.workers }, worker))
  } catch (error) {
    if (!isAbort(error)) throw error
  }
  const from = (learnedAt ?? 0) + (limiter.refused() > 0 ? 61_000 : 0)
  const span = Math.min(10 * MINUTE, 15 * MINUTE - from)
  return {
    learned: memory.known(),
    learnedAt,
    errors: limiter.refused(),
    share: limiter.units(from, from + span) / ((tariffs[run.table].limit * span) / MINUTE),
    worstMinute: limiter.worstMinute(from),
  }
}

const report: Record<string, unknown>[] = []
afterAll(() => {
  for (const row of report) process.stdout.write(`${JSON.stringify(row)}\n`)
})

describe('over fifteen minutes the pacer reaches 97 % of the ceiling with at most the one learning error', () => {
  const latencies = [
    [50, 100],
    [50, 400],
    [200, 400],
  ] as const
  const rows: Run[] = [
    ...[2, 4, 12].flatMap((workers) => latencies.map((latency) => ({ table: 'new', workers, latency }) as const)),
    { table: 'new', workers: 12, latency: [50, 400], chargesRefused: true },
    { table: 'old', workers: 12, latency: [50, 100] },
    { table: 'old', workers: 12, latency: [50, 400] },
    { table: 'new', workers: 12, latency: [50, 400], kind: 'fixed', phase: 50_000 },
    { table: 'new', workers: 12, latency: [50, 400], kind: 'fixed', phase: 30_000 },
  ]
  it.each(rows)('$table table, $workers workers, $latency ms, $kind', async (run) => {
    const seen = await simulate(run)
    report.push({ ...run, latency: run.latency.join('-'), ...seen, share: Math.round(seen.share * 1000) / 10 })
    // Should Gmail count by fixed minutes, the calls under way when one fills up are refused together.
    expect(seen.errors).toBeLessThanOrEqual(run.kind === 'fixed' ? 3 : 1)
    expect(seen.learned).toBe(run.table)
    expect(seen.share).toBeGreaterThanOrEqual(0.97)
    expect(seen.worstMinute).toBeLessThanOrEqual(tariffs[run.table].limit)
  })
})
