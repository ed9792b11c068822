import type { AccountId, MessageId, ThreadId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'

/** New mail first, then what a reconcile found missing, then the backfill. */
export const PRIORITY = { live: 0, repair: 1, backfill: 2 } as const
export type QueuePriority = (typeof PRIORITY)[keyof typeof PRIORITY]

export interface QueueItem {
  readonly id: MessageId
  readonly threadId: ThreadId
  readonly priority: QueuePriority
  readonly attempts: number
  readonly queuedAt: Date
}

export interface NewQueueItem {
  readonly id: MessageId
  readonly threadId: ThreadId
  /** Order within the priority, smaller first. */
  readonly ord: number
  /** Do not fetch before this time (drafts settle, fresh mail appears). Default: at once. */
  readonly notBefore?: Date
}

/**
 * Puts messages to be downloaded into the queue; stored ones are skipped, queued ones keep their history and take the better
 * priority. A message whose copy is a tombstone counts as stored. Returns how many rows are new.
 */
export async function enqueue(
  sql: Sql,
  account: AccountId,
  items: readonly NewQueueItem[],
  priority: QueuePriority,
  now: Date,
): Promise<number> {
  if (items.length === 0) return 0
  const rows = items.map((item) => ({
    id: item.id,
    thread: item.threadId,
    ord: item.ord,
    not_before: item.notBefore ?? now,
  }))
  const { rows: done } = await sql.query<{ fresh: boolean }>(
    `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at)
     select distinct on (r.id) $1, r.id, r.thread, $3::smallint, r.ord, $4::timestamptz, r.not_before
     from json_to_recordset($2::json) as r(id text, thread text, ord bigint, not_before timestamptz)
     where not exists (select 1 from mailtide.message_version v where v.account_id = $1 and v.message_id = r.id)
     order by r.id, r.ord
     on conflict (account_id, message_id) do update
       set priority = least(mailtide.fetch_queue.priority, excluded.priority),
           next_try_at = case when mailtide.fetch_queue.attempts = 0
             then greatest(mailtide.fetch_queue.next_try_at, excluded.next_try_at) else mailtide.fetch_queue.next_try_at end
     returning (xmax = 0) as fresh`,
    [account, asJson(rows), priority, now],
  )
  return done.filter((row) => row.fresh).length
}

/** The next messages to download: due, best priority first, none of `inFlight`. */
export async function nextDue(
  sql: Sql,
  account: AccountId,
  options: { readonly now: Date; readonly limit: number; readonly inFlight: readonly MessageId[] },
): Promise<QueueItem[]> {
  const { rows } = await sql.query<{
    message_id: MessageId
    thread_id: ThreadId
    priority: QueuePriority
    attempts: number
    queued_at: Date
  }>(
    `select message_id, thread_id, priority, attempts, queued_at from mailtide.fetch_queue
     where account_id = $1 and next_try_at <= $2 and not (message_id = any($3::text[]))
     order by priority, ord, message_id limit $4`,
    [account, options.now, options.inFlight, options.limit],
  )
  return rows.map((row) => ({
    id: row.message_id,
    threadId: row.thread_id,
    priority: row.priority,
    attempts: row.attempts,
    queuedAt: row.queued_at,
  }))
}

/** Removes rows and says which were there: only those may be stored, the others were deleted meanwhile. */
export async function dequeue(sql: Sql, account: AccountId, ids: readonly MessageId[]): Promise<Set<MessageId>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `delete from mailtide.fetch_queue where account_id = $1 and message_id = any($2::text[]) returning message_id`,
    [account, ids],
  )
  return new Set(rows.map((row) => row.message_id))
}

export interface QueueFailure {
  readonly id: MessageId
  readonly stage: 'download' | 'store'
  readonly code: string
  /** For people: what happened. No mail content. */
  readonly message: string
  readonly nextTryAt: Date
}

/** Records why messages could not be had and when they are tried next. Their rows stay until they succeed or are gone. */
export async function recordFailures(sql: Sql, account: AccountId, failures: readonly QueueFailure[]): Promise<void> {
  if (failures.length === 0) return
  const rows = failures.map((failure) => ({ ...failure, next_try_at: failure.nextTryAt }))
  await sql.query(
    `update mailtide.fetch_queue q
     set attempts = q.attempts + 1, stage = r.stage, error_code = r.code, error_message = r.message, next_try_at = r.next_try_at
     from json_to_recordset($2::json) as r(id text, stage text, code text, message text, next_try_at timestamptz)
     where q.account_id = $1 and q.message_id = r.id`,
    [account, asJson(rows)],
  )
}

/** Puts messages off without counting it as a failure: they are expected to appear (fresh mail answering 404). */
export async function postpone(
  sql: Sql,
  account: AccountId,
  items: readonly { readonly id: MessageId; readonly until: Date }[],
): Promise<void> {
  if (items.length === 0) return
  await sql.query(
    `update mailtide.fetch_queue q set next_try_at = r.until
     from json_to_recordset($2::json) as r(id text, until timestamptz) where q.account_id = $1 and q.message_id = r.id`,
    [account, asJson(items)],
  )
}

/** Makes every row due: "Sync now" tries failed messages again at once. Rows that only settle (attempts 0) stay as they are. */
export async function retryFailuresNow(sql: Sql, account: AccountId, now: Date): Promise<void> {
  await sql.query(`update mailtide.fetch_queue set next_try_at = $2 where account_id = $1 and attempts > 0`, [
    account,
    now,
  ])
}

export interface QueueSummary {
  /** Rows that have not failed. */
  readonly waiting: number
  /** Rows that failed at least once. */
  readonly failed: number
  /** When the next row is to be tried; null when the queue is empty. May lie in the past. */
  readonly nextTryAt: Date | null
}

/** The queues, by account; of one account when given. A scan: for start and the end of turns, not for every chunk. */
export async function summariseQueues(
  sql: Sql,
  account: AccountId | null = null,
): Promise<Map<AccountId, QueueSummary>> {
  const { rows } = await sql.query<{
    account_id: AccountId
    waiting: number
    failed: number
    next_try_at: Date | null
  }>(
    `select account_id, count(*) filter (where attempts = 0) as waiting, count(*) filter (where attempts > 0) as failed,
       min(next_try_at) as next_try_at
     from mailtide.fetch_queue where $1::text is null or account_id = $1 group by account_id`,
    [account],
  )
  return new Map(
    rows.map((row) => [row.account_id, { waiting: row.waiting, failed: row.failed, nextTryAt: row.next_try_at }]),
  )
}

/** The queue of one account. */
export async function summariseQueue(sql: Sql, account: AccountId): Promise<QueueSummary> {
  return (await summariseQueues(sql, account)).get(account) ?? { waiting: 0, failed: 0, nextTryAt: null }
}

export interface FailedMessage {
  readonly gmail_id: MessageId
  readonly stage: string
  readonly reason: string
  readonly attempts: number
  readonly next_try_at: Date | null
}

/** Messages of an account that could not be downloaded, stored or read, with the reason. */
export async function listFailures(sql: Sql, email: string, limit: number): Promise<FailedMessage[]> {
  const { rows } = await sql.query<FailedMessage & Record<string, unknown>>(
    `select gmail_id, stage, reason, attempts, next_try_at from mail.sync_failures where account = $1 order by gmail_id limit $2`,
    [email, limit],
  )
  return rows
}
