import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Known, SnapshotStore } from './snapshot-store.ts'

export const SnapshotContext = createContext<SnapshotStore | null>(null)

/** What the window knows of the service, as it changes. Throws outside of the window's frame. */
export function useSnapshot(): Known {
  const store = useContext(SnapshotContext)
  if (store === null) throw new Error('There is no snapshot here')
  return useSyncExternalStore(store.subscribe, store.get)
}
