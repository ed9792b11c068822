import { existsSync } from 'node:fs'
import { readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock, Log } from '../../ports.ts'
import type { RequestClass } from '../db.ts'
import { storeError } from '../faults.ts'
import { freeBytes } from '../free-space.ts'
import type { WasmModule } from './assets.ts'
import type { PgliteDb } from './client.ts'
import { createClient, watchdogMs } from './client.ts'
import { connect } from './connection.ts'
import type { FolderMeta } from './gate.ts'
import { checkFolder, metaPath, pgMajor } from './gate.ts'
import type { WorkerSettings } from './protocol.ts'
import { siblingModule } from './sibling.ts'
import type { Fault } from './supervisor.ts'
import { createSupervisor } from './supervisor.ts'
import { createFolder, removeUnfinished } from './template.ts'
import { createUpkeep } from './upkeep.ts'

export interface OpenPgliteOptions {
  /** The data folder itself; its meta file and temporary copies lie beside it. */
  readonly dir: string
  readonly clock: Clock
  readonly log: Log
  /** Throws when this process does not hold the folder's lock. Asked before every opening. */
  assertOwned(): void
  /** Told of each death of the worker; after a `final` one every call fails. */
  readonly onFault?: ((fault: Fault) => void) | undefined
  /** An empty database shipped with the product. */
  readonly templateDir?: string | undefined
  /** PGlite's files, when the product is bundled. */
  readonly assetsDir?: string | undefined
  readonly workerUrl?: URL | undefined
  /** How much of its pages is compared with their checksums first; see `WorkerSettings`. */
  readonly checkBytes?: number | undefined
  readonly isCopy?: boolean | undefined
  /** False for a copy that is looked at, and in tests. */
  readonly fsync?: boolean | undefined
  /** False switches checkpoint, analyze and vacuum off, in tests. */
  readonly upkeep?: boolean | undefined
  readonly watchdogMs?: Partial<Record<RequestClass, number>> | undefined
  readonly heapLimitBytes?: number | undefined
  readonly sharedBuffersMb?: number | undefined
  readonly closeLimitMs?: number | undefined
}

const openLimitMs = 5 * 60_000 // replaying a long log takes its time
/** Some tenths of a second at each start. */
const checkBytes = 64 * 1024 ** 2
const heapLimitBytes = 1.2 * 1024 ** 3
const reopenSpaceBytes = 64 * 1024 ** 2
const openFolders = new Set<string>()
/** Compiled once in a process: a worker that replaces another opens faster, and with optimized code. */
let compiled: WasmModule | null = null

/** Opens the embedded database in its worker thread, creating its folder when there is none. */
export async function openPglite(options: OpenPgliteOptions): Promise<PgliteDb> {
  const dir = resolve(options.dir)
  options.assertOwned()
  if (openFolders.has(dir)) {
    throw storeError(
      `The database in ${dir} is already open in this process`,
      'Close it first: two owners would destroy it',
    )
  }
  openFolders.add(dir)
  try {
    return await openOwned(dir, options)
  } catch (error) {
    openFolders.delete(dir)
    throw error
  }
}

async function openOwned(dir: string, options: OpenPgliteOptions): Promise<PgliteDb> {
  const { clock, log } = options
  await removeUnfinished(dir)
  if (checkFolder(dir) === 'create') await createFolder(dir, options)
  const settings: Omit<WorkerSettings, 'module' | 'checkBytes'> = {
    dataDir: dir,
    fsync: options.fsync ?? true,
    assetsDir: options.assetsDir ?? null,
    sharedBuffersMb: options.sharedBuffersMb ?? 32,
    isCopy: options.isCopy ?? false,
  }
  let isFirst = true
  const worker = options.workerUrl ?? siblingModule('worker', import.meta.url)
  const supervisor = createSupervisor({
    clock,
    open: async () => {
      options.assertOwned()
      if (checkFolder(dir) === 'create') {
        throw storeError(
          `The database folder ${dir} has disappeared`,
          'Put it back, or start Mailtide again to make a new one',
        )
      }
      const check = isFirst ? (options.checkBytes ?? checkBytes) : 0
      const opened = await connect(worker, { ...settings, checkBytes: check, module: compiled }, openLimitMs)
      isFirst = false
      compiled = opened.ready.module
      return opened
    },
    hasSpace: async () => (await freeBytes(dir)) > reopenSpaceBytes,
    onFault: (fault) => {
      log.error(fault.error.message, { final: fault.final, code: fault.error.code })
      options.onFault?.(fault)
    },
  })
  const connection = await supervisor.start()
  if (!connection.ready.durable && settings.fsync) {
    log.warning('Commits do not reach the disk: a power cut can lose the last changes until the next sync')
  }
  const upkeep = createUpkeep({ clock, log, walBytesAtOpen: connection.ready.walBytes })
  const db = createClient({
    supervisor,
    clock,
    watchdogMs: { ...watchdogMs, ...options.watchdogMs },
    heapLimitBytes: options.heapLimitBytes ?? heapLimitBytes,
    closeLimitMs: options.closeLimitMs ?? 4_000,
    sizeBytes: () => folderBytes(dir),
    afterWrite: upkeep.afterWrite,
    beforeClose: upkeep.stop,
    afterClose: () => openFolders.delete(dir),
  })
  if (options.upkeep ?? true) upkeep.start(db)
  return db
}

/** Notes beside the folder what it holds, for later versions. */
export async function writeMeta(dir: string, schema: number): Promise<void> {
  const meta: FolderMeta = { pglite: pgliteVersion, pg_major: pgMajor, schema }
  const temp = `${metaPath(dir)}.tmp`
  await writeFile(temp, `${JSON.stringify(meta)}\n`, { mode: 0o600, flush: true })
  await rename(temp, metaPath(dir))
}

/** The pinned version of PGlite: changed together with package.json. */
export const pgliteVersion = '0.5.16'

async function folderBytes(dir: string): Promise<number> {
  if (!existsSync(dir)) return 0
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
