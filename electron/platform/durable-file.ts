import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
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

export interface DurableOptions {
  /** Who may use the file, before the umask; the owner alone when absent. */
  readonly mode?: number
  /** The file that is replaced: who owns it and may use it stays as it is, as far as this user may say so. */
  readonly like?: Pick<Stats, 'mode' | 'uid' | 'gid'>
}

/** Of the file's name in that of the temporary one: a name may be as long as the file system allows. */
const NAME_PART = 60

/**
 * Writes a whole file so that after a crash or power cut either the old or the new content is there, never a mixture:
 * temporary file, fsync, rename, fsync of the folder. Throws what the system says.
 */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  { mode = PRIVATE_FILE, like }: DurableOptions = {},
): Promise<void> {
  const name = basename(path).slice(0, NAME_PART)
  const temporary = join(dirname(path), `.${name}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', like === undefined ? mode : PRIVATE_FILE)
    try {
      if (like !== undefined) await makeLike(file, like)
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

async function makeLike(file: FileHandle, { mode, uid, gid }: NonNullable<DurableOptions['like']>): Promise<void> {
  const mine = await file.stat()
  if (mine.uid !== uid || mine.gid !== gid) {
    // Only the administrator gives files to others; the group is kept where this user belongs to it.
    await file.chown(uid, gid).catch(() => file.chown(mine.uid, gid).catch(() => undefined))
  }
  await file.chmod(mode & 0o777)
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
