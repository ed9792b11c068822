import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  AUDIT_RUN,
  countStored,
  countWaitingOfLabel,
  labelDifferences,
  mailboxDifferences,
} from '../../electron/store/audit-gmail.ts'
import { findInDatabase } from '../../electron/store/audit-local.ts'
import type { Sql } from '../../electron/store/db.ts'
import {
  countUnlisted,
  labelDeficit,
  labelSurplus,
  listedTombstones,
  unlistedMessages,
} from '../../electron/store/reconciling.ts'
import { accountId, type LabelId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { fillMessages } from '../support/messages.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const ada = accountId('ada')
const inbox = 'INBOX' as LabelId

/** A mailbox and its listings as large as that, all just written: the database has no statistics of them. */
async function fill(messages: number): Promise<void> {
  const { db } = database
  await fillMessages(db, ada, messages)
  const each = 'md5(i::text) from generate_series(1, $1::int) i'
  await db.query(
    `insert into mailtide.message_label (account_id, label_id, message_id) select 'ada', 'INBOX', ${each}`,
    [messages],
  )
  await db.query(
    `insert into mailtide.fetch_queue (account_id, thread_id, priority, ord, queued_at, next_try_at, message_id)
     select 'ada', 't', 2, 1, now(), now(), 'q' || ${each}`,
    [messages],
  )
  for (const run of [1, AUDIT_RUN.mailbox, AUDIT_RUN.label])
    await db.query(
      `insert into mailtide.listed (account_id, run, thread_id, ord, message_id) select 'ada', $2::bigint, 't', 1, ${each}`,
      [messages, run],
    )
}

it('are held against what is stored id by id, also while the database does not know how large they are', async () => {
  await fill(2_000)
  const plans: string[] = []
  const explained: Sql = {
    query: async (text, params) => {
      const { rows } = await database.db.query<{ 'QUERY PLAN': string }>(`explain ${text}`, params)
      plans.push([text, ...rows.map((row) => row['QUERY PLAN'])].join('\n'))
      return await database.db.query(text, params)
    },
  }
  const page = { run: 1, asOf: 9n, after: null, limit: 100 }
  await labelDeficit(explained, ada, { ...page, label: inbox })
  await labelSurplus(explained, ada, { ...page, label: inbox })
  await unlistedMessages(explained, ada, page)
  await countUnlisted(explained, ada, 1)
  await listedTombstones(explained, ada, 1)
  await labelDifferences(explained, ada, inbox, 100)
  await mailboxDifferences(explained, ada, { wanted: AUDIT_RUN.mailbox, limit: 100 })
  await countWaitingOfLabel(explained, ada)
  await countStored(explained, ada)
  await findInDatabase(explained, ada, 1)
  // A join filter compares every row of the one with every row of the other. The catalogue is small.
  expect(plans.filter((plan) => plan.includes('Join Filter') && !plan.includes('pg_catalog'))).toEqual([])
})
