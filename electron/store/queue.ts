import type { FailedMessage } from '../../shared/figures.ts'
import type { AccountId, MessageId, ThreadId } from '../../shared/ids.ts'
import { applyDeltas } from './counters.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'
import { safeText } from './safe-text.ts'

/** New mail first, then what a reconcile found missing, then the backfill. */
export const PRIORITY = { live: 0, repair: 1, backfill: 2 } as const
export type QueuePriority = (typeof PRIORITY)[keyof typeof PRIORITY]

export interface QueueItem {
  readonly id: MessageId
  readonly threadId: ThreadId
  readonly priority: QueuePriority
  readonly attempts: number
  /** Code of the last failure; null when there was none. */
  readonly lastCode: string | null
  readonly queuedAt: Date
}

export interface NewQueueItem {
  readonly id: MessageId
  readonly threadId: ThreadId
  /** Order within the priority, smaller first. */
  readonly ord: number
  /** Do not fetch before this time (drafts settle, fresh mail appears). Default: at once. */
  readonly notBefore?: Date
  /** The history record that spoke of it: a copy older than that will not be taken for good. */
  readonly historyId?: bigint
  /** Fetched although it is stored: Gmail speaks of it again after it was marked as deleted. */
  readonly isBack?: boolean
}

/**
 * Puts messages to be downloaded into the queue; stored ones are skipped, queued ones keep their history and their place, unless they turn
 * out to be new mail: a listing in the midst of a first download finds all of it, and must not make it urgent. A message whose copy is a
 * tombstone counts as stored, unless it is back. Returns how many rows are new.
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
    history_id: item.historyId?.toString() ?? null,
    is_back: item.isBack ?? false,
  }))
  const { rows: done } = await sql.query<{ fresh: boolean }>(
    `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at, min_history_id)
     select distinct on (r.id) $1, r.id, r.thread, $3::smallint, r.ord, $4::timestamptz, r.not_before, r.history_id
     from json_to_recordset($2::json) as r(id text, thread text, ord bigint, not_before timestamptz, history_id numeric, is_back boolean)
     where r.is_back or not exists (select 1 from mailtide.message_version v where v.account_id = $1 and v.message_id = r.id)
     order by r.id, r.ord
     on conflict (account_id, message_id) do update
       set priority = case when excluded.priority = 0 then 0 else mailtide.fetch_queue.priority end,
           min_history_id = greatest(mailtide.fetch_queue.min_history_id, excluded.min_history_id),
           next_try_at = case when mailtide.fetch_queue.attempts = 0
             then greatest(mailtide.fetch_queue.next_try_at, excluded.next_try_at) else mailtide.fetch_queue.next_try_at end
     returning (xmax = 0) as fresh`,
    [account, asJson(rows), priority, now],
  )
  const fresh = done.filter((row) => row.fresh).length
  await applyDeltas(sql, account, new Map([['queued', fresh]]))
  return fresh
}

/** The next messages to download: due, best priority first, none of `inFlight`, none that may wait longer than `lowest`. */
export async function nextDue(
  sql: Sql,
  account: AccountId,
  options: {
    readonly now: Date
    readonly limit: number
    readonly inFlight: readonly MessageId[]
    readonly lowest: QueuePriority
  },
): Promise<QueueItem[]> {
  const { rows } = await sql.query<{
    message_id: MessageId
    thread_id: ThreadId
    priority: QueuePriority
    attempts: number
    error_code: string | null
    queued_at: Date
  }>(
    `select message_id, thread_id, priority, attempts, error_code, queued_at from mailtide.fetch_queue
     where account_id = $1 and next_try_at <= $2 and not (message_id = any($3::text[])) and priority <= $5::smallint
     order by priority, ord, message_id limit $4`,
    [account, options.now, options.inFlight, options.limit, options.lowest],
  )
  return rows.map((row) => ({
    id: row.message_id,
    threadId: row.thread_id,
    priority: row.priority,
    attempts: row.attempts,
    lastCode: row.error_code,
    queuedAt: row.queued_at,
  }))
}

/** A message that is still queued. */
export interface QueuedMessage {
  /** The history id that an answer must have reached; null when any will do. */
  readonly minHistoryId: bigint | null
  /** It is stored already, and marked as deleted. */
  readonly isTombstone: boolean
}

/** Which of the messages are still queued, locked until the transaction ends: only those may be stored, the others were deleted meanwhile. */
export async function lockQueued(
  sql: Sql,
  account: AccountId,
  ids: readonly MessageId[],
): Promise<Map<MessageId, QueuedMessage>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql.query<{ message_id: MessageId; min_history_id: string | null; is_tombstone: boolean }>(
    `select q.message_id, q.min_history_id, exists (select 1 from mailtide.message m
       where m.account_id = q.account_id and m.id = q.message_id and m.deleted_at is not null) as is_tombstone
     from mailtide.fetch_queue q where q.account_id = $1 and q.message_id = any($2::text[])
     order by q.message_id for update of q`,
    [account, ids],
  )
  return new Map(
    rows.map((row) => [
      row.message_id,
      {
        minHistoryId: row.min_history_id === null ? null : BigInt(row.min_history_id),
        isTombstone: row.is_tombstone,
      },
    ]),
  )
}

/**
 * Has messages fetched once more: they changed after they were fetched. The next answer is taken whatever its history id, since its fetch
 * begins after the change was seen; a server that never raises a message's history id must not keep us here.
 */
export async function fetchAgain(sql: Sql, account: AccountId, ids: readonly MessageId[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await sql.query(
    `update mailtide.fetch_queue set min_history_id = null, next_try_at = $3
     where account_id = $1 and message_id = any($2::text[])`,
    [account, ids, now],
  )
}

/** Removes rows: their messages are stored, or gone. */
export async function dequeue(sql: Sql, account: AccountId, ids: readonly MessageId[]): Promise<void> {
  if (ids.length === 0) return
  const { rows } = await sql.query<{ attempts: number }>(
    `delete from mailtide.fetch_queue where account_id = $1 and message_id = any($2::text[]) returning attempts`,
    [account, ids],
  )
  const failed = rows.filter((row) => row.attempts > 0).length
  await applyDeltas(
    sql,
    account,
    new Map([
      ['queued', failed - rows.length],
      ['failed', -failed],
    ]),
  )
}

export interface QueueFailure {
  readonly id: MessageId
  readonly stage: 'download' | 'store'
  readonly code: string
  /** For people: what happened. No mail content. */
  readonly message: string
  readonly nextTryAt: Date
}

/** Characters of a reason: people read its beginning. */
const MOST_REASON = 2_000

/** Records why messages could not be had and when they are tried next. Their rows stay until they succeed or are gone. */
export async function recordFailures(sql: Sql, account: AccountId, failures: readonly QueueFailure[]): Promise<void> {
  if (failures.length === 0) return
  // A server's own words may be in it.
  const rows = failures.map((failure) => ({
    ...failure,
    message: safeText(failure.message, MOST_REASON),
    next_try_at: failure.nextTryAt,
  }))
  const { rows: updated } = await sql.query<{ attempts: number }>(
    `update mailtide.fetch_queue q
     set attempts = q.attempts + 1, stage = r.stage, error_code = r.code, error_message = r.message, next_try_at = r.next_try_at
     from json_to_recordset($2::json) as r(id text, stage text, code text, message text, next_try_at timestamptz)
     where q.account_id = $1 and q.message_id = r.id returning q.attempts`,
    [account, asJson(rows)],
  )
  const first = updated.filter((row) => row.attempts === 1).length
  await applyDeltas(
    sql,
    account,
    new Map([
      ['queued', -first],
      ['failed', first],
    ]),
  )
}

/**
 * Brings try times that lie too far ahead back into reach: the wall clock was set back since they were written. What never gets better (a
 * malformed id) stays.
 */
export async function clampTries(sql: Sql, account: AccountId, now: Date): Promise<void> {
  const soon = new Date(now.getTime() + 60_000)
  const day = new Date(now.getTime() + 24 * 60 * 60 * 1000)
  await sql.query(
    `update mailtide.fetch_queue set next_try_at = $2
     where account_id = $1 and next_try_at > $2 and next_try_at > (case when attempts = 0 then $2::timestamptz else $3::timestamptz end)
       and error_code is distinct from 'bad_id'`,
    [account, soon, day],
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

/**
 * Makes failed rows due: "Sync now" tries them again at once. Rows that only settle (attempts 0) stay as they are. A 404 of less than a
 * minute ago is forgotten: the one that is taken for a deletion must come a minute after another, and nobody's impatience may stand for
 * that. Returns how many rows there are.
 */
export async function retryFailuresNow(sql: Sql, account: AccountId, now: Date): Promise<number> {
  const { affected } = await sql.query(
    `update mailtide.fetch_queue
     set next_try_at = $2, error_code = case when error_code = 'gone' and next_try_at > $2 then null else error_code end
     where account_id = $1 and attempts > 0`,
    [account, now],
  )
  return affected
}

/** When the next message of each account is to be tried (it may lie in the past); accounts with an empty queue are absent. */
export async function nextTries(sql: Sql): Promise<Map<AccountId, Date>> {
  const { rows } = await sql.query<{ account_id: AccountId; next_try_at: Date | null }>(
    `select a.id as account_id, (select min(q.next_try_at) from mailtide.fetch_queue q where q.account_id = a.id) as next_try_at
     from mailtide.account a`,
  )
  return new Map(rows.flatMap((row) => (row.next_try_at === null ? [] : [[row.account_id, row.next_try_at]])))
}

/** When the next message of one account, of those down to the priority `lowest`, is to be tried; null when there is none. */
export async function nextTry(
  sql: Sql,
  account: AccountId,
  lowest: QueuePriority = PRIORITY.backfill,
): Promise<Date | null> {
  const { rows } = await sql.query<{ next_try_at: Date | null }>(
    lowest === PRIORITY.backfill
      ? `select min(next_try_at) as next_try_at from mailtide.fetch_queue where account_id = $1`
      : `select min(next_try_at) as next_try_at from mailtide.fetch_queue where account_id = $1 and priority <= $2::smallint`,
    lowest === PRIORITY.backfill ? [account] : [account, lowest],
  )
  return rows[0]?.next_try_at ?? null
}

/** Whether messages of the backfill wait that have not failed yet: as long as there are, the backfill is not over. */
export async function hasBackfillRows(sql: Sql, account: AccountId): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 as found from mailtide.fetch_queue where account_id = $1 and priority = 2 and attempts = 0 limit 1`,
    [account],
  )
  return rows.length > 0
}

interface FailureRow extends Record<string, unknown> {
  readonly account: string
  readonly gmail_id: string
  readonly stage: FailedMessage['stage']
  readonly reason: string | null
  readonly attempts: number
  readonly next_try_at: Date | null
}

/** Messages that could not be downloaded, stored or read, with the reason: of one address, or of all accounts. And how many there are. */
export async function readFailures(
  sql: Sql,
  options: { readonly email: string | null; readonly limit: number },
): Promise<{ readonly failures: FailedMessage[]; readonly total: number }> {
  const { rows } = await sql.query<FailureRow>(
    `select account, gmail_id, stage, reason, attempts, next_try_at from mail.sync_failures
     where $1::text is null or account = $1 order by account, gmail_id, stage limit $2`,
    [options.email, options.limit],
  )
  const counted = await sql.query<{ total: number }>(
    `select count(*) as total from mail.sync_failures where $1::text is null or account = $1`,
    [options.email],
  )
  const failures = rows.map((row) => ({
    ...row,
    reason: row.reason ?? 'It is not known why',
    next_try_at: row.next_try_at?.toISOString() ?? null,
  }))
  return { failures, total: counted.rows[0]?.total ?? 0 }
}
