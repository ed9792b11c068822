import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage } from '../../electron/mail/types.ts'
import { asMessageRow, type MessageRow } from '../../electron/store/message-row.ts'
import { storeMessages } from '../../electron/store/messages.ts'
import { enqueue, PRIORITY, recordFailures } from '../../electron/store/queue.ts'
import { deleteMailbox } from '../../electron/store/removal.ts'
import { toStoredMessage } from '../../electron/sync/stored-message.ts'
import { accountId, labelId, messageId, threadId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { type Trap, trapsListed } from '../support/traps.ts'

const [ada, bob] = [accountId('ada'), accountId('bob')]
const now = new Date('2026-11-25T12:00:00Z')
let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.reset()
  for (const id of [ada, bob]) {
    await database.db.query(
      'insert into mailtide.account (id, email, email_key, client_id, created_at) values ($1, $2, $2, $3, $4)',
      [id, `${id}@example.org`, 'c', now],
    )
  }
})

/** The row of a mail, all the way from its bytes, `change` being what a worse parser would let through. */
function rowOf(id: string, mail: Buffer, change: Partial<ParsedMessage> = {}): MessageRow {
  const facts = {
    id: messageId(id),
    threadId: threadId(id),
    labelIds: [labelId('INBOX')],
    historyId: 10n,
    internalDate: now.getTime(),
    snippet: '',
    sizeEstimate: mail.length,
  }
  const digest = { sizeBytes: mail.length, sha256: 'ab'.repeat(32) }
  return asMessageRow(toStoredMessage(facts, digest, { ...parseMessage(mail), ...change }))
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

async function stored(...rows: readonly MessageRow[]): Promise<readonly Record<string, unknown>[]> {
  await database.db.transaction((sql) => storeMessages(sql, ada, rows, now))
  const { rows: found } = await database.db.query('select * from mail.messages order by gmail_id')
  return found
}

const isTested = (file: string, name: string) => (): void => {
  expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(name)
}

/** More different words than Postgres can index of one text. */
const manyWords = (): Buffer =>
  latin1(`Subject: words\r\n\r\n${Array.from({ length: 200_000 }, (_, at) => `w${at.toString(36)}x`).join(' ')}`)

const size = async (): Promise<number> => {
  const { rows } = await database.db.query<{ bytes: number }>(
    `select pg_total_relation_size('mailtide.message') as bytes`,
  )
  return rows[0]?.bytes ?? 0
}

const traps: readonly Trap[] = [
  [
    'LogicLabs-OU/OpenArchiver/issues/479',
    'NUL bytes in a mail, and in the reason of a failure, are no reason to store neither',
    async () => {
      const mail = latin1('From: A\0da <a\0da@example.com>\r\nSubject: Hel\0lo\r\n\r\nwor\0ld')
      const [row] = await stored(rowOf('1', mail))
      expect(row).toMatchObject({ subject: 'Hello', body_text: 'world', from_name: 'Ada' })
      await enqueue(database.db, ada, [{ id: messageId('2'), threadId: threadId('2'), ord: 1 }], PRIORITY.live, now)
      await recordFailures(database.db, ada, [
        { id: messageId('2'), stage: 'download', code: 'server', message: 'It \0failed \ud800', nextTryAt: now },
      ])
      const { rows } = await database.db.query('select error_message from mailtide.fetch_queue')
      expect(rows).toEqual([{ error_message: 'It failed \ufffd' }])
    },
  ],
  [
    'kodustech/kodus-ai/pull/1683',
    'NUL and lone surrogates are gone before JSON is made, where they could no longer be seen',
    async () => {
      const headers = [{ name: 'x', value: 'a\0\ud800b' }]
      const [row] = await stored(rowOf('1', latin1('\r\n'), { subject: '\udc00\0!', headers }))
      expect(row).toMatchObject({ subject: '\ufffd!', headers: [['x', 'a\ufffdb']] })
    },
  ],
  [
    'nextcloud/mail/issues/7923',
    'bytes that are no UTF-8 are stored as what stands for them',
    async () => {
      const mail = latin1('Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xc3\xa9 \xc3( \xe2\x82')
      const [row] = await stored(rowOf('1', mail))
      expect(row).toMatchObject({ body_text: 'é \ufffd( \ufffd' })
    },
  ],
  [
    's1t5/mail-archiver/issues/75',
    'a text of more words than can be indexed is stored with the others, and found by its first ones',
    async () => {
      const mail = manyWords()
      expect(mail.length).toBeGreaterThan(1_200_000)
      const rows = await stored(rowOf('1', mail), rowOf('2', latin1('Subject: small\r\n\r\nbeside it')))
      expect(rows.map(({ gmail_id: id }) => id)).toEqual(['1', '2'])
      expect(String(rows[0]?.['body_text'])).toHaveLength(1_000_000)
      const { rows: found } = await database.db.query(
        `select gmail_id from mail.messages where fts @@ websearch_to_tsquery('mailtide.words', 'w1x')`,
      )
      expect(found).toEqual([{ gmail_id: '1' }])
    },
  ],
  [
    'NateBJones-Projects/OB1/pull/423',
    'the text index can be made anew whatever is stored',
    async () => {
      await stored(rowOf('1', manyWords()), rowOf('2', latin1(`Subject: ${'long'.repeat(100_000)}\r\n\r\n`)))
      await database.db.query('reindex index mailtide.message_by_words')
    },
  ],
  [
    'LogicLabs-OU/OpenArchiver/blob/main/docs/user-guides/troubleshooting/long-message-id.md',
    'a Message-ID of kilobytes is stored, and no index has to hold one',
    async () => {
      const id = `${'x'.repeat(50_000)}@example.com`
      const [row] = await stored(rowOf('1', latin1(`Message-ID: <${id}>\r\nReferences: <${id}>\r\n\r\n`)))
      expect(row?.['message_id_header']).toBe(id.slice(0, 2_000))
      const { rows } = await database.db.query(
        `select indexdef from pg_indexes where schemaname = 'mailtide' and indexdef ~ 'message_id_header|reference_ids|in_reply_to'`,
      )
      expect(rows).toEqual([])
    },
  ],
  [
    'LogicLabs-OU/OpenArchiver/issues/368',
    'a mail without sender, subject and date is stored',
    async () => {
      const [row] = await stored(rowOf('1', latin1('\r\nonly text')))
      expect(row).toMatchObject({
        from_name: '',
        from_address: '',
        subject: '',
        date_header: null,
        body_text: 'only text',
      })
    },
  ],
  [
    'M66B/FairEmail/issues/41',
    'two messages with one Message-ID are two messages',
    async () => {
      const mail = latin1('Message-ID: <same@example.com>\r\n\r\ntwice')
      const rows = await stored(rowOf('1', mail), rowOf('2', mail))
      expect(rows.map(({ gmail_id: id, message_id_header: same }) => [id, same])).toEqual([
        ['1', 'same@example.com'],
        ['2', 'same@example.com'],
      ])
    },
  ],
  [
    's1t5/mail-archiver/issues/239',
    'what an account took on the disk is given back when its mail was deleted',
    async () => {
      const text = Array.from({ length: 400 }, (_, at) => `word${at}`).join(' ')
      const many = Array.from({ length: 600 }, (_, at) => aMessage(`m${at}`, { body_text: text }))
      const empty = await size()
      await stored(...many)
      const full = await size()
      expect(full).toBeGreaterThan(empty + 1_000_000)
      await deleteMailbox({ db: database.db, raw: { removeAccount: async () => undefined } }, ada, {
        signal: new AbortController().signal,
        onDeleted: () => undefined,
      })
      // As the upkeep does.
      await database.db.as('maintenance').query('vacuum mailtide.message')
      expect(await size()).toBeLessThan(empty + (full - empty) / 2)
    },
  ],
  [
    'electric-sql/pglite/pull/994',
    'a damaged database is never repaired by guessing: it is refused, in words, and left as it is',
    isTested('pglite-folder.test.ts', 'tells damage that shows only inside: a garbled pg_control'),
  ],
  [
    'aws-devtools-labs/aws-blocks/pull/119',
    'a kill in the first start leaves a folder that is absent or whole',
    isTested('pglite-kill.test.ts', 'during the first creation leaves a folder that is absent or whole, never half'),
  ],
]

test.each(traps)('%s: %s', async (_thread, _sentence, check) => {
  await check()
})

test('every trap of Postgres that is on the list has its test', (context) => {
  const listed = trapsListed('Postgres')
  if (listed === null) return context.skip(NO_PAPERS)
  expect(listed.length).toBeGreaterThan(10)
  expect(traps.map(([thread]) => thread).toSorted()).toEqual(listed.toSorted())
})
