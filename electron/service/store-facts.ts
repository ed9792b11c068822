import { join } from 'node:path'
import type { Snapshot } from '../../shared/status.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import type { Clock, Log } from '../ports.ts'
import { folderBytes } from '../store/folder-size.ts'
import { freeBytes } from '../store/free-space.ts'
import type { OpenStore } from '../store/open-store.ts'
import { asideBytes } from '../store/snapshots.ts'
import type { StoreFacts } from './engine.ts'

export interface StoreFactsDeps {
  readonly store: OpenStore
  readonly paths: Pick<DataPaths, 'home' | 'db' | 'logs' | 'snapshots'>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly log: Log
  readonly minFreeBytes: () => number
  readonly maxFolderBytes: () => number
}

/** Measuring the originals may take this share of the time at most: in a mailbox of millions it is not done at each cycle. */
const LARGEST_SHARE = 0.02
/** What took no longer the last time is waited for, so that the figures belong to the cycle they are written down with. */
const SHORT_MS = 1_000
/** Whoever asks waits so long; a larger store is shown as it was last measured. */
const PATIENT_MS = 10_000

/** Figures of the store that cost something to take: taken after each cycle, shown at any time. */
export function createStoreFacts(deps: StoreFactsDeps): StoreFacts & { close(): Promise<void> } {
  const { store, paths, clock } = deps
  const closed = new AbortController()
  let sizes: Pick<Snapshot['store'], 'database_bytes' | 'raw_bytes' | 'free_bytes'> = {
    database_bytes: null,
    raw_bytes: null,
    free_bytes: null,
  }
  let measuring: Promise<void> | null = null
  let tookMs: number | null = null
  let notBefore = 0

  /** A figure for people: its absence must never fail anything. */
  const orNull = async (what: string, figure: () => Promise<number>): Promise<number | null> => {
    try {
      return await figure()
    } catch (error) {
      deps.log.debug(`The size of ${what} could not be read: ${String(error)}`)
      return null
    }
  }
  const measureRaw = (): Promise<void> => {
    measuring ??= (async () => {
      const began = clock.monotonic()
      const bytes = await orNull('the originals', () => store.raw.sizeBytes(closed.signal))
      if (bytes !== null) sizes = { ...sizes, raw_bytes: bytes }
      tookMs = clock.monotonic() - began
      notBefore = clock.monotonic() + tookMs / LARGEST_SHARE
      measuring = null
    })()
    return measuring
  }
  /** What takes longer goes on by itself. */
  const measureRawPatiently = async (): Promise<void> => {
    const enough = new AbortController()
    await Promise.race([measureRaw(), clock.sleep(PATIENT_MS, enough.signal).catch(() => undefined)])
    enough.abort()
  }
  const measureDatabase = async (): Promise<void> => {
    const bytes = await orNull('the database', () => store.db.as('maintenance').sizeBytes())
    sizes = { ...sizes, database_bytes: bytes ?? sizes.database_bytes }
  }
  const refreshSpace = async (): Promise<void> => {
    const bytes = await orNull('the disk', () => freeBytes(paths.home))
    // Only now: what was measured meanwhile must not be put back to what it was.
    sizes = { ...sizes, free_bytes: bytes }
  }
  const read = (): Snapshot['store'] => {
    // A driver knows more of itself than is promised to anybody.
    const { durable, restarts } = store.stats()
    return { kind: store.db.kind, durable, restarts, ...sizes }
  }

  return {
    read,
    refreshSpace,
    refresh: async () => {
      await Promise.all([measureDatabase(), refreshSpace()])
      if (clock.monotonic() < notBefore) return
      const measured = measureRaw()
      if (tookMs !== null && tookMs <= SHORT_MS) await measured
    },
    measure: async () => {
      const isEmbedded = store.db.kind === 'pglite'
      const [logs, snapshots, wal, kept] = await Promise.all([
        orNull('the logs', () => folderBytes(paths.logs)),
        orNull('the snapshots', () => folderBytes(paths.snapshots)),
        isEmbedded ? orNull('the write-ahead log', () => folderBytes(join(paths.db, 'pg_wal'))) : null,
        orNull('databases kept aside', () => asideBytes(paths.db)),
        measureDatabase(),
        refreshSpace(),
        tookMs === null || tookMs <= PATIENT_MS ? measureRawPatiently() : undefined,
      ])
      return {
        ...read(),
        data_folder: paths.home,
        logs_bytes: logs,
        snapshots_bytes: snapshots,
        wal_bytes: wal,
        kept_bytes: kept,
        min_free_bytes: deps.minFreeBytes(),
        max_folder_bytes: deps.maxFolderBytes(),
      }
    },
    close: async () => {
      closed.abort()
      await measuring
    },
  }
}
