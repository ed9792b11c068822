import { constants, readdirSync, readFileSync, statSync } from 'node:fs'
import { access, chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { isNoRoom } from '../../shared/no-room.ts'
import { errnoOf, PRIVATE_FOLDER, writeDurably } from './durable-file.ts'
import { NotAFile, readPlainFile } from './plain-file.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Every path inside a data folder. */
export interface DataPaths {
  readonly home: string
  readonly version: string
  readonly settings: string
  readonly db: string
  readonly raw: string
  readonly snapshots: string
  readonly logs: string
  readonly logFile: string
  readonly credentials: string
  readonly clients: string
  readonly apiToken: string
  readonly lock: string
  readonly service: string
}

/** The layout this program writes. A folder with a higher number was used by a newer program. */
const LAYOUT = 1

/** Names that nobody else gives. A folder of photographs has a `raw` too, and one of sources a `version`. */
const ownNames = new Set(['api-token', 'oauth-clients', 'db.meta.json'])

/** What systems put into any folder, such as the root of a mounted volume. */
const systemFiles = new Set(['lost+found', '.DS_Store', 'Thumbs.db', 'desktop.ini', '.Trashes', '.fseventsd'])

/** The home of this user; empty for one that has none, as a bare number in a container without HOME. */
export function userHome(): string {
  try {
    return homedir()
  } catch {
    return ''
  }
}

/**
 * Where everything lives: `MAILTIDE_HOME`, or the folder that Electron's `app.getPath('userData')` is for the name
 * `mailtide` (https://www.electronjs.org/docs/latest/api/app#appgetpathname), so that both hosts find the same one. Throws
 * `bad_settings` where a home is needed and there is none.
 */
export function dataFolder(system: {
  readonly env: Env
  readonly platform: NodeJS.Platform
  readonly home: string
}): string {
  const { env, platform } = system
  const inHome = (...names: readonly string[]): string => {
    if (system.home === '') throw homeless()
    return join(system.home, ...names)
  }
  const chosen = env['MAILTIDE_HOME']
  if (chosen) return resolve(chosen === '~' || /^~[/\\]/.test(chosen) ? inHome(chosen.slice(1)) : chosen)
  if (platform === 'darwin') return inHome('Library', 'Application Support', 'mailtide')
  if (platform === 'win32') return join(env['APPDATA'] || inHome('AppData', 'Roaming'), 'mailtide')
  const config = env['XDG_CONFIG_HOME']
  // The XDG specification says to ignore a relative path.
  return join(config && isAbsolute(config) ? config : inHome('.config'), 'mailtide')
}

/** Names the paths of a data folder without touching it. */
export function dataPaths(home: string): DataPaths {
  const logs = join(home, 'logs')
  return {
    home,
    version: join(home, 'version'),
    settings: join(home, 'settings.json'),
    db: join(home, 'db'),
    raw: join(home, 'raw'),
    snapshots: join(home, 'snapshots'),
    logs,
    logFile: join(logs, 'background_sync.log'),
    credentials: join(home, 'credentials'),
    clients: join(home, 'oauth-clients'),
    apiToken: join(home, 'api-token'),
    lock: join(home, 'lock'),
    service: join(home, 'service.json'),
  }
}

/**
 * Makes the data folder ready: there, ours, readable by its owner alone, writable, and not of a newer program.
 * Throws `disk` when it cannot be used, `store_newer`, or `bad_settings` when the folder belongs to something else.
 */
export async function prepareDataFolder(home: string): Promise<DataPaths> {
  const paths = dataPaths(home)
  try {
    await mkdir(home, { recursive: true, mode: PRIVATE_FOLDER })
    const present = await readLayout(paths)
    if (present !== null && present > LAYOUT) throw newer(paths)
    if (present === null) refuseForeign(paths, await readdir(home))
    await closeToOthers(home)
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const folder of [paths.raw, paths.snapshots, paths.logs, paths.credentials]) {
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
    }
    if (present === null) await writeDurably(paths.version, `${LAYOUT}\n`)
    return paths
  } catch (error) {
    throw inWords(error, home)
  }
}

async function readLayout(paths: DataPaths): Promise<number | null> {
  try {
    return layoutIn(await readPlainFile(paths.version))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Null for what is no number of ours: half a file, or the version of something else. */
function layoutIn(text: string): number | null {
  const number = text.trim()
  return /^\d{1,9}$/.test(number) ? Number(number) : null
}

/**
 * For whoever puts something into the folder before it is made ready, and cannot wait: throws `bad_settings` when it belongs to something else.
 * One that is not there yet, or cannot be read, is for `prepareDataFolder` to judge.
 */
export function refuseForeignHome(home: string): void {
  const paths = dataPaths(home)
  let names: readonly string[]
  try {
    // What is no plain file could be waited for without end.
    const isFile = statSync(paths.version, { throwIfNoEntry: false })?.isFile() === true
    if (isFile && layoutIn(readFileSync(paths.version, 'utf8')) !== null) return
    names = readdirSync(home)
  } catch {
    return
  }
  refuseForeign(paths, names)
}

/** A mistyped MAILTIDE_HOME must not turn somebody's documents into a data folder, nor close them to others. */
function refuseForeign(paths: DataPaths, names: readonly string[]): void {
  const ours = new Set(Object.values(paths).map((path) => path.slice(paths.home.length + 1)))
  if (names.some((name) => ownNames.has(name))) return
  const foreign = names.find(
    (name) => !systemFiles.has(name) && !ours.has(name) && !/^(electron$|\.|lock\.|db\.)/.test(name),
  )
  if (foreign === undefined) return
  throw new AppError('bad_settings', `${paths.home} is not a Mailtide data folder: it holds ${foreign}`, {
    remedy: 'Set MAILTIDE_HOME to an empty folder, or to one that Mailtide created',
  })
}

async function closeToOthers(home: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode, uid } = await stat(home)
  if ((mode & 0o077) === 0) return
  try {
    await chmod(home, PRIVATE_FOLDER)
  } catch (error) {
    // File systems without modes (FAT, some network drives) refuse; each secret file is 0600 by itself where modes exist.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error
    if (isOfAnother(uid)) throw ofAnother(home)
  }
}

/**
 * Whether a file or folder belongs to another user, who can do with it as they like. The system's own user can that anyway, and foreign disks
 * belong to it; who is the system's user has nothing to fear of others' files. Windows knows no such numbers.
 */
export function isOfAnother(owner: number, self: number | undefined = process.geteuid?.()): boolean {
  return self !== undefined && self !== 0 && owner !== 0 && owner !== self
}

const ofAnother = (home: string) =>
  new AppError('disk', `The data folder ${home} belongs to another user, who could read and change its content`, {
    remedy: 'Set MAILTIDE_HOME to a folder of your own',
  })

const homeless = () =>
  new AppError('bad_settings', 'Your user has no home folder for the data folder', {
    remedy: 'Set MAILTIDE_HOME to a folder of your own',
  })

const newer = ({ home }: DataPaths) =>
  new AppError('store_newer', `The data folder ${home} was last used by a newer version of Mailtide`, {
    remedy: 'Install the newest version of Mailtide, or set MAILTIDE_HOME to another folder',
  })

/** What the system says of a data folder as a person can use it; whatever else it is, as it is. */
export function inWords(error: unknown, home: string): unknown {
  if (error instanceof NotAFile) {
    return new AppError('disk', `The data folder cannot be used: ${error.message}`, {
      remedy: 'Move it away, and start Mailtide again',
      cause: error,
    })
  }
  if (isNoRoom(error)) {
    return new AppError('disk', `The disk that holds ${home} is full, or your quota on it is used up`, {
      remedy: 'Free some space, or set MAILTIDE_HOME to a folder on another disk',
      cause: error,
    })
  }
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('disk', `Mailtide may not write to its data folder ${home}`, {
        remedy: 'Give your user read and write permission there, or set MAILTIDE_HOME to another folder',
        cause: error,
      })
    case 'ENOTDIR':
    case 'EEXIST':
      return new AppError('disk', `${home} cannot be the data folder: there is a file of that name`, {
        remedy: 'Move that file away, or set MAILTIDE_HOME to another folder',
        cause: error,
      })
    default:
      return error
  }
}
