import type { LabelId, MessageId, ThreadId } from '../../shared/ids.ts'
import type { HistoryChange, HistoryRecord } from '../gmail/types.ts'
import type { LabelChange } from '../store/labels.ts'
import type { StoredVersion } from '../store/messages.ts'

export interface PlannedDownload {
  readonly id: MessageId
  readonly threadId: ThreadId
  /** `live`: history said it was added. `repair`: history speaks of a message we do not have. */
  readonly why: 'live' | 'repair'
  /** Being written: its id will soon be another one. */
  readonly isDraft: boolean
  /** The last record that spoke of it. */
  readonly historyId: bigint
  /** Our copy is marked as deleted, or is about to be: the answer to the download takes that back. */
  readonly isBack: boolean
}

/** What we will do about a page of history. */
export interface HistoryPlan {
  readonly download: readonly PlannedDownload[]
  readonly relabel: readonly LabelChange[]
  readonly markDeleted: readonly MessageId[]
}

const DRAFT = 'DRAFT' as LabelId
const isHidden = (labelIds: readonly LabelId[]): boolean =>
  labelIds.includes('SPAM' as LabelId) || labelIds.includes('TRASH' as LabelId)

interface Relabelling {
  historyId: bigint
  /** The last word on each label: true = added. */
  readonly labels: Map<LabelId, boolean>
}

/**
 * Decides what records of history mean for us. No clock, no network, no database. Splitting the records into pages at any place
 * leads to the same store; so does applying them twice, or having them in another order within a page. `stored` says what we have of the
 * messages mentioned. What is marked as deleted here, or by an earlier page, and is spoken of by a later record, is back: it is fetched.
 */
export function planHistory(
  records: readonly HistoryRecord[],
  stored: ReadonlyMap<MessageId, StoredVersion>,
  options: { readonly includeSpamTrash: boolean },
): HistoryPlan {
  const download = new Map<MessageId, PlannedDownload>()
  const deleted = new Set<MessageId>()
  const relabel = new Map<MessageId, Relabelling>()

  const want = (change: HistoryChange, historyId: bigint, why: 'live' | 'repair', labels: readonly LabelId[]): void => {
    if (!options.includeSpamTrash && isHidden(labels)) return
    const before = download.get(change.id)
    const isDraft = labels.includes(DRAFT) || (before?.isDraft ?? false)
    download.set(change.id, {
      id: change.id,
      threadId: change.threadId,
      why: before?.why === 'live' ? 'live' : why,
      isDraft,
      historyId,
      isBack: deleted.has(change.id) || stored.has(change.id),
    })
  }

  const applyLabels = (change: HistoryChange & { kind: 'labels' }, historyId: bigint, version: StoredVersion): void => {
    // An older change than our copy is already in it.
    if (historyId <= version.historyId) return
    const entry = relabel.get(change.id) ?? { historyId, labels: new Map<LabelId, boolean>() }
    for (const label of change.added) entry.labels.set(label, true)
    for (const label of change.removed) entry.labels.set(label, false)
    entry.historyId = historyId
    relabel.set(change.id, entry)
  }

  /** Whether what we have of a message, after what this page said so far, is a live copy. */
  const isLive = (id: MessageId): boolean => stored.get(id)?.deleted === false && !deleted.has(id)
  /** A copy that is newer than a record knows what it says. */
  const isNews = (id: MessageId, historyId: bigint): boolean => historyId > (stored.get(id)?.historyId ?? -1n)

  for (const { historyId, changes } of records.toSorted((a, b) => compare(a.historyId, b.historyId))) {
    for (const change of changes) {
      const version = stored.get(change.id)
      switch (change.kind) {
        case 'deleted':
          // What changed after this deletion was not gone for good.
          if (version !== undefined && !version.deleted && historyId < version.historyId) break
          download.delete(change.id)
          deleted.add(change.id)
          break
        case 'added':
          if (!isLive(change.id) && isNews(change.id, historyId)) want(change, historyId, 'live', change.labelIds)
          break
        case 'labels':
          if (version !== undefined && isLive(change.id)) applyLabels(change, historyId, version)
          else if (isNews(change.id, historyId)) want(change, historyId, 'repair', change.added)
          break
      }
    }
  }
  return {
    download: [...download.values()],
    relabel: [...relabel]
      .filter(([id]) => !deleted.has(id))
      .map(([id, { historyId, labels }]) => ({
        id,
        historyId,
        added: [...labels].filter(([, on]) => on).map(([label]) => label),
        removed: [...labels].filter(([, on]) => !on).map(([label]) => label),
      })),
    markDeleted: [...deleted],
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** Ids a page speaks of. */
export function mentionedIds(records: readonly HistoryRecord[]): MessageId[] {
  return [...new Set(records.flatMap((record) => record.changes.map((change) => change.id)))]
}
