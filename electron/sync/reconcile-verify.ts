import { AppError, asAppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { MessageFacts } from '../gmail/types.ts'
import { type Checkpoint, saveListed } from '../store/checkpoints.ts'
import { saveCurrentLabels } from '../store/labels.ts'
import { markDeleted, purgeMessages } from '../store/messages.ts'
import { measureVersions, unlistedMessages } from '../store/reconciling.ts'
import type { SyncDeps } from './deps.ts'

const BATCH = 50
/** Asking for so many messages one by one is too dear; a second complete listing must miss them as well. */
const MOST_ASKED = 2000

/**
 * Stored messages that the listing did not have are deleted in Gmail, or the listing missed them: each is asked for. Found ones get their
 * present labels and count as listed, so that a verification cut short goes on with the rest.
 */
export async function verifyUnlisted(
  deps: SyncDeps,
  account: AccountId,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): Promise<void> {
  const asOf = reconcileHistory(checkpoint)
  const run = checkpoint.reconcileRun
  const unlisted = (after: MessageId | null = null) =>
    unlistedMessages(deps.db, account, { run, asOf, after, limit: MOST_ASKED + 1 })
  let candidates = await unlisted()
  // A listing is no snapshot, so two must have missed a message. The first one left spam and trash out where the person says so.
  for (let more = deps.settings.includeSpamTrash ? 1 : 2; more > 0 && candidates.length > MOST_ASKED; more--) {
    await listOnceMore(deps, account, run, signal)
    // Each page would else be found by reading and sorting all that follow it.
    await measureVersions(deps.db.as('maintenance'))
    candidates = await unlisted()
  }
  const byListing = candidates.length > MOST_ASKED
  let done = 0
  // Many are read at once, and a few settled: finding a page costs far more than what is done with it.
  for (let page = candidates; page.length > 0; ) {
    for (let at = 0; at < page.length; at += BATCH) {
      signal.throwIfAborted()
      const batch = page.slice(at, at + BATCH)
      if (byListing) await takeWord(deps, account, run, { gone: batch, found: [] })
      else await takeWord(deps, account, run, await askFor(deps, batch, signal))
      done += batch.length
      deps.report({ phase: 'reconciling', done, total: Math.max(candidates.length, done) })
    }
    page = byListing ? await unlisted(page.at(-1)) : []
  }
}

export function reconcileHistory(checkpoint: Checkpoint): bigint {
  if (checkpoint.reconcileHistoryId === null) throw new AppError('bug', 'A reconcile without a history id')
  return checkpoint.reconcileHistoryId
}

export interface Asked {
  readonly gone: readonly MessageId[]
  readonly found: readonly MessageFacts[]
}

/** Asks Gmail for each message without its bytes. */
export async function askFor(deps: SyncDeps, ids: readonly MessageId[], signal: AbortSignal): Promise<Asked> {
  const gone: MessageId[] = []
  const found: MessageFacts[] = []
  const ask = async (id: MessageId): Promise<void> => {
    try {
      found.push(await deps.gmail.minimal(id, 'backfill', signal))
    } catch (error) {
      const { code } = asAppError(error)
      // One that Gmail cannot show at the moment is left as it is, and asked for at the next comparison.
      if (code === 'server' || code === 'bad_answer') return
      if (code !== 'gone' && code !== 'bad_id') throw error
      gone.push(id)
    }
  }
  await Promise.all(ids.map(ask))
  return { gone, found }
}

/** Makes the store say what Gmail said, originals included; what was found counts as listed in the run. */
export async function takeWord(deps: SyncDeps, account: AccountId, run: number, asked: Asked): Promise<void> {
  const purge = deps.settings.onRemoteDelete === 'purge'
  await deps.exclusive(() =>
    deps.db.transaction(async (sql) => {
      if (purge) await purgeMessages(sql, account, asked.gone, deps.clock.now())
      else await markDeleted(sql, account, asked.gone, deps.clock.now())
      await saveCurrentLabels(sql, account, asked.found)
      await saveListed(
        sql,
        account,
        run,
        asked.found.map(({ id, threadId }) => ({ id, threadId, ord: 0 })),
      )
    }),
  )
  if (purge) await deps.removeRaw(account, asked.gone)
}

/** A second complete listing into the same run: what it finds is not deleted. */
async function listOnceMore(deps: SyncDeps, account: AccountId, run: number, signal: AbortSignal): Promise<void> {
  let pageToken: string | null = null
  do {
    const page = await deps.gmail.list({ pageToken, includeSpamTrash: true }, signal)
    await saveListed(
      deps.db,
      account,
      run,
      page.messages.map(({ id, threadId }) => ({ id, threadId, ord: 0 })),
    )
    pageToken = page.nextPageToken === pageToken ? null : page.nextPageToken
  } while (pageToken !== null)
}
