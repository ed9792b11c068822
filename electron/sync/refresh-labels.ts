import type { AccountId } from '../../shared/ids.ts'
import type { GmailLabel } from '../gmail/types.ts'
import { readCheckpoint } from '../store/checkpoints.ts'
import { saveLabels } from '../store/labels.ts'
import { safeText } from '../store/safe-text.ts'
import type { SyncDeps } from './deps.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Reads the labels' names and colours when there is a reason to: history tells nothing of new or renamed labels, so they are read after a
 * pass that had changes, when an unknown label id shows up, and daily — never in an idle pass. The reason is kept in the store until it
 * has been done (`oweLabels`).
 */
export async function refreshLabels(deps: SyncDeps, account: AccountId, signal: AbortSignal): Promise<void> {
  const { labelsListedAt } = await readCheckpoint(deps.db, account)
  if (labelsListedAt !== null && deps.clock.now().getTime() - labelsListedAt.getTime() <= DAY_MS) return
  await readLabelNames(deps, account, signal)
}

/** Reads them in any case. Returns what Gmail listed. */
export async function readLabelNames(
  deps: SyncDeps,
  account: AccountId,
  signal: AbortSignal,
): Promise<readonly GmailLabel[]> {
  const labels = await deps.gmail.labels(signal)
  const rows = labels.map(({ id, name, type, textColor, backgroundColor }) => ({
    id,
    name: safeText(name, 1_000),
    type,
    text_color: textColor === null ? null : safeText(textColor, 100),
    background_color: backgroundColor === null ? null : safeText(backgroundColor, 100),
  }))
  await deps.exclusive(() => deps.db.transaction((sql) => saveLabels(sql, account, rows, deps.clock.now())))
  return labels
}
