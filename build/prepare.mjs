// After `npm ci`: makes the empty database that a first start copies. Creating one takes seconds and 800 MB of memory, which is better
// spent here. Plain JavaScript, and never a failure: without it the first start makes its own.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const target = join(root, 'dist', 'empty-database')
const temp = `${target}.making-${process.pid}`

if (!existsSync(join(target, 'PG_VERSION'))) {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const script = join(root, 'electron', 'store', 'pglite', 'make-template.ts')
  const { status } = spawnSync(process.execPath, [script, temp], { stdio: 'ignore' })
  if (status === 0 && !existsSync(target)) renameSync(temp, target)
  rmSync(temp, { recursive: true, force: true })
}

// Root installs, another user runs: services and containers must be able to copy it. There is nothing secret in an empty database, and the
// copy belongs to its owner alone.
try {
  const entries = readdirSync(target, { recursive: true, withFileTypes: true })
  for (const entry of entries) chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  chmodSync(target, 0o755)
} catch {
  // It could not be made, or belongs to somebody else, who has done this.
}
