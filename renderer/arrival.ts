import { createContext, useContext } from 'react'
import type { Problem } from '../shared/errors.ts'

/** Why the link that opened this page brought no API token; null where it did, or where there was no link. */
export const ArrivalContext = createContext<Problem | null>(null)

export const useArrival = (): Problem | null => useContext(ArrivalContext)
