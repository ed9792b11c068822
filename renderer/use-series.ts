import { useEffect, useState } from 'react'
import type { Problem } from '../shared/errors.ts'
import type { MetricsSeries, SeriesSpan } from '../shared/figures.ts'
import { problemOf } from './backend/backend.ts'
import { useBackend } from './backend/context.ts'

export interface UsedSeries {
  /** The last that was read, of whatever span; null before the first. */
  readonly series: MetricsSeries | null
  readonly problem: Problem | null
}

/** After a failure it is asked again by itself: the service may answer by then, or the token may have been given. */
const ASK_AGAIN_MS = 3_000

/** The figures of a span, read anew whenever `version` changes. What was read before stands until then: nothing blinks. */
export function useSeries(span: SeriesSpan, version: string): UsedSeries {
  const backend = useBackend()
  const [used, setUsed] = useState<UsedSeries>({ series: null, problem: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version means other figures
  useEffect(() => {
    let isOver = false
    let again: ReturnType<typeof setTimeout> | undefined
    const ask = (): void => {
      backend.call('metricsSeries', { span }).then(
        (series) => {
          if (!isOver) setUsed({ series, problem: null })
        },
        (error: unknown) => {
          if (isOver) return
          setUsed(({ series }) => ({ series, problem: problemOf(error) }))
          again = setTimeout(ask, ASK_AGAIN_MS)
        },
      )
    }
    ask()
    return () => {
      isOver = true
      clearTimeout(again)
    }
  }, [backend, span, version])
  return used
}
