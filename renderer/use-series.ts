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

/** The figures of a span, read anew whenever `version` changes. What was read before stands until then: nothing blinks. */
export function useSeries(span: SeriesSpan, version: string): UsedSeries {
  const backend = useBackend()
  const [used, setUsed] = useState<UsedSeries>({ series: null, problem: null })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version means other figures
  useEffect(() => {
    let isOver = false
    backend.call('metricsSeries', { span }).then(
      (series) => {
        if (!isOver) setUsed({ series, problem: null })
      },
      (error: unknown) => {
        if (!isOver) setUsed(({ series }) => ({ series, problem: problemOf(error) }))
      },
    )
    return () => {
      isOver = true
    }
  }, [backend, span, version])
  return used
}
