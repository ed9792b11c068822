import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gmail, HistoryPage } from '../../electron/gmail/types.ts'
import { saveAccount } from '../../electron/store/accounts.ts'
import { beginBackfill, readCheckpoint } from '../../electron/store/checkpoints.ts'
import { catchUp } from '../../electron/sync/catch-up.ts'
import type { SyncDeps } from '../../electron/sync/deps.ts'
import { accountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const ada = accountId('ada')
const live = new AbortController().signal
let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
  const now = createFakeClock().now()
  await saveAccount(test.db, {
    id: ada,
    email: 'ada@example.org',
    email_key: 'ada',
    client_id: 'c',
    paused: false,
    created_at: now,
  })
  await beginBackfill(test.db, ada, 10n, now)
})
afterAll(() => test.close())

/** A mailbox without news that tells two places where its history ends. */
function mailbox(inHistory: bigint, inProfile: bigint): SyncDeps {
  const page: HistoryPage = { records: [], nextPageToken: null, mailboxHistoryId: inHistory }
  const gmail: Partial<Gmail> = {
    history: async () => page,
    profile: async () => ({ email: 'ada@example.org', messagesTotal: 1, historyId: inProfile }),
  }
  return {
    db: test.db,
    gmail,
    clock: createFakeClock(),
    exclusive: async (work: () => Promise<unknown>) => await work(),
    report: () => undefined,
    settings: { onRemoteDelete: 'keep', includeSpamTrash: true },
  } as unknown as SyncDeps
}

describe('history that ends before the checkpoint', () => {
  it('is only late where the mailbox has come further', async () => {
    await catchUp(mailbox(7n, 10n), ada, live)
    expect((await readCheckpoint(test.db, ada)).historyId).toBe(10n)
  })

  it('is no history of this mailbox where it has not: nothing would ever be heard of it', async () => {
    await expect(catchUp(mailbox(7n, 7n), ada, live)).rejects.toMatchObject({ code: 'history_expired' })
  })
})
