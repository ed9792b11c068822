import { createHash, randomUUID } from 'node:crypto'
import { cpSync, existsSync, rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { systemClock } from '../../electron/platform/clock.ts'
import type { Log } from '../../electron/ports.ts'
import type { Db } from '../../electron/store/db.ts'
import { migrate, readMigrations } from '../../electron/store/migrate.ts'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import type { OpenPgliteOptions } from '../../electron/store/pglite/open.ts'
import { openPglite, pgliteVersion } from '../../electron/store/pglite/open.ts'
import { createFolder } from '../../electron/store/pglite/template.ts'
import { openPostgres } from '../../electron/store/postgres.ts'
import { once } from './once.ts'
import { silentLog as quiet } from './silent-log.ts'

export interface TestDatabase {
  readonly db: Db
  /** Empties every table of schema `mailtide` but the migrations. */
  reset(): Promise<void>
  close(): Promise<void>
}

/** For files that take both from here. */
export const silentLog: Log = quiet

/**
 * A migrated, empty database of the test file's own: PGlite in its worker, or a fresh database on `DATABASE_URL` when
 * that is set.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const url = process.env['DATABASE_URL']
  return url === undefined ? await openEmbedded() : await openServerDatabase(url)
}

async function openEmbedded(): Promise<TestDatabase> {
  const home = await mkdtemp(join(tmpdir(), 'mailtide-db-'))
  const dir = join(home, 'db')
  cpSync(await migratedTemplate(), dir, { recursive: true })
  const db = await openTestFolder(dir)
  return {
    db,
    reset: () => reset(db),
    close: async () => {
      await db.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Opens a data folder as tests do: no fsync, no look at its pages, no upkeep by the clock, nobody else's lock; made from the template when absent. */
export async function openTestFolder(dir: string, options: Partial<OpenPgliteOptions> = {}): Promise<PgliteDb> {
  if (!existsSync(dir)) cpSync(await emptyTemplate(), dir, { recursive: true })
  return await openPglite({
    dir,
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
    fsync: false,
    checkBytes: 0,
    upkeep: false,
    ...options,
  })
}

/** Made once per version of PGlite and kept: creating a database takes seconds and 800 MB. */
const emptyTemplatePath = () => join(tmpdir(), `mailtide-empty-${pgliteVersion}`)

export async function emptyTemplate(): Promise<string> {
  return await once(emptyTemplatePath(), (dir) => createFolder(dir))
}

/** A folder with an empty database of the present schema, to be copied. */
export async function migratedTemplate(): Promise<string> {
  const sums = (await readMigrations()).map(({ sha256 }) => sha256)
  // The driver's own text is part of the key: it decides how the migrations are recorded
  const driver = await readFile(new URL('../../electron/store/migrate.ts', import.meta.url), 'utf8')
  const key = createHash('sha256')
    .update(JSON.stringify([pgliteVersion, sums, driver]))
    .digest('hex')
    .slice(0, 16)
  return await once(join(tmpdir(), `mailtide-migrated-${key}`), async (dir) => {
    cpSync(await emptyTemplate(), dir, { recursive: true })
    const db = await openTestFolder(dir)
    await migrate(db)
    await db.close()
  })
}

async function reset(db: Db): Promise<void> {
  const { rows } = await db.query<{ names: string | null }>(
    `select string_agg(format('%I.%I', schemaname, tablename), ', ') as names
     from pg_tables where schemaname = 'mailtide' and tablename <> 'migration'`,
  )
  const names = rows[0]?.names
  if (names !== null && names !== undefined) await db.query(`truncate ${names} restart identity`)
}

/** A fresh, migrated database on a server. */
export async function openServerDatabase(url: string): Promise<TestDatabase> {
  const { own, drop } = await createServerDatabase(url)
  const db = await openPostgres({ url: own, log: silentLog })
  await migrate(db)
  return {
    db,
    reset: () => reset(db),
    close: async () => {
      await db.close()
      await drop()
    },
  }
}

/** A fresh, empty database on a server: its URL, and how to drop it. */
export async function createServerDatabase(url: string): Promise<{ own: string; drop: () => Promise<void> }> {
  const name = `mailtide_test_${randomUUID().replaceAll('-', '')}`
  await administer(url, `create database ${name} encoding 'UTF8' template template0`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { own: own.href, drop: () => administer(url, `drop database ${name} with (force)`) }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
