import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Only the owner may read and write. */
export const PRIVATE_FILE = 0o600
/** Only the owner may enter. */
export const PRIVATE_FOLDER = 0o700

/**
 * Temporary files of `writeDurably`, `.name.<random>.tmp`, and of the library that writes the settings, `name.tmp-<time><random>`. What a crash
 * left behind may be deleted by the folder's owner.
 */
export const isLeftover = (name: string): boolean =>
  /^\..+\.[0-9a-f]{12}\.tmp$/.test(name) || /^[^.].*\.tmp-\d{10}[0-9a-f]{6}$/.test(name)

/** Deletes what a crash in the middle of `writeDurably` left in folders of ours; a folder that is not there has none. */
export async function clearLeftovers(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    // Tidiness alone: what cannot be listed or deleted harms nobody, and is tried again at the next start.
    const names = await readdir(folder).catch((): string[] => [])
    for (const name of names.filter(isLeftover)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}

/**
 * Writes a whole file so that after a crash or power cut either the old or the new content is there, never a mixture:
 * temporary file, fsync, rename, fsync of the folder. Only the owner may read it.
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', PRIVATE_FILE)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await renameWithPatience(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes a rename or unlink in this folder survive a power cut. Windows cannot open folders and needs no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some network file systems refuse fsync on folders; the rename itself has happened.
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes(errnoOf(error) ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/** The system's error code, such as `ENOENT`, when the error is one of the system's. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** On Windows a virus scanner or indexer can hold the target for a moment; elsewhere the first try decides. */
async function renameWithPatience(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(error) ?? '')
      if (process.platform !== 'win32' || !busy || attempt === 10) throw error
      await delay(20 * attempt)
    }
  }
}
