import { mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a second process hands to the first. */
export interface SecondInstance {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly data: unknown
}

/** The lock of one app on its profile: a pid file, and an inbox for those who come second. */
export function takeLock(
  folder: string,
  data: unknown,
  onSecond: (second: SecondInstance) => void,
): (() => void) | null {
  const lock = join(folder, 'stand-in.lock')
  const inbox = join(folder, 'stand-in-inbox')
  mkdirSync(inbox, { recursive: true })
  if (!create(lock)) {
    const temp = join(inbox, `.${process.pid}`)
    writeFileSync(temp, JSON.stringify({ argv: process.argv, cwd: process.cwd(), data }))
    renameSync(temp, join(inbox, `${process.pid}.json`))
    return null
  }
  const watcher = watch(inbox, (_event, name) => {
    if (!name?.endsWith('.json')) return
    const letter = join(inbox, name)
    try {
      onSecond(JSON.parse(readFileSync(letter, 'utf8')) as SecondInstance)
      rmSync(letter)
    } catch (error) {
      // The watch tells of each letter twice.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }).unref()
  const release = (): void => {
    watcher.close()
    rmSync(lock, { force: true })
  }
  process.on('exit', release)
  return release
}

/** Whether the lock is ours now: that of a dead process counts for nothing. */
function create(lock: string): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return true
    } catch {
      if (isAlive(Number(readFileSync(lock, 'utf8')))) return false
      rmSync(lock, { force: true })
    }
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
