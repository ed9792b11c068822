import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import { storeAttachments } from './attachments.ts'
import { addDelta, applyDeltas, type CounterDeltas } from './counters.ts'
import type { Sql } from './db.ts'
import { replaceLabelLinks } from './labels.ts'
import { asRecords, type MessageRow } from './message-row.ts'
import { asJson } from './rows.ts'

/** Columns that come from reading the mail again; the others are Gmail's word. */
const parsedColumns = `date_header timestamptz, date_raw text, from_name text, from_address text, sender_address text,
  reply_to_addresses text[], to_addresses text[], cc_addresses text[], bcc_addresses text[], people text, subject text,
  body_text text, attachment_names text, headers jsonb, message_id_header text, in_reply_to text[],
  reference_ids text[], has_attachments boolean, parser_version integer, faults text[]`
const gmailColumns = 'id text, thread_id text, internal_date timestamptz, snippet text, size_bytes bigint, sha256 bytea'

const names = (columns: string): string[] => columns.split(',').map((column) => column.trim().split(' ')[0] ?? '')
const parsedNames = names(parsedColumns)
const allNames = [...names(gmailColumns), ...parsedNames]
const assignments = (columns: readonly string[], from: string): string =>
  columns.map((column) => `${column} = ${from}.${column}`).join(', ')

/**
 * Stores messages with labels and attachments, within the caller's transaction. Doing it again is harmless: an older copy
 * never overwrites a newer one, and a tombstone stays a tombstone. Returns how many messages are new.
 */
export async function storeMessages(
  sql: Sql,
  account: AccountId,
  messages: readonly MessageRow[],
  now: Date,
): Promise<number> {
  if (messages.length === 0) return 0
  const accepted = await acceptVersions(sql, account, messages)
  const fresh = messages.filter((message) => accepted.has(message.id))
  if (fresh.length === 0) return 0
  const { rows } = await sql.query<{ id: MessageId; size_bytes: number; inserted: boolean }>(
    `insert into mailtide.message (account_id, ${allNames.join(', ')}, stored_at)
     select $1, ${allNames.map((name) => `r.${name}`).join(', ')}, $3::timestamptz
     from json_to_recordset($2::json) as r(${gmailColumns}, ${parsedColumns})
     on conflict (account_id, id) do update set ${assignments(allNames, 'excluded')}
       where mailtide.message.deleted_at is null
     returning id, size_bytes, (xmax = 0) as inserted`,
    [account, asRecords(fresh), now],
  )
  const written = new Set(rows.map((stored) => stored.id))
  const inserted = rows.filter((stored) => stored.inserted)
  const insertedIds = new Set(inserted.map((stored) => stored.id))
  const deltas: CounterDeltas = new Map()
  addDelta(deltas, 'messages', inserted.length)
  addDelta(
    deltas,
    'bytes',
    inserted.reduce((sum, stored) => sum + stored.size_bytes, 0),
  )
  const kept = fresh.filter((message) => written.has(message.id))
  await replaceLabelLinks(
    sql,
    account,
    kept.map((message) => ({ id: message.id, labelIds: message.label_ids, isNew: insertedIds.has(message.id) })),
    deltas,
  )
  await storeAttachments(
    sql,
    account,
    kept.map((message) => ({
      id: message.id,
      attachments: message.attachments,
      isNew: insertedIds.has(message.id),
    })),
    deltas,
  )
  await applyDeltas(sql, account, deltas)
  return inserted.length
}

/** Raises the version of each message to that of the new copy; ids whose stored version is newer are not in the answer. */
async function acceptVersions(
  sql: Sql,
  account: AccountId,
  versions: readonly { readonly id: MessageId; readonly history_id: bigint }[],
): Promise<Set<MessageId>> {
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `insert into mailtide.message_version (account_id, message_id, history_id)
     select $1, r.id, r.history_id from json_to_recordset($2::json) as r(id text, history_id numeric)
     on conflict (account_id, message_id) do update set history_id = excluded.history_id
       where mailtide.message_version.history_id <= excluded.history_id
     returning message_id`,
    [account, asJson(versions.map(({ id, history_id }) => ({ id, history_id: history_id.toString() })))],
  )
  return new Set(rows.map((version) => version.message_id))
}

/** What the store knows of a message when history speaks of it. */
export interface StoredVersion {
  readonly historyId: bigint
  readonly deleted: boolean
}

/** Versions of those of the given messages that are stored. */
export async function readVersions(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
): Promise<Map<MessageId, StoredVersion>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql.query<{ message_id: MessageId; history_id: string; deleted: boolean | null }>(
    `select v.message_id, v.history_id, m.deleted_at is not null as deleted
     from mailtide.message_version v
     join mailtide.message m on m.account_id = v.account_id and m.id = v.message_id
     where v.account_id = $1 and v.message_id = any($2::text[])`,
    [account, ids],
  )
  return new Map(
    rows.map((stored) => [
      stored.message_id,
      { historyId: BigInt(stored.history_id), deleted: stored.deleted ?? false },
    ]),
  )
}

/** Marks messages as gone from Gmail; they stay readable. Returns the ids that were live until now. */
export async function markDeleted(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
  now: Date,
): Promise<MessageId[]> {
  return setDeleted(sql, account, ids, now)
}

/** Takes back a tombstone: a complete listing, or the message itself, shows that Gmail has it after all. */
export async function markLive(sql: Sql, account: AccountId, ids: readonly MessageId[]): Promise<MessageId[]> {
  return setDeleted(sql, account, ids, null)
}

async function setDeleted(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
  at: Date | null,
): Promise<MessageId[]> {
  if (ids.length === 0) return []
  const { rows } = await sql.query<{ id: MessageId }>(
    `update mailtide.message set deleted_at = $3::timestamptz
     where account_id = $1 and id = any($2::text[]) and (deleted_at is null) = ($3::timestamptz is not null) returning id`,
    [account, ids, at],
  )
  const changed = rows.map((changedRow) => changedRow.id)
  if (changed.length === 0) return []
  const sign = at === null ? 1 : -1
  const deltas: CounterDeltas = new Map()
  addDelta(deltas, 'messages', sign * changed.length)
  addDelta(deltas, 'deleted', -sign * changed.length)
  const { rows: links } = await sql.query<{ label_id: LabelId; links: number }>(
    `select label_id, count(*) as links from mailtide.message_label
     where account_id = $1 and message_id = any($2::text[]) group by label_id`,
    [account, changed],
  )
  for (const link of links) addDelta(deltas, `label:${link.label_id}`, sign * link.links)
  await applyDeltas(sql, account, deltas)
  return changed
}

/** Removes messages for good (`onRemoteDelete: purge`), with all that hangs on them but their originals. */
export async function purgeMessages(sql: Sql, account: AccountId, ids: readonly MessageId[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await markDeleted(sql, account, ids, now)
  const { rows } = await sql.query<{ size_bytes: number }>(
    `delete from mailtide.message where account_id = $1 and id = any($2::text[]) returning size_bytes`,
    [account, ids],
  )
  const { affected: attachments } = await sql.query(
    `delete from mailtide.attachment where account_id = $1 and message_id = any($2::text[])`,
    [account, ids],
  )
  await sql.query(`delete from mailtide.message_label where account_id = $1 and message_id = any($2::text[])`, [
    account,
    ids,
  ])
  await sql.query(`delete from mailtide.message_version where account_id = $1 and message_id = any($2::text[])`, [
    account,
    ids,
  ])
  const deltas: CounterDeltas = new Map()
  addDelta(deltas, 'deleted', -rows.length)
  addDelta(deltas, 'bytes', -rows.reduce((sum, purged) => sum + purged.size_bytes, 0))
  addDelta(deltas, 'attachments', -attachments)
  await applyDeltas(sql, account, deltas)
}

/** Writes again what was read out of the original, and nothing that is Gmail's word. */
export async function updateParsed(sql: Sql, account: AccountId, messages: readonly MessageRow[]): Promise<number> {
  if (messages.length === 0) return 0
  const { affected } = await sql.query(
    `update mailtide.message m set ${assignments(parsedNames, 'r')}
     from json_to_recordset($2::json) as r(id text, ${parsedColumns}) where m.account_id = $1 and m.id = r.id`,
    [account, asRecords(messages)],
  )
  const deltas: CounterDeltas = new Map()
  await storeAttachments(
    sql,
    account,
    messages.map((message) => ({ id: message.id, attachments: message.attachments, isNew: false })),
    deltas,
  )
  await applyDeltas(sql, account, deltas)
  return affected
}

/** Ids after `after` in id order, whose row was read by another parser version or could not be read; all rows when `all`. */
export async function listForReparse(
  sql: Sql,
  account: AccountId,
  options: {
    readonly parserVersion: number
    readonly all: boolean
    readonly after: MessageId | null
    readonly limit: number
  },
): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select id from mailtide.message
     where account_id = $1 and id > coalesce($2::text, '')
       and ($3::boolean or parser_version <> $4 or faults && array['parse_timeout', 'parse_failed'])
     order by id limit $5`,
    [account, options.after, options.all, options.parserVersion, options.limit],
  )
  return rows.map((found) => found.id)
}

/** When Gmail got the oldest message that is stored; null while there is none. One look into an index. */
export async function readOldestDate(sql: Sql, account: AccountId): Promise<Date | null> {
  const { rows } = await sql.query<{ oldest: Date | null }>(
    `select min(internal_date) as oldest from mailtide.message where account_id = $1`,
    [account],
  )
  return rows[0]?.oldest ?? null
}
