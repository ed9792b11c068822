import { AppError } from '../../shared/errors.ts'
import type { AccountId, MessageId, ThreadId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'

export type BackfillStep = 'new' | 'listing' | 'downloading' | 'done'
export type ReconcileStep = 'listing' | 'diff' | 'catch_up' | 'verify' | 'labels'

/** Where one account stands. */
export interface Checkpoint {
  /** Everything up to here is in the store or in the queue; null before the first listing. */
  readonly historyId: bigint | null
  readonly backfill: BackfillStep
  readonly listPageToken: string | null
  readonly listed: number
  /** The mailbox's history id when the present listing pass began. */
  readonly listHistoryId: bigint | null
  /** Unknown ids the present listing pass has found. */
  readonly listFresh: number
  readonly listPass: number
  readonly backfillTotal: number
  readonly backfillStartedAt: Date | null
  /** When the last whole listing ended; null once its newest page was looked at again. */
  readonly listingEndedAt: Date | null
  readonly lastSyncedAt: Date | null
  readonly labelsListedAt: Date | null
  readonly auditedAt: Date | null
  readonly reconcile: ReconcileStep | null
  readonly reconcileHistoryId: bigint | null
  readonly reconcilePageToken: string | null
  readonly reconcileRun: number
}

interface CheckpointRow extends Record<string, unknown> {
  account_id: AccountId
  history_id: string | null
  backfill: BackfillStep
  list_page_token: string | null
  listed: number
  list_history_id: string | null
  list_fresh: number
  list_pass: number
  backfill_total: number
  backfill_started_at: Date | null
  listing_ended_at: Date | null
  last_synced_at: Date | null
  labels_listed_at: Date | null
  audited_at: Date | null
  reconcile: ReconcileStep | null
  reconcile_history_id: string | null
  reconcile_page_token: string | null
  reconcile_run: number
}

const fromRow = (row: CheckpointRow): Checkpoint => ({
  historyId: row.history_id === null ? null : BigInt(row.history_id),
  backfill: row.backfill,
  listPageToken: row.list_page_token,
  listed: row.listed,
  listHistoryId: row.list_history_id === null ? null : BigInt(row.list_history_id),
  listFresh: row.list_fresh,
  listPass: row.list_pass,
  backfillTotal: row.backfill_total,
  backfillStartedAt: row.backfill_started_at,
  listingEndedAt: row.listing_ended_at,
  lastSyncedAt: row.last_synced_at,
  labelsListedAt: row.labels_listed_at,
  auditedAt: row.audited_at,
  reconcile: row.reconcile,
  reconcileHistoryId: row.reconcile_history_id === null ? null : BigInt(row.reconcile_history_id),
  reconcilePageToken: row.reconcile_page_token,
  reconcileRun: row.reconcile_run,
})

export async function readCheckpoint(sql: Sql, account: AccountId): Promise<Checkpoint> {
  const { rows } = await sql.query<CheckpointRow>(`select * from mailtide.checkpoint where account_id = $1`, [account])
  const row = rows[0]
  if (row === undefined) throw new AppError('not_found', `There is no account ${account} in the store`)
  return fromRow(row)
}

export async function readCheckpoints(sql: Sql): Promise<Map<AccountId, Checkpoint>> {
  const { rows } = await sql.query<CheckpointRow>(`select * from mailtide.checkpoint`)
  return new Map(rows.map((row) => [row.account_id, fromRow(row)]))
}

/**
 * Begins the backfill with the mailbox's history id taken *before* the first listing. It is kept through every resume: taken
 * anew, mail that came in between would be lost.
 */
export async function beginBackfill(sql: Sql, account: AccountId, historyId: bigint, now: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set history_id = $2::numeric, backfill = 'listing', list_page_token = null, listed = 0,
       list_history_id = $2::numeric, list_fresh = 0, list_pass = 1, backfill_total = 0, backfill_started_at = $3, backfill_finished_at = null
     where account_id = $1 and history_id is null`,
    [account, historyId, now],
  )
}

/** Saves where the listing stands, in the transaction that queued the page. */
export async function saveListing(
  sql: Sql,
  account: AccountId,
  page: { readonly nextPageToken: string | null; readonly listed: number; readonly queued: number },
): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set list_page_token = $2, listed = $3::bigint, list_fresh = list_fresh + $4::bigint,
       backfill_total = backfill_total + $4::bigint
     where account_id = $1 and backfill = 'listing'`,
    [account, page.nextPageToken, page.listed, page.queued],
  )
}

/** Lists from page 1 once more (the page token was refused, or the mailbox moved meanwhile); what is queued or stored stays. */
export async function beginListingPass(sql: Sql, account: AccountId, pass: number, historyId: bigint): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set list_page_token = null, listed = 0, list_fresh = 0, list_pass = $2, list_history_id = $3::numeric
     where account_id = $1 and backfill = 'listing'`,
    [account, pass, historyId],
  )
}

/** Every id of the mailbox is known; from here on only downloading is left of the backfill. */
export async function finishListing(sql: Sql, account: AccountId, now: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set backfill = 'downloading', list_page_token = null, listing_ended_at = $2
     where account_id = $1 and backfill = 'listing'`,
    [account, now],
  )
}

/** The newest page was looked at again, long enough after the listing that ended then. */
export async function settleListing(sql: Sql, account: AccountId, endedAt: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set listing_ended_at = null where account_id = $1 and listing_ended_at = $2`,
    [account, endedAt],
  )
}

/** The backfill is over: everything listed was stored, or stands in the retry list. */
export async function finishBackfill(sql: Sql, account: AccountId, now: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set backfill = 'done', backfill_finished_at = $2 where account_id = $1 and backfill = 'downloading'`,
    [account, now],
  )
}

/**
 * Moves the history id forward, in the transaction of the last page of a pass. Only from the value the pass began with: another
 * worker that lost its claim can never move it. Throws `conflict` then.
 */
export async function advanceHistory(sql: Sql, account: AccountId, from: bigint, to: bigint): Promise<void> {
  const { affected } = await sql.query(
    `update mailtide.checkpoint set history_id = greatest(history_id, $3::numeric) where account_id = $1 and history_id = $2::numeric`,
    [account, from, to],
  )
  if (affected !== 1)
    throw new AppError('conflict', 'Another worker moved this account’s checkpoint; the pass is repeated')
}

/** The account completed a sync: it caught up with history and had nothing more to download. */
export async function markSynced(sql: Sql, account: AccountId, now: Date): Promise<void> {
  await sql.query(`update mailtide.checkpoint set last_synced_at = $2 where account_id = $1`, [account, now])
}

/** Begins a reconcile with the history id taken before its listing. What an audit has listed (runs below -1) stays. */
export async function beginReconcile(sql: Sql, account: AccountId, historyId: bigint, now: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set reconcile = 'listing', reconcile_history_id = $2::numeric, reconcile_page_token = null,
       reconcile_run = reconcile_run + 1, reconcile_started_at = $3
     where account_id = $1`,
    [account, historyId, now],
  )
  await sql.query(`delete from mailtide.listed where account_id = $1 and run >= -1`, [account])
}

export async function saveReconcile(
  sql: Sql,
  account: AccountId,
  to: { readonly step: ReconcileStep | null; readonly pageToken: string | null },
): Promise<void> {
  await sql.query(`update mailtide.checkpoint set reconcile = $2, reconcile_page_token = $3 where account_id = $1`, [
    account,
    to.step,
    to.pageToken,
  ])
}

/** The reconcile's own history id becomes the account's: its listing vouches for everything before. */
export async function adoptReconcileHistory(sql: Sql, account: AccountId): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set history_id = reconcile_history_id where account_id = $1 and reconcile is not null`,
    [account],
  )
}

export async function finishReconcile(sql: Sql, account: AccountId, now: Date): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set reconcile = null, reconcile_history_id = null, reconcile_page_token = null, audited_at = $2,
       listing_ended_at = $2
     where account_id = $1`,
    [account, now],
  )
  await sql.query(`delete from mailtide.listed where account_id = $1 and run >= -1`, [account])
}

/** After a rebuild from originals: the account must compare itself with Gmail before anything else. */
export async function requireReconcile(sql: Sql, account: AccountId): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set history_id = null, backfill = 'done', last_synced_at = null, reconcile = null
     where account_id = $1`,
    [account],
  )
}

/** Adds listed ids to a run; ids seen on two pages count once. Returns how many were new. */
export async function saveListed(
  sql: Sql,
  account: AccountId,
  run: number,
  messages: readonly { readonly id: MessageId; readonly threadId: ThreadId; readonly ord: number }[],
): Promise<number> {
  if (messages.length === 0) return 0
  const { affected } = await sql.query(
    `insert into mailtide.listed (account_id, run, message_id, thread_id, ord)
     select distinct on (r.id) $1, $2::bigint, r.id, r.thread, r.ord
     from json_to_recordset($3::json) as r(id text, thread text, ord bigint) order by r.id, r.ord on conflict do nothing`,
    [account, run, asJson(messages.map((message) => ({ id: message.id, thread: message.threadId, ord: message.ord })))],
  )
  return affected
}

export async function clearListed(sql: Sql, account: AccountId, run: number): Promise<void> {
  await sql.query(`delete from mailtide.listed where account_id = $1 and run = $2`, [account, run])
}
