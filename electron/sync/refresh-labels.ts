import type { AccountId, LabelId } from '../../shared/ids.ts'
import { readCheckpoint } from '../store/checkpoints.ts'
import { knownLabelIds, saveLabels } from '../store/labels.ts'
import { safeText } from '../store/safe-text.ts'
import type { SyncDeps } from './deps.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Reads the labels' names and colours when there is a reason to: history tells nothing of new or renamed labels, so they are read in a
 * pass that had changes, when an unknown label id shows up, and daily — never in an idle pass.
 */
export async function refreshLabels(
  deps: SyncDeps,
  account: AccountId,
  seen: { readonly changed: boolean; readonly labelIds: ReadonlySet<LabelId> },
  signal: AbortSignal,
): Promise<void> {
  const { labelsListedAt } = await readCheckpoint(deps.db, account)
  const isOld = labelsListedAt === null || deps.clock.now().getTime() - labelsListedAt.getTime() > DAY_MS
  if (!seen.changed && !isOld && !(await hasUnknown(deps, account, seen.labelIds))) return
  const labels = await deps.gmail.labels(signal)
  const rows = labels.map(({ id, name, type, textColor, backgroundColor }) => ({
    id,
    name: safeText(name, 1_000),
    type,
    text_color: textColor === null ? null : safeText(textColor, 100),
    background_color: backgroundColor === null ? null : safeText(backgroundColor, 100),
  }))
  await deps.exclusive(() => deps.db.transaction((sql) => saveLabels(sql, account, rows, deps.clock.now())))
}

async function hasUnknown(deps: SyncDeps, account: AccountId, labelIds: ReadonlySet<LabelId>): Promise<boolean> {
  if (labelIds.size === 0) return false
  const known = await knownLabelIds(deps.db, account)
  return [...labelIds].some((id) => !known.has(id))
}
