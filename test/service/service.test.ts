import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dequeue, enqueue, PRIORITY, recordFailures } from '../../electron/store/queue.ts'
import { AppError } from '../../shared/errors.ts'
import { type AccountId, messageId, threadId } from '../../shared/ids.ts'
import type { Alert, Snapshot } from '../../shared/status.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { addAccount, type Core, nothing, startCore } from './core.ts'

const minute = 60_000
let test: TestDatabase
let ada: AccountId
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  ada = await addAccount(test.db, 'ada')
})

/** Lets time pass until a snapshot is pushed that satisfies the test; nobody asks for one meanwhile. */
async function passUntil({ clock, until }: Core, what: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  let found: Snapshot | null = null
  void until(what).then((snapshot) => {
    found = snapshot
  })
  for (let minutes = 0; found === null && minutes < 24 * 60; minutes++) await clock.advance(minute)
  if (found === null) throw new Error('It did not come')
  return found
}
const kinds = ({ alerts }: Snapshot): string[] => alerts.map(({ kind }) => kind)

describe('alerts of a running service', () => {
  it('on a killed run are told to hosts that register later, once, and end after an hour with nobody asking', async () => {
    const core = await startCore(test.db, { restartedUnexpectedly: true })
    const told: Alert[] = []
    core.service.onAlert((alert) => told.push(alert))
    expect(told).toMatchObject([{ kind: 'unexpected_restart', remedy: expect.stringContaining('log') }])
    await passUntil(core, (snapshot) => kinds(snapshot).length === 0)
    expect(core.clock.elapsed()).toBeGreaterThanOrEqual(60 * minute)
    expect(core.clock.elapsed()).toBeLessThan(63 * minute)
    expect(told).toHaveLength(1)
  })

  it('warn of a disk that fills while nothing is synced, and end when there is space again', async () => {
    const core = await startCore(test.db)
    const told: string[] = []
    const stop = core.service.onAlert(({ kind }) => told.push(kind))
    core.space.free = 3_000_000_000
    const full = await passUntil(core, (snapshot) => kinds(snapshot).includes('disk'))
    expect(full.alerts[0]?.message).toContain('3.0 GB')
    await core.clock.advance(10 * minute)
    expect(told).toEqual(['disk'])
    core.space.free = 50_000_000_000
    await passUntil(core, (snapshot) => kinds(snapshot).length === 0)
    stop()
    core.space.free = 1
    await passUntil(core, (snapshot) => kinds(snapshot).includes('disk'))
    expect(told).toEqual(['disk'])
  })

  it('on many errors count failed messages too, and end by time alone', async () => {
    const core = await startCore(test.db, { turn: async () => ({ ...nothing, failed: 21 }) })
    await core.service.start()
    const many = await core.until((snapshot) => kinds(snapshot).includes('error_rate'))
    expect(many).toMatchObject({ error_count: 21, errors_by_kind: { message: 21 } })
    await core.service.stop()
    await passUntil(core, (snapshot) => !kinds(snapshot).includes('error_rate'))
    expect(core.clock.elapsed()).toBeGreaterThanOrEqual(60 * minute)
    expect(core.service.snapshot().error_count).toBe(21)
  })

  it('on an account are told once however often it is tried again, and again when it failed anew after success', async () => {
    let broken = true
    const core = await startCore(test.db, {
      turn: async () => {
        if (broken) throw new AppError('api_disabled', 'The Gmail API is off')
        return nothing
      },
    })
    const told: string[] = []
    core.service.onAlert(({ kind }) => told.push(kind))
    await core.service.start()
    const turnsTaken = async (count: number): Promise<void> => {
      for (let i = 0; i < 200 && core.turns.length < count; i++) await core.clock.advance(minute)
      await core.until(({ state }) => state === 'idle')
    }
    await turnsTaken(4)
    expect(told).toEqual(['sync_failure'])
    broken = false
    await passUntil(core, ({ accounts }) => accounts[0]?.state === 'up_to_date')
    expect(core.service.snapshot().alerts).toEqual([])
    broken = true
    await core.service.syncNow()
    await core.until((snapshot) => kinds(snapshot).includes('sync_failure'))
    expect(told).toEqual(['sync_failure', 'sync_failure'])
  }, 60_000)
})

describe('figures', () => {
  it('of quota are what each cycle used, whatever the process used before', async () => {
    const core = await startCore(test.db, {
      turn: async () => {
        core.units.set('ada@example.org', (core.units.get('ada@example.org') ?? 0) + 7)
        return nothing
      },
    })
    core.units.set('ada@example.org', 1000)
    await core.service.start()
    await core.until(({ total_cycles, state }) => total_cycles === 1 && state === 'idle')
    await core.service.syncNow()
    await core.until(({ total_cycles, state }) => total_cycles === 2 && state === 'idle')
    const { rows } = await test.db.query('select quota_units from mail.cycles order by started_at')
    expect(rows.map((row) => row['quota_units'])).toEqual([7])
    // The clock stood still, so that both cycles began at the same moment: the chart has both.
    const { points } = await core.service.metricsSeries('hour')
    expect(points.at(-1)).toMatchObject({ cycles: 2, quota_units: 1014, database_bytes: 1000, raw_bytes: 500 })
  })

  it('of a long cycle are in the chart while it runs', async () => {
    const clock = createFakeClock()
    const { promise: secondBegan, resolve } = Promise.withResolvers<void>()
    let turns = 0
    const { service } = await startCore(test.db, {
      clock,
      turn: async (_member, { onStored, signal }) => {
        turns++
        if (turns === 2) {
          resolve()
          await clock.sleep(10 * minute, signal)
        }
        onStored(10)
        await clock.advance(31_000)
        return { ...nothing, stored: 10, more: true }
      },
    })
    await service.start()
    await secondBegan
    const { points } = await service.metricsSeries('hour')
    expect(points.reduce((sum, { emails }) => sum + emails, 0)).toBe(10)
    expect(points.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(0)
  })

  it('of what a killed run stored are not lost from the total', async () => {
    await test.db.query(`insert into mailtide.counter values ($1, 'messages', 40), ($1, 'deleted', 2)`, [ada])
    const { service } = await startCore(test.db)
    expect(service.snapshot().total_emails_synced).toBe(42)
  })

  it('of what failed in a killed run are not lost from the total, however soon it was killed', async () => {
    const { service } = await startCore(test.db, {
      turn: async () => {
        throw new AppError('network', 'The network is down')
      },
    })
    await service.start()
    const recorded = async (): Promise<unknown> =>
      (await test.db.query('select coalesce(sum(errors), 0)::int as errors from mailtide.activity')).rows
    await expect.poll(recorded).toEqual([{ errors: 1 }])
    // What the next process reads, while this one was never asked to stop.
    const { service: next } = await startCore(test.db)
    expect(next.snapshot()).toMatchObject({ error_count: 1, errors_by_kind: { network: 1 } })
  })

  it('of accounts that fail again and again take a row for each half minute, and are all counted', async () => {
    let tries = 0
    const core = await startCore(test.db, {
      turn: async () => {
        tries++
        throw new AppError(tries % 2 === 0 ? 'network' : 'server', 'Not now')
      },
    })
    await core.clock.advance(7_000)
    await core.service.start()
    await expect.poll(() => tries).toBe(1)
    for (let again = 2; again <= 6; again++) {
      await core.service.syncNow()
      await expect.poll(() => tries).toBe(again)
    }
    await core.service.stop()
    const { rows } = await test.db.query(
      `select (select sum(errors)::int from mailtide.activity) as errors,
         (select sum(e.value::int)::int from mailtide.activity a, jsonb_each_text(a.errors_by_kind) e) as by_kind,
         count(*) filter (where cycles = 0) as rows_between from mailtide.activity`,
    )
    // The clock stood still: all of it fell into one half minute.
    expect(rows).toEqual([{ errors: 6, by_kind: 6, rows_between: 1 }])
  })

  it('of uptime are the service’s own, whether it syncs or not; a store that gave up is no health', async () => {
    const { service, clock } = await startCore(test.db)
    await clock.advance(5_000)
    expect(service.uptimeSeconds()).toBe(5)
    expect(service.snapshot().uptime_seconds).toBe(0)
    await Promise.all([service.checkHealth(), service.checkHealth()])
    service.fail(new AppError('store', 'The database is damaged', { remedy: 'Rebuild it' }))
    await expect(service.checkHealth()).rejects.toMatchObject({ code: 'store', remedy: 'Rebuild it' })
    await expect(service.start()).rejects.toMatchObject({ code: 'store' })
    expect(kinds(service.snapshot())).toEqual(['store'])
  })

  it('of the present work are gone while the cycle waits for an account’s next try', async () => {
    const core = await startCore(test.db, {
      turn: async (_member, { report }) => {
        report({ phase: 'downloading', done: 5, total: 10 })
        throw new AppError('network', 'The network is down')
      },
    })
    await core.service.start()
    const waiting = await core.until(({ accounts }) => accounts[0]?.state === 'waiting')
    expect(waiting.state).toBe('syncing')
    expect(waiting.current).toBeNull()
  })
})

describe('asked while it runs', () => {
  it('a changed interval moves the next cycle at once, and everybody hears of it', async () => {
    const core = await startCore(test.db)
    await core.service.start()
    const idle = await core.until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    expect(Date.parse(idle.next_cycle_at ?? '') - core.clock.now().getTime()).toBe(5 * minute)
    await core.service.changeSettings({ intervalMinutes: 30 })
    const moved = await core.until(({ next_cycle_at }) => next_cycle_at !== idle.next_cycle_at)
    expect(moved.interval_minutes).toBe(30)
    expect(Date.parse(moved.next_cycle_at ?? '') - core.clock.now().getTime()).toBe(30 * minute)
  })

  it('a refused setting changes nothing', async () => {
    const core = await startCore(test.db, {
      changeSettings: () => {
        throw new AppError('conflict', 'Set by the environment variable MAILTIDE_INTERVAL_MINUTES')
      },
    })
    const { revision } = core.service.snapshot()
    await expect(core.service.changeSettings({ intervalMinutes: 1 })).rejects.toMatchObject({ code: 'conflict' })
    expect(core.service.snapshot()).toMatchObject({ revision, interval_minutes: 5 })
  })

  it('failed messages are listed, and tried again at once when asked', async () => {
    const id = messageId('m1')
    const core = await startCore(test.db, {
      turn: async () => {
        await dequeue(test.db, ada, [id])
        return nothing
      },
    })
    await core.service.start()
    await core.until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    const later = new Date(core.clock.now().getTime() + 24 * 60 * minute)
    await enqueue(test.db, ada, [{ id, threadId: threadId('t'), ord: 1 }], PRIORITY.live, core.clock.now())
    await recordFailures(test.db, ada, [
      { id, stage: 'download', code: 'server', message: 'Half a mail', nextTryAt: later },
    ])
    expect(await core.service.failures({ account: undefined, limit: 10 })).toMatchObject({
      total: 1,
      failures: [{ account: 'ada@example.org', gmail_id: 'm1', reason: 'Half a mail' }],
    })
    core.turns.length = 0
    expect(await core.service.retryFailures('ada')).toBe(1)
    await core.until(({ total_cycles }) => total_cycles >= 2)
    expect(core.turns).toContain('ada@example.org')
  })
})

it('an account of a worker that died is taken over while the first download of another account goes on', async () => {
  await test.db.query("update mailtide.checkpoint set backfill = 'new'")
  const bob = await addAccount(test.db, 'bob')
  let diedAt = Number.POSITIVE_INFINITY
  const { service, clock } = await startCore(test.db, {
    turn: async ({ account }, { othersWait, signal }) => {
      if (account.id === bob) return clock.elapsed() < diedAt ? null : nothing
      // A first download of hours, of which a turn is as much as fits in while nobody else waits.
      while (!othersWait()) await clock.sleep(5_000, signal)
      return { ...nothing, more: true }
    },
  })
  await service.start()
  const stateOfBob = () => service.snapshot().accounts.find(({ id }) => id === bob)?.state
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5_000) {
      await clock.advance(5_000)
      // What that began is written down before more time passes.
      for (let asked = 0; asked < 20; asked++) await service.checkHealth()
    }
  }
  await pass(30_000)
  expect(stateOfBob()).toBe('waiting')
  diedAt = clock.elapsed()
  await pass(60_000)
  expect(stateOfBob()).toBe('up_to_date')
})

describe('a stop', () => {
  it('that comes while a finished cycle is written down ends in a stopped service', async () => {
    const written = Promise.withResolvers<void>()
    const writing = Promise.withResolvers<void>()
    let hasStarted = false
    const core = await startCore(test.db, {
      onRefresh: async () => {
        if (!hasStarted) return
        writing.resolve()
        await written.promise
      },
    })
    hasStarted = true
    await core.service.start()
    await writing.promise
    const states: string[] = []
    core.service.subscribe(({ state }) => states.push(state))
    const stopped = core.service.stop()
    written.resolve()
    await stopped
    expect(core.service.snapshot()).toMatchObject({ state: 'stopped', running: false, total_cycles: 1 })
    expect(states.slice(states.indexOf('stopping'))).not.toContain('idle')
    await expect(core.service.stop()).rejects.toMatchObject({ code: 'not_running' })
  })
})
