import { randomBytes } from 'node:crypto'
import { closeSync, fsync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import { isNoRoom } from '../../shared/no-room.ts'
import { diskFull, keepsTrying, type Remedy, storeError } from './faults.ts'
import { inParallel } from './in-parallel.ts'

const fsyncFile = promisify(fsync)
const unfinished = '.unfinished'
const staleMs = 60 * 60_000

export interface FileWriter {
  /** Writes into a temp file. `flush` syncs it and gives it its name, so that a name never shows less than the whole file. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Gives a file another name in its folder; false when there is none. Durable after `flush`. */
  rename(path: string, to: string): Promise<boolean>
  /** Removes a file, when there is one. Durable after `flush`. */
  unlink(path: string): Promise<void>
  /** Removes a folder with all in it. */
  removeFolder(path: string): Promise<void>
  /**
   * Makes everything written or removed so far durable, each folder synced once. Rejects when any of it was lost; that is then forgotten,
   * and must be written again.
   */
  flush(): Promise<void>
}

/** A whole file that does not have its name yet. */
interface Unnamed {
  readonly file: number
  readonly temp: string
  readonly path: string
}

/** Files held open until they are synced: more are synced without waiting for `flush`. */
const MOST_UNNAMED = 64
/**
 * Syncs under way at once. Few would leave the disk idle, since the thread reads a mail before it hands on the next; many would let a
 * person's click wait for a slow disk, since the thread pool is the whole process's.
 */
const SYNCS_AT_ONCE = 16

/** Writes files below `folder`, with folders and files readable by their owner only. `mayMake` throws where no folder may be made. */
export function createFileWriter(folder: string, mayMake: () => void = () => undefined): FileWriter {
  const tempDir = join(folder, unfinished)
  /** Of this writer alone: other threads and processes write into the same folder. */
  const tempPrefix = randomBytes(12).toString('hex')
  let temps = 0
  const made = new Set<string>()
  const unsynced = new Set<string>()
  let swept: Promise<void> | null = null
  let unnamed: Unnamed[] = []
  let running: Promise<void> = Promise.resolve()
  /** The sync that has not begun: it takes all that is written until then. */
  let waiting: Promise<void> | null = null
  /** Syncs that failed, and how many of them a flush has told of. */
  let failed = 0
  let told = 0
  let lastFailure: unknown

  const makeDir = async (dir: string) => {
    if (made.has(dir)) return
    mayMake()
    const first = await mkdir(dir, { recursive: true, mode: 0o700 })
    // A new folder's own name must be durable too, up to the one that was there before
    for (let at = dir; first !== undefined && at.length >= first.length; at = dirname(at)) unsynced.add(dirname(at))
    made.add(dir)
  }

  // For these short calls a trip to the thread pool costs more than the call.
  const writeTemp = (bytes: Uint8Array): Omit<Unnamed, 'path'> => {
    const temp = join(tempDir, `${tempPrefix}-${temps++}`)
    const file = openSync(temp, 'wx', 0o600)
    try {
      writeFileSync(file, bytes)
      return { file, temp }
    } catch (error) {
      closeSync(file)
      rmSync(temp, { force: true })
      throw error
    }
  }

  const place = async (path: string, bytes: Uint8Array) => {
    await makeDir(tempDir)
    unnamed.push({ ...writeTemp(bytes), path })
  }

  /**
   * Many files are written before any is synced: the first sync then takes the others' share of the file system's journal with it, and
   * creating files rarely waits for a sync under way.
   */
  const name = async (one: Unnamed): Promise<void> => {
    try {
      await fsyncFile(one.file).finally(() => closeSync(one.file))
      await rename(one)
    } catch (error) {
      await unlink(one.temp).catch(() => undefined)
      throw error
    }
  }

  const rename = async ({ temp, path }: Unnamed): Promise<void> => {
    await makeDir(dirname(path))
    try {
      renameSync(temp, path)
    } catch (error) {
      if (!isMissing(error)) throw error
      made.clear() // a folder was removed since we made it
      await makeDir(dirname(path))
      renameSync(temp, path)
    }
    unsynced.add(dirname(path))
  }

  const nameAll = async (): Promise<void> => {
    const batch = unnamed
    unnamed = []
    // All are tried: one that cannot be written must not leave the others open.
    const failures: unknown[] = []
    await inParallel(
      batch,
      (one) => name(one).catch((error: unknown) => void failures.push(fileError(error, one.path))),
      SYNCS_AT_ONCE,
    )
    if (failures.length > 0) throw failures[0]
  }

  const syncAll = async (): Promise<void> => {
    await nameAll()
    const dirs = [...unsynced]
    unsynced.clear()
    try {
      await inParallel(dirs, syncDir, SYNCS_AT_ONCE)
    } catch (error) {
      for (const dir of dirs) unsynced.add(dir)
      throw fileError(error, folder)
    }
  }

  /** One after the other: a flush must not return while an earlier one still has names of its writes in hand. */
  const sync = (): Promise<void> => {
    waiting ??= running
      .then(() => {
        waiting = null
        return syncAll()
      })
      .catch((error: unknown) => {
        failed++
        lastFailure = error
      })
    running = waiting
    return waiting
  }

  /** What was written has its name, or would take it after it was removed. */
  const named = (): Promise<void> => (unnamed.length > 0 ? sync() : running)

  return {
    async write(path, bytes) {
      swept ??= sweep(tempDir)
      await swept
      try {
        await place(path, bytes).catch(async (error: unknown) => {
          if (!isMissing(error)) throw error
          made.clear() // a folder was removed since we made it
          await place(path, bytes)
        })
      } catch (error) {
        throw fileError(error, path)
      }
      if (unnamed.length < MOST_UNNAMED) return
      const before = failed
      const synced = sync()
      if (unnamed.length < 2 * MOST_UNNAMED) return
      await synced
      // This file may be among those that were lost: nobody may count it as written after the flush that tells of them.
      if (failed !== before) throw lastFailure
    },
    async rename(path, to) {
      await named()
      try {
        renameSync(path, to)
      } catch (error) {
        if (isMissing(error)) return false
        throw fileError(error, path)
      }
      unsynced.add(dirname(path))
      return true
    },
    async unlink(path) {
      await named()
      try {
        await unlink(path)
        unsynced.add(dirname(path))
      } catch (error) {
        if (!isMissing(error)) throw fileError(error, path)
      }
    },
    async removeFolder(path) {
      await named()
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw fileError(error, path)
      })
      made.clear()
      unsynced.add(dirname(path))
    },
    async flush() {
      const before = told
      await sync()
      // Also of a sync that was asked for earlier: it may have had what was written before this call.
      if (failed === before) return
      told = failed
      throw lastFailure
    },
  }
}

/** Removes what a process that died left half written. Young files may be another thread's. */
async function sweep(tempDir: string): Promise<void> {
  const names = await readdir(tempDir).catch(() => [])
  await inParallel(names, async (name) => {
    const path = join(tempDir, name)
    const info = await stat(path).catch(() => null)
    if (info !== null && Date.now() - info.mtimeMs > staleMs) await unlink(path).catch(() => undefined)
  })
}

async function syncDir(dir: string): Promise<void> {
  try {
    const handle = openSync(dir, 'r')
    await fsyncFile(handle).finally(() => closeSync(handle))
  } catch (error) {
    // Windows and some network drives cannot sync folders; a folder that is gone needs none
    if (isNoRoom(error) || (error as NodeJS.ErrnoException).code === 'EIO') throw error
  }
}

export const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Whether there is such a file. Throws when that cannot be seen: what is not seen is not missing. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw fileError(error, path)
  }
}

/** A file system error in words, naming the file. */
export function fileError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error
  if (isNoRoom(error)) return diskFull('an original could not be written', error)
  const { code } = error as NodeJS.ErrnoException
  return storeError(`The file ${path} cannot be used (${code ?? 'unknown reason'})`, remedyOf(code), error)
}

function remedyOf(code: string | undefined): Remedy {
  switch (code) {
    case 'EMFILE':
    case 'ENFILE':
      return 'Raise the limit of open files of your user or of the system'
    case 'EIO':
      return 'The disk reports that it cannot read or write: check its health, and keep a copy of the data folder elsewhere'
    case 'EBUSY':
      return keepsTrying('Another program is using the file; Mailtide keeps trying')
    case 'ESTALE':
    case 'ENODEV':
    case 'ENXIO':
    case 'ETIMEDOUT':
      return keepsTrying('Check that the drive is connected; Mailtide keeps trying')
    case 'EEXIST':
    case 'EISDIR':
    case 'ENOTDIR':
    case 'ELOOP':
      return 'Move away what lies in its place. Repair it: mailtide verify --repair'
    default:
      return 'Give your user access to the data folder'
  }
}
