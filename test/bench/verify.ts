import { createHash } from 'node:crypto'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../electron/platform/clock.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { type OpenStore, openStore } from '../../electron/store/open-store.ts'
import { type AccountId, messageId } from '../../shared/ids.ts'
import { silentLog } from '../support/silent-log.ts'
import type { FakeGmail } from './fake-gmail.ts'

/** Where an installation keeps what it holds: in its folder, unless on a server. */
export interface Installation {
  readonly home: string
  readonly databaseUrl?: string | undefined
  /** Unset: files. */
  readonly rawStore?: 'files' | 'postgres' | undefined
}

/** Opens the store of a stopped installation. */
export async function withStore<T>(
  { home, databaseUrl, rawStore = 'files' }: Installation,
  work: (store: OpenStore, account: AccountId) => Promise<T>,
): Promise<T> {
  const store = await openStore({
    paths: dataPaths(home),
    databaseUrl,
    rawStore,
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
  })
  try {
    const { rows } = await store.db.query<{ id: AccountId }>('select id from mailtide.account order by created_at')
    const [first] = rows
    if (first === undefined) throw new Error('The installation has no account')
    return await work(store, first.id)
  } finally {
    await store.close()
  }
}

export interface BackfillTimes {
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly finishedAt: number
}

/** When the first download began and ended, as the store of a product that did nothing else has it. */
export async function backfillTimes({ db }: OpenStore, account: AccountId): Promise<BackfillTimes> {
  const { rows } = await db.query<{ backfill_started_at: Date; last_synced_at: Date | null }>(
    'select backfill_started_at, last_synced_at from mailtide.checkpoint where account_id = $1',
    [account],
  )
  const [row] = rows
  if (row === undefined || row.last_synced_at === null) throw new Error('The backfill is not finished')
  return { startedAt: row.backfill_started_at.getTime(), finishedAt: row.last_synced_at.getTime() }
}

/**
 * Compares the store with the yardstick mailbox: every id, every original's bytes, digest and — when `labels` — labels. `gone` is how
 * many of the oldest were deleted. Returns how many messages differ; 0 is what it must be.
 */
export async function countWrong(
  { db, raw }: OpenStore,
  account: AccountId,
  fake: FakeGmail,
  { gone = 0, labels = false }: { readonly gone?: number; readonly labels?: boolean } = {},
): Promise<number> {
  const listed = await fake.list(labels)
  const { rows } = await db.query<{ id: string; sha256: string; labels: string[]; live: boolean }>(
    `select m.id, encode(m.sha256, 'hex') as sha256, m.deleted_at is null as live,
       array(select l.label_id from mailtide.message_label l where l.account_id = m.account_id and l.message_id = m.id) as labels
     from mailtide.message m where m.account_id = $1`,
    [account],
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  let wrong = Math.abs(rows.filter((row) => row.live).length - listed.length)
  wrong += Math.abs(rows.filter((row) => !row.live).length - gone)
  for (const [at, mail] of listed.entries()) {
    const bytes = fake.mailbox.message(at + gone).raw
    const row = stored.get(mail.id)
    const entry = await raw.get(account, messageId(mail.id)).catch(() => null)
    const isRight =
      row?.live === true &&
      row.sha256 === createHash('sha256').update(bytes).digest('hex') &&
      entry !== null &&
      Buffer.compare(entry.bytes, bytes) === 0 &&
      (!labels || [...row.labels].sort().join() === [...mail.labelIds].sort().join())
    if (!isRight) wrong++
  }
  return wrong
}

/** Bytes that a folder takes on the disk: whole blocks, as the file system counts them. */
export async function diskBytes(folder: string): Promise<number> {
  let sum = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    const info = await lstat(join(entry.parentPath, entry.name))
    // `blocks` counts units of 512 bytes whatever the file system's own block is; Windows does not tell.
    sum += info.blocks > 0 ? info.blocks * 512 : info.isFile() ? info.size : 0
  }
  return sum
}
