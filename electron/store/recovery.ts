import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import type { Clock, Log } from '../ports.ts'
import type { DamagedStore } from './faults.ts'
import { syncParent } from './pglite/durable-fs.ts'
import { createRawFiles } from './raw-files.ts'
import { listSnapshots, putInPlace, setAside } from './snapshots.ts'

/** What the database lacks that the originals have: everything, or what came after a snapshot. */
export type Lack = 'all' | 'newer'

/** What was done about a database that could not be used, for people to be told. */
export interface Recovery {
  /** What was wrong, to follow "The database ". */
  readonly damage: string
  /** What is to be filled from the originals. */
  readonly lacks: Lack
  /** The snapshot in its place; null when there was none. */
  readonly snapshot: SnapshotInfo | null
  /** Where the damaged one is kept; null when there was none. */
  readonly kept: string | null
}

export interface RecoveryDeps {
  readonly paths: { readonly db: string; readonly raw: string; readonly snapshots: string }
  readonly clock: Clock
  readonly log: Log
  /** Told what is done before the database is open, to follow "Mailtide is starting: ". */
  readonly onDoing?: ((doing: string) => void) | undefined
}

/** Which snapshot, for people. */
export const snapshotWords = ({ made_at }: SnapshotInfo): string =>
  `the snapshot of ${made_at.slice(0, 16).replace('T', ' ')} UTC`

/** Stands beside the database while it is filled from the originals: what is there is not the whole. */
const markOf = (db: string): string => `${db}.filling`

/** From now on, over restarts, the database is to be filled from the originals, until `endFilling`. */
export async function beginFilling(db: string, lacks: Lack): Promise<void> {
  await writeFile(markOf(db), lacks, { mode: 0o600, flush: true })
  syncParent(db)
}

/** The database is whole again. */
export async function endFilling(db: string): Promise<void> {
  await rm(markOf(db), { force: true })
  syncParent(db)
}

async function lackOf(db: string): Promise<Lack | null> {
  const text = await readFile(markOf(db), 'utf8').catch(() => null)
  // Half a mark: filling everything is right in any case.
  return text === null ? null : text === 'newer' ? 'newer' : 'all'
}

/**
 * Puts the newest snapshot that was not tried yet in the place of a damaged database, or else has it filled from the originals. The damaged
 * one is kept aside. The caller holds the lock, with nothing open.
 */
export async function recoverDamaged(
  deps: RecoveryDeps,
  { damage }: DamagedStore,
  tried: ReadonlySet<string>,
): Promise<Recovery> {
  deps.log.error(`The database ${damage}. It is kept aside, and recovered`)
  return await replace(deps, damage, tried)
}

/**
 * Looks for a database that is not there although there are snapshots or originals of it (lost by hand, or by a recovery that was cut short),
 * and for one that was not filled to its end. Null when all is well, and when nothing was ever stored here.
 */
export async function recoverLost(deps: RecoveryDeps): Promise<Recovery | null> {
  const { paths, log } = deps
  const lacks = await lackOf(paths.db)
  const isThere = existsSync(paths.db)
  if (lacks !== null && (isThere || lacks === 'all')) {
    log.warning('The database was not filled to its end when the last run ended: it is gone on with')
    return { damage: 'was not filled to its end', lacks, snapshot: null, kept: null }
  }
  if (isThere) return null
  // Whose they are cannot be read, say: there is something all the same.
  const originals = await createRawFiles(paths.raw)
    .accounts()
    .catch(() => null)
  if (originals?.length === 0 && (await listSnapshots(paths.snapshots)).length === 0) return null
  log.error('The database is gone, and what it was made of is not: it is recovered')
  return await replace(deps, 'was gone', new Set())
}

async function replace(
  { paths, clock, log, onDoing }: RecoveryDeps,
  damage: string,
  tried: ReadonlySet<string>,
): Promise<Recovery> {
  const aside = { why: 'damaged', at: clock.now() } as const
  const snapshot = (await listSnapshots(paths.snapshots)).find(({ name }) => !tried.has(name)) ?? null
  // Before the other one is there: it must never pass for the whole.
  await beginFilling(paths.db, snapshot === null ? 'all' : 'newer')
  if (snapshot === null) {
    log.info('There is no snapshot: the database is made anew from the originals')
    return { damage, lacks: 'all', snapshot, kept: await setAside(paths.db, aside) }
  }
  onDoing?.(`restoring the database from ${snapshotWords(snapshot)}`)
  log.info('Restoring the last snapshot', { snapshot: snapshot.name, made_at: snapshot.made_at })
  return { damage, lacks: 'newer', snapshot, kept: await putInPlace(paths, snapshot.name, aside) }
}
