import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { listAccounts } from '../../electron/store/accounts.ts'
import { createRawFiles } from '../../electron/store/raw-files.ts'
import { startMailWorker } from '../../electron/sync/mail-worker-client.ts'
import { rebuild } from '../../electron/sync/rebuild.ts'
import { accountId, messageId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { silentLog } from '../support/silent-log.ts'

let test: TestDatabase
let folder: string
beforeAll(async () => {
  test = await openTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'mailtide-rebuild-'))
})
afterAll(async () => {
  await test.close()
  await rm(folder, { recursive: true, force: true })
})

it('an address that has two folders of originals is restored from the younger, and keeps nobody from being restored', async () => {
  const raw = createRawFiles(folder)
  const add = async (id: string, email: string, created_at: string): Promise<void> => {
    const facts = { thread_id: 't', history_id: '1', internal_date: 0, label_ids: [], snippet: '' }
    await raw.putAccount({ id: accountId(id), email, created_at })
    const bytes = Buffer.from(`Subject: of ${id}\r\n\r\n`)
    await raw.putMany(accountId(id), [{ facts: { ...facts, id: messageId('19a0000000000001') }, bytes }])
  }
  await add('a1', 'ada@example.org', '2026-01-01T00:00:00.000Z')
  await add('a2', 'ada@example.org', '2026-03-01T00:00:00.000Z')
  await add('b1', 'bob@example.org', '2026-02-01T00:00:00.000Z')
  const mail = startMailWorker({ rawFolder: folder, log: silentLog })
  try {
    const report = await rebuild(
      {
        db: test.db,
        raw,
        mail,
        clock: systemClock,
        log: silentLog,
        clientIdOf: async () => 'c',
        emailKey: (email) => email,
      },
      new AbortController().signal,
    )
    expect(report).toEqual({ accounts: 2, messages: 2, damaged: 0 })
  } finally {
    await mail.close()
  }
  expect((await listAccounts(test.db)).map(({ id }) => id)).toEqual(['b1', 'a2'])
})
