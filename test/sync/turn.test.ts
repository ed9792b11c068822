import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Gmail } from '../../electron/gmail/types.ts'
import { saveAccount } from '../../electron/store/accounts.ts'
import { beginBackfill, readCheckpoint } from '../../electron/store/checkpoints.ts'
import { enqueue, PRIORITY } from '../../electron/store/queue.ts'
import type { MailWorker, SyncDeps } from '../../electron/sync/deps.ts'
import { turn } from '../../electron/sync/turn.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId, messageId, threadId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { aMessage } from '../support/messages.ts'
import { silentLog } from '../support/silent-log.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const ada = accountId('ada')

it('a mailbox whose history runs out while a turn downloads is not told as synced, and wants another turn at once', async () => {
  const { db } = test
  const clock = createFakeClock()
  const now = clock.now()
  await saveAccount(db, {
    id: ada,
    email: 'ada@example.org',
    email_key: 'ada',
    client_id: 'c',
    paused: false,
    created_at: now,
  })
  await beginBackfill(db, ada, 10n, now)
  await db.query(`update mailtide.checkpoint set backfill = 'done'`)
  await enqueue(db, ada, [{ id: messageId('m1'), threadId: threadId('m1'), ord: 0 }], PRIORITY.live, now)
  const expired = Promise.withResolvers<void>()
  let passes = 0
  const gmail: Partial<Gmail> = {
    labels: async () => [],
    history: async () => {
      if (++passes === 1) return { records: [], nextPageToken: null, mailboxHistoryId: 10n }
      expired.resolve()
      throw new AppError('history_expired', 'Gmail has forgotten')
    },
    raw: async (_id, _priority, _signal, take) => {
      await expired.promise
      return await take(new Uint8Array())
    },
  }
  const mail: Partial<MailWorker> = {
    prepare: async (_, id) => ({ message: aMessage(id), packed: new Uint8Array([1]), generation: 0 }),
    flush: async () => 0,
  }
  const deps = {
    db,
    gmail,
    mail,
    clock,
    log: silentLog,
    settings: { onRemoteDelete: 'keep', includeSpamTrash: true, batchSize: 10, maxConcurrency: 1 },
    exclusive: (work: () => Promise<unknown>) => work(),
    ensureSpace: async () => undefined,
    backfillHeld: () => null,
    report: () => undefined,
    removeRaw: async () => undefined,
  } as unknown as SyncDeps
  const taken = turn(deps, ada, {
    signal: new AbortController().signal,
    onStored: () => undefined,
    onCheckpoint: async () => undefined,
    othersWait: () => false,
  })
  await expect.poll(() => clock.sleepers()).toBe(1)
  await clock.advance(20_000)
  expect(await taken).toMatchObject({ stored: 1, failed: 0, more: true })
  expect((await readCheckpoint(db, ada)).lastSyncedAt).toBeNull()
})
