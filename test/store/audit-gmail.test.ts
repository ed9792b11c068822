import { afterAll, beforeAll, expect, it } from 'vitest'
import { countStored } from '../../electron/store/audit-gmail.ts'
import { addAccount } from '../service/core.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

it('counts what waits and why in one statement, since mail arrives between two', async () => {
  const account = await addAccount(test.db, 'ada')
  let asked = 0
  const counting: Pick<typeof test.db, 'query'> = {
    query: (text, values) => {
      asked++
      return test.db.query(text, values)
    },
  }
  expect(await countStored(counting, account)).toEqual({ live: 0, gone: 0, waiting: 0, reasons: [] })
  await test.db.query(
    `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at, attempts, error_code, error_message)
     select $1, 'm' || i, 't', 2, i, now(), now(), i / 4, case when i > 3 then 'offline' end, case when i > 3 then 'Gmail cannot be reached' end from generate_series(1, 5) i`,
    [account],
  )
  expect(await countStored(counting, account)).toEqual({
    live: 0,
    gone: 0,
    waiting: 5,
    reasons: [
      { code: null, reason: 'Not downloaded yet', count: 3 },
      { code: 'offline', reason: 'Gmail cannot be reached', count: 2 },
    ],
  })
  expect(asked).toBe(2)
})
