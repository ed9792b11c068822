import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../shared/errors.ts'
import type { Db, Sql } from './db.ts'
import { storeError } from './faults.ts'

/** Where the migrations lie, from source and in a bundle that ships them beside it. */
export const migrationsDir = fileURLToPath(new URL('./migrations/', import.meta.url))

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

export interface MigrateOptions {
  readonly dir?: string | undefined
  /** Called before the first migration of a database that has something to lose. */
  readonly takeCopy?: ((from: number) => Promise<void>) | undefined
  /** The last migration that is wanted, by its number; without it, all. */
  readonly upTo?: number | undefined
}

/** Any constant, as long as it is ours: the advisory lock under which one worker at a time migrates. */
const lockKey = 7_214_551_021

/** Reads `0001-name.sql`, `0002-name.sql`, … Numbers must be unbroken from 1. */
export async function readMigrations(dir: string = migrationsDir): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (file, index) => {
      const match = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file)
      if (match?.[1] === undefined || match[2] === undefined || Number(match[1]) !== index + 1) {
        throw new AppError('bug', `The migration ${file} is not number ${index + 1} of an unbroken row`)
      }
      // Git may give Windows other line ends: the sum is of the text as we wrote it
      const sql = (await readFile(join(dir, file), 'utf8')).replaceAll('\r\n', '\n')
      return { number: index + 1, name: match[2], sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the schema to the newest version, each migration in a transaction of its own, and returns its number. Refuses
 * a database that is newer than the program (`store_newer`) or whose applied migrations differ from ours.
 */
export async function migrate(db: Db, options: MigrateOptions = {}): Promise<number> {
  const maintenance = db.as('maintenance')
  const migrations = await readMigrations(options.dir)
  const done = await applied(maintenance)
  check(migrations, done)
  const missing = migrations.slice(done.length, options.upTo)
  if (missing.length > 0 && done.length > 0) await options.takeCopy?.(done.length)
  for (const migration of missing) {
    await maintenance.transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock($1::bigint)', [lockKey])
      const now = await applied(sql) // another worker may have been here while we waited
      check(migrations, now)
      if (now.length >= migration.number) return
      await sql.script(migration.sql)
      await record(sql, migration)
    })
  }
  return migrations.length
}

interface Applied extends Record<string, unknown> {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

async function applied(sql: Sql): Promise<Applied[]> {
  // Not to_regclass(): within a transaction it may answer from a cache older than the lock we waited for
  const { rows: found } = await sql.query(
    `select 1 as one from pg_catalog.pg_tables where schemaname = 'mailtide' and tablename = 'migration'`,
  )
  if (found.length === 0) return []
  const { rows } = await sql.query<Applied>('select number, name, sha256 from mailtide.migration order by number')
  return rows
}

async function record(sql: Sql, { number, name, sha256 }: Migration): Promise<void> {
  await sql.query('create schema if not exists mailtide')
  await sql.query(`create table if not exists mailtide.migration (
    number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`)
  await sql.query('insert into mailtide.migration (number, name, sha256) values ($1, $2, $3)', [number, name, sha256])
}

function check(migrations: readonly Migration[], done: readonly Applied[]): void {
  if (done.length > migrations.length) {
    throw new AppError('store_newer', 'The database was used by a newer Mailtide than this one', {
      remedy: 'Install the newest Mailtide',
    })
  }
  done.forEach(({ number, name, sha256 }, index) => {
    const ours = migrations[index]
    if (ours?.number === number && ours.sha256 === sha256) return
    throw storeError(
      `The database was changed by another migration ${number} (${name}) than this program has`,
      'Install the version of Mailtide that made it, or run `mailtide rebuild`',
    )
  })
}
