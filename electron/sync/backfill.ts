import type { AccountId } from '../../shared/ids.ts'
import {
  beginBackfill,
  beginListingPass,
  type Checkpoint,
  finishListing,
  readCheckpoint,
  saveListing,
} from '../store/checkpoints.ts'
import { enqueue, PRIORITY } from '../store/queue.ts'
import type { SyncDeps } from './deps.ts'
import { listPages } from './list-pages.ts'

/** A listing that keeps finding unknown ids while the mailbox moves is given up after so many passes: history covers the rest. */
const MOST_PASSES = 4

/**
 * Lists every id of the mailbox into the queue, newest first, page by page, each page in one transaction with the page token.
 * Resumes where it was cut. Cheap (500 ids for 5 units), so that the total is exact before bodies are downloaded.
 *
 * A listing is no snapshot: a message deleted meanwhile shifts the pages and can hide another. So when the mailbox moved while it
 * was listed, it is listed again until a pass finds nothing new.
 */
export async function listMailbox(
  deps: SyncDeps,
  account: AccountId,
  signal: AbortSignal,
  onCheckpoint: () => Promise<void>,
): Promise<void> {
  let checkpoint = await readCheckpoint(deps.db, account)
  if (checkpoint.historyId === null) {
    // Before the first listing, and kept through every resume.
    const { historyId } = await deps.gmail.profile(signal)
    await beginBackfill(deps.db, account, historyId, deps.clock.now())
    checkpoint = await readCheckpoint(deps.db, account)
  }
  await onCheckpoint()
  while (checkpoint.backfill === 'listing') {
    await listPass(deps, account, checkpoint, signal)
    const { listFresh, listHistoryId, listPass: pass } = await readCheckpoint(deps.db, account)
    const { historyId } = await deps.gmail.profile(signal)
    if (historyId === listHistoryId || listFresh === 0 || pass >= MOST_PASSES) await finishListing(deps.db, account)
    else await beginListingPass(deps.db, account, pass + 1, historyId)
    checkpoint = await readCheckpoint(deps.db, account)
  }
}

async function listPass(deps: SyncDeps, account: AccountId, from: Checkpoint, signal: AbortSignal): Promise<void> {
  const { includeSpamTrash } = deps.settings
  await listPages(
    deps,
    { includeSpamTrash },
    {
      from: { pageToken: from.listPageToken, listed: from.listed },
      onRestart: async () => {
        // Stored and queued ids are skipped, so this costs next to nothing.
        const { historyId } = await deps.gmail.profile(signal)
        await beginListingPass(deps.db, account, from.listPass, historyId)
      },
      take: async (items, { listed, nextPageToken }) => {
        await deps.exclusive(() =>
          deps.db.transaction(async (sql) => {
            const queued = await enqueue(sql, account, items, PRIORITY.backfill, deps.clock.now())
            await saveListing(sql, account, { nextPageToken, listed, queued })
          }),
        )
        deps.report({ phase: 'listing', done: listed, total: listed })
      },
    },
    signal,
  )
}
