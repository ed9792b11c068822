import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'

/** What a reconcile asks of the store: listed ids (`mailtide.listed`, by run) against stored ones. */

/** How many live messages are stored, and how many of them the run did not list. */
export async function countUnlisted(
  sql: Sql,
  account: AccountId,
  run: number,
): Promise<{ readonly live: number; readonly listed: number; readonly unlisted: number }> {
  const { rows } = await sql.query<{ live: number; listed: number; unlisted: number }>(
    `select (select count(*) from mailtide.message where account_id = $1 and deleted_at is null) as live,
       (select count(*) from mailtide.listed where account_id = $1 and run = $2) as listed,
       (select count(*) from mailtide.message m where m.account_id = $1 and m.deleted_at is null
         and not exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = m.id)) as unlisted`,
    [account, run],
  )
  return rows[0] ?? { live: 0, listed: 0, unlisted: 0 }
}

/** Live stored messages the run did not list, that history after `asOf` did not touch; in id order. */
export async function unlistedMessages(
  sql: Sql,
  account: AccountId,
  options: { readonly run: number; readonly asOf: bigint; readonly after: MessageId | null; readonly limit: number },
): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select m.id from mailtide.message m
     join mailtide.message_version v on v.account_id = m.account_id and v.message_id = m.id
     where m.account_id = $1 and m.deleted_at is null and v.history_id <= $3::numeric and m.id > coalesce($4::text, '')
       and not exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = m.id)
     order by m.id limit $5`,
    [account, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.id)
}

/** Tombstones that the run listed all the same: Gmail has them. */
export async function listedTombstones(sql: Sql, account: AccountId, run: number): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select m.id from mailtide.message m join mailtide.listed l on l.account_id = m.account_id and l.message_id = m.id
     where m.account_id = $1 and l.run = $2 and m.deleted_at is not null`,
    [account, run],
  )
  return rows.map((row) => row.id)
}

/**
 * One label against the run that lists it; a page in id order, of those after `after`. The statements say so of every table, or each page
 * would be looked for from the mailbox's beginning.
 */
export interface LabelComparison {
  readonly label: LabelId
  readonly run: number
  readonly asOf: bigint
  readonly after: MessageId | null
  readonly limit: number
}

/** Live messages that carry the label here, that the run (a listing of the label) does not have, untouched since `asOf`. */
export async function labelSurplus(sql: Sql, account: AccountId, options: LabelComparison): Promise<MessageId[]> {
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `select l.message_id from mailtide.message_label l
     join mailtide.message m on m.account_id = l.account_id and m.id = l.message_id
     join mailtide.message_version v on v.account_id = l.account_id and v.message_id = l.message_id
     where l.account_id = $1 and l.label_id = $2 and m.deleted_at is null and v.history_id <= $4::numeric
       and l.message_id > coalesce($5::text, '') and m.id > coalesce($5::text, '') and v.message_id > coalesce($5::text, '')
       and not exists (select 1 from mailtide.listed c where c.account_id = $1 and c.run = $3 and c.message_id = l.message_id
         and c.message_id > coalesce($5::text, ''))
     order by l.message_id limit $6`,
    [account, options.label, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.message_id)
}

/** Live messages that the run (a listing of the label) has and that do not carry it here, untouched since `asOf`. */
export async function labelDeficit(sql: Sql, account: AccountId, options: LabelComparison): Promise<MessageId[]> {
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `select c.message_id from mailtide.listed c
     join mailtide.message m on m.account_id = c.account_id and m.id = c.message_id
     join mailtide.message_version v on v.account_id = c.account_id and v.message_id = c.message_id
     where c.account_id = $1 and c.run = $3 and m.deleted_at is null and v.history_id <= $4::numeric
       and c.message_id > coalesce($5::text, '') and m.id > coalesce($5::text, '') and v.message_id > coalesce($5::text, '')
       and not exists (select 1 from mailtide.message_label l
         where l.account_id = $1 and l.label_id = $2 and l.message_id = c.message_id and l.message_id > coalesce($5::text, ''))
     order by c.message_id limit $6`,
    [account, options.label, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.message_id)
}
