import { readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import { openTestFolder } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const clock = createFakeClock()
let home: string
let dir: string
let db: PgliteDb
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-upkeep-'))
  dir = join(home, 'db')
  db = await openTestFolder(dir, { clock, upkeep: true })
  await db.script('create table t (id int primary key, text text)')
})
afterAll(async () => {
  await db.close()
  await rm(home, { recursive: true, force: true })
})

const walMb = () => {
  const folder = join(dir, 'pg_wal')
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1024 ** 2
}
const one = async (sql: string) => Object.values((await db.query(sql)).rows[0] ?? {})[0]
/** A minute passes, and the round it starts has ended: it queues one request at a time, and ours comes behind the last. */
const round = async () => {
  await clock.advance(60_000)
  while (clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve))
}

it('checkpoints by itself, so that the log stays small however much is written', async () => {
  let highest = 0
  for (let step = 0; step < 50; step++) {
    await db.query(`insert into t select $1 * 2000 + i, repeat(md5(i::text), 60) from generate_series(1, 2000) i`, [
      step,
    ])
    highest = Math.max(highest, walMb())
  }
  const written = Number(await one(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 / 1024 / 1024`))
  expect(written).toBeGreaterThan(200)
  expect(highest).toBeLessThan(170)
})

it('checkpoints a minute after a write, however small', async () => {
  await db.query(`insert into t values (-1, 'x')`)
  const before = await one('select checkpoint_lsn::text from pg_control_checkpoint()')
  await round()
  expect(await one('select checkpoint_lsn::text from pg_control_checkpoint()')).not.toBe(before)
  for (let again = 0; again < 3; again++) await round() // analyze writes too, as soon as statistics tell of the rows
  const after = await one('select checkpoint_lsn::text from pg_control_checkpoint()')
  await round()
  expect(await one('select checkpoint_lsn::text from pg_control_checkpoint()')).toBe(after)
})

it('analyzes what grew and vacuums what is dead', async () => {
  // The server writes its statistics down once a second of real time at most: a round may come before that.
  const roundsUntil = async (sql: string, value: unknown): Promise<void> => {
    const next = async (): Promise<unknown> => {
      await round()
      return one(sql)
    }
    await expect.poll(next, { timeout: 20_000, interval: 200 }).toBe(value)
  }
  // An estimate, from a sample of the pages
  await roundsUntil(`select reltuples > 90000 from pg_class where relname = 't'`, true)
  await db.query('delete from t where id % 4 = 0')
  await roundsUntil(`select vacuum_count from pg_stat_user_tables where relname = 't'`, 1)
  expect(await one(`select n_dead_tup from pg_stat_user_tables where relname = 't'`)).toBe(0)
})

it('keeps table, indexes and log in a band over months in which every row changes and mail comes and goes', async () => {
  await db.script(`create table churn (id int primary key, label text, text text); create index on churn (label);
    insert into churn select i, 'L' || i % 20, repeat(md5(i::text), 10) from generate_series(1, 4000) i`)
  const size = () => one(`select pg_total_relation_size('churn')::float8 / 1024 / 1024`)
  const sizes: number[] = []
  let highest = 0
  for (let day = 0; day < 45; day++) {
    await db.query(`update churn set label = 'L' || ($1 + id) % 20 where id % 3 = $1 % 3`, [day])
    await db.query(`delete from churn where id in (select id from churn order by id limit 100)`)
    await db.query(
      `insert into churn select 4000 + $1 * 100 + i, 'L1', repeat(md5(i::text), 10) from generate_series(1, 100) i`,
      [day],
    )
    // Else once a second of real time.
    await db.query('select pg_stat_force_next_flush()')
    await round()
    sizes.push(Number(await size()))
    highest = Math.max(highest, walMb())
  }
  expect(Math.max(...sizes.slice(15))).toBeLessThan(1.1 * Math.max(...sizes.slice(0, 15)))
  expect(sizes.at(-1)).toBeLessThan(10)
  expect(highest).toBeLessThan(170)
})

it('analyzes wide rows within the memory that it has, which WebAssembly would never give back', async () => {
  const before = db.stats().heapBytes
  await db.script('create unlogged table wide (text text); alter table wide alter column text set storage plain')
  await db.query(`insert into wide select repeat('x', 3900) from generate_series(1, 20000)`)
  await db.query('analyze wide')
  expect(await one(`select reltuples from pg_class where relname = 'wide'`)).toBe(20_000)
  expect(db.stats().heapBytes).toBe(before)
})
