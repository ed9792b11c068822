import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findAccountByKey, listAccounts, saveAccount } from '../../electron/store/accounts.ts'
import type { Db } from '../../electron/store/db.ts'
import { storeMessages } from '../../electron/store/messages.ts'
import { enqueue, PRIORITY, readFailures, recordFailures } from '../../electron/store/queue.ts'
import { createRawPostgres, storePacked } from '../../electron/store/raw-postgres.ts'
import { deleteMailbox, listRemoved, markRemoved, readRemoved } from '../../electron/store/removal.ts'
import { type AccountId, accountId, messageId, threadId } from '../../shared/ids.ts'
import { openServerDatabase, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts'

const now = new Date('2026-11-25T12:00:00Z')
const [ada, bob] = [accountId('ada'), accountId('bob')]
const account = (id: AccountId) => ({
  id,
  email: `${id}@example.org`,
  email_key: `${id}@example.org`,
  client_id: 'c',
  paused: false,
  created_at: now,
})
const live = new AbortController().signal

function contract(open: () => Promise<TestDatabase>): void {
  let test: TestDatabase
  let db: Db
  beforeAll(async () => {
    test = await open()
    db = test.db
  })
  afterAll(() => test.close())
  beforeEach(async () => {
    await test.reset()
    for (const id of [ada, bob]) {
      await saveAccount(db, account(id))
      await db.transaction((sql) =>
        storeMessages(
          sql,
          id,
          Array.from({ length: 450 }, (_, index) => aMessage(`m${index}`)),
          now,
        ),
      )
      await enqueue(db, id, [{ id: messageId('q1'), threadId: threadId('q1'), ord: 1 }], PRIORITY.live, now)
      await recordFailures(db, id, [
        { id: messageId('q1'), stage: 'download', code: 'server', message: 'It failed', nextTryAt: now },
      ])
      await createRawPostgres(db).putAccount({ id, email: `${id}@example.org`, created_at: now.toISOString() })
      await db.transaction((sql) => storePacked(sql, id, [{ id: messageId('m1'), packed: new Uint8Array([1]) }]))
    }
  })

  /** Rows by table of everything that has an account. */
  async function rowsOf(id: AccountId): Promise<Record<string, number>> {
    const { rows: tables } = await db.query<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = 'mailtide' and column_name = 'account_id' order by 1`,
    )
    expect(tables.length).toBeGreaterThan(8)
    const found: Record<string, number> = {}
    for (const { name } of tables) {
      const { rows } = await db.query<{ n: number }>(
        `select count(*) as n from mailtide.${name} where account_id = $1`,
        [id],
      )
      if ((rows[0]?.n ?? 0) > 0) found[name] = rows[0]?.n ?? 0
    }
    for (const name of ['account', 'raw_account']) {
      const { rows } = await db.query<{ n: number }>(`select count(*) as n from mailtide.${name} where id = $1`, [id])
      if ((rows[0]?.n ?? 0) > 0) found[name] = rows[0]?.n ?? 0
    }
    return found
  }
  const visible = async (id: AccountId): Promise<number> => {
    const { rows } = await db.query<{ n: number }>('select count(*) as n from mail.messages where account = $1', [
      `${id}@example.org`,
    ])
    return rows[0]?.n ?? 0
  }

  it('a removed account is no account any more, while its mail can be read, and nothing of it is tried again', async () => {
    await markRemoved(db, ada, 'kept')
    expect((await listAccounts(db)).map(({ id }) => id)).toEqual([bob])
    expect(await listRemoved(db)).toEqual([{ id: ada, email: 'ada@example.org', created_at: now, removed: 'kept' }])
    expect(await readRemoved(db, ada)).toBe('kept')
    expect(await readRemoved(db, bob)).toBeNull()
    expect(await readRemoved(db, accountId('eve'))).toBe('gone')
    expect(await visible(ada)).toBe(450)
    expect((await readFailures(db, { email: null, limit: 10 })).failures.map((each) => each.account)).toEqual([
      'bob@example.org',
    ])
  })

  it('one that was kept is an account again when it is added again', async () => {
    await markRemoved(db, ada, 'kept')
    const known = await findAccountByKey(db, 'ada@example.org')
    expect(known).toMatchObject({ id: ada, removed: 'kept' })
    await saveAccount(db, { ...account(ada), client_id: 'c2' })
    expect(await findAccountByKey(db, 'ada@example.org')).toMatchObject({ id: ada, removed: null, client_id: 'c2' })
    expect(await visible(ada)).toBe(450)
  })

  it('one whose mail is being deleted stays so, whoever says otherwise', async () => {
    await markRemoved(db, ada, 'deleting')
    await markRemoved(db, ada, 'kept')
    await saveAccount(db, account(ada))
    expect(await readRemoved(db, ada)).toBe('deleting')
  })

  it('deleting takes everything of the one account, in steps, and nothing of another', async () => {
    const before = await rowsOf(bob)
    await markRemoved(db, ada, 'deleting')
    const steps: number[] = []
    await deleteMailbox({ db, raw: createRawPostgres(db) }, ada, {
      signal: live,
      onDeleted: (count) => steps.push(count),
    })
    expect(steps).toEqual([200, 200, 50])
    expect(await rowsOf(ada)).toEqual({})
    expect(await rowsOf(bob)).toEqual(before)
    expect(before).toMatchObject({ message: 450, raw: 1, fetch_queue: 1, account: 1, raw_account: 1 })
  })

  it('deleting that was cut short anywhere is gone on with', async () => {
    await markRemoved(db, ada, 'deleting')
    for (let cutAt = 1; cutAt <= 3; cutAt++) {
      const stop = new AbortController()
      await expect(
        deleteMailbox({ db, raw: createRawPostgres(db) }, ada, { signal: stop.signal, onDeleted: () => stop.abort() }),
      ).rejects.toThrow()
      expect(await readRemoved(db, ada)).toBe('deleting')
      expect(await visible(ada)).toBe(Math.max(0, 450 - cutAt * 200))
    }
    const raw = {
      removeAccount: async () => {
        throw new Error('The disk is away')
      },
    }
    await expect(deleteMailbox({ db, raw }, ada, { signal: live, onDeleted: () => undefined })).rejects.toThrow('away')
    expect(await listRemoved(db)).toHaveLength(1)
    await deleteMailbox({ db, raw: createRawPostgres(db) }, ada, { signal: live, onDeleted: () => undefined })
    expect(await rowsOf(ada)).toEqual({})
  })
}

describe('on the embedded database', () => contract(openTestDatabase))

const missing = postgresMissing()
describe.skipIf(missing !== null)(`on a PostgreSQL server${missing === null ? '' : ` (${missing})`}`, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  contract(() => openServerDatabase(server.url))
})
