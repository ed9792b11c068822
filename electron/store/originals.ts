import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, asAppError } from '../../shared/errors.ts'
import { type AccountId, accountId, type MessageId, messageId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'
import type { RawStore } from './raw.ts'
import { createFileWriter, fileError, isMissing, isThere } from './raw-writer.ts'

/**
 * The folder of originals may be a drive or a share of its own, and what lies in its place while that is away is an empty folder. A file in it
 * tells the two apart: nothing is read as missing, and nothing written, where it is not.
 */
const MARKER = 'originals.json'
const marker = `${JSON.stringify({
  what: 'The original mails that Mailtide keeps. If this file is missing, Mailtide takes this for a different folder and waits.',
})}\n`
/** So many originals are looked for where the file is missing although the database knows some. */
const SAMPLE = 100

/** Knows whether the originals are where they belong. */
export interface Originals {
  /**
   * Resolves when they are, or when there are none yet: then this is their place from now on. Throws `originals_away` when it is another
   * folder's, and what the file system said when that cannot be seen.
   */
  ensure(): Promise<void>
  /** Takes the present folder for theirs, whatever is in it: the person said so. */
  begin(): Promise<void>
  /** What the last look met; null when all was well. */
  trouble(): AppError | null
}

/**
 * Originals that a server keeps beside the messages are where those are, but for a database that was filled from a backup: that has the
 * messages alone, while the originals are still files.
 */
export function createOriginalsInDatabase(sql: Sql): Originals {
  let isSure = false
  let trouble: AppError | null = null
  return {
    begin: async () => {
      isSure = true
      trouble = null
    },
    trouble: () => trouble,
    ensure: async () => {
      if (isSure) return
      const { rows } = await sql.query<{ without: boolean }>(
        'select exists (select from mailtide.message) and not exists (select from mailtide.raw) as without',
      )
      isSure = rows[0]?.without === false
      trouble = isSure ? null : withoutOriginals()
      if (trouble !== null) throw trouble
    },
  }
}

const withoutOriginals = (): AppError =>
  new AppError('originals_away', 'The database server has messages, but none of their originals', {
    remedy:
      'If they are files of an earlier data folder, keep using those: mailtide config set rawStore files. If the originals are lost, have them downloaded again: mailtide verify --repair --new-originals',
  })

/** Throws `originals_away` when the folder is not marked as that of the originals. */
export async function assertMarked(folder: string): Promise<void> {
  if (!(await isMarked(folder))) throw away(folder)
}

/** The same within a thread that may wait for the drive: there a trip to the thread pool costs more than the look. */
export function assertMarkedNow(folder: string): void {
  const path = join(folder, MARKER)
  try {
    statSync(path)
  } catch (error) {
    throw isMissing(error) ? away(folder) : fileError(error, path)
  }
}

const isMarked = (folder: string): Promise<boolean> => isThere(join(folder, MARKER))

export function createOriginals(folder: string, sql: Sql, raw: Pick<RawStore, 'has'>): Originals {
  let trouble: AppError | null = null

  const begin = async (): Promise<void> => {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw fileError(error, folder)
    }
    const writer = createFileWriter(folder)
    await writer.write(join(folder, MARKER), Buffer.from(marker))
    await writer.flush()
    trouble = null
  }
  const look = async (): Promise<void> => {
    if (await isMarked(folder)) return
    const known = await someOriginals(sql)
    const there = await Promise.all(known.map(({ account, id }) => raw.has(account, id)))
    // Those of an older version of the program, which left no mark, are theirs when most of them are there.
    if (2 * there.filter(Boolean).length < known.length) throw away(folder)
    await begin()
  }
  return {
    begin,
    trouble: () => trouble,
    ensure: async () => {
      try {
        await look()
        trouble = null
      } catch (error) {
        trouble = asAppError(error)
        throw error
      }
    },
  }
}

async function someOriginals(sql: Sql): Promise<{ readonly account: AccountId; readonly id: MessageId }[]> {
  const { rows } = await sql.query<{ account_id: string; id: string }>(
    'select account_id, id from mailtide.message limit $1',
    [SAMPLE],
  )
  return rows.map((row) => ({ account: accountId(row.account_id), id: messageId(row.id) }))
}

const away = (folder: string): AppError =>
  new AppError('originals_away', `The folder of originals is missing: ${folder} is empty, or a different folder`, {
    remedy:
      'Connect its drive, or put the folder back; syncing then resumes automatically. If the originals are lost, have them downloaded again: mailtide verify --repair --new-originals',
  })
