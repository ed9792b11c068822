import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made = new Set<string>()
const swept = new Set<string>()

/** What is older was left by a run that was killed. */
const KEPT_MS = 24 * 60 * 60_000

/** A new folder in the system's place for such, which goes with the test file at the latest. */
export function tempFolder(name: string): string {
  sweep(name)
  const folder = mkdtempSync(join(tmpdir(), `mailtide-${name}-`))
  made.add(folder)
  return folder
}

export function removeFolder(folder: string): void {
  made.delete(folder)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Also those of tests that failed, or whose preparation did. */
export function removeFolders(): void {
  for (const folder of made) removeFolder(folder)
}

/** Removes what killed runs left under that name, once in a process. */
function sweep(name: string): void {
  if (swept.has(name)) return
  swept.add(name)
  const isOurs = new RegExp(`^mailtide-${name}-\\w{6}$`)
  for (const entry of readdirSync(tmpdir())) {
    if (!isOurs.test(entry)) continue
    const folder = join(tmpdir(), entry)
    try {
      if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) removeFolder(folder)
    } catch {
      // Another run sweeps too, or it is another user's.
    }
  }
}
