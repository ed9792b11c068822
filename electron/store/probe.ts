import type { Db, Sql } from './db.ts'
import { DamagedStore, saysDamaged } from './faults.ts'

/** Tables up to so many pages are read in full. */
const SMALL_PAGES = 64

/**
 * Asks an open database for a row of every table, and small tables whole, once by the table and once by an index: in a fraction of a second,
 * whatever its size. Throws `DamagedStore` when an answer does not come or two of them disagree. What a query cannot tell is left to pages'
 * checksums and to audits.
 */
export async function probe(db: Db): Promise<void> {
  const { rows } = await db.query<{ name: string; pages: number }>(
    `select format('%I.%I', n.nspname, c.relname) as name, pg_relation_size(c.oid)::float8 / 8192 as pages
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = 'mailtide' order by pages, name`,
  )
  for (const { name, pages } of rows) {
    await telling(name, async () => {
      await db.query(`select 1 from ${name} limit 1`)
      if (pages <= SMALL_PAGES) await compareWays(db, name)
    })
  }
  if (rows.some(({ name }) => name === 'mailtide.counter')) await telling('mailtide.message', () => compareTotals(db))
}

async function telling(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!saysDamaged(error)) throw error
    throw new DamagedStore(`is damaged: its table ${name} cannot be read`, error)
  }
}

async function compareWays(db: Db, name: string): Promise<void> {
  const [byTable, byIndex] = await db.transaction(async (sql) => {
    const count = async (): Promise<number> =>
      (await sql.query<{ n: number }>(`select count(*) as n from ${name}`)).rows[0]?.n ?? 0
    await only(sql, { seqscan: true })
    const first = await count()
    await only(sql, { seqscan: false })
    return [first, await count()]
  })
  if (byTable !== byIndex) throw new DamagedStore(`is damaged: its table ${name} and an index of it disagree`)
}

async function only(sql: Sql, { seqscan }: { readonly seqscan: boolean }): Promise<void> {
  await sql.query(`set local enable_seqscan = ${seqscan ? 'on' : 'off'}`)
  for (const way of ['indexscan', 'indexonlyscan', 'bitmapscan']) {
    await sql.query(`set local enable_${way} = ${seqscan ? 'off' : 'on'}`)
  }
}

/**
 * The totals were written in the transaction of the messages they count. Only of an account that is being deleted the messages go first. (Its
 * mark is read so that a schema without it will do: a copy may be of an older one.)
 */
async function compareTotals(db: Db): Promise<void> {
  const { rows } = await db.query<{ account_id: string }>(
    `select account_id from mailtide.counter c where name = 'messages' and value > 0
       and not exists (select 1 from mailtide.message m where m.account_id = c.account_id)
       and exists (select 1 from mailtide.account a where a.id = c.account_id and to_jsonb(a)->>'removed' is distinct from 'deleting') limit 1`,
  )
  if (rows.length > 0) throw new DamagedStore('is damaged: its totals speak of messages that are not there')
}
