/**
 * A process to be killed: `node pglite-writer.ts <folder> <template> <first batch>`. Opens the folder with real fsync and
 * writes batches of 20 rows, each in a transaction with an update and a counter, telling each batch after its commit.
 */
import { systemClock } from '../../electron/platform/clock.ts'
import { openPglite } from '../../electron/store/pglite/open.ts'
import { silentLog } from './database.ts'

const [dir = '', templateDir = '', first = '0'] = process.argv.slice(2)
process.stdout.write('opening\n')
const db = await openPglite({ dir, templateDir, clock: systemClock, log: silentLog, assertOwned: () => undefined })
await db.script(`create table if not exists batch (id int, part int, text text, fts tsvector, primary key (id, part));
  create index if not exists batch_fts on batch using gin (fts);
  create table if not exists counter (name text primary key, value int not null)`)
process.stdout.write('open\n')
for (let id = Number(first); ; id++) {
  await db.transaction(async (sql) => {
    await sql.query(
      `insert into batch select $1, part, md5(part::text), to_tsvector('simple', md5(part::text) || ' all')
       from generate_series(1, 20) part`,
      [id],
    )
    await sql.query(
      `insert into counter values ('rows', 20) on conflict (name) do update set value = counter.value + 20`,
    )
    await sql.query('update batch set text = $2 where id = $1 and part = 1', [id, `batch ${id}`])
  })
  if (id % 50 === 49) await db.query('checkpoint')
  process.stdout.write(`${id}\n`)
}
