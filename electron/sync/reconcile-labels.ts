import { AppError, asAppError } from '../../shared/errors.ts'
import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import type { ListPage } from '../gmail/types.ts'
import { type Checkpoint, clearListed, saveListed, saveReconcile } from '../store/checkpoints.ts'
import { adjustLabel, labelsInUse } from '../store/labels.ts'
import { labelDeficit, labelSurplus } from '../store/reconciling.ts'
import type { SyncDeps } from './deps.ts'
import { type IdPage, inPages } from './in-pages.ts'
import { countRestart, listPage } from './list-page.ts'
import { askFor, reconcileHistory, takeWord } from './reconcile-verify.ts'
import { readLabelNames } from './refresh-labels.ts'

/** Listings of single labels get runs of their own, away from the reconcile's. */
const LABEL_RUN = -1
const BATCH = 50
/** Messages whose label is put right in one transaction. */
const PAGE = 2_000

/**
 * Rebuilds the members of every label by listing it: 500 messages for 5 units, where asking for each message would cost 20. Only messages
 * that history has not touched since the reconcile began are changed.
 */
export async function reconcileLabels(
  deps: SyncDeps,
  account: AccountId,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): Promise<void> {
  const asOf = reconcileHistory(checkpoint)
  const named = await readLabelNames(deps, account, signal)
  const isNamed = new Set(named.map((label) => label.id))
  const all = [...new Set([...named.map((label) => label.id), ...(await labelsInUse(deps.db, account))])].sort()
  const after = checkpoint.reconcilePageToken
  for (const [index, label] of all.entries()) {
    if (after !== null && label <= after) continue
    deps.report({ phase: 'reconciling', done: index, total: all.length })
    await rebuildLabel(deps, account, { label, isNamed: isNamed.has(label) }, asOf, signal)
    await saveReconcile(deps.db, account, { step: 'labels', pageToken: label })
  }
  await clearListed(deps.db, account, LABEL_RUN)
}

async function rebuildLabel(
  deps: SyncDeps,
  account: AccountId,
  { label, isNamed }: { readonly label: LabelId; readonly isNamed: boolean },
  asOf: bigint,
  signal: AbortSignal,
): Promise<void> {
  const before = await deps.gmail.profile(signal)
  await clearListed(deps.db, account, LABEL_RUN)
  const listed = await listLabel(deps, account, label, signal)
  // A label that Gmail names and then does not know: better leave its members alone. One it no longer names has none.
  if (listed === null && isNamed) return
  const after = await deps.gmail.profile(signal)
  const stoodStill = before.historyId === after.historyId
  const options = { label, run: LABEL_RUN, asOf }
  const adjust = (change: {
    readonly add: readonly MessageId[]
    readonly remove: readonly MessageId[]
  }): Promise<void> => deps.exclusive(() => deps.db.transaction((sql) => adjustLabel(sql, account, label, change)))
  await inPages(
    PAGE,
    (page) => labelDeficit(deps.db, account, { ...options, ...page }),
    (add) => adjust({ add, remove: [] }),
  )
  const surplus = (page: IdPage): Promise<MessageId[]> => labelSurplus(deps.db, account, { ...options, ...page })
  const isWhole = async (): Promise<boolean> =>
    listed === null || listed >= (await deps.gmail.labelTotal(label, signal))
  if (stoodStill && ((await surplus({ after: null, limit: 1 })).length === 0 || (await isWhole()))) {
    return inPages(PAGE, surplus, (remove) => adjust({ add: [], remove }))
  }
  // The mailbox moved while it was listed, or the listing ended early: ask for each before taking the label away.
  await inPages(BATCH, surplus, async (ids) => {
    await takeWord(deps, account, LABEL_RUN, await askFor(deps, ids, signal))
  })
}

/** Lists the members into the label's run; how many there are, null when Gmail does not know the label. */
async function listLabel(
  deps: SyncDeps,
  account: AccountId,
  label: LabelId,
  signal: AbortSignal,
): Promise<number | null> {
  let pageToken: string | null = null
  let listed = 0
  let restarts = 0
  for (;;) {
    const page = await labelPage(deps, label, pageToken, signal)
    if (page === 'unknown') return null
    if (page === null) {
      restarts = countRestart(restarts)
      pageToken = null
      continue
    }
    await saveListed(
      deps.db,
      account,
      LABEL_RUN,
      page.messages.map(({ id, threadId }, index) => ({ id, threadId, ord: listed + index })),
    )
    listed += page.messages.length
    if (page.nextPageToken === null) return listed
    if (page.nextPageToken === pageToken) {
      throw new AppError('bad_answer', 'Gmail gave the same page of a label twice; the label is listed again')
    }
    pageToken = page.nextPageToken
  }
}

async function labelPage(
  deps: SyncDeps,
  label: LabelId,
  pageToken: string | null,
  signal: AbortSignal,
): Promise<ListPage | 'unknown' | null> {
  try {
    return await listPage(deps, { pageToken, includeSpamTrash: true, labelId: label }, signal)
  } catch (error) {
    if (asAppError(error).code === 'not_found') return 'unknown'
    throw error
  }
}
