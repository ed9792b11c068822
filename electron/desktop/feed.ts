import type { LostNotice } from '../../shared/documents.ts'
import type { LogEntry } from '../../shared/log-entry.ts'
import type { Alert, CycleSummary, Snapshot } from '../../shared/status.ts'

/** What is told by each kind of event. */
export interface FeedData {
  readonly status: Snapshot
  readonly cycle: CycleSummary
  readonly log: LogEntry
  /** Lines of a service elsewhere that did not come over to us. */
  readonly lost: LostNotice
}
export type FeedKind = keyof FeedData

/** What the windows, the tray and the notifications hear, whichever service it comes from. */
export interface Feed {
  /** The last snapshot; null until there is one. */
  snapshot(): Snapshot | null
  /** Of `status`, the present one is told at once. Returns the way to stop. */
  subscribe<Kind extends FeedKind>(kind: Kind, listener: (data: FeedData[Kind]) => void): () => void
  /** Tells every alert that stands, and each later one when its cause begins. Returns the way to stop. */
  onAlert(listener: (alert: Alert) => void): () => void
}

/** The end at which events come in. */
export interface FeedSource extends Feed {
  status(snapshot: Snapshot): void
  log(entry: LogEntry): void
  lost(notice: LostNotice): void
}

/**
 * Cycles and alerts are read off the snapshots, so that a service of this process and one that is listened to over HTTP tell the same. The
 * last cycle of the first snapshot is an earlier one's.
 */
export function createFeed(): FeedSource {
  const listeners: { readonly [Kind in FeedKind]: Set<(data: FeedData[Kind]) => void> } = {
    status: new Set(),
    cycle: new Set(),
    log: new Set(),
    lost: new Set(),
  }
  const alertListeners = new Set<(alert: Alert) => void>()
  let last: Snapshot | null = null
  return {
    snapshot: () => last,
    subscribe: (kind, listener) => {
      listeners[kind].add(listener)
      if (kind === 'status' && last !== null) (listener as (data: Snapshot) => void)(last)
      return () => listeners[kind].delete(listener)
    },
    onAlert: (listener) => {
      alertListeners.add(listener)
      for (const alert of last?.alerts ?? []) listener(alert)
      return () => alertListeners.delete(listener)
    },
    status: (snapshot) => {
      const before = last
      last = snapshot
      const cycle = snapshot.last_cycle
      for (const listener of listeners.status) listener(snapshot)
      if (before !== null && cycle !== null && cycle.finished_at !== before.last_cycle?.finished_at) {
        for (const listener of listeners.cycle) listener(cycle)
      }
      const known = new Set(before?.alerts.map(({ key }) => key))
      for (const alert of snapshot.alerts) {
        if (!known.has(alert.key)) for (const listener of alertListeners) listener(alert)
      }
    },
    log: (entry) => {
      for (const listener of listeners.log) listener(entry)
    },
    lost: (notice) => {
      for (const listener of listeners.lost) listener(notice)
    },
  }
}
