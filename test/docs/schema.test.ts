import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeMessages } from '../../electron/store/messages.ts'
import { accountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'
import { blocksOf } from './markdown.ts'

/** What docs/schema.md promises of the views is what the database has, and its queries find what they say. */
const text = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/schema.md'), 'utf8')
const queries = blocksOf(text).filter(({ language }) => language === 'sql')
const now = new Date('2026-11-25T12:00:00Z')
let test: TestDatabase

beforeAll(async () => {
  test = await openTestDatabase()
  const { db } = test
  await db.query(
    `insert into mailtide.account (id, email, email_key, client_id, created_at) values ('ada', 'ada@example.com', 'ada@example.com', 'c', $1)`,
    [now],
  )
  const messages = [
    aMessage('m1', {
      labels: ['INBOX', 'UNREAD'],
      from_address: 'ada@example.com',
      subject: 'Invoice for the annual report and the contract',
      has_attachments: true,
      attachments: [
        {
          part: '2',
          filename: 'report.pdf',
          mime_type: 'application/pdf',
          disposition: 'attachment',
          content_id: null,
          encoding: 'base64',
          start_offset: 1,
          end_offset: 9,
          size_bytes: 4,
          sha256: 'cd'.repeat(32),
        },
      ],
    }),
    aMessage('m2', { subject: 'Invoice of the annual report, draft', faults: ['parse_failed'] }),
  ]
  await db.transaction((sql) => storeMessages(sql, accountId('ada'), messages, now))
  await db.query(`update mailtide.message set deleted_at = $1 where id = 'm2'`, [now])
})
afterAll(() => test.close())

describe('the views of schema mail', () => {
  it('have every column that is documented, and no other', async () => {
    const { rows } = await test.db.query<{ view: string; columns: string[] }>(
      `select table_name as view, array_agg(column_name::text order by column_name) as columns
       from information_schema.columns where table_schema = 'mail' group by 1`,
    )
    const messages = text.slice(text.indexOf('## `mail.messages`'), text.indexOf('## The other views'))
    const cells = [...messages.matchAll(/^\| (`[^|]+`) +\|/gm)].map(([, cell]) => cell ?? '')
    const documented = new Map([['messages', namesIn(cells.join(' '))]])
    for (const [, view, rest] of text.matchAll(/^- \*\*`mail\.(\w+)`\*\*:([\s\S]*?)(?=^- |^## )/gm)) {
      documented.set(view ?? '', namesIn(rest ?? ''))
    }
    expect([...documented.keys()].sort()).toEqual(rows.map(({ view }) => view).sort())
    for (const { view, columns } of rows) expect(documented.get(view), view).toEqual(expect.arrayContaining(columns))
    const values = ['system', 'user', 'download', 'store', 'parse']
    for (const { view, columns } of rows) {
      expect((documented.get(view) ?? []).filter((name) => !columns.includes(name) && !values.includes(name))).toEqual(
        [],
      )
    }
  })

  it.each(queries)('answer the query of line $line with what there is', async ({ text: query }) => {
    const { rows } = await test.db.query(query)
    expect(rows.length).toBeGreaterThan(0)
  })
})

/** The names in code marks. */
const namesIn = (words: string): string[] => [...words.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '').sort()
