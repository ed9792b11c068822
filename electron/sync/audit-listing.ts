import { AppError, asAppError } from '../../shared/errors.ts'
import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import type { ListOptions, ListPage, MessageFacts } from '../gmail/types.ts'
import { AUDIT_RUN } from '../store/audit-gmail.ts'
import { clearListed, readCheckpoint, saveListed } from '../store/checkpoints.ts'
import type { AuditDeps } from './audit-deps.ts'
import { catchUp } from './catch-up.ts'
import { countRestart, listPage } from './list-page.ts'
import { reconcile } from './reconcile.ts'
import { askFor } from './reconcile-verify.ts'

/** Asking for so many messages one by one is too dear; a second complete listing must say the same. */
export const MOST_ASKED = 2000
const BATCH = 50

/** Brings the account from its checkpoint to now, as a turn would. Throws `conflict` while the first listing is not done. */
export async function bringUp(deps: AuditDeps, account: AccountId, signal: AbortSignal): Promise<void> {
  await deps.hold(async () => {
    const { backfill, historyId, reconcile: step } = await readCheckpoint(deps.db, account)
    if (backfill === 'new' || backfill === 'listing') {
      throw new AppError('conflict', 'The mailbox is being listed for the first time; it cannot be compared yet', {
        remedy: 'Wait until the first listing is done: see mailtide status',
      })
    }
    if (historyId === null || step !== null) return reconcile(deps, account, signal)
    try {
      await catchUp(deps, account, signal)
    } catch (error) {
      if (asAppError(error).code !== 'history_expired') throw error
      await reconcile(deps, account, signal)
    }
  })
}

/** Lists into a run of its own. False when Gmail does not know the label. */
export async function listInto(
  deps: AuditDeps,
  account: AccountId,
  what: { readonly run: number; readonly label?: LabelId; readonly includeSpamTrash: boolean },
  signal: AbortSignal,
): Promise<boolean> {
  const { run, label, includeSpamTrash } = what
  await clearListed(deps.db, account, run)
  let pageToken: string | null = null
  let listed = 0
  let restarts = 0
  for (;;) {
    const options: ListOptions = { pageToken, includeSpamTrash, ...(label === undefined ? {} : { labelId: label }) }
    const page: ListPage | 'unknown' | null = await listPage(deps, options, signal).catch((error: unknown) => {
      if (label !== undefined && asAppError(error).code === 'not_found') return 'unknown' as const
      throw error
    })
    if (page === 'unknown') return false
    if (page === null) {
      restarts = countRestart(restarts)
      pageToken = null
      continue
    }
    const items = page.messages.map(({ id, threadId }, index) => ({ id, threadId, ord: listed + index }))
    await saveListed(deps.db, account, run, items)
    listed += items.length
    if (label === undefined) deps.step('listing', listed, listed)
    if (page.nextPageToken === null) return true
    pageToken = page.nextPageToken
  }
}

export async function forgetListed(deps: AuditDeps, account: AccountId): Promise<void> {
  for (const run of Object.values(AUDIT_RUN)) await clearListed(deps.db, account, run)
}

/** What Gmail says of each message; those of which it could say nothing now are in neither. */
export async function askAll(
  deps: AuditDeps,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<{ readonly gone: Set<MessageId>; readonly found: Map<MessageId, MessageFacts> }> {
  const gone = new Set<MessageId>()
  const found = new Map<MessageId, MessageFacts>()
  for (let at = 0; at < ids.length; at += BATCH) {
    deps.step('asking', at, ids.length)
    const asked = await askFor(deps, ids.slice(at, at + BATCH), signal)
    for (const id of asked.gone) gone.add(id)
    for (const facts of asked.found) found.set(facts.id, facts)
  }
  return { gone, found }
}
