import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { saveListed } from '../../electron/store/checkpoints.ts'
import { readLabelCounts, readTotals } from '../../electron/store/counters.ts'
import { adjustLabel, applyLabelChanges, saveCurrentLabels, saveLabels } from '../../electron/store/labels.ts'
import {
  listForReparse,
  markDeleted,
  markLive,
  purgeMessages,
  readVersions,
  storeMessages,
  updateParsed,
} from '../../electron/store/messages.ts'
import { labelDeficit, labelSurplus } from '../../electron/store/reconciling.ts'
import { accountId, type LabelId, labelId, type MessageId, messageId, threadId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'

const ada = accountId('ada')
const now = new Date('2026-11-25T12:00:00Z')
let test: TestDatabase

beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  await test.db.query(
    `insert into mailtide.account (id, email, email_key, client_id, created_at) values ('ada', 'ada@example.org', 'ada@example.org', 'c', $1)`,
    [now],
  )
})

const store = (...messages: ReturnType<typeof aMessage>[]): Promise<number> =>
  test.db.transaction((sql) => storeMessages(sql, ada, messages, now))

async function shown(id: string): Promise<Record<string, unknown>> {
  const { rows } = await test.db.query('select * from mail.messages where gmail_id = $1', [id])
  return rows[0] ?? {}
}

describe('a stored message', () => {
  it('is shown by the view with everything people ask for', async () => {
    await test.db.query(
      `insert into mailtide.label (account_id, id, name, type) values ('ada', 'Label_1', 'Engines', 'user')`,
    )
    await store(aMessage('m1', { labels: ['INBOX', 'Label_1'], cc_addresses: ['b@example.org', 'c@example.org'] }))
    expect(await shown('m1')).toMatchObject({
      account: 'ada@example.org',
      gmail_id: 'm1',
      subject: 'Notes m1',
      from_name: 'Ada Lovelace',
      cc_addresses: ['b@example.org', 'c@example.org'],
      label_ids: ['INBOX', 'Label_1'],
      labels: ['INBOX', 'Engines'],
      size_bytes: 1000,
      sha256: 'ab'.repeat(32),
      internal_date: new Date('2026-03-01T10:00:00Z'),
      deleted_at: null,
      headers: [['subject', 'Notes m1']],
      history_id: '10',
    })
  })

  it('is found by words of subject, people and text, whatever their accents', async () => {
    await store(
      aMessage('m1', { subject: 'Menü für École', people: 'Zoë Ångström zoe@x.org', body_text: 'naïve façade' }),
    )
    for (const query of ['ecole', 'École', 'menu', 'angstrom', 'zoe@x.org', 'facade naive']) {
      const { rows } = await test.db.query(
        `select gmail_id from mail.messages where fts @@ websearch_to_tsquery('mailtide.words', $1)`,
        [query],
      )
      expect(rows, query).toHaveLength(1)
    }
  })

  it('is not changed by storing it again, and is counted once', async () => {
    expect(await store(aMessage('m1'), aMessage('m2'))).toBe(2)
    expect(await store(aMessage('m1'), aMessage('m2'))).toBe(0)
    expect((await readTotals(test.db)).get(ada)).toMatchObject({ messages: 2, bytes: 2000 })
  })

  it('is never overwritten by an older copy', async () => {
    await store(aMessage('m1', { history_id: 20n, subject: 'New', labels: ['STARRED'] }))
    await store(aMessage('m1', { history_id: 19n, subject: 'Old', labels: ['INBOX'] }))
    expect(await shown('m1')).toMatchObject({ subject: 'New', label_ids: ['STARRED'] })
  })

  it('takes a newer copy whole, attachments and labels too', async () => {
    const attachment = {
      part: '2',
      filename: 'a.pdf',
      mime_type: 'application/pdf',
      disposition: 'attachment',
      content_id: null,
      encoding: 'base64',
      start_offset: 10,
      end_offset: 20,
      size_bytes: 7,
      sha256: 'cd'.repeat(32),
    }
    await store(aMessage('m1', { attachments: [attachment, { ...attachment, filename: 'b.pdf' }] }))
    await store(aMessage('m1', { history_id: 11n, attachments: [attachment], labels: ['SENT'] }))
    const { rows } = await test.db.query('select filename, sha256, size_bytes from mail.attachments')
    expect(rows).toEqual([{ filename: 'a.pdf', sha256: 'cd'.repeat(32), size_bytes: 7 }])
    expect(await shown('m1')).toMatchObject({ label_ids: ['SENT'] })
  })

  it('bears history ids beyond 64 bits', async () => {
    const huge = 180_000_000_000_000_000_123n
    await store(aMessage('m1', { history_id: huge }))
    expect((await readVersions(test.db, ada, [messageId('m1')])).get(messageId('m1'))).toEqual({
      historyId: huge,
      deleted: false,
    })
  })
})

describe('a message deleted in Gmail', () => {
  it('stays readable, marked, and is not revived by a late copy', async () => {
    await store(aMessage('m1'))
    expect(
      await test.db.transaction((sql) => markDeleted(sql, ada, [messageId('m1'), messageId('none')], now)),
    ).toEqual(['m1'])
    await store(aMessage('m1', { history_id: 99n, subject: 'Late' }))
    expect(await shown('m1')).toMatchObject({ subject: 'Notes m1', deleted_at: now, label_ids: ['INBOX'] })
    expect((await readTotals(test.db)).get(ada)).toMatchObject({ messages: 0, deleted: 1 })
    expect((await readLabelCounts(test.db, ada)).get(labelId('INBOX'))).toBe(0)
  })

  it('is live again when a complete listing has it after all', async () => {
    await store(aMessage('m1'))
    await test.db.transaction((sql) => markDeleted(sql, ada, [messageId('m1')], now))
    await test.db.transaction((sql) => markLive(sql, ada, [messageId('m1')]))
    expect(await shown('m1')).toMatchObject({ deleted_at: null })
    expect((await readLabelCounts(test.db, ada)).get(labelId('INBOX'))).toBe(1)
  })

  it('leaves nothing behind when the person chose to purge', async () => {
    await store(aMessage('m1'), aMessage('m2'))
    await test.db.transaction((sql) => purgeMessages(sql, ada, [messageId('m1')], now))
    const { rows } = await test.db.query(
      `select (select count(*) from mailtide.message) as messages, (select count(*) from mailtide.message_label) as links,
       (select count(*) from mailtide.message_version) as versions`,
    )
    expect(rows).toEqual([{ messages: 1, links: 1, versions: 1 }])
    expect((await readTotals(test.db)).get(ada)).toMatchObject({ messages: 1, deleted: 0, bytes: 1000 })
  })
})

describe('reading originals again', () => {
  it('finds rows of another parser version and those that could not be read', async () => {
    await store(
      aMessage('m1'),
      aMessage('m2', { parser_version: 2 }),
      aMessage('m3', { parser_version: 2, faults: ['parse_timeout'] }),
    )
    const find = (all: boolean): Promise<MessageId[]> =>
      listForReparse(test.db, ada, { parserVersion: 2, all, after: null, limit: 10 })
    expect(await find(false)).toEqual(['m1', 'm3'])
    expect(await find(true)).toEqual(['m1', 'm2', 'm3'])
  })

  it('changes what was read and leaves alone what Gmail said', async () => {
    await store(aMessage('m1'))
    const again = aMessage('m1', { subject: 'Better', parser_version: 2, labels: [], history_id: 0n, snippet: 'other' })
    await test.db.transaction((sql) => updateParsed(sql, ada, [again]))
    expect(await shown('m1')).toMatchObject({ subject: 'Better', snippet: 'On the engine', label_ids: ['INBOX'] })
  })
})

type Step =
  | { readonly do: 'store'; readonly id: string; readonly version: bigint; readonly labels: readonly string[] }
  | {
      readonly do: 'label' | 'current'
      readonly id: string
      readonly version: bigint
      readonly labels: readonly string[]
    }
  | { readonly do: 'delete' | 'live' | 'purge'; readonly id: string }
  | { readonly do: 'adjust'; readonly id: string; readonly labels: readonly string[] }

const id = fc.constantFrom('a', 'b', 'c')
const version = fc.bigInt({ min: 1n, max: 9n })
const labels = fc.uniqueArray(fc.constantFrom('INBOX', 'UNREAD', 'L1'), { maxLength: 3 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('store' as const), id, version, labels }),
  fc.record({ do: fc.constantFrom('label' as const, 'current' as const), id, version, labels }),
  fc.record({ do: fc.constantFrom('delete' as const, 'live' as const, 'purge' as const), id }),
  fc.record({ do: fc.constant('adjust' as const), id, labels }),
)

async function perform(one: Step): Promise<void> {
  const message = messageId(one.id)
  await test.db.transaction(async (sql) => {
    const live = [...(await readVersions(sql, ada, [message]))].filter(([, known]) => !known.deleted)
    switch (one.do) {
      case 'store':
        await storeMessages(sql, ada, [aMessage(one.id, { history_id: one.version, labels: one.labels })], now)
        return
      case 'label':
        if (live.some(([, known]) => known.historyId < one.version)) {
          const added = one.labels.map(labelId)
          await applyLabelChanges(sql, ada, [
            {
              id: message,
              historyId: one.version,
              added,
              removed: [labelId('UNREAD')].filter((label) => !added.includes(label)),
            },
          ])
        }
        return
      case 'current':
        return saveCurrentLabels(sql, ada, [{ id: message, historyId: one.version, labelIds: one.labels.map(labelId) }])
      case 'adjust': {
        const [first] = one.labels
        if (first !== undefined && live.length > 0)
          await adjustLabel(sql, ada, labelId(first), { add: [message], remove: [] })
        return
      }
      case 'delete':
        await markDeleted(sql, ada, [message], now)
        return
      case 'live':
        await markLive(sql, ada, [message])
        return
      case 'purge':
        return purgeMessages(sql, ada, [message], now)
    }
  })
}

it('labels that Gmail lists twice are kept once, and stop nobody', async () => {
  const label = { id: labelId('L1'), name: 'Work', type: 'user', text_color: null, background_color: null } as const
  await saveLabels(test.db, ada, [label, label], now)
  const { rows } = await test.db.query('select label_id, name, removed_at from mail.labels')
  expect(rows).toEqual([{ label_id: 'L1', name: 'Work', removed_at: null }])
})

describe('a label against its listing', () => {
  const run = -1
  const inbox = { label: labelId('INBOX'), run, asOf: 10n }
  const has = (id: string, ...labels: string[]) => aMessage(id, { labels, history_id: 10n })

  it('shows page by page which messages lack it and which no longer have it, but not what changed since', async () => {
    await store(has('a1'), has('a2'), has('a3'), has('b1', 'INBOX'), has('b2', 'INBOX'), has('c1', 'INBOX'))
    await store(aMessage('a4', { history_id: 11n, labels: [] }), aMessage('b3', { history_id: 11n, labels: ['INBOX'] }))
    const listed = ['a1', 'a2', 'a3', 'a4', 'c1', 'unknown'].map((id, ord) => ({
      id: messageId(id),
      threadId: threadId(id),
      ord,
    }))
    await saveListed(test.db, ada, run, listed)
    const page = { after: null, limit: 2 }
    expect(await labelDeficit(test.db, ada, { ...inbox, ...page })).toEqual(['a1', 'a2'])
    expect(await labelDeficit(test.db, ada, { ...inbox, ...page, after: messageId('a2') })).toEqual(['a3'])
    expect(await labelSurplus(test.db, ada, { ...inbox, ...page, limit: 1 })).toEqual(['b1'])
    expect(await labelSurplus(test.db, ada, { ...inbox, ...page, after: messageId('b1') })).toEqual(['b2'])
  })
})

describe('the totals', () => {
  it('always equal what a count of the rows would give', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await test.db.query(
          'truncate mailtide.message, mailtide.message_label, mailtide.message_version, mailtide.counter',
        )
        for (const one of steps) await perform(one)
        const { rows } = await test.db.query<{ messages: number; deleted: number; bytes: number }>(
          `select count(*) filter (where deleted_at is null) as messages, count(*) filter (where deleted_at is not null) as deleted,
           coalesce(sum(size_bytes), 0)::bigint as bytes from mailtide.message`,
        )
        const totals = (await readTotals(test.db)).get(ada) ?? { messages: 0, deleted: 0, bytes: 0 }
        expect({ messages: totals.messages, deleted: totals.deleted, bytes: totals.bytes }).toEqual(rows[0])
        const { rows: counted } = await test.db.query<{ label_id: LabelId; links: number }>(
          `select l.label_id, count(*) as links from mailtide.message_label l join mailtide.message m
           on m.account_id = l.account_id and m.id = l.message_id where m.deleted_at is null group by l.label_id`,
        )
        const expected = new Map(counted.map((row) => [row.label_id, row.links]))
        for (const [label, count] of await readLabelCounts(test.db, ada))
          expect(count, label).toBe(expected.get(label) ?? 0)
      }),
      { numRuns: 40 },
    )
  })
})
