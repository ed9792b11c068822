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
}

/** What we will do about a page of history. */
export interface HistoryPlan {
  readonly download: readonly PlannedDownload[]
  readonly relabel: readonly LabelChange[]
  readonly markDeleted: readonly MessageId[]
  /** Label ids the page spoke of. */
  readonly labelIds: ReadonlySet<LabelId>
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
 * leads to the same store; so does applying them twice. `stored` says what we have of the messages mentioned.
 */
export function planHistory(
  records: readonly HistoryRecord[],
  stored: ReadonlyMap<MessageId, StoredVersion>,
  options: { readonly includeSpamTrash: boolean },
): HistoryPlan {
  const download = new Map<MessageId, PlannedDownload>()
  const deleted = new Set<MessageId>()
  const relabel = new Map<MessageId, Relabelling>()
  const labelIds = new Set<LabelId>()

  const want = (change: HistoryChange, historyId: bigint, why: 'live' | 'repair', labels: readonly LabelId[]): void => {
    if (deleted.has(change.id)) return
    if (!options.includeSpamTrash && isHidden(labels)) return
    const before = download.get(change.id)
    const isDraft = labels.includes(DRAFT) || (before?.isDraft ?? false)
    download.set(change.id, {
      id: change.id,
      threadId: change.threadId,
      why: before?.why === 'live' ? 'live' : why,
      isDraft,
      historyId,
    })
  }

  const applyLabels = (change: HistoryChange & { kind: 'labels' }, historyId: bigint, version: StoredVersion): void => {
    // An older change than our copy is already in it; a tombstone has no labels to change.
    if (version.deleted || historyId <= version.historyId) return
    const entry = relabel.get(change.id) ?? { historyId, labels: new Map<LabelId, boolean>() }
    for (const label of change.added) entry.labels.set(label, true)
    for (const label of change.removed) entry.labels.set(label, false)
    entry.historyId = historyId
    relabel.set(change.id, entry)
  }

  for (const { historyId, changes } of records) {
    for (const change of changes) {
      const version = stored.get(change.id)
      switch (change.kind) {
        case 'deleted':
          download.delete(change.id)
          deleted.add(change.id)
          break
        case 'added':
          for (const label of change.labelIds) labelIds.add(label)
          if (version === undefined) want(change, historyId, 'live', change.labelIds)
          break
        case 'labels':
          for (const label of [...change.added, ...change.removed]) labelIds.add(label)
          if (version === undefined) want(change, historyId, 'repair', change.added)
          else applyLabels(change, historyId, version)
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
    labelIds,
  }
}

/** Ids a page speaks of. */
export function mentionedIds(records: readonly HistoryRecord[]): MessageId[] {
  return [...new Set(records.flatMap((record) => record.changes.map((change) => change.id)))]
}
