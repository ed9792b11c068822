import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { AppError } from '../../../shared/errors.ts'
import { DamagedStore, storeError } from '../faults.ts'
import { readControl } from './control-file.ts'

/** The PostgreSQL inside the pinned PGlite: folders of another major version cannot be read by it. */
export const pgMajor = 18

/**
 * Decides whether a folder may be opened, and is the only place that does: PGlite itself would run initdb over a
 * damaged database or among a person's own files. `create` = absent or empty; `open` = a whole database of our version. Throws `DamagedStore`
 * for what was a database.
 */
export function checkFolder(dir: string): 'create' | 'open' {
  const info = statSync(dir, { throwIfNoEntry: false })
  if (info === undefined) return 'create'
  if (!info.isDirectory()) throw refuse(dir, 'is a file, not a folder')
  const names = readNames(dir)
  if (names.length === 0) return 'create'
  if (!names.includes('PG_VERSION')) {
    throw names.includes('global')
      ? new DamagedStore(`in ${dir} has lost its version mark (PG_VERSION)`)
      : refuse(dir, 'holds other files')
  }
  const version = readFileSync(`${dir}/PG_VERSION`, 'utf8').trim()
  if (version !== String(pgMajor)) throw wrongVersion(dir, version)
  const control = statSync(`${dir}/global/pg_control`, { throwIfNoEntry: false })
  if (control === undefined || control.size === 0) throw new DamagedStore(`in ${dir} has lost its pg_control`)
  if (readControlFile(dir) === null) throw new DamagedStore(`in ${dir} has a damaged pg_control`)
  return 'open'
}

function readControlFile(dir: string): ReturnType<typeof readControl> {
  try {
    return readControl(dir)
  } catch (error) {
    throw storeError(`The database folder ${dir} cannot be read`, 'Give your user access to it', error)
  }
}

function readNames(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    throw storeError(`The database folder ${dir} cannot be read`, 'Give your user access to it', error)
  }
}

function wrongVersion(dir: string, version: string): AppError {
  if (Number(version) > pgMajor) {
    return new AppError('store_newer', `The database in ${dir} was made by a newer Mailtide (PostgreSQL ${version})`, {
      remedy: 'Install the newest Mailtide',
    })
  }
  if (Number(version) > 0) {
    return storeError(
      `The database in ${dir} was made by an older Mailtide (PostgreSQL ${version})`,
      'Move the folder away and run `mailtide rebuild`: the original mails are kept apart from it',
    )
  }
  return new DamagedStore(`in ${dir} has an unreadable version mark (PG_VERSION)`)
}

function refuse(dir: string, what: string): AppError {
  return storeError(`The database folder ${dir} ${what}`, 'Move what lies there away, and start Mailtide again')
}

/** What lies beside the data folder, so that a later version knows what it has before it opens it. */
export interface FolderMeta {
  readonly pglite: string
  readonly pg_major: number
  /** The number of the last migration. */
  readonly schema: number
}

export const metaPath = (dir: string) => `${dir}.meta.json`

/** The meta file, or null when there is none or it cannot be read: it informs, it does not decide. */
export function readMeta(dir: string): FolderMeta | null {
  if (!existsSync(metaPath(dir))) return null
  try {
    return JSON.parse(readFileSync(metaPath(dir), 'utf8')) as FolderMeta
  } catch {
    return null
  }
}
