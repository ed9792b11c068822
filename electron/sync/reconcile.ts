import { AppError, asAppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { ListPage } from '../gmail/types.ts'
import {
  adoptReconcileHistory,
  beginReconcile,
  type Checkpoint,
  finishReconcile,
  readCheckpoint,
  saveListed,
  saveReconcile,
} from '../store/checkpoints.ts'
import { markLive } from '../store/messages.ts'
import { enqueue, PRIORITY } from '../store/queue.ts'
import { countUnlisted, listedTombstones } from '../store/reconciling.ts'
import { catchUp } from './catch-up.ts'
import type { SyncDeps } from './deps.ts'
import { countRestart, isBelievable, listPage } from './list-page.ts'
import { reconcileLabels } from './reconcile-labels.ts'
import { verifyUnlisted } from './reconcile-verify.ts'

/** A repeated listing is given up after so many passes; history since the first pass covers the rest. */
const MOST_PASSES = 4

/**
 * Compares the whole mailbox with the store, without downloading any message twice: after expired history, and after a rebuild.
 * Its own history id is taken before its listing. Each step is resumed where it was cut:
 *
 * listing: every id of the mailbox; missing ones are queued · catch_up: the account's checkpoint becomes the reconcile's · verify: stored
 * messages that were not listed are asked for one by one before they are called deleted · labels: listed label by label.
 */
export async function reconcile(deps: SyncDeps, account: AccountId, signal: AbortSignal): Promise<void> {
  let checkpoint = await readCheckpoint(deps.db, account)
  if (checkpoint.reconcile === null) {
    const { historyId } = await deps.gmail.profile(signal)
    await deps.db.transaction((sql) => beginReconcile(sql, account, historyId, deps.clock.now()))
    checkpoint = await readCheckpoint(deps.db, account)
    deps.log.info('Comparing the whole mailbox with the store', { account })
  }
  try {
    while (checkpoint.reconcile !== null) {
      await step(deps, account, checkpoint, signal)
      checkpoint = await readCheckpoint(deps.db, account)
    }
  } catch (error) {
    if (asAppError(error).code !== 'history_expired') throw error
    // Even the reconcile's own history id is too old by now (it was cut for days): begin anew.
    await deps.db.transaction((sql) => saveReconcile(sql, account, { step: null, pageToken: null }))
    throw new AppError(
      'server',
      'Gmail forgot the history of this mailbox while it was compared; it is compared again',
      {
        cause: error,
      },
    )
  }
}

async function step(deps: SyncDeps, account: AccountId, checkpoint: Checkpoint, signal: AbortSignal): Promise<void> {
  const goTo = (next: 'diff' | 'catch_up' | 'verify' | 'labels'): Promise<void> =>
    saveReconcile(deps.db, account, { step: next, pageToken: null })
  switch (checkpoint.reconcile) {
    case 'listing':
      await listAll(deps, account, checkpoint, signal)
      return goTo('diff')
    case 'diff':
      await diff(deps, account, checkpoint.reconcileRun)
      return goTo('catch_up')
    case 'catch_up':
      await catchUp(deps, account, signal)
      return goTo('verify')
    case 'verify':
      await verifyUnlisted(deps, account, checkpoint, signal)
      return goTo('labels')
    case 'labels':
      await reconcileLabels(deps, account, checkpoint, signal)
      await deps.db.transaction((sql) => finishReconcile(sql, account, deps.clock.now()))
      return
    case null:
      return
  }
}

/** Lists until a pass finds nothing new or the mailbox stood still: a listing is no snapshot, and a moving one can hide a message. */
async function listAll(deps: SyncDeps, account: AccountId, from: Checkpoint, signal: AbortSignal): Promise<void> {
  let pageToken = from.reconcilePageToken
  let whole = 0
  for (let pass = 1; pass <= MOST_PASSES; pass++) {
    const before = await deps.gmail.profile(signal)
    const { fresh, listed } = await listPass(deps, account, from.reconcileRun, pageToken, signal)
    const after = await deps.gmail.profile(signal)
    const stoodStill = fresh === 0 || after.historyId === before.historyId
    // A pass that was resumed in its middle proves nothing by itself.
    if (pageToken === null && stoodStill && isBelievable(++whole, listed, after.messagesTotal)) return
    pageToken = null
  }
}

async function listPass(
  deps: SyncDeps,
  account: AccountId,
  run: number,
  from: string | null,
  signal: AbortSignal,
): Promise<{ readonly fresh: number; readonly listed: number }> {
  let pageToken = from
  let fresh = 0
  let listed = 0
  let restarts = 0
  for (;;) {
    const { includeSpamTrash } = deps.settings
    const page: ListPage | null = await listPage(deps, { pageToken, includeSpamTrash }, signal)
    if (page === null) {
      restarts = countRestart(restarts)
      pageToken = null
      continue
    }
    if (page.nextPageToken !== null && page.nextPageToken === pageToken) {
      throw new AppError('bad_answer', 'Gmail gave the same page of the listing twice; the listing is repeated')
    }
    const items = page.messages.map(({ id, threadId }, index) => ({ id, threadId, ord: listed + index }))
    listed += items.length
    fresh += await deps.exclusive(() =>
      deps.db.transaction(async (sql) => {
        await enqueue(sql, account, items, PRIORITY.repair, deps.clock.now())
        const added = await saveListed(sql, account, run, items)
        await saveReconcile(sql, account, { step: 'listing', pageToken: page.nextPageToken })
        return added
      }),
    )
    deps.report({ phase: 'reconciling', done: listed, total: listed })
    if (page.nextPageToken === null) return { fresh, listed }
    pageToken = page.nextPageToken
  }
}

/** Takes the reconcile's history id as the account's, and takes back tombstones of messages that were listed. */
async function diff(deps: SyncDeps, account: AccountId, run: number): Promise<void> {
  const { live, listed, unlisted } = await countUnlisted(deps.db, account, run)
  if (unlisted > 100 && listed < live / 2) {
    // The next try lists anew: the listing may have been what was wrong.
    await saveReconcile(deps.db, account, { step: null, pageToken: null })
    throw new AppError(
      'mass_deletion',
      `Gmail lists ${listed} messages, but ${live} are stored: fewer than half. Nothing was marked as deleted`,
      {
        remedy:
          'Look at the mailbox in Gmail. If the mail really was deleted there, remove the account and add it again; its stored mail can be kept',
      },
    )
  }
  await deps.exclusive(() =>
    deps.db.transaction(async (sql) => {
      await adoptReconcileHistory(sql, account)
      await markLive(sql, account, await listedTombstones(sql, account, run))
    }),
  )
}
