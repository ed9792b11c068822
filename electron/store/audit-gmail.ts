import type { WaitingReason } from '../../shared/audit.ts'
import type { AccountId, LabelId, MessageId, ThreadId } from '../../shared/ids.ts'
import { applyDeltas } from './counters.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'

/**
 * What the comparison with Gmail asks of the store: listed ids (`mailtide.listed`, by run) against stored and queued ones. For `offset 0` see
 * `reconciling.ts`.
 */

/** Runs of an audit, apart from those of a reconcile, which may begin in the midst of it. */
export const AUDIT_RUN = { mailbox: -2, label: -3, wanted: -4 } as const

/** Where the mailbox as listed and the store differ, in order of ids. */
export interface MailboxDifferences {
  /** Listed, and neither stored nor queued. */
  readonly missing: readonly { readonly id: MessageId; readonly threadId: ThreadId }[]
  /** Listed, and marked as deleted here. */
  readonly deleted: readonly MessageId[]
  /** Stored as live, and not listed. */
  readonly unlisted: readonly MessageId[]
  /** Queued, and not listed. */
  readonly queued: readonly MessageId[]
}

/** `wanted` is the run of what is to be copied: the mailbox's own, or one without spam and trash. */
export async function mailboxDifferences(
  sql: Sql,
  account: AccountId,
  { wanted, limit }: { readonly wanted: number; readonly limit: number },
): Promise<MailboxDifferences> {
  const run = AUDIT_RUN.mailbox
  const listed = `from mailtide.listed l where l.account_id = $1 and l.run = $2`
  const notListed = (id: string): string =>
    `not exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = ${id} offset 0)`
  const stored = `select 1 from mailtide.message m where m.account_id = $1 and m.id = l.message_id`
  const missing = await sql.query<{ id: MessageId; thread_id: ThreadId }>(
    `select l.message_id as id, l.thread_id ${listed} and not exists (${stored} offset 0)
     and not exists (select 1 from mailtide.fetch_queue q where q.account_id = $1 and q.message_id = l.message_id offset 0)
     order by 1 limit $3`,
    [account, wanted, limit],
  )
  const deleted = await sql.query<{ id: MessageId }>(
    `select l.message_id as id ${listed} and exists (${stored} and m.deleted_at is not null offset 0) order by 1 limit $3`,
    [account, run, limit],
  )
  const unlisted = await sql.query<{ id: MessageId }>(
    `select m.id from mailtide.message m where m.account_id = $1 and m.deleted_at is null and ${notListed('m.id')} order by 1 limit $3`,
    [account, run, limit],
  )
  const queued = await sql.query<{ id: MessageId }>(
    `select q.message_id as id from mailtide.fetch_queue q where q.account_id = $1 and ${notListed('q.message_id')}
     order by 1 limit $3`,
    [account, run, limit],
  )
  return {
    missing: missing.rows.map((row) => ({ id: row.id, threadId: row.thread_id })),
    deleted: deleted.rows.map((row) => row.id),
    unlisted: unlisted.rows.map((row) => row.id),
    queued: queued.rows.map((row) => row.id),
  }
}

/** Live messages whose links to the label are not as the run (a listing of the label) says, in order of ids. */
export async function labelDifferences(
  sql: Sql,
  account: AccountId,
  label: LabelId,
  limit: number,
): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select m.id from mailtide.message m where m.account_id = $1 and m.deleted_at is null
       and exists (select 1 from mailtide.listed c where c.account_id = $1 and c.run = $3 and c.message_id = m.id offset 0)
       and not exists (select 1 from mailtide.message_label l where l.account_id = $1 and l.label_id = $2 and l.message_id = m.id offset 0)
     union all
     select l.message_id from mailtide.message_label l where l.account_id = $1 and l.label_id = $2
       and not exists (select 1 from mailtide.listed c where c.account_id = $1 and c.run = $3 and c.message_id = l.message_id offset 0)
       and exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = l.message_id and m.deleted_at is null offset 0)
     order by 1 limit $4`,
    [account, label, AUDIT_RUN.label, limit],
  )
  return rows.map((row) => row.id)
}

/** How many messages of the label, as the run listed it, wait for their download. */
export async function countWaitingOfLabel(sql: Sql, account: AccountId): Promise<number> {
  const { rows } = await sql.query<{ value: number }>(
    `select count(*) as value from mailtide.listed c where c.account_id = $1 and c.run = $2
       and exists (select 1 from mailtide.fetch_queue q where q.account_id = $1 and q.message_id = c.message_id offset 0)
       and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = c.message_id offset 0)`,
    [account, AUDIT_RUN.label],
  )
  return rows[0]?.value ?? 0
}

export interface StoredCounts {
  /** Stored messages that Gmail still has, and those that it no longer has. */
  readonly live: number
  readonly gone: number
  /** In the queue and not stored. */
  readonly waiting: number
  /** Why those wait, by the reason of their last failure. */
  readonly reasons: readonly WaitingReason[]
}

/** The mailbox as it is stored, counted from rows. All at one moment: mail goes on arriving, and what is told together must agree. */
export async function countStored(sql: Sql, account: AccountId): Promise<StoredCounts> {
  const { rows } = await sql.query<{
    live: number
    gone: number
    code: string | null
    reason: string | null
    count: number | null
  }>(
    `select s.live, s.gone, w.code, w.reason, w.count
     from (select
       (select count(*) from mailtide.message where account_id = $1 and deleted_at is null) as live,
       (select count(*) from mailtide.message where account_id = $1 and deleted_at is not null) as gone) s
     left join (select case when q.attempts > 0 then q.error_code end as code,
         (array_agg(q.error_message order by q.message_id))[1] as reason, count(*) as count
       from mailtide.fetch_queue q where q.account_id = $1
         and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = q.message_id offset 0)
       group by 1) w on true
     order by w.count desc, w.code`,
    [account],
  )
  const reasons = rows.flatMap(({ code, reason, count }) =>
    count === null ? [] : [{ code, reason: reason ?? 'Not downloaded yet', count }],
  )
  const waiting = reasons.reduce((sum, { count }) => sum + count, 0)
  return { live: rows[0]?.live ?? 0, gone: rows[0]?.gone ?? 0, waiting, reasons }
}

/** By label, how many stored messages carry it: ones that Gmail still has, and ones that it no longer has. */
export async function countLabels(
  sql: Sql,
  account: AccountId,
): Promise<Map<LabelId, { readonly live: number; readonly gone: number }>> {
  const { rows } = await sql.query<{ label_id: LabelId; live: number; gone: number }>(
    `select l.label_id, count(*) filter (where m.deleted_at is null) as live,
       count(*) filter (where m.deleted_at is not null) as gone
     from mailtide.message_label l join mailtide.message m on m.account_id = l.account_id and m.id = l.message_id
     where l.account_id = $1 group by l.label_id`,
    [account],
  )
  return new Map(rows.map(({ label_id, live, gone }) => [label_id, { live, gone }]))
}

/** A message as the store has it, to be held against what Gmail says of it. */
export interface StoredLabels {
  readonly isDeleted: boolean
  /** Null when the message has lost it. */
  readonly historyId: bigint | null
  readonly labelIds: readonly LabelId[]
}

/** The stored ones among the messages, with their labels. */
export async function readStoredLabels(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
): Promise<Map<MessageId, StoredLabels>> {
  const { rows } = await sql.query<{
    id: MessageId
    is_deleted: boolean
    history_id: string | null
    label_ids: LabelId[]
  }>(
    `select m.id, m.deleted_at is not null as is_deleted, v.history_id,
       array(select l.label_id from mailtide.message_label l where l.account_id = $1 and l.message_id = m.id order by 1) as label_ids
     from mailtide.message m
     left join mailtide.message_version v on v.account_id = m.account_id and v.message_id = m.id
     where m.account_id = $1 and m.id = any($2::text[])`,
    [account, ids],
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        isDeleted: row.is_deleted,
        historyId: row.history_id === null ? null : BigInt(row.history_id),
        labelIds: row.label_ids,
      },
    ]),
  )
}

/** Those of the messages that are in the queue. */
export async function queuedAmong(sql: Sql, account: AccountId, ids: readonly MessageId[]): Promise<Set<MessageId>> {
  const { rows } = await sql.query<{ id: MessageId }>(
    'select message_id as id from mailtide.fetch_queue where account_id = $1 and message_id = any($2::text[])',
    [account, ids],
  )
  return new Set(rows.map((row) => row.id))
}

/**
 * Puts messages into the queue although they are stored: their originals are to be had anew. What is stored stays until the download
 * replaces it. Within the caller's transaction.
 */
export async function enqueueAgain(
  sql: Sql,
  account: AccountId,
  messages: readonly { readonly id: MessageId; readonly threadId: string }[],
  now: Date,
): Promise<void> {
  if (messages.length === 0) return
  const rows = messages.map(({ id, threadId }, ord) => ({ id, thread: threadId, ord }))
  const { rows: done } = await sql.query<{ fresh: boolean }>(
    `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at)
     select $1, r.id, r.thread, 1, r.ord, $3::timestamptz, $3::timestamptz
     from json_to_recordset($2::json) as r(id text, thread text, ord bigint)
     on conflict (account_id, message_id) do update set next_try_at = excluded.next_try_at, priority = least(mailtide.fetch_queue.priority, 1)
     returning (xmax = 0) as fresh`,
    [account, asJson(rows), now],
  )
  await applyDeltas(sql, account, new Map([['queued', done.filter((row) => row.fresh).length]]))
}
