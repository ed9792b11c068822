import { randomBytes } from 'node:crypto'
import { closeSync, fsync, openSync, renameSync, writeFileSync } from 'node:fs'
import { mkdir, open, readdir, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../shared/errors.ts'
import { storeError } from './faults.ts'
import { inParallel } from './in-parallel.ts'

const fsyncFile = promisify(fsync)
const unfinished = '.unfinished'
const staleMs = 60 * 60_000

export interface FileWriter {
  /** Temp file, fsync, rename: a name never shows less than the whole file. The name itself is durable after `flush`. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** Removes a file, when there is one. Durable after `flush`. */
  unlink(path: string): Promise<void>
  /** Removes a folder with all in it. */
  removeFolder(path: string): Promise<void>
  /** Makes every name written or removed so far durable, each folder synced once. */
  flush(): Promise<void>
}

/** Writes files below `folder`, with folders and files readable by their owner only. */
export function createFileWriter(folder: string): FileWriter {
  const tempDir = join(folder, unfinished)
  const made = new Set<string>()
  const unsynced = new Set<string>()
  let swept: Promise<void> | null = null
  let flushing: Promise<void> = Promise.resolve()

  const makeDir = async (dir: string) => {
    if (made.has(dir)) return
    const first = await mkdir(dir, { recursive: true, mode: 0o700 })
    // A new folder's own name must be durable too, up to the one that was there before
    for (let at = dir; first !== undefined && at.length >= first.length; at = dirname(at)) unsynced.add(dirname(at))
    made.add(dir)
  }

  // Only the fsync is worth a trip to the thread pool: for the short calls around it the trip costs more than the call.
  const writeTemp = async (bytes: Uint8Array): Promise<string> => {
    const temp = join(tempDir, randomBytes(12).toString('hex'))
    const file = openSync(temp, 'wx', 0o600)
    try {
      writeFileSync(file, bytes)
      await fsyncFile(file)
    } catch (error) {
      await unlink(temp).catch(() => undefined)
      throw error
    } finally {
      closeSync(file)
    }
    return temp
  }

  const place = async (path: string, bytes: Uint8Array) => {
    await Promise.all([makeDir(tempDir), makeDir(dirname(path))])
    const temp = await writeTemp(bytes)
    try {
      renameSync(temp, path)
    } catch (error) {
      await unlink(temp).catch(() => undefined)
      throw error
    }
    unsynced.add(dirname(path))
  }

  const syncAll = async (): Promise<void> => {
    const dirs = [...unsynced]
    unsynced.clear()
    try {
      await inParallel(dirs, syncDir)
    } catch (error) {
      for (const dir of dirs) unsynced.add(dir)
      throw fileError(error, folder)
    }
  }

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
    },
    async unlink(path) {
      try {
        await unlink(path)
        unsynced.add(dirname(path))
      } catch (error) {
        if (!isMissing(error)) throw fileError(error, path)
      }
    },
    async removeFolder(path) {
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw fileError(error, path)
      })
      made.clear()
      unsynced.add(dirname(path))
    },
    // One after the other: a flush must not return while an earlier one still has names of its writes in hand.
    flush() {
      const flushed = flushing.then(syncAll, syncAll)
      flushing = flushed
      flushed.catch(() => undefined)
      return flushed
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
    const handle = await open(dir, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    // Windows and some network drives cannot sync folders; a folder that is gone needs none
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EIO' || code === 'ENOSPC') throw error
  }
}

export const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** A file system error in words, naming the file. */
export function fileError(error: unknown, path: string): AppError {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk', 'The disk is full: an original could not be written', {
      remedy: 'Free some space; Mailtide resumes by itself',
      cause: error,
    })
  }
  return storeError(
    `The file ${path} cannot be used (${code ?? 'unknown reason'})`,
    'Give your user access to the data folder',
    error,
  )
}
