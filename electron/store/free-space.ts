import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { wireName } from '../../shared/settings.ts'

/** Bytes that this user may still write on the disk of `path`, which need not exist yet. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    const parent = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error
    return await freeBytes(parent)
  }
}

/** Throws `AppError('disk')` when less than `minFreeBytes` are left: before a batch, never half way through it. */
export async function ensureSpace(path: string, minFreeBytes: number): Promise<void> {
  const free = await freeBytes(path)
  if (free >= minFreeBytes) return
  throw new AppError(
    'disk',
    `The disk of ${path} has ${megabytes(free)} left and Mailtide keeps ${megabytes(minFreeBytes)} free`,
    {
      remedy: 'Free some space, or lower the setting minFreeBytes; syncing then resumes automatically',
      action: { kind: 'change_setting', setting: wireName('minFreeBytes') },
    },
  )
}

const megabytes = (bytes: number) => `${Math.floor(bytes / 1_000_000)} MB`
