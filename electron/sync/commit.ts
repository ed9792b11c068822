import { asAppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { insertOrBisect } from '../store/bisect.ts'
import type { Sql } from '../store/db.ts'
import { oweUnknownLabels } from '../store/labels.ts'
import { bareRow, type MessageRow } from '../store/message-row.ts'
import { markDeleted, markLive, readVersions, storeMessages } from '../store/messages.ts'
import {
  dequeue,
  fetchAgain,
  lockQueued,
  postpone,
  type QueueFailure,
  type QueueItem,
  recordFailures,
} from '../store/queue.ts'
import { storePacked } from '../store/raw-postgres.ts'
import type { PreparedMessage, SyncDeps } from './deps.ts'
import type { MessageFate } from './plan-failure.ts'

/** How the fetch of one message ended. */
export type ChunkOutcome =
  | { readonly kind: 'prepared'; readonly item: QueueItem; readonly prepared: PreparedMessage }
  | { readonly kind: 'fate'; readonly item: QueueItem; readonly fate: MessageFate }

export interface CommittedChunk {
  readonly stored: number
  readonly failed: number
}

/** The database worker may have been replaced under us: every write is idempotent, so the chunk is simply written again. */
const COMMIT_TRIES = 3
/** A message that even without its text is refused is tried again a day later. */
const REFUSED_AGAIN_MS = 24 * 60 * 60 * 1000

/**
 * Commits one chunk whose originals are durable already (`MailWorker.flush`): one transaction stores messages, labels and attachments and removes the queue
 * rows. A row Postgres refuses is stored without its text, or stays in the queue with the reason; the others are not held up.
 */
export async function commitChunk(
  deps: SyncDeps,
  account: AccountId,
  outcomes: readonly ChunkOutcome[],
  durableGeneration: number | null,
): Promise<CommittedChunk> {
  // What another worker wrote may not be on the disk: it stays in the queue and is fetched again.
  const safe = outcomes.filter(
    (outcome) =>
      outcome.kind === 'fate' || outcome.prepared.packed !== null || outcome.prepared.generation === durableGeneration,
  )
  for (let attempt = 1; ; attempt++) {
    try {
      const committed = await deps.exclusive(() => deps.db.transaction((sql) => writeChunk(sql, deps, account, safe)))
      await dropOrphans(deps, account, committed.notStored)
      return committed
    } catch (error) {
      if (asAppError(error).code !== 'store' || attempt === COMMIT_TRIES) throw error
      deps.log.warning('Writing a chunk again after the database was reopened', { account })
    }
  }
}

interface WrittenChunk extends CommittedChunk {
  readonly notStored: readonly MessageId[]
}

async function writeChunk(
  sql: Sql,
  deps: SyncDeps,
  account: AccountId,
  outcomes: readonly ChunkOutcome[],
): Promise<WrittenChunk> {
  const now = deps.clock.now()
  const prepared = outcomes.flatMap((outcome) => (outcome.kind === 'prepared' ? [outcome.prepared] : []))
  const fates = outcomes.flatMap((outcome) =>
    outcome.kind === 'fate' ? [{ id: outcome.item.id, fate: outcome.fate }] : [],
  )
  const gone = fates.flatMap(({ id, fate }) => (fate.kind === 'gone' ? [id] : []))

  const present = await lockQueued(
    sql,
    account,
    prepared.map(({ message }) => message.id),
  )
  // A message that is no longer in the queue was deleted in Gmail while we fetched it.
  const stale = prepared.flatMap(({ message }) =>
    (present.get(message.id)?.minHistoryId ?? 0n) > message.history_id ? [message.id] : [],
  )
  const staleIds = new Set(stale)
  const wanted = prepared.filter(
    ({ message }) => present.has(message.id) && !staleIds.has(message.id) && isWanted(message, deps.settings),
  )
  const wantedIds = wanted.map(({ message }) => message.id)
  await markLive(
    sql,
    account,
    wantedIds.filter((id) => present.get(id)?.isTombstone),
  )
  const { stored, refused } = await storeAll(sql, deps, account, wanted)
  const refusedIds = new Set(refused.map((failure) => failure.id))
  const settled = prepared.map(({ message }) => message.id).filter((id) => !refusedIds.has(id) && !staleIds.has(id))
  await dequeue(sql, account, [...settled, ...gone])
  await fetchAgain(sql, account, stale, now)
  await markDeleted(sql, account, gone, now)

  const failures = fates.flatMap(({ id, fate }): QueueFailure[] =>
    fate.kind === 'failed'
      ? [{ id, stage: 'download', code: fate.code, message: fate.message, nextTryAt: fate.nextTryAt }]
      : [],
  )
  await recordFailures(sql, account, [...failures, ...refused])
  await postpone(
    sql,
    account,
    fates.flatMap(({ id, fate }) => (fate.kind === 'postpone' ? [{ id, until: fate.until }] : [])),
  )
  const kept = new Set(wantedIds)
  await oweUnknownLabels(sql, account, [...new Set(wanted.flatMap(({ message }) => message.label_ids))])
  return {
    stored,
    failed: failures.length + refused.length,
    notStored: settled.filter((id) => !kept.has(id)),
  }
}

const isWanted = (message: MessageRow, { includeSpamTrash }: SyncDeps['settings']): boolean =>
  includeSpamTrash || !message.label_ids.some((label) => label === 'SPAM' || label === 'TRASH')

async function storeAll(
  sql: Sql,
  deps: SyncDeps,
  account: AccountId,
  wanted: readonly PreparedMessage[],
): Promise<{ readonly stored: number; readonly refused: readonly QueueFailure[] }> {
  const now = deps.clock.now()
  const refused: QueueFailure[] = []
  let stored = 0
  const insert = async (rows: readonly PreparedMessage[]): Promise<void> => {
    const originals = rows.flatMap(({ message, packed }) => (packed === null ? [] : [{ id: message.id, packed }]))
    await storePacked(sql, account, originals)
    const messages = rows.map(({ message }) => message)
    stored += await storeMessages(sql, account, messages, now)
  }
  const refuse = (id: MessageId, sqlState: string): void => {
    refused.push({
      id,
      stage: 'store',
      code: 'store',
      message: `Postgres refused the message (SQLSTATE ${sqlState})`,
      nextTryAt: new Date(now.getTime() + REFUSED_AGAIN_MS),
    })
  }
  await insertOrBisect(sql, wanted, insert, async (row, error) => {
    const id = row.message.id
    deps.log.warning('Postgres refused what was read of a message; storing it without its text', {
      account,
      message: id,
      sqlstate: error.sqlState,
    })
    await insertOrBisect(sql, [{ ...row, message: bareRow(row.message) }], insert, async (_bare, again) =>
      refuse(id, again.sqlState),
    )
  })
  return { stored, refused }
}

/** Removes originals that were written for nothing — after looking, since a chunk may have been committed by a try we gave up on. */
async function dropOrphans(deps: SyncDeps, account: AccountId, ids: readonly MessageId[]): Promise<void> {
  if (ids.length === 0) return
  const stored = await readVersions(deps.db, account, ids)
  const orphans = ids.filter((id) => !stored.has(id))
  if (orphans.length > 0) await deps.removeRaw(account, orphans)
}
