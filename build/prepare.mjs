// After `npm ci`: makes the empty database that a first start copies. Creating one takes seconds and 800 MB of memory, which is better
// spent here. Plain JavaScript, and never a failure: without it the first start makes its own.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
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
