import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Gmail } from '../../electron/gmail/types.ts'
import { readCheckpoint } from '../../electron/store/checkpoints.ts'
import type { Db } from '../../electron/store/db.ts'
import { createMutex, type SyncDeps } from '../../electron/sync/deps.ts'
import { verifyUnlisted } from '../../electron/sync/reconcile-verify.ts'
import { addAccount } from '../service/core.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { fillMessages } from '../support/messages.ts'
import { silentLog } from '../support/silent-log.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

it('a mailbox that was emptied is marked by pages of thousands, each looked for once', async () => {
  const account = await addAccount(database.db, 'ada')
  await fillMessages(database.db, account, 4_500)
  let looked = 0
  const counting = (db: Db): Db => ({
    ...db,
    as: (requestClass) => counting(db.as(requestClass)),
    query: async (text, params) => {
      if (text.includes('not exists (select 1 from mailtide.listed')) looked++
      return await db.query(text, params)
    },
  })
  const gmail: Pick<Gmail, 'list'> = { list: async () => ({ messages: [], nextPageToken: null }) }
  const deps: SyncDeps = {
    db: counting(database.db),
    gmail: gmail as Gmail,
    mail: {} as SyncDeps['mail'],
    removeRaw: async () => undefined,
    ensureSpace: async () => undefined,
    backfillHeld: () => null,
    clock: createFakeClock(),
    log: silentLog,
    settings: { batchSize: 1000, includeSpamTrash: true, onRemoteDelete: 'keep', maxConcurrency: 1 },
    report: () => undefined,
    exclusive: createMutex(),
  }
  const checkpoint = { ...(await readCheckpoint(database.db, account)), reconcileHistoryId: 9n, reconcileRun: 1 }
  await verifyUnlisted(deps, account, checkpoint, new AbortController().signal)
  // Whether there are many, whether there still are, and two more pages with the one that is empty.
  expect(looked).toBe(5)
  const { rows } = await database.db.query<{ left: number }>(
    'select count(*) as left from mailtide.message where deleted_at is null',
  )
  expect(rows[0]?.left).toBe(0)
})
