import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

interface Known {
  readonly changedAt: number
  readonly folders: readonly string[]
  /** Of the files that lie in the folder itself. */
  readonly bytes: number
}

/** A folder that changed so shortly ago may change again within the same tick of the file system's clock. */
const SETTLED_MS = 2_000

/**
 * Measures a folder of files that are only ever written under a new name, renamed or removed: each such change shows in the modification
 * time of the folder they lie in, so that only folders that changed since the last time are read again. Bytes; a missing folder has none.
 */
export function createFolderSize(folder: string): (signal?: AbortSignal) => Promise<number> {
  let known = new Map<string, Known>()
  return async (signal) => {
    const seen = new Map<string, Known>()
    const measure = async (path: string): Promise<number> => {
      signal?.throwIfAborted()
      const info = await stat(path).catch(() => null)
      if (info === null) return 0
      const before = known.get(path)
      const found =
        before !== undefined && before.changedAt === info.mtimeMs ? before : await read(path, info.mtimeMs, signal)
      if (Date.now() - info.mtimeMs > SETTLED_MS) seen.set(path, found)
      let sum = found.bytes
      for (const name of found.folders) sum += await measure(join(path, name))
      return sum
    }
    const bytes = await measure(folder)
    known = seen
    return bytes
  }
}

/** Bytes of everything below a folder, whatever changed how; a missing folder has none. */
export async function folderBytes(folder: string): Promise<number> {
  const found = await read(folder, 0)
  let sum = found.bytes
  for (const name of found.folders) sum += await folderBytes(join(folder, name))
  return sum
}

/** One file after the other: it may take its time, and must not fill the thread pool that others write files through. */
async function read(path: string, changedAt: number, signal?: AbortSignal): Promise<Known> {
  // What went away meanwhile weighs nothing.
  const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => [])
  let bytes = 0
  for (const entry of entries) {
    signal?.throwIfAborted()
    if (entry.isFile()) bytes += (await stat(join(path, entry.name)).catch(() => null))?.size ?? 0
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return { changedAt, folders, bytes }
}
