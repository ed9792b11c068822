import { memo } from 'react'
import { heightOf, linePath, STEP_WIDTH } from '../../model/chart-scale.ts'
import type { ChartView } from '../../model/charts.ts'

/** How much of a step stays empty beside its bar, and of a bar below the next one stacked on it. */
const GAP = 2

/** A bar for each step; of several layers stacked, told apart by a gap. */
export const Bars = memo(({ chart, chosen }: { readonly chart: ChartView; readonly chosen: number | null }) => {
  const bases = new Map<number, number>()
  return chart.layers.map(({ key, tone, values }) => (
    <g key={key} className={`bar bar-${tone}`}>
      {values.map((value, index) => {
        if (value === null || value === 0) return null
        const below = bases.get(index) ?? 0
        bases.set(index, below + value)
        const [top, bottom] = [heightOf(below + value, chart.top), heightOf(below, chart.top)]
        // What there is at all can be seen, however little it is.
        const height = Math.max(0.75, bottom - top - (below === 0 ? 0 : GAP))
        return (
          <rect
            // A step is its place.
            // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
            key={index}
            className={chosen === null || chosen === index ? undefined : 'off'}
            x={index * STEP_WIDTH + GAP / 2}
            y={Math.min(top, bottom - height)}
            width={STEP_WIDTH - GAP}
            height={height}
          />
        )
      })}
    </g>
  ))
})

/** A line for each layer, over short stretches in which nothing was measured. */
export const Lines = memo(({ chart }: { readonly chart: ChartView }) =>
  chart.layers.map(({ key, tone, values }) => (
    <path key={key} className={`line line-${tone}`} d={linePath(values, chart.top, chart.joins)} />
  )),
)
