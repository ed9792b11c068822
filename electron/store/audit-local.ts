import type { FindingKind } from '../../shared/audit.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Sql, Tx } from './db.ts'
import { asJson } from './rows.ts'

/** What the local half of an audit asks of the database. Every list is in order, and holds at most `MOST_FOUND`. */

/** More of one kind than this are found again by the next look, once these are repaired. */
export const MOST_FOUND = 100_000

/** Differences that show in the database alone. The account is $1, and what is found is `id`. For `offset 0` see `reconciling.ts`. */
const checks = {
  version_stray: `select v.message_id as id from mailtide.message_version v where v.account_id = $1
    and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = v.message_id offset 0)`,
  version_missing: `select m.id from mailtide.message m where m.account_id = $1
    and not exists (select 1 from mailtide.message_version v where v.account_id = $1 and v.message_id = m.id offset 0)`,
  labels_stray: `select distinct l.message_id as id from mailtide.message_label l where l.account_id = $1
    and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = l.message_id offset 0)`,
  attachments_stray: `select distinct t.message_id as id from mailtide.attachment t where t.account_id = $1
    and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = t.message_id offset 0)`,
  // A mail that could not be read, or whose text Postgres refused, has no list of attachments.
  attachments_wrong: `select m.id from mailtide.message m where m.account_id = $1
    and not (m.faults && array['parse_timeout', 'parse_failed'])
    and m.has_attachments <> exists (select 1 from mailtide.attachment t where t.account_id = $1 and t.message_id = m.id offset 0)`,
  queued_stored: `select q.message_id as id from mailtide.fetch_queue q where q.account_id = $1
    and exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = q.message_id offset 0)
    and exists (select 1 from mailtide.message_version v where v.account_id = $1 and v.message_id = q.message_id offset 0)`,
} as const satisfies Partial<Record<FindingKind, string>>

const truth = `
  select 'messages' as name, count(*) as value from mailtide.message where account_id = $1 and deleted_at is null
  union all select 'deleted', count(*) from mailtide.message where account_id = $1 and deleted_at is not null
  union all select 'bytes', coalesce(sum(size_bytes), 0)::bigint from mailtide.message where account_id = $1
  union all select 'attachments', count(*) from mailtide.attachment where account_id = $1
  union all select 'queued', count(*) from mailtide.fetch_queue where account_id = $1 and attempts = 0
  union all select 'failed', count(*) from mailtide.fetch_queue where account_id = $1 and attempts > 0
  union all select 'label:' || l.label_id, count(*) from mailtide.message_label l
    join mailtide.message m on m.account_id = l.account_id and m.id = l.message_id and m.deleted_at is null
    where l.account_id = $1 group by l.label_id`

/** Differences within the database, by kind; kinds without any are absent. To be asked while no turn of the account runs. */
export async function findInDatabase(
  sql: Sql,
  account: AccountId,
  parserVersion: number,
): Promise<Map<FindingKind, string[]>> {
  const found = new Map<FindingKind, string[]>()
  const note = (kind: FindingKind, rows: readonly { readonly id: string }[]): void => {
    if (rows.length > 0)
      found.set(
        kind,
        rows.map((row) => row.id),
      )
  }
  for (const kind of Object.keys(checks) as (keyof typeof checks)[]) {
    const { rows } = await sql.query<{ id: string }>(`${checks[kind]} order by 1 limit ${MOST_FOUND}`, [account])
    note(kind, rows)
  }
  const behind = await sql.query<{ id: string }>(
    `select id from mailtide.message where account_id = $1 and parser_version < $2 order by id limit ${MOST_FOUND}`,
    [account, parserVersion],
  )
  note('parser_behind', behind.rows)
  const wrong = await sql.query<{ id: string }>(
    `with truth as (${truth})
     select coalesce(t.name, c.name) as id from truth t
     full join (select name, value from mailtide.counter where account_id = $1) c on c.name = t.name
     where coalesce(t.value, 0) <> coalesce(c.value, 0) order by 1`,
    [account],
  )
  note('counters_wrong', wrong.rows)
  note('search_missing', await missingSearch(sql))
  return found
}

/** The index that search needs, when it is not there or cannot be used. */
async function missingSearch(sql: Sql): Promise<{ readonly id: string }[]> {
  const { rows } = await sql.query(
    `select 1 as found from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'mailtide' and c.relname = 'message_by_words' and i.indisvalid`,
  )
  return rows.length > 0 ? [] : [{ id: 'message_by_words' }]
}

/** Makes the index of words anew. */
export async function rebuildSearch(sql: Sql): Promise<void> {
  await sql.query('drop index if exists mailtide.message_by_words')
  await sql.query('create index message_by_words on mailtide.message using gin (fts)')
}

/** Counts everything of an account anew, within the caller's transaction. */
export async function recount(sql: Sql, account: AccountId): Promise<void> {
  await sql.query(
    `delete from mailtide.counter c where c.account_id = $1 and not exists (select 1 from (${truth}) t where t.name = c.name)`,
    [account],
  )
  await sql.query(
    `insert into mailtide.counter (account_id, name, value) select $1, t.name, t.value from (${truth}) t
     on conflict (account_id, name) do update set value = excluded.value where mailtide.counter.value <> excluded.value`,
    [account],
  )
}

const strayTables = {
  version_stray: 'message_version',
  labels_stray: 'message_label',
  attachments_stray: 'attachment',
} as const

/** Drops rows that hang on messages which are not there. */
export async function dropStrays(
  sql: Sql,
  account: AccountId,
  kind: keyof typeof strayTables,
  ids: readonly MessageId[],
): Promise<void> {
  const table = `mailtide.${strayTables[kind]}`
  await sql.query(
    `delete from ${table} x where x.account_id = $1 and x.message_id = any($2::text[])
       and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = x.message_id)`,
    [account, ids],
  )
}

/** What the row of a message says of its original. */
export interface OriginalRow {
  readonly id: MessageId
  readonly threadId: string
  readonly internalDate: Date
  readonly sizeBytes: number
  /** Hex. */
  readonly sha256: string
  readonly isDeleted: boolean
}

interface OriginalRowRow extends Record<string, unknown> {
  readonly id: MessageId
  readonly thread_id: string
  readonly internal_date: Date
  readonly size_bytes: number
  readonly sha256: string
  readonly is_deleted: boolean
}

const originalColumns = `id, thread_id, internal_date, size_bytes, encode(sha256, 'hex') as sha256, deleted_at is not null as is_deleted`

const toOriginalRow = (row: OriginalRowRow): OriginalRow => ({
  id: row.id,
  threadId: row.thread_id,
  internalDate: row.internal_date,
  sizeBytes: row.size_bytes,
  sha256: row.sha256,
  isDeleted: row.is_deleted,
})

/** Rows after `after` in id order. */
export async function pageOriginals(
  sql: Sql,
  account: AccountId,
  options: { readonly after: MessageId | null; readonly limit: number },
): Promise<OriginalRow[]> {
  const { rows } = await sql.query<OriginalRowRow>(
    `select ${originalColumns} from mailtide.message where account_id = $1 and id > coalesce($2::text, '') order by id limit $3`,
    [account, options.after, options.limit],
  )
  return rows.map(toOriginalRow)
}

/** The rows of the given messages. */
export async function readOriginals(sql: Sql, account: AccountId, ids: readonly MessageId[]): Promise<OriginalRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql.query<OriginalRowRow>(
    `select ${originalColumns} from mailtide.message where account_id = $1 and id = any($2::text[]) order by id`,
    [account, ids],
  )
  return rows.map(toOriginalRow)
}

/** Messages chosen by the seed, the same ones for the same seed; only ones that Gmail has when `live`. */
export async function sampleMessages(
  sql: Sql,
  account: AccountId,
  options: { readonly seed: string; readonly size: number; readonly live: boolean },
): Promise<OriginalRow[]> {
  const { rows } = await sql.query<OriginalRowRow>(
    `select ${originalColumns} from mailtide.message where account_id = $1 and (deleted_at is null or not $4::boolean)
     order by md5($2::text || id), id limit $3`,
    [account, options.seed, options.size, options.live],
  )
  return rows.map(toOriginalRow)
}

/** How many messages are stored, whether Gmail has them still or not. */
export async function countMessages(sql: Sql, account: AccountId): Promise<number> {
  const { rows } = await sql.query<{ value: number }>(
    'select count(*) as value from mailtide.message where account_id = $1',
    [account],
  )
  return rows[0]?.value ?? 0
}

/** Those of the ids that have neither a row nor a place in the queue. */
export async function neitherStoredNorQueued(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select r.id from unnest($2::text[]) as r(id)
     where not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = r.id)
       and not exists (select 1 from mailtide.fetch_queue q where q.account_id = $1 and q.message_id = r.id)`,
    [account, ids],
  )
  return rows.map((row) => row.id)
}

/** What the original itself says of a message. */
export interface OriginalFacts {
  readonly id: MessageId
  readonly threadId: string
  readonly internalDate: Date
  readonly sizeBytes: number
  /** Hex. */
  readonly sha256: string
}

/** Makes rows say of their originals what those say themselves. */
export async function adoptFacts(sql: Sql, account: AccountId, facts: readonly OriginalFacts[]): Promise<void> {
  if (facts.length === 0) return
  await sql.query(
    `update mailtide.message m set thread_id = r.thread, internal_date = r.at, size_bytes = r.size, sha256 = r.sha
     from json_to_recordset($2::json) as r(id text, thread text, at timestamptz, size bigint, sha bytea)
     where m.account_id = $1 and m.id = r.id`,
    [
      account,
      asJson(
        facts.map(({ id, threadId, internalDate, sizeBytes, sha256 }) => ({
          id,
          thread: threadId,
          at: internalDate,
          size: sizeBytes,
          sha: `\\x${sha256}`,
        })),
      ),
    ],
  )
}

/** Gives messages without a version one that is older than whatever Gmail will say. */
export async function restoreVersions(sql: Tx, account: AccountId, ids: readonly MessageId[]): Promise<void> {
  await sql.query(
    `insert into mailtide.message_version (account_id, message_id, history_id)
     select $1, m.id, 0 from mailtide.message m where m.account_id = $1 and m.id = any($2::text[]) on conflict do nothing`,
    [account, ids],
  )
}
