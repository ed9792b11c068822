import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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
