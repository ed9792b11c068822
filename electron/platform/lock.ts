import { createHash, randomBytes } from 'node:crypto'
import { link, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { type DataPaths, inWords } from './data-folder.ts'
import { errnoOf, PRIVATE_FILE, syncFolder } from './durable-file.ts'
import { beaconState, lightBeacon } from './lock-beacon.ts'
import { readPlainFile } from './plain-file.ts'
import { identifySelf, judge, ProcessIdentity } from './process-identity.ts'
import { type HostKind, readServiceFile, removeServiceFile } from './service-file.ts'

/*
 * Node has no file locks, and a lock file alone cannot be taken over safely: between judging it stale and replacing it,
 * somebody else may have done the same. So every holder has a random token, and whoever wants to follow the holder of
 * token T must first create the file `lock.T`, which only one can. Having it, and having seen that `lock` still says T,
 * makes it the owner; it then renames `lock.T` over `lock` in one step. A latecomer that still believes in T can create
 * `lock.T` again after that rename, but will then find another token in `lock` and start afresh. One that dies between
 * the two steps leaves `lock.T` behind, which is followed in the same way.
 */

/** What holds a folder: a service in one of its hosts, or a command that works on the folder while no service runs. */
export type LockHolder = HostKind | 'command'

const LockRecord = ProcessIdentity.extend({
  token: z.string().regex(/^[0-9a-f]{8,64}$/),
  host: z.enum(['desktop', 'headless', 'demo', 'test', 'command']),
  since: z.string(),
  beacon: z
    .string()
    .regex(/^lock\.[0-9a-f]{12}\.sock$/)
    .nullable(),
})
type LockRecord = z.infer<typeof LockRecord>

/** Who holds a data folder. `where` says what we can see of it. */
export interface LockOwner {
  readonly pid: number
  readonly host: LockHolder
  readonly port: number | null
  readonly since: string
  readonly machine: string
  readonly where: 'here' | 'other_container' | 'other_machine'
  /** Tells this very process from a later one with the same number: see `judge`. */
  readonly identity: ProcessIdentity
}

/** The right to a data folder, until released. */
export interface FolderLock {
  /** `died` when the service before was killed or lost power, rather than having stopped cleanly. */
  readonly predecessor: 'none' | 'died'
  release(): Promise<void>
}

/** How long an unreadable lock may stay so before it counts as half-written by a process that died. */
const HALF_WRITTEN_MS = 2_000

/**
 * Takes the data folder for this process. A lock of a dead process, or from before a reboot, is taken over; a living
 * one, or one of another computer, throws `already_running` with the owner in `cause`. A command at work is waited for as long as
 * `patienceMs`: most take a second.
 */
export async function acquireLock(paths: DataPaths, host: LockHolder, patienceMs = 0): Promise<FolderLock> {
  const self = await identifySelf()
  const beacon = await lightBeacon(paths.lock)
  const token = randomBytes(16).toString('hex')
  const record: LockRecord = {
    ...self,
    token,
    host,
    since: new Date().toISOString(),
    beacon: beacon?.name ?? null,
  }
  let predecessor: FolderLock['predecessor']
  try {
    predecessor = await takeWithPatience(paths, record, patienceMs)
    await removeServiceFile(paths)
    if (host !== 'command' && (await takeMark(paths))) predecessor = 'died'
  } catch (error) {
    await beacon?.close()
    throw inWords(error, paths.home)
  }
  let released = false
  return {
    predecessor,
    release: async () => {
      if (released) return
      released = true
      if ((await readLock(paths.lock))?.token === token) await rm(paths.lock, { force: true })
      await beacon?.close()
    },
  }
}

/** Who holds the folder now; null when nobody alive does. Changes nothing. */
export async function readOwner(paths: DataPaths): Promise<LockOwner | null> {
  try {
    return await ownerOf(paths)
  } catch (error) {
    throw inWords(error, paths.home)
  }
}

async function ownerOf(paths: DataPaths): Promise<LockOwner | null> {
  const self = await identifySelf()
  let path = paths.lock
  for (;;) {
    const found = await readLock(path)
    if (found === null) return null
    const owner = found.record === null ? null : await livingOwner(paths, found.record, self)
    if (owner !== null) return owner
    path = follower(paths, found.token)
  }
}

/** Left by a command that took the folder over from a service that died, for the next service to tell. */
const unclean = (paths: DataPaths): string => `${paths.lock}.unclean`

async function takeMark(paths: DataPaths): Promise<boolean> {
  try {
    await rm(unclean(paths))
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

const LOOK_AGAIN_MS = 100

async function takeWithPatience(
  paths: DataPaths,
  record: LockRecord,
  patienceMs: number,
): Promise<FolderLock['predecessor']> {
  for (let left = patienceMs; ; left -= LOOK_AGAIN_MS) {
    try {
      return await take(paths, record)
    } catch (error) {
      if (left <= 0 || !isCommandAtWork(error)) throw error
      await delay(LOOK_AGAIN_MS)
    }
  }
}

function isCommandAtWork(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'already_running') return false
  const owner = error.cause as LockOwner
  return owner.host === 'command' && owner.where === 'here'
}

async function take(paths: DataPaths, record: LockRecord): Promise<FolderLock['predecessor']> {
  const content = `${JSON.stringify(record)}\n`
  for (;;) {
    if (await createWhole(paths.lock, content, record.token)) {
      await syncFolder(paths.home)
      return 'none'
    }
    const chain = await staleChain(paths, record)
    const last = chain.at(-1)
    if (last === undefined) continue
    const mine = follower(paths, last.token)
    if (!(await createWhole(mine, content, record.token))) continue
    if (!(await stillStands(paths, chain))) {
      await rm(mine, { force: true })
      continue
    }
    const died = chain.some(({ record: each }) => each?.host !== 'command')
    // The command gives the folder back in order, and the service after it would see no trace of the one that died.
    if (died && record.host === 'command') await writeFile(unclean(paths), '', { mode: PRIVATE_FILE })
    await rename(mine, paths.lock)
    await sweep(paths, chain)
    await syncFolder(paths.home)
    return died ? 'died' : 'none'
  }
}

interface Link {
  readonly token: string
  readonly record: LockRecord | null
}

/** The dead holders from `lock` onwards; none when it is free by now. Throws `already_running` at a living one. */
async function staleChain(paths: DataPaths, self: LockRecord): Promise<readonly Link[]> {
  const chain: Link[] = []
  for (let path = paths.lock; ; ) {
    const found = await readSettled(path)
    if (found === null) return chain
    if (found.record !== null) {
      const owner = await livingOwner(paths, found.record, self)
      if (owner !== null) throw alreadyRunning(owner, paths)
    }
    chain.push(found)
    path = follower(paths, found.token)
  }
}

async function stillStands(paths: DataPaths, chain: readonly Link[]): Promise<boolean> {
  let path = paths.lock
  for (const { token } of chain) {
    if ((await readLock(path))?.token !== token) return false
    path = follower(paths, token)
  }
  return true
}

/** Removes what dead holders left. Their tokens never come back, so nobody else can be using these names. */
async function sweep(paths: DataPaths, chain: readonly Link[]): Promise<void> {
  for (const { token, record } of chain) {
    await rm(follower(paths, token), { force: true })
    if (record?.beacon) await rm(`${paths.home}/${record.beacon}`, { force: true })
  }
}

async function livingOwner(paths: DataPaths, record: LockRecord, self: ProcessIdentity): Promise<LockOwner | null> {
  const liveness = await judge(record, self)
  if (liveness === 'dead') return null
  if (liveness === 'other_container' && record.beacon !== null) {
    if ((await beaconState(paths.lock, record.beacon)) === 'out') return null
  }
  const service = await readServiceFile(paths)
  return {
    pid: record.pid,
    host: record.host,
    port: service?.pid === record.pid ? service.port : null,
    since: record.since,
    machine: record.machine.split('/')[0] ?? '',
    where: liveness === 'alive' ? 'here' : liveness,
    identity: ProcessIdentity.parse(record),
  }
}

const follower = (paths: DataPaths, token: string): string => `${paths.lock}.${token}`

/** An unreadable lock is looked at again for a while: its writer may be at work on a file system without hard links. */
async function readSettled(path: string): Promise<Link | null> {
  const first = await readLock(path)
  if (first === null || first.record !== null) return first
  for (let waited = 0; waited < HALF_WRITTEN_MS; waited += 100) {
    await delay(100)
    const again = await readLock(path)
    if (again === null || again.record !== null || again.token !== first.token) return again
  }
  return first
}

/** The lock as it stands; null when there is none. One that cannot be read has a token made of the file itself. */
async function readLock(path: string): Promise<Link | null> {
  try {
    const [text, file] = await Promise.all([readPlainFile(path), stat(path, { bigint: true })])
    const parsed = LockRecord.safeParse(jsonOrNull(text))
    if (parsed.success) return { token: parsed.data.token, record: parsed.data }
    const fingerprint = createHash('sha256').update(`${file.ino} ${file.mtimeNs} ${text}`).digest('hex')
    return { token: fingerprint.slice(0, 32), record: null }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Creates a file with its whole content in one step; false when it is already there. */
async function createWhole(path: string, content: string, token: string): Promise<boolean> {
  const temporary = `${path}.${token}.new`
  try {
    await writeNew(temporary, content)
    await link(temporary, path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'UNKNOWN'].includes(errnoOf(error) ?? ''))
      throw error
  } finally {
    await rm(temporary, { force: true })
  }
  return createWithoutLinks(path, content, token)
}

/** On file systems without hard links (FAT, some network drives) there is a moment in which the file is empty. */
async function createWithoutLinks(path: string, content: string, token: string): Promise<boolean> {
  try {
    await writeNew(path, content)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
  return (await readLock(path))?.token === token
}

async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', PRIVATE_FILE)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What a second service, or a second start, is told of the one that owns the folder. */
export function alreadyRunning(owner: LockOwner, paths: DataPaths): AppError {
  if (owner.host === 'command' && owner.where === 'here') return commandAtWork(owner)
  const facts = `pid ${owner.pid}, port ${owner.port ?? 'none'}, ${owner.host}`
  switch (owner.where) {
    case 'here':
      return new AppError('already_running', `Service is already running (${facts})`, {
        remedy: 'Use that one: mailtide status. A second one needs a data folder of its own: set MAILTIDE_HOME',
        cause: owner,
      })
    case 'other_container':
    case 'other_machine': {
      const place =
        owner.where === 'other_machine' ? `on the computer ${owner.machine}` : `in the container ${owner.machine}`
      return new AppError('already_running', `Service is already running ${place} (${facts}) on this data folder`, {
        remedy: `Stop it there. Only if it surely runs no more: delete the file ${paths.lock} and start again`,
        cause: owner,
      })
    }
  }
}

/** A command has the folder for as long as it takes: ending it is for whoever gave it. */
export const commandAtWork = (owner: LockOwner): AppError =>
  new AppError('already_running', `Another command of Mailtide (pid ${owner.pid}) is working on the data folder`, {
    remedy: 'Wait until it has ended, and try again',
    cause: owner,
  })
