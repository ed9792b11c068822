import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'

/**
 * What a reconcile asks of the store: listed ids (`mailtide.listed`, by run) against stored ones. A listing is filled and asked for before the
 * database knows how large it is: `offset 0` has each id looked up by its key, where it would be compared with every other one.
 */

const live = (id: string): string =>
  `exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = ${id} and m.deleted_at is null offset 0)`

const untouched = (id: string, asOf: string): string =>
  `exists (select 1 from mailtide.message_version v where v.account_id = $1 and v.message_id = ${id}
         and v.history_id <= ${asOf}::numeric offset 0)`

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
         and not exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = m.id offset 0)) as unlisted`,
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
    // From the narrow table: its one index is in this order, so that a page ends where it is full once there are statistics of it.
    `select v.message_id as id from mailtide.message_version v
     where v.account_id = $1 and v.history_id <= $3::numeric and v.message_id > coalesce($4::text, '')
       and not exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = v.message_id offset 0)
       and ${live('v.message_id')}
     order by v.message_id limit $5`,
    [account, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.id)
}

/** Lets the database know how large the narrow table is: before that it reads and sorts all that follow for each page. */
export async function measureVersions(sql: Sql): Promise<void> {
  await sql.query('analyze mailtide.message_version')
}

/** Tombstones that the run listed all the same: Gmail has them. */
export async function listedTombstones(sql: Sql, account: AccountId, run: number): Promise<MessageId[]> {
  const { rows } = await sql.query<{ id: MessageId }>(
    `select m.id from mailtide.message m where m.account_id = $1 and m.deleted_at is not null
       and exists (select 1 from mailtide.listed l where l.account_id = $1 and l.run = $2 and l.message_id = m.id offset 0)`,
    [account, run],
  )
  return rows.map((row) => row.id)
}

/** One label against the run that lists it; a page in id order, of those after `after`. */
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
     where l.account_id = $1 and l.label_id = $2 and l.message_id > coalesce($5::text, '')
       and not exists (select 1 from mailtide.listed c where c.account_id = $1 and c.run = $3 and c.message_id = l.message_id offset 0)
       and ${live('l.message_id')} and ${untouched('l.message_id', '$4')}
     order by l.message_id limit $6`,
    [account, options.label, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.message_id)
}

/** Live messages that the run (a listing of the label) has and that do not carry it here, untouched since `asOf`. */
export async function labelDeficit(sql: Sql, account: AccountId, options: LabelComparison): Promise<MessageId[]> {
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `select c.message_id from mailtide.listed c
     where c.account_id = $1 and c.run = $3 and c.message_id > coalesce($5::text, '')
       and not exists (select 1 from mailtide.message_label l
         where l.account_id = $1 and l.label_id = $2 and l.message_id = c.message_id offset 0)
       and ${live('c.message_id')} and ${untouched('c.message_id', '$4')}
     order by c.message_id limit $6`,
    [account, options.label, options.run, options.asOf, options.after, options.limit],
  )
  return rows.map((row) => row.message_id)
}
