import { constants } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import { SnapshotNote } from '../../shared/snapshots.ts'
import type { Clock, Log } from '../ports.ts'
import { folderBytes } from './folder-size.ts'
import { ensureSpace } from './free-space.ts'
import type { PgliteDb } from './pglite/client.ts'
import { syncFolder } from './pglite/durable-fs.ts'
import type { OpenPgliteOptions } from './pglite/open.ts'
import { openPglite } from './pglite/open.ts'
import { settle, unfinished } from './pglite/template.ts'
import { probe } from './probe.ts'

/** Beside Postgres' own files in the copy, so that folder and note cannot part. */
const noteName = 'mailtide-snapshot.json'
const half = '.unfinished'
/** Copies made before a change of the schema, kept beside the others. */
const MIGRATION_COPIES = 2

export interface SnapshotsDeps {
  /** The folder that holds them, and that of the database. */
  readonly paths: { readonly snapshots: string; readonly db: string }
  readonly clock: Clock
  readonly log: Log
  /** How the database is opened: a copy is looked at in the same way. */
  readonly open: Omit<OpenPgliteOptions, 'dir' | 'clock' | 'log'>
}

export interface TakeOptions {
  readonly reason: SnapshotNote['reason']
  /** The number of the last migration in it. */
  readonly schema: number
  /** How many that were not made before a migration are kept, this one included. */
  readonly keep: number
  /** Left free on the disk beside the copy. */
  readonly reserveBytes: number
}

/**
 * Copies the embedded database while nothing else runs in it, reads every page of the copy, opens it, and only then gives it its name. Throws
 * `disk` when there is no room, before anything is written. The originals are files of their own and are not copied.
 */
export async function takeSnapshot(db: PgliteDb, deps: SnapshotsDeps, options: TakeOptions): Promise<SnapshotInfo> {
  const { paths, clock, log } = deps
  await mkdir(paths.snapshots, { recursive: true, mode: 0o700 })
  await clearHalfMade(paths.snapshots)
  await ensureSpace(paths.snapshots, (await db.sizeBytes()) * 1.1 + options.reserveBytes)
  const madeAt = clock.now()
  const target = join(paths.snapshots, nameOf(options, madeAt))
  const temp = `${target}${half}`
  try {
    await db.copyTo(temp)
    const messages = await inspectCopy(temp, deps)
    const note: SnapshotNote = {
      made_at: madeAt.toISOString(),
      reason: options.reason,
      schema: options.schema,
      messages,
      verified_at: clock.now().toISOString(),
    }
    await writeFile(join(temp, noteName), `${JSON.stringify(note)}\n`, { mode: 0o600 })
    await settle(temp)
    await rename(temp, target)
    syncFolder(paths.snapshots)
  } catch (error) {
    await rm(temp, { recursive: true, force: true })
    throw error
  }
  await prune(paths.snapshots, options.keep, clock.now())
  const info = await describe(paths.snapshots, basename(target))
  if (info === null) throw new AppError('bug', 'A snapshot was made and is not there')
  log.info(`Made a snapshot of the database (${options.reason})`, { snapshot: info.name, messages: info.messages })
  return info
}

/** A time as names hold it; in order of time when sorted as text. */
const stampOf = (at: Date): string => at.toISOString().replace(/[:.]/g, '-')

function nameOf({ reason, schema }: TakeOptions, at: Date): string {
  const stamp = stampOf(at)
  return reason === 'migration' ? `before-migration-${stamp}-schema-${schema}` : `snapshot-${stamp}`
}

/** Every page, and an opening with a query to every table. Gives how many messages are in it. Throws `DamagedStore`. */
async function inspectCopy(dir: string, { open, clock, log }: SnapshotsDeps): Promise<number> {
  const copy = await openPglite({
    ...open,
    dir,
    clock,
    log,
    onFault: undefined,
    isCopy: true,
    checkBytes: Number.MAX_SAFE_INTEGER,
    // It is synced as a whole when it is done.
    fsync: false,
    upkeep: false,
    sharedBuffersMb: 8,
  })
  try {
    await probe(copy)
    const { rows } = await copy.query<{ there: boolean }>(
      `select exists (select 1 from pg_tables where schemaname = 'mailtide' and tablename = 'counter') as there`,
    )
    if (rows[0]?.there !== true) return 0
    const { rows: totals } = await copy.query<{ n: number }>(
      `select coalesce(sum(value), 0)::bigint as n from mailtide.counter where name in ('messages', 'deleted')`,
    )
    return totals[0]?.n ?? 0
  } finally {
    await copy.close()
  }
}

/** The snapshots there are, newest first. */
export async function listSnapshots(folder: string): Promise<SnapshotInfo[]> {
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(names.filter((name) => !name.endsWith(half)).map((name) => describe(folder, name)))
  return found.flatMap((info) => info ?? []).sort((a, b) => Date.parse(b.made_at) - Date.parse(a.made_at))
}

async function describe(folder: string, name: string): Promise<SnapshotInfo | null> {
  const dir = join(folder, name)
  const text = await readFile(join(dir, noteName), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return { name, bytes: await folderBytes(dir), ...SnapshotNote.parse(JSON.parse(text)) }
  } catch {
    // Half a note, or one that a later version wrote: not to be relied on.
    return null
  }
}

async function clearHalfMade(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith(half))) {
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** Clocks are corrected by seconds all the time; only a longer jump says something. */
const SKEW_MS = 60 * 60_000

async function prune(folder: string, keep: number, now: Date): Promise<void> {
  const latest = stampOf(new Date(now.getTime() + SKEW_MS))
  // From the future are those that a clock made which was wrong: they go first, or whatever is made since would go at once.
  const isAhead = (name: string): boolean => name.replace(/^(snapshot|before-migration)-/, '') > latest
  const inTime = (await readdir(folder)).filter((name) => !name.endsWith(half)).sort()
  const names = [...inTime.filter(isAhead), ...inTime.filter((name) => !isAhead(name))]
  const old = [
    ...names.filter((name) => name.startsWith('before-migration-')).slice(0, -MIGRATION_COPIES),
    ...names.filter((name) => name.startsWith('snapshot-')).slice(0, -Math.max(1, keep)),
  ]
  for (const name of old) await rm(join(folder, name), { recursive: true, force: true })
}

/** Which snapshot a person means: by its name, or `latest`. Throws `not_found`. */
export async function findSnapshot(folder: string, name: string): Promise<SnapshotInfo> {
  const all = await listSnapshots(folder)
  const found = name === 'latest' ? all[0] : all.find((info) => info.name === name)
  if (found !== undefined) return found
  throw new AppError('not_found', name === 'latest' ? 'There is no snapshot' : `There is no snapshot ${name}`, {
    remedy:
      all.length === 0
        ? 'Make the database anew from the originals: mailtide rebuild'
        : 'See which there are: mailtide restore',
  })
}

/**
 * Puts a copy of a snapshot in the place of the database, which is kept aside: whole, or with everything as it was. Gives the path of what was
 * kept, null when there was no database. The caller holds the folder's lock, with no database open.
 */
export async function putInPlace(
  paths: SnapshotsDeps['paths'],
  name: string,
  aside: { readonly why: 'damaged' | 'before-restore'; readonly at: Date },
): Promise<string | null> {
  const source = join(paths.snapshots, name)
  await ensureSpace(paths.db, (await folderBytes(source)) * 1.1)
  const temp = `${paths.db}${unfinished}${process.pid}-${aside.at.getTime()}`
  try {
    await cp(source, temp, { recursive: true, mode: constants.COPYFILE_FICLONE })
    await rm(join(temp, noteName), { force: true })
    await settle(temp)
    const kept = await setAside(paths.db, aside)
    await rename(temp, paths.db)
    syncFolder(dirname(paths.db))
    return kept
  } catch (error) {
    await rm(temp, { recursive: true, force: true })
    throw error
  }
}

/** Gives the database's folder another name beside its place; null when there is none. It is never deleted. */
export async function setAside(
  db: string,
  { why, at }: { readonly why: string; readonly at: Date },
): Promise<string | null> {
  if ((await stat(db).catch(() => null)) === null) return null
  const kept = `${db}.${why}-${at.toISOString().replaceAll(/[-:.]/g, '')}`
  await rename(db, kept)
  syncFolder(dirname(db))
  return kept
}

/** Bytes of the databases that were set aside. */
export async function asideBytes(db: string): Promise<number> {
  const names = await readdir(dirname(db)).catch(() => [])
  const aside = names.filter((name) => new RegExp(`^${basename(db)}\\.(damaged|before-[a-z]+)-`).test(name))
  let sum = 0
  for (const name of aside) sum += await folderBytes(join(dirname(db), name))
  return sum
}
