import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storeError } from '../faults.ts'
import { inParallel } from '../in-parallel.ts'
import { syncFolder } from './durable-fs.ts'
import { checkFolder } from './gate.ts'
import { siblingModule } from './sibling.ts'

/** Marks the half-made folders that an interrupted creation leaves beside the database. */
export const unfinished = '.unfinished-'

export interface CreateOptions {
  /** An empty database shipped with the product; when absent one is made, which takes seconds and 800 MB. */
  readonly templateDir?: string | undefined
  readonly assetsDir?: string | null | undefined
}

/**
 * Makes the database folder: whole or not at all, readable by its owner only. Creating one with PGlite leaves 500 MB
 * behind in the process, so that happens in a child process, or has happened when the product was built.
 */
export async function createFolder(dir: string, { templateDir, assetsDir = null }: CreateOptions = {}): Promise<void> {
  const parent = dirname(dir)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const temp = join(parent, `${basename(dir)}${unfinished}${process.pid}-${Date.now()}`)
  try {
    const shipped = templateDir !== undefined && (await isWhole(templateDir))
    if (shipped) await copyTemplate(templateDir, temp)
    else await makeInChild(temp, assetsDir)
    await settle(temp)
    await rmdir(dir).catch(() => undefined) // an empty folder stands in the way on Windows
    await rename(temp, dir)
    syncFolder(parent)
  } catch (error) {
    await rm(temp, { recursive: true, force: true })
    throw error
  }
}

/**
 * Folders that PostgreSQL wants and that are empty at first (`subdirs` in its initdb.c). An npm package holds files only, so one that was
 * installed has lost them.
 */
const emptyFolders = [
  'pg_commit_ts',
  'pg_dynshmem',
  'pg_logical/mappings',
  'pg_logical/snapshots',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat',
  'pg_stat_tmp',
  'pg_tblspc',
  'pg_twophase',
  'pg_wal/archive_status',
  'pg_wal/summaries',
]

async function copyTemplate(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
  for (const name of emptyFolders) await mkdir(join(to, name), { recursive: true })
}

/** Removes what an interrupted creation left beside the database folder. The caller holds the folder's lock. */
export async function removeUnfinished(dir: string): Promise<void> {
  const parent = dirname(dir)
  const names = await readdir(parent).catch(() => [])
  const stale = names.filter((name) => name.startsWith(`${basename(dir)}${unfinished}`))
  await Promise.all(stale.map((name) => rm(join(parent, name), { recursive: true, force: true })))
}

async function isWhole(dir: string): Promise<boolean> {
  const info = await stat(dir).catch(() => null)
  return info !== null && checkFolder(dir) === 'open'
}

async function makeInChild(dir: string, assetsDir: string | null): Promise<void> {
  const script = fileURLToPath(siblingModule('make-template', import.meta.url))
  const child = spawn(process.execPath, [script, dir, ...(assetsDir === null ? [] : [assetsDir])], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const words: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => words.push(text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  const remedy = 'See that the disk has 1 GB free and the machine 1 GB of free memory, then try again'
  throw storeError('The database could not be created', remedy, new Error(words.join('').slice(-2000)))
}

/** Owner-only modes, and everything on the disk, before the folder gets its name. */
export async function settle(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  await inParallel(entries, async (entry) => {
    const path = join(entry.parentPath, entry.name)
    await chmod(path, entry.isDirectory() ? 0o700 : 0o600)
    if (entry.isDirectory()) syncFolder(path)
    else await syncFile(path)
  })
  await chmod(dir, 0o700)
  syncFolder(dir)
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
