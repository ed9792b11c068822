import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** Makes the folder `path` once, also when several test files want it at the same time: each makes its own, the first name wins. */
export async function once(path: string, make: (dir: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path
  const home = await mkdtemp(join(tmpdir(), 'mailtide-making-'))
  try {
    await make(join(home, 'made'))
    await rename(join(home, 'made'), path).catch(async (error: unknown) => {
      if ((await stat(path).catch(() => null)) === null) throw error
    })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
  return path
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
    if (!other.startsWith(name) || !/^[0-9a-f]+$/.test(other.slice(name.length))) continue
    const used = await stat(join(folder, other)).catch(() => null)
    if (used === null || now.getTime() - used.mtimeMs < KEPT_MS) continue
    await rm(join(folder, other), { recursive: true, force: true }).catch(() => undefined)
  }
}
