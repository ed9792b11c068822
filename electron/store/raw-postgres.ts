import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Db, Sql, SqlValue } from './db.ts'
import { DamagedOriginal } from './faults.ts'
import type { RawAccount, RawEntry, RawStore } from './raw.ts'
import { unpackRawAsync } from './raw-files.ts'

export interface PackedOriginal {
  readonly id: MessageId
  readonly packed: Uint8Array
}

/** One statement carries at most this much, and the rest follows in the next: it is held in memory several times over. */
const statementBytes = 8 * 1024 * 1024
const pageSize = 1000
/** Between a message's id and a number of its own, where what was stored under the id is none of its originals. */
const aside = '.damaged'

/** Stores packed originals, within the caller's transaction. Doing it again is harmless. */
export async function storePacked(sql: Sql, account: AccountId, originals: readonly PackedOriginal[]): Promise<void> {
  for (const group of groups(originals)) {
    const params: SqlValue[] = [account]
    const rows = group.map(({ id, packed }) => {
      params.push(id, packed)
      return `($1, $${params.length - 1}, $${params.length}::bytea)`
    })
    await sql.query(
      `insert into mailtide.raw (account_id, message_id, packed) values ${rows.join(', ')}
       on conflict (account_id, message_id) do update set packed = excluded.packed`,
      params,
    )
  }
}

function groups(originals: readonly PackedOriginal[]): PackedOriginal[][] {
  const all: PackedOriginal[][] = []
  // A row may appear once in a statement: the last one counts
  const unique = new Map(originals.map((original) => [original.id, original]))
  let room = 0
  for (const original of unique.values()) {
    room -= original.packed.byteLength
    const last = all.at(-1)
    if (last === undefined || room < 0) {
      all.push([original])
      room = statementBytes - original.packed.byteLength
    } else last.push(original)
  }
  return all
}

/** One packed original, or null when there is none. */
export async function readPacked(sql: Sql, account: AccountId, id: MessageId): Promise<Uint8Array | null> {
  const { rows } = await sql.query<{ packed: Uint8Array }>(
    'select packed from mailtide.raw where account_id = $1 and message_id = $2',
    [account, id],
  )
  return rows[0]?.packed ?? null
}

/** Originals in the database itself, for people whose backup is that of their PostgreSQL. */
export function createRawPostgres(db: Db): RawStore {
  return {
    kind: 'postgres',
    async putAccount({ id, email, created_at, removed = false }) {
      await db.query(
        `insert into mailtide.raw_account (id, email, created_at, removed) values ($1, $2, $3::timestamptz, $4)
         on conflict (id) do update set email = excluded.email, removed = excluded.removed`,
        [id, email, created_at, removed],
      )
    },
    async accounts() {
      const { rows } = await db.query<{ id: AccountId; email: string; created_at: Date; removed: boolean }>(
        'select id, email, created_at, removed from mailtide.raw_account order by id',
      )
      return rows.map(
        ({ id, email, created_at, removed }): RawAccount => ({
          id,
          email,
          created_at: created_at.toISOString(),
          ...(removed ? { removed } : {}),
        }),
      )
    },
    async get(account, id): Promise<RawEntry | null> {
      const packed = await readPacked(db, account, id)
      if (packed === null) return null
      try {
        return await unpackRawAsync(packed)
      } catch (error) {
        throw new DamagedOriginal(`The original of message ${id} in the database is damaged`, error)
      }
    },
    async has(account, id) {
      const { rows } = await db.query('select 1 as one from mailtide.raw where account_id = $1 and message_id = $2', [
        account,
        id,
      ])
      return rows.length > 0
    },
    async present(account, ids) {
      const { rows } = await db.query<{ id: MessageId }>(
        'select message_id as id from mailtide.raw where account_id = $1 and message_id = any($2::text[])',
        [account, ids],
      )
      return new Set(rows.map((row) => row.id))
    },
    async hasAccount(account) {
      const { rows } = await db.query('select 1 as one from mailtide.raw_account where id = $1', [account])
      return rows.length > 0
    },
    async setAside(account, ids) {
      const { rows } = await db.query<{ id: string }>(
        `update mailtide.raw as r set message_id = r.message_id || '${aside}-' || gen_random_uuid()
         where account_id = $1 and message_id = any($2::text[]) returning message_id as id`,
        [account, ids],
      )
      return rows.map(({ id }) => `mailtide.raw, message_id ${id}`)
    },
    async remove(account, ids) {
      await db.query('delete from mailtide.raw where account_id = $1 and message_id = any($2::text[])', [account, ids])
    },
    async removeAccount(account) {
      await db.query('delete from mailtide.raw where account_id = $1', [account])
      await db.query('delete from mailtide.raw_account where id = $1', [account])
    },
    async *list(account) {
      for (let after = ''; ; ) {
        const { rows } = await db.query<{ id: MessageId }>(
          `select message_id as id from mailtide.raw where account_id = $1 and message_id > $2 and message_id not like '%${aside}-%'
           order by message_id limit $3`,
          [account, after, pageSize],
        )
        for (const { id } of rows) yield id
        const last = rows.at(-1)
        if (last === undefined) return
        after = last.id
      }
    },
    async sizeBytes() {
      const { rows } = await db.query<{ size: number }>(`select pg_total_relation_size('mailtide.raw') as size`)
      return rows[0]?.size ?? 0
    },
  }
}
