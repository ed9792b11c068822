import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { setPaused } from '../../electron/store/accounts.ts'
import { readCycleTotals } from '../../electron/store/cycles.ts'
import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { addAccount, type FakeTurn, nothing, startCore } from './core.ts'

let test: TestDatabase
let ada: AccountId
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  ada = await addAccount(test.db, 'ada')
  await addAccount(test.db, 'bob')
})

/** Works in chunks of one message, until it is stopped, as a real turn does. */
function endlessTurn(of: string) {
  const { promise: began, resolve } = Promise.withResolvers<void>()
  const turn: FakeTurn = async (member, { signal, onStored, report }) => {
    if (member.account.email !== of) return nothing
    report({ phase: 'downloading', done: 1, total: 100 })
    onStored(1)
    resolve()
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped')), { once: true })
    })
    return nothing
  }
  return { turn, began }
}

it('pausing ends the account’s turn between chunks, which is no error, and lets the others go on', async () => {
  const { turn, began } = endlessTurn('ada@example.org')
  const { service, turns, until } = await startCore(test.db, { turn })
  await service.start()
  await began
  expect(service.snapshot().current).toMatchObject({ account: 'ada@example.org', done: 1 })
  const paused = await service.setPaused('ADA@example.org', true)
  expect(paused).toMatchObject({ email: 'ada@example.org', state: 'paused', next_due_at: null, last_error: null })
  const idle = await until(({ state }) => state === 'idle')
  expect(idle.current).toBeNull()
  expect(idle.accounts.map(({ state }) => state)).toEqual(['paused', 'up_to_date'])
  expect(idle).toMatchObject({
    error_count: 0,
    total_emails_synced: 1,
    last_cycle: { accounts: 2, emails: 1, errors: 0 },
  })
  expect(turns).toEqual(['ada@example.org', 'bob@example.org'])
})

it('nothing of a paused account is promised to be tried again', async () => {
  const { service } = await startCore(test.db)
  await test.db.query(
    `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, attempts, next_try_at)
     select id, 'm1', 't1', 1, 1, now(), 3, timestamptz '2027-01-01' from mailtide.account`,
  )
  await service.setPaused('ada', true)
  expect(await service.retryFailures()).toBe(1)
  await expect(service.retryFailures('ada')).rejects.toMatchObject({
    code: 'conflict',
    remedy: 'Resume it first: mailtide accounts resume ada@example.org',
  })
  expect(await service.retryFailures('bob')).toBe(1)
})

it('a paused account takes no turn, not even by "Sync now", also after a restart, and goes on when resumed', async () => {
  const first = await startCore(test.db)
  await first.service.setPaused('ada', true)
  await first.service.close()
  const { service, turns, until } = await startCore(test.db)
  expect(service.snapshot().accounts[0]?.state).toBe('paused')
  await service.start()
  await service.syncNow()
  // Whoever names it must not be told that it is synced now.
  await expect(service.syncNow('ada')).rejects.toMatchObject({
    code: 'conflict',
    remedy: 'Resume it first: mailtide accounts resume ada@example.org',
  })
  await until(({ state, accounts }) => state === 'idle' && accounts[1]?.last_synced_at !== null)
  expect(turns).not.toContain('ada@example.org')
  // It never synced, so it is due at once.
  expect(await service.setPaused('ada', false)).toMatchObject({ state: 'backfilling' })
  await until(({ accounts }) => accounts[0]?.state === 'up_to_date')
  expect(turns).toContain('ada@example.org')
})

it('resuming makes an account due when its last sync says so, not before', async () => {
  const { service, turns, until, clock } = await startCore(test.db)
  await service.start()
  await until(
    ({ state, accounts }) => state === 'idle' && accounts.every(({ last_synced_at }) => last_synced_at !== null),
  )
  await service.setPaused('ada', true)
  turns.length = 0
  const resumed = await service.setPaused('ada', false)
  expect(resumed.state).toBe('up_to_date')
  expect(Date.parse(resumed.next_due_at ?? '') - clock.now().getTime()).toBeGreaterThan(55 * 60_000)
  expect(turns).toEqual([])
})

it('asking twice changes nothing, and an unknown account is not found', async () => {
  const { service } = await startCore(test.db)
  await service.setPaused('ada', true)
  const { revision } = service.snapshot()
  await service.setPaused('ada', true)
  expect(service.snapshot().revision).toBe(revision)
  await expect(service.setPaused('nobody@example.org', true)).rejects.toMatchObject({ code: 'not_found' })
  await expect(service.failures({ account: 'nobody', limit: 1 })).rejects.toMatchObject({ code: 'not_found' })
  await expect(service.retryFailures('nobody')).rejects.toMatchObject({ code: 'not_found' })
})

it('what was stored before a stop in the midst of a cycle stays counted, in this run and the next', async () => {
  const { turn, began } = endlessTurn('ada@example.org')
  const first = await startCore(test.db, { turn })
  await first.service.start()
  await began
  await first.service.stop()
  expect(first.service.snapshot()).toMatchObject({ total_emails_synced: 1, total_cycles: 0, current: null })
  expect(await readCycleTotals(test.db)).toMatchObject({ emails: 1, cycles: 0, errors: 0 })
  const second = await startCore(test.db)
  expect(second.service.snapshot().total_emails_synced).toBe(1)
})

it('an account that another worker paused while its turn failed is shown paused, and the service goes on', async () => {
  const { service, turns, until, clock } = await startCore(test.db, {
    turn: async (member) => {
      if (member.account.email !== 'ada@example.org') return nothing
      await setPaused(test.db, member.account.id, true, new Date())
      throw new AppError('network', 'The connection broke')
    },
  })
  await service.start()
  await until(({ state }) => state === 'idle')
  expect(service.snapshot().accounts.map(({ state }) => state)).toEqual(['paused', 'up_to_date'])
  await clock.advance(10 * 60_000)
  expect(turns).toEqual(['ada@example.org', 'bob@example.org'])
})

it('an account that another worker let go on is due here too, whoever noticed it first', async () => {
  const { service, turns, until } = await startCore(test.db)
  await service.setPaused('ada', true)
  await setPaused(test.db, ada, false, new Date())
  await service.retryFailures('ada')
  expect(service.snapshot().accounts[0]?.state).toBe('backfilling')
  await service.start()
  await until(({ accounts }) => accounts[0]?.state === 'up_to_date')
  expect(turns).toContain('ada@example.org')
})
