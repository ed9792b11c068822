import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Connection } from './backend/backend.ts'
import { useBackend } from './backend/context.ts'
import { createLogStore, type LogStore, type LogView } from './model/log-store.ts'

/** As many past lines as the service remembers. */
const PAST_LINES = 5_000

export interface UsedLog {
  readonly store: LogStore
  readonly view: LogView
  readonly connection: Connection
}

/** The log as it is written, with what was written before, as long as somebody looks. */
export function useLog(): UsedLog {
  const backend = useBackend()
  const [store] = useState(createLogStore)
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' })
  useEffect(() => {
    store.clear()
    return backend.subscribe('log', store.add, {
      // Every level, so that another choice is shown at once.
      level: 'debug',
      lines: PAST_LINES,
      onConnection: setConnection,
      onLost: (notice) => {
        if (notice.kind === 'log') store.lose(notice)
      },
    })
  }, [backend, store])
  return { store, view: useSyncExternalStore(store.subscribe, store.get), connection }
}
