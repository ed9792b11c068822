import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 50
/** Nobody makes anything for so long: a maker's number may be another process's by then. */
const LONGEST_MS = 10 * 60_000

/** Makes the folder `path` once: of several test files that want it at the same time one makes it, and the others wait. */
export async function once(path: string, make: (dir: string) => Promise<void>): Promise<string> {
  const maker = `${path}.maker`
  while (!existsSync(path)) {
    if (!(await isFirst(maker))) {
      await delay(LOOK_MS)
      continue
    }
    try {
      if (!existsSync(path)) await makeThere(path, make)
    } finally {
      await rm(maker, { force: true })
    }
  }
  return path
}

/** Whether nobody else makes it: the file names who does. One that is left by a process that died is taken away. */
async function isFirst(maker: string): Promise<boolean> {
  try {
    await writeFile(maker, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const [pid, at] = await Promise.all([readFile(maker, 'utf8'), stat(maker)]).catch(() => [null, null] as const)
  if (pid === null) return false
  if (!isAlive(Number(pid)) || Date.now() - at.mtimeMs > LONGEST_MS) await rm(maker, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Beside its place, and as deep: source maps lead from where they were made. Only one makes it, so that what lies there was left by one who died. */
async function makeThere(path: string, make: (dir: string) => Promise<void>): Promise<void> {
  const dir = `${path}.making`
  await rm(dir, { recursive: true, force: true })
  try {
    await make(dir)
    await rename(dir, path)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What nobody used for so long is of sources that are no more. */
const KEPT_MS = 24 * 60 * 60_000

/** The same for a folder that is made anew whenever what it is made of changes, `NAME-HASH`: of that name the old ones are taken away. */
export async function onceOf(path: string, make: (dir: string) => Promise<void>): Promise<string> {
  const isNew = !existsSync(path)
  await once(path, make)
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined) // another user's: it is used all the same
  if (isNew) await removeOld(path, now)
  return path
}

async function removeOld(path: string, now: Date): Promise<void> {
  const folder = dirname(path)
  const name = basename(path).replace(/[0-9a-f]+$/, '')
  for (const other of await readdir(folder)) {
    if (!other.startsWith(name) || !/^[0-9a-f]+(\.mak(er|ing))?$/.test(other.slice(name.length))) continue
    const used = await stat(join(folder, other)).catch(() => null)
    if (used === null || now.getTime() - used.mtimeMs < KEPT_MS) continue
    await rm(join(folder, other), { recursive: true, force: true }).catch(() => undefined)
  }
}
