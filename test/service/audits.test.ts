import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunAudit } from '../../electron/service/audits.ts'
import { saveAudit } from '../../electron/store/audits.ts'
import { accountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { addAccount, startCore } from './core.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.reset())

const HOUR = 3_600_000

/** A service that is up to date, and what it looks at by itself. */
async function watched() {
  const clock = createFakeClock()
  const looks: string[] = []
  const busy = { is: false }
  const failing: { with: string | null } = { with: null }
  const audit: RunAudit = async ({ account }, { gmail, local, repair, known }) => {
    looks.push(`${account.id} ${gmail} ${local === null ? 'alone' : local.originals}${repair ? ' repairing' : ''}`)
    const at = clock.now().toISOString()
    const compared_at = gmail === 'ids' ? at : (known?.compared_at ?? at)
    const figures = { gmail: 1, stored: 1, waiting: 0, gone: 0 }
    if (busy.is) return { gmail: null, local: null, deep: null, unseen: [], originals: null }
    if (failing.with !== null)
      return {
        gmail: null,
        local: null,
        deep: null,
        unseen: [{ part: 'gmail', code: failing.with, message: 'No', remedy: null }],
        originals: null,
      }
    return {
      gmail: { at, by: gmail ?? 'ids', compared_at, figures, waiting: [], labels: [], findings: [] },
      local: null,
      deep: null,
      unseen: [],
      originals: null,
    }
  }
  const account = await addAccount(database.db, 'ada')
  await database.db.query('update mailtide.checkpoint set backfill_started_at = $2 where account_id = $1', [
    account,
    clock.now(),
  ])
  const core = await startCore(database.db, { clock, audit })
  // Nothing but looks.
  core.settings.intervalMinutes = 1440
  core.settings.resyncAfterMinutes = 1_000_000
  core.settings.auditDays = 1
  const pass = async (ms: number): Promise<string[]> => {
    for (let left = ms; left > 0; left -= HOUR) {
      await clock.advance(Math.min(left, HOUR))
      await core.service.verified()
    }
    return looks.splice(0)
  }
  await core.service.start()
  await core.until(({ accounts, state }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
  return { ...core, pass, busy, failing, db: database.db }
}

describe('what is looked at by itself', () => {
  it('is everything an hour after the first download began, counts every six hours, and everything again after the days that the setting says', async () => {
    const { pass, service } = await watched()
    expect(await pass(0.9 * HOUR)).toEqual([])
    expect(await pass(0.2 * HOUR)).toEqual(['ada ids 5000 repairing'])
    expect(service.snapshot().accounts[0]?.completeness).toMatchObject({ verdict: 'complete', differences: 0 })
    expect(await pass(5.5 * HOUR)).toEqual([])
    expect(await pass(0.7 * HOUR)).toEqual(['ada counts alone repairing'])
    const later = await pass(18.5 * HOUR)
    expect(later.filter((look) => look === 'ada ids 5000 repairing')).toHaveLength(1)
    expect(later.filter((look) => look === 'ada counts alone repairing')).toHaveLength(2)
  })

  it('is counted again half an hour later when the mailbox was too lively to be counted', async () => {
    const { pass, busy } = await watched()
    expect(await pass(1.1 * HOUR)).toEqual(['ada ids 5000 repairing'])
    busy.is = true
    expect(await pass(6.05 * HOUR)).toEqual(['ada counts alone repairing'])
    expect(await pass(0.2 * HOUR)).toEqual([])
    expect(await pass(0.4 * HOUR)).toEqual(['ada counts alone repairing'])
  })

  it('is tried again later each time that it fails, and as soon as ever after it succeeded', async () => {
    const { pass, failing } = await watched()
    failing.with = 'server'
    // After 1, 1.5, 2.5, 4.5, 8.5, 14.5 and 20.5 hours.
    expect(await pass(24 * HOUR)).toHaveLength(7)
    failing.with = null
    expect(await pass(6 * HOUR)).toEqual(['ada ids 5000 repairing'])
    failing.with = 'server'
    // The counts six hours after that, then half an hour, an hour and two hours later.
    expect(await pass(7 * HOUR)).toHaveLength(4)
  })

  it('is a mailbox that lost most of its mail once a day, not every half hour', async () => {
    const { pass, failing } = await watched()
    failing.with = 'mass_deletion'
    expect(await pass(1.1 * HOUR)).toHaveLength(1)
    expect(await pass(23 * HOUR)).toEqual([])
    expect(await pass(2 * HOUR)).toHaveLength(1)
  })

  it('is nothing when the person chose never', async () => {
    const { pass, settings } = await watched()
    settings.auditDays = 0
    expect(await pass(8 * HOUR)).toEqual([])
  })

  it('is not everything again because the wall clock was set back or forth by hours', async () => {
    const { pass, clock } = await watched()
    expect(await pass(1.1 * HOUR)).toEqual(['ada ids 5000 repairing'])
    await clock.jumpWall(-5 * HOUR)
    expect(await pass(0.5 * HOUR)).toEqual([])
    // As after a sleep of the computer: worth a look at the counts, no more.
    await clock.jumpWall(20 * HOUR)
    expect(await pass(0.5 * HOUR)).toEqual(['ada counts alone repairing'])
  })

  it('is every original whole while one is known that is beyond repair', async () => {
    const damaged = { kind: 'original_damaged', count: 1, repaired: 0, lost: 1, examples: ['a1'] } as const
    const { pass, service, db } = await watched()
    expect(await pass(1.1 * HOUR)).toEqual(['ada ids 5000 repairing'])
    const at = '2026-01-01T02:00:00.000Z'
    await saveAudit(db, accountId('ada'), {
      gmail: null,
      local: { at, read: 1, originals: 1, findings: [{ ...damaged, examples: [...damaged.examples] }] },
      deep: null,
    })
    const looks = await pass(25 * HOUR)
    expect(looks.filter((look) => look.startsWith('ada ids'))).toEqual(['ada ids null repairing'])
    expect(service.snapshot().accounts[0]?.completeness).toMatchObject({ verdict: 'differs', lost: 1 })
    expect(service.snapshot().alerts).toMatchObject([{ kind: 'incomplete', account: 'ada@example.org' }])
  })
})

describe('what is being verified', () => {
  /** A service in the midst of a look at each of two accounts, which ends only when it must. */
  async function looking(scheduled: boolean) {
    const told: string[] = []
    const audit: RunAudit = async ({ account }, _options, signal) => {
      told.push(`${account.id} begins`)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      told.push(`${account.id} ends`)
      throw signal.reason
    }
    const clock = createFakeClock()
    for (const id of ['ada', 'bob']) {
      const account = await addAccount(database.db, id)
      await database.db.query(`update mailtide.checkpoint set backfill_started_at = $2 where account_id = $1`, [
        account,
        clock.now(),
      ])
    }
    const core = await startCore(database.db, { clock, audit })
    Object.assign(core.settings, { intervalMinutes: 1440, resyncAfterMinutes: 1_000_000, auditDays: scheduled ? 1 : 0 })
    await core.service.start()
    await core.until(({ accounts, state }) => state === 'idle' && accounts.every(({ state }) => state === 'up_to_date'))
    if (scheduled) await clock.advance(1.1 * HOUR)
    else await core.service.verify({ repair: true, local: false })
    await expect.poll(() => told).toEqual(['ada begins'])
    return { ...core, told }
  }

  it('is left before its account is removed, and the others are verified all the same', async () => {
    const { service, told } = await looking(false)
    await service.removeAccount('ada', { mail: 'delete', revoke: false })
    expect(told.slice(0, 2)).toEqual(['ada begins', 'ada ends'])
    await expect.poll(() => told).toEqual(['ada begins', 'ada ends', 'bob begins'])
    expect(service.verification()).toMatchObject({ state: 'running', unseen: [] })
  })

  it('does not come to an account that began to leave before its turn', async () => {
    const { service, told } = await looking(false)
    // Here the roster still has both: their removal is not written yet.
    await service.removeAccount('bob', { mail: 'delete', revoke: false })
    await service.removeAccount('ada', { mail: 'delete', revoke: false })
    await service.verified()
    expect(told).toEqual(['ada begins', 'ada ends'])
    expect(service.verification()).toMatchObject({ state: 'done', unseen: [] })
  })

  it('goes on while syncing is stopped or its account paused when a person asked for it', async () => {
    const { service, told } = await looking(false)
    await service.setPaused('ada', true)
    await service.stop()
    expect(told).toEqual(['ada begins'])
    expect(service.verification()).toMatchObject({ state: 'running' })
  })

  it('ends when its account is paused if nobody asked for it', async () => {
    const { service, told } = await looking(true)
    await service.setPaused('bob', true)
    expect(told).toEqual(['ada begins'])
    await service.setPaused('ada', true)
    expect(told).toEqual(['ada begins', 'ada ends'])
  })

  it('ends when syncing is stopped if nobody asked for it', async () => {
    const { service, told } = await looking(true)
    await service.stop()
    expect(told).toEqual(['ada begins', 'ada ends'])
  })
})
