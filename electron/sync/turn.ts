import { asAppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { HoldReason } from '../../shared/status.ts'
import { type Checkpoint, finishBackfill, markSynced, readCheckpoint } from '../store/checkpoints.ts'
import { readTotals } from '../store/counters.ts'
import { clampTries, hasBackfillRows, nextTry, PRIORITY } from '../store/queue.ts'
import { listMailbox } from './backfill.ts'
import { catchUp } from './catch-up.ts'
import type { SyncDeps } from './deps.ts'
import { download } from './download.ts'
import { concernOf } from './plan-failure.ts'
import { reconcile } from './reconcile.ts'
import { refreshLabels } from './refresh-labels.ts'
import { lookAgain } from './second-look.ts'

/** While a turn downloads, history is read this often, so that new mail never waits for the backfill and the checkpoint never ages. */
const LIVE_PASS_MS = 20_000
/** A turn that nobody waits for may take more than `batchSize` messages, but no longer than this: between turns is when figures are kept. */
const LONGEST_TURN_MS = 60_000

export interface TurnResult {
  readonly stored: number
  readonly failed: number
  /** More messages are due: the account wants another turn. */
  readonly more: boolean
  /** When the next queued message is due; null when the queue is empty. */
  readonly nextTryAt: Date | null
  /** Why the rest of the first download waits, with nothing else left to do; null when it does not. */
  readonly held: HoldReason | null
}

export interface TurnOptions {
  readonly signal: AbortSignal
  /** A chunk was committed: for live counts. */
  readonly onStored: (count: number) => void
  /** The account's checkpoint changed its step: for what is shown of it. */
  readonly onCheckpoint: () => Promise<void>
  /** Whether another account waits for its turn. */
  readonly othersWait: () => boolean
}

/**
 * One turn of one account: repair an expired checkpoint, catch up, list what is not listed yet, download up to `batchSize` messages.
 * Everything is resumed from the store, so a turn cut anywhere is simply taken again.
 */
export async function turn(deps: SyncDeps, account: AccountId, options: TurnOptions): Promise<TurnResult> {
  const { signal } = options
  await clampTries(deps.db, account, deps.clock.now())
  const checkpoint = await readCheckpoint(deps.db, account)
  await bringUpToDate(deps, account, checkpoint, options)
  await options.onCheckpoint()
  // That names cannot be had now must not keep mail waiting: they are asked for again at the end.
  await refreshLabels(deps, account, signal).catch((error: unknown) => {
    if (concernOf(error) === 'account') throw error
  })
  await lookAgain(deps, account, checkpoint, signal)

  let seen = 0
  const total = (await readTotals(deps.db, account)).get(account)?.queued ?? 0
  /** Only a first download is held back, and only its messages: listing them is cheap, and new mail cannot be known without it. */
  const heldBy = (): HoldReason | null => (checkpoint.backfill === 'done' ? null : deps.backfillHeld())
  const live = livePasses(deps, account, signal)
  const endsAt = deps.clock.monotonic() + LONGEST_TURN_MS
  const downloaded = await download(deps, account, {
    limit: deps.settings.batchSize,
    goesOn: () => !options.othersWait() && live.isRunning() && deps.clock.monotonic() < endsAt,
    lowest: () => (heldBy() === null ? PRIORITY.backfill : PRIORITY.repair),
    signal: live.signal,
    onCommit: (chunk) => {
      seen += chunk.stored
      options.onStored(chunk.stored)
      deps.report({ phase: 'downloading', done: seen, total: Math.max(total, seen) })
    },
  }).catch(async (error: unknown) => {
    // When a pass beside the download failed, the download was only stopped by it: its failure is the one to tell.
    await live.stop()
    throw error
  })
  const passed = await live.stop()
  // Again, if what was stored carries a label we cannot name, or a pass beside the download saw changes.
  await refreshLabels(deps, account, signal)

  const isUnfinished = await hasBackfillRows(deps.db, account)
  if (!isUnfinished) await finishBackfill(deps.db, account, deps.clock.now())
  const held = isUnfinished ? heldBy() : null
  const nextTryAt = await nextTry(deps.db, account, held === null ? PRIORITY.backfill : PRIORITY.repair)
  const now = deps.clock.now()
  // History that ran out in the midst is repaired at once: until then nobody knows what is missing.
  const more = passed.isExpired || (nextTryAt !== null && nextTryAt <= now)
  // A mailbox of which a part is held back was never wholly synced.
  if (!more && held === null) await markSynced(deps.db, account, now)
  return { stored: downloaded.stored, failed: downloaded.failed, more, nextTryAt, held: more ? null : held }
}

/** Catches up, or repairs what must be repaired first. */
async function bringUpToDate(
  deps: SyncDeps,
  account: AccountId,
  checkpoint: Checkpoint,
  options: TurnOptions,
): Promise<void> {
  const { signal } = options
  if (checkpoint.backfill === 'new' || (checkpoint.backfill === 'listing' && checkpoint.historyId !== null)) {
    await listMailbox(deps, account, signal, options.onCheckpoint)
  } else if (checkpoint.reconcile !== null || checkpoint.historyId === null) {
    await reconcile(deps, account, signal)
    return
  }
  try {
    await catchUp(deps, account, signal)
  } catch (error) {
    if (asAppError(error).code !== 'history_expired') throw error
    deps.log.warning('Gmail no longer has the history since the last sync; comparing the whole mailbox', { account })
    await reconcile(deps, account, signal)
  }
}

interface LivePasses {
  /** Fires when the turn is to stop, or when a pass beside the download failed. */
  readonly signal: AbortSignal
  /** False when a pass ended them: the next turn repairs what it met. */
  isRunning(): boolean
  /** Ends the passes and says whether Gmail no longer has the history since; throws what made one fail. */
  stop(): Promise<{ readonly isExpired: boolean }>
}

/** Reads history every few seconds until stopped. */
function livePasses(deps: SyncDeps, account: AccountId, signal: AbortSignal): LivePasses {
  const stop = new AbortController()
  const broken = new AbortController()
  let runs = true
  let isExpired = false
  let failure: unknown
  const loop = async (): Promise<void> => {
    try {
      for (;;) {
        await deps.clock.sleep(LIVE_PASS_MS, AbortSignal.any([signal, stop.signal]))
        await catchUp(deps, account, signal)
      }
    } catch (error) {
      // Expired history is repaired at the start of the next turn; any other failure ends this turn.
      isExpired = asAppError(error).code === 'history_expired'
      if (isExpired || stop.signal.aborted || signal.aborted) return
      failure = error
      broken.abort()
    }
  }
  const running = loop().finally(() => {
    runs = false
  })
  return {
    isRunning: () => runs,
    signal: AbortSignal.any([signal, broken.signal]),
    stop: async () => {
      stop.abort()
      await running
      if (failure !== undefined) throw failure
      return { isExpired }
    },
  }
}
