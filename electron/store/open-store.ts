import { AppError, asAppError } from '../../shared/errors.ts'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import type { Clock, Log } from '../ports.ts'
import type { Db } from './db.ts'
import { DamagedStore } from './faults.ts'
import { migrate } from './migrate.ts'
import { createOriginals, createOriginalsInDatabase, type Originals } from './originals.ts'
import { openPglite, writeMeta } from './pglite/open.ts'
import type { Fault } from './pglite/supervisor.ts'
import { openPostgres } from './postgres.ts'
import { probe } from './probe.ts'
import type { RawStore } from './raw.ts'
import { createRawFiles } from './raw-files.ts'
import { createRawPostgres } from './raw-postgres.ts'
import type { Recovery } from './recovery.ts'
import { recoverDamaged, recoverLost } from './recovery.ts'
import type { TakeOptions } from './snapshots.ts'
import { listSnapshots, takeSnapshot } from './snapshots.ts'

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
  /** Told what is done while it is being opened, to follow "Mailtide is starting: ". */
  readonly onDoing?: ((doing: string) => void) | undefined
  /** False for whoever makes the database anew: then one that is missing is made empty, and one that is damaged is refused. */
  readonly recovers?: boolean | undefined
}

export interface OpenStore {
  readonly db: Db
  readonly raw: RawStore
  readonly originals: Originals
  /** `durable`: commits reach the disk. `restarts`: how often the embedded worker was opened again. */
  stats(): { readonly durable: boolean; readonly restarts: number }
  /** What was done about a damaged or missing database when it was opened; null when it was well. */
  readonly recovery: Recovery | null
  /** Copies of the embedded database; null with a server, whose backups are its own. */
  readonly snapshots: Snapshots | null
  close(): Promise<void>
}

export interface Snapshots {
  /** Newest first. */
  list(): Promise<SnapshotInfo[]>
  /** Copies the database, while everything else in it waits, and verifies the copy. Throws `disk` when there is no room for it. */
  take(options: Omit<TakeOptions, 'schema'>): Promise<SnapshotInfo>
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
    const place =
      rawStore === 'files'
        ? await placeInFiles(paths.raw, db, log)
        : { raw: createRawPostgres(db), originals: createOriginalsInDatabase(db) }
    return { db, ...place, stats: () => ({ durable, restarts: 0 }), recovery: null, snapshots: null, close: db.close }
  } catch (error) {
    await db.close()
    throw error
  }
}

async function openEmbedded(options: OpenStoreOptions): Promise<OpenStore> {
  options.assertOwned()
  if (options.recovers === false) return await openChecked(options)
  let recovery = await recoverLost(options)
  const tried = new Set<string>()
  for (;;) {
    try {
      return { ...(await openChecked(options)), recovery }
    } catch (error) {
      if (!(error instanceof DamagedStore)) throw error
      // A snapshot can be damaged too, by the same disk: each is tried, and an empty database in the end.
      const before = recovery
      if (before !== null && before.snapshot !== null) tried.add(before.snapshot.name)
      recovery = await recoverDamaged(options, error, tried)
      if (before?.lacks === 'all' && before.kept !== null) throw error
    }
  }
}

async function openChecked(options: OpenStoreOptions): Promise<OpenStore> {
  const { paths, clock, log } = options
  const db = await openPglite({ ...options, dir: paths.db })
  const snapshotDeps = { paths, clock, log, open: options }
  try {
    await probe(db)
    const schema = await migrate(db, {
      dir: options.migrationsDir,
      takeCopy: async (from) => {
        await takeSnapshot(db, snapshotDeps, { reason: 'migration', schema: from, keep: KEEP_ALL, reserveBytes: 0 })
      },
    })
    await writeMeta(paths.db, schema)
    return {
      db,
      ...(await placeInFiles(paths.raw, db, log)),
      stats: db.stats,
      recovery: null,
      snapshots: {
        list: () => listSnapshots(paths.snapshots),
        take: (how) => takeSnapshot(db, snapshotDeps, { ...how, schema }),
      },
      close: db.close,
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Where they are another folder's, everything else can be done all the same. */
async function placeInFiles(folder: string, db: Db, log: Log): Promise<Pick<OpenStore, 'raw' | 'originals'>> {
  const raw = createRawFiles(folder, { marked: true })
  const originals = createOriginals(folder, db, createRawFiles(folder))
  const { rows } = await db.query('select 1 as one from mailtide.message limit 1')
  // Nobody has put anything there yet: that is for whoever does.
  if (rows.length === 0) return { raw, originals }
  await originals.ensure().catch((error: unknown) => log.warning(asAppError(error).message))
  return { raw, originals }
}

/** A copy before a migration pushes out no other. */
const KEEP_ALL = Number.MAX_SAFE_INTEGER
