import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Log } from '../ports.ts'
import type { Db } from './db.ts'
import { ensureSpace } from './free-space.ts'
import { migrate } from './migrate.ts'
import type { PgliteDb } from './pglite/client.ts'
import { openPglite, writeMeta } from './pglite/open.ts'
import type { Fault } from './pglite/supervisor.ts'
import { openPostgres } from './postgres.ts'
import type { RawStore } from './raw.ts'
import { createRawFiles } from './raw-files.ts'
import { createRawPostgres } from './raw-postgres.ts'

export interface OpenStoreOptions {
  readonly paths: { readonly db: string; readonly raw: string; readonly snapshots: string }
  /** Unset or empty: the embedded database in `paths.db`. */
  readonly databaseUrl?: string | undefined
  readonly rawStore: 'files' | 'postgres'
  readonly clock: Clock
  readonly log: Log
  /** Throws when this process does not hold the data folder's lock. */
  assertOwned(): void
  /** The database failed: for a while, or (`final`) until the next start. */
  readonly onFault?: ((fault: Fault) => void) | undefined
  /** The claims on these keys are lost, since the connection that held them broke (PostgreSQL only). */
  readonly onClaimsLost?: ((keys: readonly string[]) => void) | undefined
  /** What a bundled product ships: an empty database, PGlite's files, the worker, the migrations. */
  readonly templateDir?: string | undefined
  readonly assetsDir?: string | undefined
  readonly workerUrl?: URL | undefined
  readonly migrationsDir?: string | undefined
}

export interface OpenStore {
  readonly db: Db
  readonly raw: RawStore
  /** `durable`: commits reach the disk. `restarts`: how often the embedded worker was opened again. */
  stats(): { readonly durable: boolean; readonly restarts: number }
  close(): Promise<void>
}

/** Opens the database that the settings name, migrated to this program's schema, and the place of the originals. */
export async function openStore(options: OpenStoreOptions): Promise<OpenStore> {
  const { databaseUrl } = options
  if (databaseUrl !== undefined && databaseUrl !== '') return await openOnServer(databaseUrl, options)
  if (options.rawStore === 'postgres') {
    throw new AppError('bad_settings', 'rawStore is postgres, but DATABASE_URL is not set', {
      remedy: 'Set DATABASE_URL to a PostgreSQL 15 or newer, or set rawStore to files',
    })
  }
  return await openEmbedded(options)
}

async function openOnServer(url: string, options: OpenStoreOptions): Promise<OpenStore> {
  const { log, onClaimsLost, paths, rawStore } = options
  const db = await openPostgres({ url, log, onClaimsLost })
  try {
    await migrate(db, { dir: options.migrationsDir })
    const { rows } = await db.query<{ fsync: boolean }>(`select current_setting('fsync') = 'on' as fsync`)
    const durable = rows[0]?.fsync === true
    if (!durable) log.warning('The database server runs with fsync off: a power cut can destroy the database')
    const raw = rawStore === 'files' ? createRawFiles(paths.raw) : createRawPostgres(db)
    return { db, raw, stats: () => ({ durable, restarts: 0 }), close: db.close }
  } catch (error) {
    await db.close()
    throw error
  }
}

async function openEmbedded(options: OpenStoreOptions): Promise<OpenStore> {
  const { paths } = options
  const db = await openPglite({ ...options, dir: paths.db })
  try {
    const schema = await migrate(db, {
      dir: options.migrationsDir,
      takeCopy: (from) => copyBeforeMigration(db, options, from),
    })
    await writeMeta(paths.db, schema)
    return { db, raw: createRawFiles(paths.raw), stats: db.stats, close: db.close }
  } catch (error) {
    await db.close()
    throw error
  }
}

const copyPrefix = 'before-migration-'
const copiesKept = 2

async function copyBeforeMigration(db: PgliteDb, options: OpenStoreOptions, from: number): Promise<void> {
  const { paths, clock, log } = options
  await ensureSpace(paths.snapshots, (await db.sizeBytes()) * 2)
  const stamp = clock.now().toISOString().replace(/[:.]/g, '-')
  const target = join(paths.snapshots, `${copyPrefix}${stamp}-schema-${from}`)
  const temp = `${target}.unfinished`
  await db.copyTo(temp)
  await rename(temp, target)
  log.info('Copied the database before changing its schema', { copy: target })
  const copies = (await readdir(paths.snapshots)).filter((name) => name.startsWith(copyPrefix)).sort()
  const old = copies.filter((name) => name.endsWith('.unfinished'))
  const whole = copies.filter((name) => !name.endsWith('.unfinished'))
  for (const name of [...old, ...whole.slice(0, -copiesKept)]) {
    await rm(join(paths.snapshots, name), { recursive: true, force: true })
  }
}
