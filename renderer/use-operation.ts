import { useCallback, useEffect, useRef, useState } from 'react'
import type { OperationName } from '../shared/contract.ts'
import type { Problem } from '../shared/errors.ts'
import { type Input, type Output, problemOf } from './backend/backend.ts'
import { useBackend } from './backend/context.ts'

export type OperationState<N extends OperationName> =
  | { readonly state: 'idle' }
  | { readonly state: 'pending' }
  | { readonly state: 'done'; readonly output: Output<N> }
  | { readonly state: 'failed'; readonly problem: Problem }

export type Run<N extends OperationName> = (input: Input<N>) => Promise<Output<N> | null>

/**
 * One call at a time: what to run, and how it stands. `run` never throws and gives null where it failed, or when the component has gone
 * meanwhile; while a call is pending another one is ignored.
 */
export function useOperation<N extends OperationName>(
  name: N,
): { readonly run: Run<N>; readonly reset: () => void } & OperationState<N> {
  const backend = useBackend()
  const [status, setStatus] = useState<OperationState<N>>({ state: 'idle' })
  const isPending = useRef(false)
  const isGone = useRef(false)
  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])
  const run = useCallback<Run<N>>(
    async (input) => {
      if (isPending.current) return null
      isPending.current = true
      setStatus({ state: 'pending' })
      try {
        const output = await backend.call(name, input)
        if (isGone.current) return null
        setStatus({ state: 'done', output })
        return output
      } catch (error) {
        if (!isGone.current) setStatus({ state: 'failed', problem: problemOf(error) })
        return null
      } finally {
        isPending.current = false
      }
    },
    [backend, name],
  )
  const reset = useCallback(() => setStatus({ state: 'idle' }), [])
  return { run, reset, ...status }
}
