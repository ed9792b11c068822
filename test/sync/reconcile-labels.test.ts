import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Gmail } from '../../electron/gmail/types.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { saveAccount } from '../../electron/store/accounts.ts'
import { beginReconcile, readCheckpoint } from '../../electron/store/checkpoints.ts'
import { storeMessages } from '../../electron/store/messages.ts'
import type { SyncDeps } from '../../electron/sync/deps.ts'
import { reconcileLabels } from '../../electron/sync/reconcile-labels.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const ada = accountId('ada')

it('a message that turns out to be deleted while its label is compared is purged with its original, where the person chose so', async () => {
  const { db } = test
  const now = new Date(0)
  const account = {
    id: ada,
    email: 'ada@example.org',
    email_key: 'ada',
    client_id: 'c',
    paused: false,
    created_at: now,
  }
  await saveAccount(db, account)
  await db.transaction((sql) => storeMessages(sql, ada, [aMessage('m1')], now))
  await beginReconcile(db, ada, 20n, now)
  let moves = 20n
  const gmail: Partial<Gmail> = {
    labels: async () => [
      { id: aMessage('m1').label_ids[0]!, name: 'Inbox', type: 'system', textColor: null, backgroundColor: null },
    ],
    list: async () => ({ messages: [], nextPageToken: null }),
    // The mailbox never stands still, so that each message is asked for.
    profile: async () => ({ email: account.email, messagesTotal: 0, historyId: moves++ }),
    minimal: async () => {
      throw new AppError('gone', 'The message is no longer in Gmail')
    },
  }
  const removed: string[] = []
  const deps = {
    db,
    gmail,
    clock: systemClock,
    settings: { onRemoteDelete: 'purge', includeSpamTrash: true, batchSize: 1, maxConcurrency: 1 },
    exclusive: (work: () => Promise<unknown>) => work(),
    report: () => undefined,
    removeRaw: async (_: unknown, ids: readonly string[]) => void removed.push(...ids),
  } as unknown as SyncDeps
  await reconcileLabels(deps, ada, await readCheckpoint(db, ada), new AbortController().signal)
  expect((await db.query('select id from mailtide.message')).rows).toEqual([])
  expect(removed).toEqual(['m1'])
})
