import type { AccountId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'
import type { Removed } from './removal.ts'

export interface Account {
  readonly id: AccountId
  readonly email: string
  readonly email_key: string
  readonly client_id: string
  readonly paused: boolean
  /** Since when; null where that is not known. */
  readonly paused_at?: Date | null
  readonly created_at: Date
}

const columns = 'id, email, email_key, client_id, paused, created_at'

/** Every account that was not removed, oldest first: the order in which turns go round. */
export async function listAccounts(sql: Sql): Promise<Account[]> {
  const { rows } = await sql.query<Account & Record<string, unknown>>(
    `select ${columns}, paused_at from mailtide.account where removed is null order by created_at, id`,
  )
  return rows
}

/** The account with this address as Gmail compares it, also one that was removed, or null. */
export async function findAccountByKey(
  sql: Sql,
  emailKey: string,
): Promise<(Account & { readonly removed: Removed | null }) | null> {
  const { rows } = await sql.query<Account & { readonly removed: Removed | null } & Record<string, unknown>>(
    `select ${columns}, paused_at, removed from mailtide.account where email_key = $1`,
    [emailKey],
  )
  return rows[0] ?? null
}

/**
 * Adds an account, or gives a known one (by id) its present address and client; one that was removed and kept is an account again, and goes on
 * where it stood. Its checkpoint row comes with it.
 */
export async function saveAccount(sql: Sql, account: Account): Promise<void> {
  await sql.query(
    `insert into mailtide.account (${columns}) values ($1, $2, $3, $4, $5, $6)
     on conflict (id) do update set email = excluded.email, email_key = excluded.email_key, client_id = excluded.client_id,
       removed = nullif(account.removed, 'kept')`,
    [account.id, account.email, account.email_key, account.client_id, account.paused, account.created_at],
  )
  await sql.query(`insert into mailtide.checkpoint (account_id) values ($1) on conflict (account_id) do nothing`, [
    account.id,
  ])
}

/**
 * Notes an account that is being added, before anything of it is kept elsewhere: as one whose deletion goes on at the next start, should this one end
 * in between. `endAdding` makes it an account, `giveUpAdding` takes the note back.
 */
export async function beginAdding(sql: Sql, account: Account): Promise<void> {
  await sql.query(`insert into mailtide.account (${columns}, removed) values ($1, $2, $3, $4, $5, $6, 'deleting')`, [
    account.id,
    account.email,
    account.email_key,
    account.client_id,
    account.paused,
    account.created_at,
  ])
}

export async function endAdding(sql: Sql, id: AccountId): Promise<void> {
  await sql.query(`update mailtide.account set removed = null where id = $1`, [id])
}

export async function giveUpAdding(sql: Sql, id: AccountId): Promise<void> {
  await sql.query(`delete from mailtide.account where id = $1 and removed = 'deleting'`, [id])
}

/** Notes that Gmail now answers with another address for the same mailbox. */
export async function renameAccount(sql: Sql, id: AccountId, email: string, emailKey: string): Promise<void> {
  await sql.query(`update mailtide.account set email = $2, email_key = $3 where id = $1`, [id, email, emailKey])
}

/** A paused account takes no turns. Keeps its mail, checkpoint and queue. */
export async function setPaused(sql: Sql, id: AccountId, paused: boolean, now: Date): Promise<void> {
  await sql.query(`update mailtide.account set paused = $2, paused_at = $3 where id = $1`, [
    id,
    paused,
    paused ? now : null,
  ])
}

/** Whether the account is paused, by whichever worker, and since when; null when there is no such account any more. */
export async function readPaused(
  sql: Sql,
  id: AccountId,
): Promise<{ readonly paused: boolean; readonly paused_at: Date | null } | null> {
  const { rows } = await sql.query<{ paused: boolean; paused_at: Date | null }>(
    `select paused, paused_at from mailtide.account where id = $1`,
    [id],
  )
  return rows[0] ?? null
}

/** Which quota table an OAuth client turned out to have; null when not yet known. */
export async function readQuotaTable(sql: Sql, clientId: string): Promise<'new' | 'old' | null> {
  const { rows } = await sql.query<{ quota_table: 'new' | 'old' }>(
    `select quota_table from mailtide.quota_table where client_id = $1`,
    [clientId],
  )
  return rows[0]?.quota_table ?? null
}

export async function writeQuotaTable(sql: Sql, clientId: string, table: 'new' | 'old', now: Date): Promise<void> {
  await sql.query(
    `insert into mailtide.quota_table (client_id, quota_table, found_at) values ($1, $2, $3)
     on conflict (client_id) do update set quota_table = excluded.quota_table, found_at = excluded.found_at`,
    [clientId, table, now],
  )
}
