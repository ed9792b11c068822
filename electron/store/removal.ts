import type { AccountId } from '../../shared/ids.ts'
import type { Db, Sql } from './db.ts'
import type { RawStore } from './raw.ts'

/** What becomes of a removed account's mail. */
export type Removed = 'kept' | 'deleting'

export interface RemovedAccount {
  readonly id: AccountId
  readonly email: string
  readonly created_at: Date
  readonly removed: Removed
}

/** Marks an account as removed: it takes no turns and is no account any more, and what is stored of it stays until it is deleted. */
export async function markRemoved(sql: Sql, id: AccountId, removed: Removed): Promise<void> {
  // What is being deleted cannot be kept after all.
  await sql.query(
    `update mailtide.account set removed = $2, paused = false where id = $1 and removed is distinct from 'deleting'`,
    [id, removed],
  )
}

/** Accounts that were removed and of which something is still stored. */
export async function listRemoved(sql: Sql): Promise<RemovedAccount[]> {
  const { rows } = await sql.query<RemovedAccount & Record<string, unknown>>(
    `select id, email, created_at, removed from mailtide.account where removed is not null order by id`,
  )
  return rows
}

/** Null for an account that is not removed, `gone` for one that is not there. */
export async function readRemoved(sql: Sql, id: AccountId): Promise<Removed | 'gone' | null> {
  const { rows } = await sql.query<{ removed: Removed | null }>(`select removed from mailtide.account where id = $1`, [
    id,
  ])
  return rows[0] === undefined ? 'gone' : rows[0].removed
}

/** The tables of a mailbox, and how many rows of each go in one statement: rows with texts and originals are wide. */
const tables = [
  ['fetch_queue', 2_000],
  ['listed', 2_000],
  ['message_label', 2_000],
  ['attachment', 2_000],
  ['message_version', 2_000],
  ['message', 200],
  ['raw', 200],
  ['label', 2_000],
] as const

/**
 * Deletes everything of an account: rows in short transactions of their own, so that nobody waits for long, then the originals, and the
 * account itself last. Cut short anywhere, it is simply called again. `onDeleted` is told how many messages went since the last call of it.
 */
export async function deleteMailbox(
  { db, raw }: { readonly db: Db; readonly raw: Pick<RawStore, 'removeAccount'> },
  account: AccountId,
  { signal, onDeleted }: { readonly signal: AbortSignal; readonly onDeleted: (messages: number) => void },
): Promise<void> {
  for (const [table, rows] of tables) {
    for (;;) {
      signal.throwIfAborted()
      const { affected } = await db.query(
        `delete from mailtide.${table} where ctid = any (array(select ctid from mailtide.${table} where account_id = $1 limit ${rows}))`,
        [account],
      )
      if (affected === 0) break
      if (table === 'message') onDeleted(affected)
    }
  }
  await raw.removeAccount(account, signal)
  await db.transaction(async (sql) => {
    await sql.query('delete from mailtide.counter where account_id = $1', [account])
    await sql.query('delete from mailtide.checkpoint where account_id = $1', [account])
    await sql.query('delete from mailtide.audit where account_id = $1', [account])
    await sql.query('delete from mailtide.audit_count where account_id = $1', [account])
    await sql.query(`delete from mailtide.account where id = $1 and removed = 'deleting'`, [account])
  })
}
