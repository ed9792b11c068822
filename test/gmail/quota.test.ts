import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPacer } from '../../electron/gmail/quota.ts'
import type { Grant, Lane } from '../../electron/gmail/quota-lane.ts'
import { type QuotaMethod, type QuotaTable, tariffs } from '../../electron/gmail/quota-tables.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock, type FakeClock, seededRandom, settle } from '../support/fake-clock.ts'
import { createLimiter } from './limiter.ts'
import { memoryOf, silentLog } from './support.ts'

const live = new AbortController().signal
const ada = accountId('ada')
const bob = accountId('bob')
const quotaError = (options = {}): AppError => new AppError('quota', 'refused', options)

function setUp(known: QuotaTable | null, unpaced = false) {
  const clock = createFakeClock({ autoAdvance: true })
  const memory = memoryOf(known)
  const pacer = createPacer({ clock, log: silentLog, memory, clientId: 'client', unpaced })
  return { clock, memory, pacer, lane: pacer.lane(ada) }
}

/** Calls one after the other, each accepted, for so long; returns how many. */
async function spend(lane: Lane, clock: FakeClock, ms: number, method: QuotaMethod = 'get'): Promise<number> {
  const end = clock.elapsed() + ms
  let calls = 0
  for (;;) {
    const grant = await lane.take(method, 'backfill', live)
    grant.accepted()
    if (clock.elapsed() >= end) return calls
    calls++
  }
}

describe('what is known of the table', () => {
  it('is read once and used at once', async () => {
    const { lane, clock } = setUp('old')
    const calls = await spend(lane, clock, 60_000)
    expect(calls).toBeGreaterThan(49 * 60)
    expect(calls).toBeLessThanOrEqual(50 * 60)
    expect(lane.stats()).toMatchObject({ table: 'old', unitsPerSecond: 245, errors: 0 })
  })

  it('is learned from the limit named in a refusal, and remembered', async () => {
    const { lane, memory } = setUp('old')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ quotaLimit: 6000 }))
    await settle()
    expect(memory.known()).toBe('new')
    expect(lane.stats()).toMatchObject({ table: 'new', unitsPerSecond: 98, errors: 1 })
  })

  it('is the old table when the refusal names 15,000', async () => {
    const { lane, memory } = setUp(null)
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ quotaLimit: 15_000 }))
    await settle()
    expect(memory.known()).toBe('old')
    expect(lane.stats().unitsPerSecond).toBe(245)
  })

  it("is paced to the owner's limit where that is lower", async () => {
    const { lane } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ quotaLimit: 3000 }))
    expect(lane.stats()).toMatchObject({ table: 'new', unitsPerSecond: 49 })
  })

  it('is not learned from a refusal without a limit that our own spending cannot explain', async () => {
    const { lane, memory } = setUp(null)
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError())
    await settle()
    expect(memory.known()).toBeNull()
    expect(lane.stats().table).toBe('unknown')
  })

  it('is shared by the accounts of one client, each with a bucket of its own', async () => {
    const { pacer, lane, clock, memory } = setUp(null)
    const other = pacer.lane(bob)
    expect(pacer.lane(ada)).toBe(lane)
    const [, slow] = await Promise.all([spend(lane, clock, 100_000), spend(other, clock, 100_000)])
    expect(memory.known()).toBe('old')
    expect(other.stats().table).toBe('old')
    // The other account was paced as on the new table until the first one knew.
    expect(slow).toBeLessThan(5 * 90 + 50 * 11)
  })

  it('is asked and told by client id, and pacing goes on when the memory fails', async () => {
    const clock = createFakeClock({ autoAdvance: true })
    const asked: string[] = []
    const memory = {
      read: async (clientId: string) => {
        asked.push(clientId)
        throw new Error('no database')
      },
      write: async () => {
        throw new Error('no database')
      },
    }
    const lane = createPacer({ clock, log: silentLog, memory, clientId: 'client-7' }).lane(ada)
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ quotaLimit: 6000 }))
    const next = await lane.take('get', 'backfill', live)
    next.failed()
    expect(asked).toEqual(['client-7'])
  })
})

describe('a refusal', () => {
  it('pauses all calls of the account for 20 to 60 s, and then half the rate, growing back', async () => {
    const { lane, clock } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError())
    const next = await lane.take('get', 'live', live)
    next.accepted()
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
    expect(clock.elapsed()).toBeLessThanOrEqual(60_000)
    expect(lane.stats().unitsPerSecond).toBeCloseTo(49, 0)
    await clock.advance(300_000)
    expect(lane.stats().unitsPerSecond).toBeCloseTo(98, 0)
  })

  it('with a stated 30 s costs 30 s', async () => {
    const { lane, clock } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ retryAfterMs: 30_000 }))
    const next = await lane.take('get', 'backfill', live)
    next.accepted()
    expect(clock.elapsed()).toBeGreaterThanOrEqual(30_000)
    expect(clock.elapsed()).toBeLessThanOrEqual(32_000)
  })

  it('never pauses for less than 20 s, whatever the server says', async () => {
    const { lane, clock } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ retryAfterMs: 1 }))
    const next = await lane.take('get', 'backfill', live)
    next.failed()
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
  })

  it('seen by many calls at once is one refusal', async () => {
    const { lane, clock } = setUp('new')
    const grants: Grant[] = []
    for (let call = 0; call < 5; call++) grants.push(await lane.take('get', 'backfill', live))
    await clock.advance(1)
    for (const grant of grants) grant.refused(quotaError({ retryAfterMs: 30_000 }))
    expect(lane.stats().errors).toBe(5)
    expect(lane.stats().pausedForMs).toBeLessThanOrEqual(32_000)
    await (await lane.take('get', 'backfill', live)).accepted()
    expect(lane.stats().unitsPerSecond).toBeCloseTo(49, 0)
  })

  it('for hours is told to the account instead of sat out, and tried again after an hour at most', async () => {
    const { lane, clock } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    const queued = lane.take('list', 'backfill', live)
    grant.refused(quotaError({ retryAfterMs: 6 * 3_600_000 }))
    await queued.catch(() => undefined)
    await expect(lane.take('get', 'live', live)).rejects.toMatchObject({
      code: 'quota',
      retryAfterMs: expect.any(Number),
    })
    expect(lane.stats().pausedForMs).toBeLessThanOrEqual(3_600_000)
    await clock.advance(3_600_000)
    const next = await lane.take('get', 'live', live)
    next.accepted()
  })

  it('that states too short a time again and again parks longer each time', async () => {
    const { lane, clock } = setUp('new')
    const pauses: number[] = []
    for (let round = 0; round < 10; round++) {
      const grant = await lane.take('get', 'backfill', live)
      grant.refused(quotaError({ retryAfterMs: 30_000 }))
      const pause = lane.stats().pausedForMs
      pauses.push(Math.round(pause / 10_000) * 10)
      await clock.advance(pause + 1)
    }
    expect(pauses.slice(0, 4)).toEqual([30, 60, 120, 240])
    expect(Math.max(...pauses)).toBe(3600)
  })

  it('of the whole project pauses every account of the client', async () => {
    const { pacer, lane, clock } = setUp('new')
    const grant = await lane.take('get', 'backfill', live)
    grant.refused(quotaError({ projectWide: true }))
    await (await pacer.lane(bob).take('get', 'backfill', live)).accepted()
    expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
    const daily = await lane.take('get', 'backfill', live)
    daily.refused(new AppError('daily_quota', 'used up', { projectWide: true, retryAfterMs: 3_600_000 }))
    await expect(pacer.lane(bob).take('list', 'live', live)).rejects.toMatchObject({
      code: 'quota',
      retryAfterMs: 3_600_000,
    })
  })
})

describe('calls that wait', () => {
  it('go new mail before old', async () => {
    const { lane, clock } = setUp('new')
    const order: string[] = []
    const call = async (name: string, priority: 'live' | 'backfill'): Promise<void> => {
      const grant = await lane.take('get', priority, live)
      order.push(name)
      grant.accepted()
    }
    for (let burst = 0; burst < 5; burst++) await call('burst', 'backfill')
    await Promise.all([
      call('old-1', 'backfill'),
      call('old-2', 'backfill'),
      call('new-1', 'live'),
      call('new-2', 'live'),
    ])
    expect(order.slice(5)).toEqual(['new-1', 'new-2', 'old-1', 'old-2'])
    expect(clock.elapsed()).toBeGreaterThan(0)
  })

  it('stop at once when told to', async () => {
    const clock = createFakeClock()
    const lane = createPacer({ clock, log: silentLog, memory: memoryOf('new'), clientId: 'c' }).lane(ada)
    for (let burst = 0; burst < 5; burst++) (await lane.take('get', 'backfill', live)).accepted()
    const stop = new AbortController()
    const waiting = lane.take('get', 'backfill', stop.signal)
    await settle()
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    await settle()
    expect(clock.sleepers()).toBe(0)
    await expect(lane.take('get', 'backfill', stop.signal)).rejects.toMatchObject({ code: 'aborted' })
  })
})

it('what a busy program lost is made up for, within the minute that Gmail allows', async () => {
  const clock = createFakeClock({ autoAdvance: true })
  let naps = 0
  // Every twentieth timer of the pacer comes two seconds late: the event loop was busy.
  const late = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms + (++naps % 20 === 0 ? 2000 : 0), signal),
  }
  const pacer = createPacer({ clock: late, log: silentLog, memory: memoryOf('new'), clientId: 'c' })
  const lane = pacer.lane(ada)
  const limiter = createLimiter('new')
  const worker = async (): Promise<void> => {
    while (clock.elapsed() < 300_000) {
      const grant = await lane.take('get', 'backfill', live)
      expect(limiter.admit('get', clock.elapsed())).toBe(true)
      await clock.sleep(100)
      grant.accepted()
    }
  }
  await Promise.all(Array.from({ length: 12 }, worker))
  expect(limiter.units(60_000, 300_000) / (4 * 6000)).toBeGreaterThanOrEqual(0.97)
})

it('unpaced, calls go at once, and refusals are obeyed all the same', async () => {
  const { lane, clock, memory } = setUp(null, true)
  for (let call = 0; call < 5000; call++) (await lane.take('get', 'backfill', live)).accepted()
  expect(clock.elapsed()).toBe(0)
  const grant = await lane.take('get', 'backfill', live)
  grant.refused(quotaError({ quotaLimit: 6000 }))
  await (await lane.take('get', 'backfill', live)).accepted()
  expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
  expect(memory.known()).toBeNull()
})

it('once the table is known no minute ever holds more than Gmail allows, however calls come', async () => {
  const run = fc.record({
    table: fc.constantFrom<QuotaTable>('new', 'old'),
    workers: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
    latency: fc.integer({ min: 5, max: 900 }),
    rest: fc.constantFrom(0, 500, 20_000),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ table, workers, seed, latency, rest }) => {
      const { lane, clock } = setUp(table)
      const random = seededRandom(seed)
      const limiter = createLimiter(table)
      const methods: QuotaMethod[] = ['get', 'get', 'get', 'list', 'history', 'labels']
      const worker = async (): Promise<void> => {
        while (clock.elapsed() < 130_000) {
          if (random() < 0.02) await clock.sleep(random() * rest)
          const method = methods[Math.floor(random() * methods.length)] as QuotaMethod
          const grant = await lane.take(method, random() < 0.1 ? 'live' : 'backfill', live)
          await clock.sleep(random() * latency)
          expect(limiter.admit(method, clock.elapsed())).toBe(true)
          grant.accepted()
        }
      }
      await Promise.all(Array.from({ length: workers }, worker))
      expect(limiter.refused()).toBe(0)
      expect(limiter.worstMinute(0)).toBeLessThanOrEqual(tariffs[table].limit)
    }),
    { numRuns: 8 },
  )
})
