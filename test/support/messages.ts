import type { Sql } from '../../electron/store/db.ts'
import { asMessageRow, type MessageRow, type StoredMessage } from '../../electron/store/message-row.ts'
import { type AccountId, labelId, messageId, threadId } from '../../shared/ids.ts'

/** A message as the store takes it, with sensible values for what a test does not care about. */
export function aMessage(id: string, change: Partial<StoredMessage> & { labels?: readonly string[] } = {}): MessageRow {
  const { labels = ['INBOX'], ...rest } = change
  return asMessageRow({
    id: messageId(id),
    thread_id: threadId(id),
    history_id: 10n,
    internal_date: new Date('2026-03-01T10:00:00Z'),
    date_header: new Date('2026-03-01T09:59:58Z'),
    date_raw: 'Sun, 1 Mar 2026 09:59:58 +0000',
    from_name: 'Ada Lovelace',
    from_address: 'ada@example.org',
    sender_address: '',
    reply_to_addresses: [],
    to_addresses: ['charles@example.org'],
    cc_addresses: [],
    bcc_addresses: [],
    people: 'Ada Lovelace ada@example.org charles@example.org',
    subject: `Notes ${id}`,
    snippet: 'On the engine',
    body_text: 'The engine weaves algebraic patterns',
    attachment_names: '',
    headers: [['subject', `Notes ${id}`]],
    message_id_header: `<${id}@example.org>`,
    in_reply_to: [],
    reference_ids: [],
    size_bytes: 1000,
    sha256: 'ab'.repeat(32),
    has_attachments: false,
    parser_version: 1,
    faults: [],
    attachments: [],
    ...rest,
    label_ids: labels.map(labelId),
  })
}

/** So many messages with nothing in them, their ids the MD5 of their numbers, just written: the database has no statistics of them. */
export async function fillMessages(sql: Sql, account: AccountId, messages: number): Promise<void> {
  const each = 'md5(i::text) from generate_series(1, $2::int) i'
  await sql.query(
    `insert into mailtide.message (account_id, thread_id, internal_date, from_name, from_address, sender_address, reply_to_addresses,
       to_addresses, cc_addresses, bcc_addresses, people, subject, snippet, body_text, attachment_names, headers, in_reply_to, reference_ids,
       size_bytes, sha256, has_attachments, parser_version, faults, stored_at, id)
     select $1, 't', now(), '', '', '', '{}', '{}', '{}', '{}', '', '', '', '', '', '[]', '{}', '{}', 1, '', false, 1, '{}', now(), ${each}`,
    [account, messages],
  )
  await sql.query(`insert into mailtide.message_version (account_id, history_id, message_id) select $1, 1, ${each}`, [
    account,
    messages,
  ])
}
