import { AppError } from '../../shared/errors.ts'
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
import { countRestart, isBelievable, listPage } from './list-page.ts'

/** A listing that keeps finding unknown ids while the mailbox moves is given up after so many passes: history covers the rest. */
const MOST_PASSES = 4

/**
 * Lists every id of the mailbox into the queue, newest first, page by page, each page in one transaction with the page token.
 * Resumes where it was cut. Cheap (500 ids for 5 units), so that the total is exact before bodies are downloaded.
 *
 * A listing is no snapshot: a message deleted meanwhile shifts the pages and can hide another. So when the mailbox moved while it
 * was listed, it is listed again until a pass finds nothing new; and once more when Gmail counts more messages than it listed.
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
    const { listed, listFresh, listHistoryId, listPass: pass } = await readCheckpoint(deps.db, account)
    const { historyId, messagesTotal } = await deps.gmail.profile(signal)
    const stoodStill = historyId === listHistoryId || listFresh === 0
    if (pass >= MOST_PASSES || (stoodStill && isBelievable(pass, listed, messagesTotal))) {
      await finishListing(deps.db, account, deps.clock.now())
    } else await beginListingPass(deps.db, account, pass + 1, historyId)
    checkpoint = await readCheckpoint(deps.db, account)
  }
}

async function listPass(deps: SyncDeps, account: AccountId, from: Checkpoint, signal: AbortSignal): Promise<void> {
  let pageToken = from.listPageToken
  let listed = from.listed
  let restarts = 0
  for (;;) {
    const page = await listPage(deps, { pageToken, includeSpamTrash: deps.settings.includeSpamTrash }, signal)
    if (page === null) {
      restarts = countRestart(restarts)
      // The stored page token is refused: from page 1. Stored and queued ids are skipped, so this costs next to nothing.
      const { historyId } = await deps.gmail.profile(signal)
      await beginListingPass(deps.db, account, from.listPass, historyId)
      pageToken = null
      listed = 0
      continue
    }
    if (page.nextPageToken !== null && page.nextPageToken === pageToken) {
      throw new AppError('bad_answer', 'Gmail gave the same page of the listing twice; the listing is repeated')
    }
    const first = listed
    listed += page.messages.length
    await deps.exclusive(() =>
      deps.db.transaction(async (sql) => {
        const items = page.messages.map(({ id, threadId }, index) => ({ id, threadId, ord: first + index }))
        const queued = await enqueue(sql, account, items, PRIORITY.backfill, deps.clock.now())
        await saveListing(sql, account, { nextPageToken: page.nextPageToken, listed, queued })
      }),
    )
    deps.report({ phase: 'listing', done: listed, total: listed })
    if (page.nextPageToken === null) return
    pageToken = page.nextPageToken
  }
}
