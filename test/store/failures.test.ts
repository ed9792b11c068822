import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listAccounts, readPaused, setPaused } from '../../electron/store/accounts.ts'
import { readTotals } from '../../electron/store/counters.ts'
import { storeMessages } from '../../electron/store/messages.ts'
import {
  enqueue,
  nextDue,
  PRIORITY,
  readFailures,
  recordFailures,
  retryFailuresNow,
} from '../../electron/store/queue.ts'
import { FailedMessage } from '../../shared/figures.ts'
import { type AccountId, accountId, messageId, threadId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'

const now = new Date('2026-11-25T12:00:00Z')
const later = new Date('2026-11-25T13:00:00Z')
const ada = accountId('ada')
const bob = accountId('bob')
let test: TestDatabase

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  for (const id of [ada, bob]) {
    const email = `${id}@example.org`
    await test.db.query(
      `insert into mailtide.account (id, email, email_key, client_id, created_at) values ($1, $2, $2, 'c', $3)`,
      [id, email, now],
    )
  }
})

const queue = (account: AccountId, ids: readonly string[]) =>
  enqueue(
    test.db,
    account,
    ids.map((id, ord) => ({ id: messageId(id), threadId: threadId(id), ord })),
    PRIORITY.live,
    now,
  )
const fail = (account: AccountId, id: string, stage: 'download' | 'store' = 'download', code = 'server') =>
  recordFailures(test.db, account, [
    { id: messageId(id), stage, code, message: `Gmail cannot give ${id}`, nextTryAt: later },
  ])

describe('messages that could not be had', () => {
  it('are told with account, stage, reason, attempts and next try; those that only wait are not', async () => {
    await queue(ada, ['a1', 'a2', 'a3'])
    await queue(bob, ['b1'])
    await fail(ada, 'a1')
    await fail(ada, 'a1')
    await fail(ada, 'a3', 'store')
    await fail(bob, 'b1')
    await storeMessages(test.db, ada, [aMessage('a9', { faults: ['parse_timeout'] })], now)
    const all = await readFailures(test.db, { email: null, limit: 10 })
    expect(all.total).toBe(4)
    expect(all.failures.map((failure) => FailedMessage.parse(failure))).toEqual([
      {
        account: 'ada@example.org',
        gmail_id: 'a1',
        stage: 'download',
        reason: 'Gmail cannot give a1',
        attempts: 2,
        next_try_at: later.toISOString(),
      },
      expect.objectContaining({ gmail_id: 'a3', stage: 'store', attempts: 1 }),
      expect.objectContaining({ gmail_id: 'a9', stage: 'parse', next_try_at: null }),
      expect.objectContaining({ account: 'bob@example.org', gmail_id: 'b1' }),
    ])
    const some = await readFailures(test.db, { email: 'ada@example.org', limit: 2 })
    expect(some.total).toBe(3)
    expect(some.failures.map(({ gmail_id }) => gmail_id)).toEqual(['a1', 'a3'])
  })

  it('are due at once when somebody asks, and are counted', async () => {
    await queue(ada, ['a1', 'a2', 'a3'])
    await fail(ada, 'a1')
    await fail(ada, 'a2')
    expect(await retryFailuresNow(test.db, ada, now)).toBe(2)
    expect(await retryFailuresNow(test.db, bob, now)).toBe(0)
    const due = await nextDue(test.db, ada, { now, limit: 10, inFlight: [], lowest: PRIORITY.backfill })
    expect(due.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3'])
    expect((await readTotals(test.db, ada)).get(ada)).toMatchObject({ queued: 1, failed: 2 })
  })

  it('of which Gmail said within the last minute that they do not exist are asked for, and that is forgotten', async () => {
    await queue(ada, ['a1', 'a2'])
    await fail(ada, 'a1', 'download', 'gone')
    await fail(ada, 'a2')
    const lastCodes = async (at: Date): Promise<unknown> => {
      expect(await retryFailuresNow(test.db, ada, at)).toBe(2)
      const due = await nextDue(test.db, ada, { now: at, limit: 10, inFlight: [], lowest: PRIORITY.backfill })
      return due.map(({ id, lastCode }) => ({ id, lastCode }))
    }
    expect(await lastCodes(now)).toEqual([
      { id: 'a1', lastCode: null },
      { id: 'a2', lastCode: 'server' },
    ])
    await fail(ada, 'a1', 'download', 'gone')
    expect(await lastCodes(later)).toEqual([
      { id: 'a1', lastCode: 'gone' },
      { id: 'a2', lastCode: 'server' },
    ])
  })

  it('are found by an index, not by a walk through the whole queue', async () => {
    await test.db.query(
      `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at)
       select 'ada', 'm' || i, 't', 2, i, $1::timestamptz, $1::timestamptz from generate_series(1, 20000) i`,
      [now],
    )
    await fail(ada, 'm777')
    await test.db.query('analyze mailtide.fetch_queue')
    const { rows } = await test.db.query('explain select count(*) from mail.sync_failures')
    expect(JSON.stringify(rows)).toContain('fetch_queue_failed')
    expect((await readFailures(test.db, { email: null, limit: 5 })).failures).toHaveLength(1)
  })
})

it('a paused account is paused for every worker, and since when is known, until it is resumed', async () => {
  const since = new Date('2026-11-03T08:12:00.000Z')
  await setPaused(test.db, ada, true, since)
  expect(await readPaused(test.db, ada)).toEqual({ paused: true, paused_at: since })
  expect(await readPaused(test.db, bob)).toEqual({ paused: false, paused_at: null })
  expect((await listAccounts(test.db)).map(({ id, paused }) => [id, paused])).toEqual([
    [ada, true],
    [bob, false],
  ])
  await setPaused(test.db, ada, false, since)
  expect(await readPaused(test.db, ada)).toEqual({ paused: false, paused_at: null })
  expect(await readPaused(test.db, accountId('nobody'))).toBeNull()
})
