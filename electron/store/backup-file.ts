import { open as openFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Log } from '../ports.ts'
import type { Db } from './db.ts'
import { syncFolder, syncParent } from './pglite/durable-fs.ts'
import type { OpenPgliteOptions } from './pglite/open.ts'
import { openPglite } from './pglite/open.ts'
import { createFolder, settle, unfinished } from './pglite/template.ts'
import { probe } from './probe.ts'
import { fileError } from './raw-writer.ts'
import { setAside } from './snapshots.ts'
import { type ExportReport, exportSql } from './sql-export.ts'
import { importSql, readHead } from './sql-import.ts'

/**
 * Writes a backup in SQL into a new file, readable by its owner alone, which has its name only when it is whole and on the disk. Throws
 * `conflict` when there is one already, and `disk`.
 */
export async function writeBackup(
  db: Db,
  path: string,
  options: { readonly at: Date; readonly migrationsDir?: string | undefined; readonly signal: AbortSignal },
): Promise<ExportReport> {
  const file = resolve(path)
  if ((await stat(file).catch(() => null)) !== null) {
    throw new AppError('conflict', `The file ${file} already exists`, {
      remedy: 'Choose another name, or move it away',
    })
  }
  const temp = `${file}.unfinished`
  try {
    const handle = await openFile(temp, 'w', 0o600)
    try {
      await handle.chmod(0o600)
      const report = await exportSql(db, (text) => handle.writeFile(text), options)
      await handle.sync()
      await rename(temp, file)
      syncParent(file)
      return report
    } finally {
      await handle.close()
    }
  } catch (error) {
    await rm(temp, { force: true })
    throw isOfFiles(error) ? fileError(error, file) : error
  }
}

const isOfFiles = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof AppError) && 'syscall' in error

export interface ReadBackupDeps {
  readonly paths: { readonly db: string }
  readonly clock: Clock
  readonly log: Log
  readonly open: Omit<OpenPgliteOptions, 'dir' | 'clock' | 'log'>
}

/**
 * Makes an embedded database of a backup in SQL and puts it in the place of the present one, which is kept aside: whole, or with everything as it
 * was. The caller holds the folder's lock, with no database open. Throws `bad_input` and `store_newer` as `importSql` does.
 */
export async function readBackup(
  file: string,
  { paths, clock, log, open }: ReadBackupDeps,
  signal: AbortSignal,
): Promise<{ readonly kept: string | null; readonly rows: number }> {
  await readHead(file)
  const at = clock.now()
  const temp = `${paths.db}${unfinished}${process.pid}-${at.getTime()}`
  try {
    await createFolder(temp, open)
    // Synced as a whole when it is done.
    const db = await openPglite({ ...open, dir: temp, clock, log, onFault: undefined, fsync: false })
    let rows: number
    try {
      rows = await importSql(db, file, { signal })
      await probe(db)
    } finally {
      await db.close()
    }
    await settle(temp)
    const kept = await setAside(paths.db, { why: 'before-restore', at })
    await rename(temp, paths.db)
    syncFolder(dirname(paths.db))
    return { kept, rows }
  } catch (error) {
    await rm(temp, { recursive: true, force: true })
    throw error
  }
}
