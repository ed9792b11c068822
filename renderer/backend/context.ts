import { createContext, useContext } from 'react'
import type { Backend } from './backend.ts'

export const BackendContext = createContext<Backend | null>(null)

/** The way to the service. Throws outside of the window's frame. */
export function useBackend(): Backend {
  const backend = useContext(BackendContext)
  if (backend === null) throw new Error('There is no backend here')
  return backend
}
