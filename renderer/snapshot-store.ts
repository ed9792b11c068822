import type { Snapshot } from '../shared/status.ts'
import type { Backend, Connection } from './backend/backend.ts'

/** What the window knows of the service. */
export interface Known {
  /** Null before the first one arrives. */
  readonly snapshot: Snapshot | null
  /** When it arrived. */
  readonly receivedAt: Date | null
  readonly connection: Connection
}

export interface SnapshotStore {
  get(): Known
  subscribe(listener: () => void): () => void
}

/** Keeps the latest snapshot that was pushed, for every component the same. Lives as long as the page. */
export function createSnapshotStore(backend: Pick<Backend, 'subscribe'>): SnapshotStore {
  let known: Known = { snapshot: null, receivedAt: null, connection: { state: 'connecting' } }
  const listeners = new Set<() => void>()
  const change = (part: Partial<Known>): void => {
    known = { ...known, ...part }
    for (const listener of listeners) listener()
  }
  backend.subscribe(
    'status',
    (snapshot) => change({ snapshot: shared(known.snapshot, snapshot), receivedAt: new Date() }),
    {
      onConnection: (connection) => change({ connection }),
    },
  )
  return {
    get: () => known,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * The next snapshot, in which what is as it was is the very same object: most of the time one account of many has moved, and only its card
 * is to be drawn. Pure.
 */
export function shared(before: Snapshot | null, next: Snapshot): Snapshot {
  if (before === null) return next
  const known = new Map(before.accounts.map((account) => [account.id, account]))
  const same = <Value>(old: Value | undefined, value: Value): Value =>
    old !== undefined && JSON.stringify(old) === JSON.stringify(value) ? old : value
  return {
    ...next,
    accounts: next.accounts.map((account) => same(known.get(account.id), account)),
    alerts: same(before.alerts, next.alerts),
  }
}
