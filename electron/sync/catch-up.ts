import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { HistoryPage } from '../gmail/types.ts'
import { advanceHistory, readCheckpoint } from '../store/checkpoints.ts'
import { applyLabelChanges, oweLabels } from '../store/labels.ts'
import { markDeleted, purgeMessages, readVersions } from '../store/messages.ts'
import { dequeue, enqueue, PRIORITY } from '../store/queue.ts'
import type { SyncDeps } from './deps.ts'
import { mentionedIds, type PlannedDownload, planHistory } from './plan-history.ts'

/** A draft being typed gets a new message id on every save: most copies are superseded within this time. */
const DRAFT_SETTLES_MS = 30_000

/**
 * Brings one account from its checkpoint to now. Each page is read, planned and committed before the next; the checkpoint moves
 * with the last one, to the mailbox's history id as of the *first* page, since later pages may report a newer id than the records
 * they list. A pass cut short is simply repeated. Throws `history_expired` when Gmail no longer knows the checkpoint.
 */
export async function catchUp(deps: SyncDeps, account: AccountId, signal: AbortSignal): Promise<void> {
  const { historyId: start } = await readCheckpoint(deps.db, account)
  if (start === null) throw new AppError('bug', 'Catching up before the first listing began')
  let upTo = start
  let pageToken: string | null = null
  for (let first = true; ; first = false) {
    const page: HistoryPage = await deps.gmail.history(start, pageToken, signal)
    if (first && page.mailboxHistoryId < start) await assertReaches(deps, start, signal)
    if (first && page.mailboxHistoryId > start) upTo = page.mailboxHistoryId
    const isLast = page.nextPageToken === null
    if (page.nextPageToken !== null && page.nextPageToken === pageToken) {
      throw new AppError('bad_answer', 'Gmail gave the same page of history twice; the pass is repeated')
    }
    if (page.records.length > 0) deps.report({ phase: 'catching_up', done: 0, total: 0 })
    await commitPage(deps, account, page, isLast ? { from: start, to: upTo } : null)
    if (isLast) return
    pageToken = page.nextPageToken
  }
}

/**
 * An answer may lag behind, but a mailbox that has not come as far as our checkpoint is another one than it was (made anew under the same
 * address), or the checkpoint was never its: from there on, nothing would ever be heard of it.
 */
async function assertReaches(deps: SyncDeps, start: bigint, signal: AbortSignal): Promise<void> {
  const { historyId } = await deps.gmail.profile(signal)
  if (historyId >= start) return
  throw new AppError('history_expired', 'Gmail’s history ends before the position up to which the account was synced')
}

/** Commits what one page means, and the checkpoint when it is the last. */
async function commitPage(
  deps: SyncDeps,
  account: AccountId,
  page: HistoryPage,
  checkpoint: { readonly from: bigint; readonly to: bigint } | null,
): Promise<void> {
  // An idle pass costs no write at all.
  if (page.records.length === 0 && (checkpoint === null || checkpoint.from === checkpoint.to)) return
  const now = deps.clock.now()
  const purge = deps.settings.onRemoteDelete === 'purge'
  const plan = await deps.exclusive(() =>
    deps.db.transaction(async (sql) => {
      const stored = await readVersions(sql, account, mentionedIds(page.records))
      const planned = planHistory(page.records, stored, deps.settings)
      await applyLabelChanges(sql, account, planned.relabel)
      if (purge) await purgeMessages(sql, account, planned.markDeleted, now)
      else await markDeleted(sql, account, planned.markDeleted, now)
      await dequeue(sql, account, planned.markDeleted)
      // After the deletions: what came back is in both.
      await queueDownloads(sql, account, planned.download, now)
      if (page.records.length > 0) await oweLabels(sql, account)
      if (checkpoint !== null) await advanceHistory(sql, account, checkpoint.from, checkpoint.to)
      return planned
    }),
  )
  if (purge) {
    const back = new Set(plan.download.map(({ id }) => id))
    const gone = plan.markDeleted.filter((id) => !back.has(id))
    if (gone.length > 0) await deps.removeRaw(account, gone)
  }
}

async function queueDownloads(
  sql: Parameters<typeof enqueue>[0],
  account: AccountId,
  downloads: readonly PlannedDownload[],
  now: Date,
): Promise<void> {
  const settled = new Date(now.getTime() + DRAFT_SETTLES_MS)
  const items = downloads.map((download, ord) => ({
    id: download.id,
    threadId: download.threadId,
    historyId: download.historyId,
    ord,
    ...(download.isDraft ? { notBefore: settled } : {}),
    isBack: download.isBack,
    why: download.why,
  }))
  await enqueue(
    sql,
    account,
    items.filter((item) => item.why === 'live'),
    PRIORITY.live,
    now,
  )
  // Keeps its place when the backfill has queued it already: a flood of label changes must not turn the order round.
  await enqueue(
    sql,
    account,
    items.filter((item) => item.why === 'repair'),
    PRIORITY.backfill,
    now,
  )
}
