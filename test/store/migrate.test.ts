import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { readSeries } from '../../electron/store/cycle-series.ts'
import { readCycleTotals } from '../../electron/store/cycles.ts'
import type { Db } from '../../electron/store/db.ts'
import { migrate, migrationsDir, readMigrations } from '../../electron/store/migrate.ts'
import { openStore } from '../../electron/store/open-store.ts'
import { openPostgres } from '../../electron/store/postgres.ts'
import { readFailures } from '../../electron/store/queue.ts'
import { createServerDatabase, emptyTemplate, openTestFolder } from '../support/database.ts'
import { postgresMissing, startPostgres } from '../support/postgres-server.ts'
import { silentLog } from '../support/silent-log.ts'

const home = mkdtempSync(join(tmpdir(), 'mailtide-migrate-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const dir = join(home, 'migrations')
const one = 'create table a (id int); insert into a values (1);'
const two = "alter table a add text text; update a set text = 'two' where id = 1; insert into a values (2, 'x');"
const write = (name: string, sql: string) => writeFileSync(join(dir, name), sql)
beforeEach(() => {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir)
  write('0001-first.sql', one)
})

const rowsOf = async (db: Db, sql: string) => (await db.query(sql)).rows

function describeMigrations(name: string, open: () => Promise<Db>): void {
  describe(`migrations on ${name}`, () => {
    let db: Db
    beforeAll(async () => {
      db = await open()
    })
    afterAll(() => db.close())
    beforeEach(() => db.script('drop table if exists a; drop schema if exists mailtide cascade'))

    it('run in order, once each, and are written down', async () => {
      expect(await migrate(db, { dir })).toBe(1)
      write('0002-second.sql', two)
      expect(await migrate(db, { dir })).toBe(2)
      expect(await migrate(db, { dir })).toBe(2)
      expect(await rowsOf(db, 'select id, text from a order by id')).toEqual([
        { id: 1, text: 'two' },
        { id: 2, text: 'x' },
      ])
      expect(await rowsOf(db, 'select number, name from mailtide.migration order by number')).toEqual([
        { number: 1, name: 'first' },
        { number: 2, name: 'second' },
      ])
    })

    it('leave nothing when they fail half way, and run whole the next time', async () => {
      write('0002-second.sql', 'insert into a values (2); insert into nowhere values (1)')
      await expect(migrate(db, { dir })).rejects.toMatchObject({ code: 'store' })
      expect(await rowsOf(db, 'select id from a')).toEqual([{ id: 1 }])
      write('0002-second.sql', two)
      expect(await migrate(db, { dir })).toBe(2)
    })

    it('refuse a database that a newer program has used', async () => {
      write('0002-second.sql', two)
      await migrate(db, { dir })
      rmSync(join(dir, '0002-second.sql'))
      await expect(migrate(db, { dir })).rejects.toMatchObject({
        code: 'store_newer',
        remedy: expect.stringContaining('newest'),
      })
    })

    it('refuse to go on from a migration that was edited, but not for its line ends', async () => {
      write('0001-first.sql', `${one}\n`)
      await migrate(db, { dir })
      write('0001-first.sql', `${one}\r\n`)
      expect(await migrate(db, { dir })).toBe(1)
      appendFileSync(join(dir, '0001-first.sql'), '-- edited')
      await expect(migrate(db, { dir })).rejects.toMatchObject({
        code: 'store',
        message: expect.stringContaining('first'),
      })
    })

    it('of the product keep what the first version counted, and its mail', async () => {
      const keep = (file: string) => copyFileSync(join(migrationsDir, file), join(dir, file))
      const [first = '', ...later] = readdirSync(migrationsDir).sort()
      rmSync(join(dir, '0001-first.sql'))
      keep(first)
      expect(await migrate(db, { dir })).toBe(1)
      await db.query(
        `insert into mailtide.account (id, email, email_key, client_id, created_at) values ('a', 'ada@example.org', 'ada', 'c', now())`,
      )
      await db.query(
        `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at, attempts, error_message)
         select 'a', 'm' || n, 't', 2, n, now(), now(), n % 2, 'why' from generate_series(1, 6) n`,
      )
      // The second began before the clock was set back; the third ended in the same moment as the first, on another worker.
      await db.query(
        `insert into mailtide.cycle (started_at, worker, finished_at, accounts, emails, errors, errors_by_kind, quota_units) values
           ('2026-01-01T00:00:00Z', 'w:1', '2026-01-01T00:01:00Z', 1, 100, 3, '{"network": 2, "quota": 1}', 500),
           ('2026-01-01T02:00:00Z', 'w:1', '2026-01-01T01:00:00Z', 1, 7, 0, '{}', 900),
           ('2026-01-01T00:00:30Z', 'w:2', '2026-01-01T00:01:00Z', 2, 10, 1, '{"network": 1}', 1000)`,
      )
      later.forEach(keep)
      expect(await migrate(db, { dir })).toBe(1 + later.length)
      expect(await readCycleTotals(db)).toMatchObject({
        cycles: 3,
        emails: 117,
        errors: 4,
        errorsByKind: { network: 3, quota: 1 },
      })
      const { points } = await readSeries(db, 'day', new Date('2026-01-01T02:30:00Z'))
      expect(points.reduce((sum, { emails }) => sum + emails, 0)).toBe(117)
      expect(points.every(({ duration_seconds_max }) => (duration_seconds_max ?? 0) >= 0)).toBe(true)
      expect(await readFailures(db, { email: null, limit: 10 })).toMatchObject({ total: 3 })
    })

    it('take a copy first when there is something to lose', async () => {
      const copies: number[] = []
      const takeCopy = async (from: number) => {
        copies.push(from)
      }
      await migrate(db, { dir, takeCopy })
      expect(copies).toEqual([])
      write('0002-second.sql', two)
      await migrate(db, { dir, takeCopy })
      await migrate(db, { dir, takeCopy })
      expect(copies).toEqual([1])
    })
  })
}

describeMigrations('PGlite', () => openTestFolder(join(home, 'db')))

const missing = postgresMissing()
describe.skipIf(missing !== null)(`on PostgreSQL${missing === null ? '' : ` (${missing})`}`, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())
  const open = async () => openPostgres({ url: (await createServerDatabase(server.url)).own, log: silentLog })

  describeMigrations('PostgreSQL', open)

  it('runs each migration once when several workers start together', async () => {
    const { own } = await createServerDatabase(server.url)
    write('0002-second.sql', two)
    const workers = await Promise.all([1, 2, 3].map(() => openPostgres({ url: own, log: silentLog })))
    expect(await Promise.all(workers.map((db) => migrate(db, { dir })))).toEqual([2, 2, 2])
    const [db] = workers
    expect(await db?.query('select count(*) as n from a')).toMatchObject({ rows: [{ n: 2 }] })
    await Promise.all(workers.map((worker) => worker.close()))
  })

  it('runs the product’s own migrations and keeps originals in its table', async () => {
    const { own } = await createServerDatabase(server.url)
    const paths = { db: join(home, 'unused'), raw: join(home, 'unused-raw'), snapshots: join(home, 'unused-snapshots') }
    const store = await openStore({
      paths,
      databaseUrl: own,
      rawStore: 'postgres',
      clock: systemClock,
      log: silentLog,
      assertOwned: () => undefined,
    })
    expect(store.raw.kind).toBe('postgres')
    expect(store.db.kind).toBe('postgres')
    expect(await store.raw.accounts()).toEqual([])
    await store.close()
  })
})

it('refuses a row of migrations with a gap', async () => {
  write('0003-third.sql', one)
  await expect(readMigrations(dir)).rejects.toThrow('unbroken')
})

describe('opening the embedded store', () => {
  it('copies the database before it changes the schema, and keeps the two newest copies', async () => {
    const root = join(home, 'store')
    const paths = { db: join(root, 'db'), raw: join(root, 'raw'), snapshots: join(root, 'snapshots') }
    mkdirSync(paths.snapshots, { recursive: true })
    const open = async () =>
      openStore({
        paths,
        rawStore: 'files',
        clock: systemClock,
        log: silentLog,
        assertOwned: () => undefined,
        templateDir: await emptyTemplate(),
        migrationsDir: dir,
      })
    // Which originals there should be is looked up when the store is opened.
    write('0001-first.sql', `${one}; create schema mailtide; create table mailtide.message (account_id text, id text)`)
    for (const old of ['2000-schema-8', '2001-schema-9']) mkdirSync(join(paths.snapshots, `before-migration-${old}`))
    for (let schema = 1; schema <= 2; schema++) {
      if (schema > 1) write(`000${schema}-more.sql`, `insert into a values (${schema})`)
      const store = await open()
      expect(store.stats()).toEqual(expect.objectContaining({ durable: true, restarts: 0 }))
      await store.close()
      expect(JSON.parse(readFileSync(`${paths.db}.meta.json`, 'utf8'))).toMatchObject({ pg_major: 18, schema })
    }
    const copies = readdirSync(paths.snapshots).sort()
    expect(copies.map((name) => name.slice(-8))).toEqual(['schema-9', 'schema-1'])
    const copy = await openTestFolder(join(paths.snapshots, copies[1] ?? ''))
    expect(await rowsOf(copy, 'select id from a order by id')).toEqual([{ id: 1 }])
    await copy.close()
  }, 60_000)

  it('says that originals can be kept in Postgres only with DATABASE_URL', async () => {
    const paths = { db: join(home, 'x'), raw: join(home, 'x'), snapshots: join(home, 'x') }
    const store = openStore({
      paths,
      rawStore: 'postgres',
      clock: systemClock,
      log: silentLog,
      assertOwned: () => undefined,
    })
    await expect(store).rejects.toMatchObject({ code: 'bad_settings', remedy: expect.stringContaining('DATABASE_URL') })
  })
})
