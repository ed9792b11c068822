import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react'
import type { MetricsSeries } from '../../../shared/figures.ts'
import { CHART_HEIGHT, heightOf, STEP_WIDTH } from '../../model/chart-scale.ts'
import type { ChartView } from '../../model/charts.ts'
import { useMinute } from '../../use-clock.ts'
import { words } from '../../words/words.ts'
import { Bars, Lines } from './ChartMarks.tsx'

const say = words.metrics

export interface ChartProps {
  readonly chart: ChartView
  readonly series: MetricsSeries
  readonly isWide: boolean
}

/**
 * A chart, drawn as SVG: its colours are the theme's, also with forced colours, and nothing in it needs a style from script. The value that
 * is pointed at, or chosen with the keyboard, stands in its head, so that nothing covers what is drawn.
 */
export function Chart({ chart, series, isWide }: ChartProps) {
  const id = useId()
  const now = useMinute()
  const [reading, setReading] = useState<number | null>(null)
  const { points, span } = series
  // Another span may have fewer steps.
  const chosen = reading === null || reading >= points.length ? null : reading
  const read = chosen ?? chart.latest
  const at = points[read]?.at
  const value = chart.readings[read] ?? ''
  const from = at === undefined ? '' : say.from(new Date(at), now, span)
  return (
    <figure className={isWide ? 'chart chart-wide' : 'chart'} aria-labelledby={id}>
      <div className="chart-head">
        <h2 id={id}>{chart.title}</h2>
        {chart.empty === null ? (
          <p>
            <b>{value}</b> {from}
          </p>
        ) : null}
      </div>
      {chart.empty === null ? (
        <Plot
          chart={chart}
          count={points.length}
          chosen={chosen}
          times={axisTimes(series)}
          valueText={say.reading(value, from)}
          read={read}
          onRead={setReading}
          span={span}
        />
      ) : (
        <p className="chart-empty">{chart.empty}</p>
      )}
      {chart.empty === null ? <Legend chart={chart} /> : null}
    </figure>
  )
}

interface PlotProps {
  readonly chart: ChartView
  readonly count: number
  readonly span: MetricsSeries['span']
  readonly chosen: number | null
  readonly read: number
  readonly valueText: string
  readonly times: readonly string[]
  readonly onRead: (index: number | null) => void
}

function Plot({ chart, count, chosen, read, valueText, times, onRead }: PlotProps) {
  const width = count * STEP_WIDTH
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = stepTo(event.key, read, count)
    if (to === undefined) return
    event.preventDefault()
    onRead(to)
  }
  const onPointer = (event: PointerEvent): void => {
    const box = event.currentTarget.querySelector('svg')?.getBoundingClientRect()
    if (box === undefined || box.width === 0) return
    const step = Math.floor(((event.clientX - box.left) / box.width) * count)
    onRead(Math.min(count - 1, Math.max(0, step)))
  }
  const x = (chosen ?? 0) * STEP_WIDTH + STEP_WIDTH / 2
  return (
    <div
      className="plot"
      dir="ltr"
      tabIndex={0}
      role="slider"
      aria-label={say.readBy(chart.title)}
      aria-orientation="horizontal"
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={read + 1}
      aria-valuetext={valueText}
      data-reading={chosen !== null || undefined}
      onKeyDown={onKeyDown}
      onPointerMove={onPointer}
      onPointerDown={onPointer}
      onPointerLeave={() => onRead(null)}
      onBlur={() => onRead(null)}
    >
      <svg viewBox={`0 0 ${width} ${CHART_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {[0, CHART_HEIGHT / 2, CHART_HEIGHT].map((y) => (
          <line key={y} className={y === CHART_HEIGHT ? 'grid grid-base' : 'grid'} x1="0" x2={width} y1={y} y2={y} />
        ))}
        {chart.kind === 'bars' ? <Bars chart={chart} chosen={chosen} /> : <Lines chart={chart} />}
        {chart.limit === null ? null : (
          <line
            className="limit"
            x1="0"
            x2={width}
            y1={heightOf(chart.limit.value, chart.top)}
            y2={heightOf(chart.limit.value, chart.top)}
          />
        )}
        {chosen === null ? null : <line className="cursor" x1={x} x2={x} y1="0" y2={CHART_HEIGHT} />}
      </svg>
      <div className="y-axis" aria-hidden="true">
        {chart.ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
      <div className="x-axis" aria-hidden="true">
        {times.map((time, index) => (
          // Two days of a month may be told alike.
          // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
          <span key={index}>{time}</span>
        ))}
      </div>
    </div>
  )
}

function Legend({ chart: { layers, limit, kind } }: { readonly chart: ChartView }) {
  if (layers.length < 2 && limit === null && layers[0]?.total == null) return null
  const named = layers.length > 1 || layers[0]?.total !== null ? layers : []
  return (
    <p className="legend">
      {named.map(({ key, label, tone, total }) => (
        <span key={key}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            {kind === 'bars' ? (
              <rect className={`bar bar-${tone}`} width="10" height="10" rx="2" />
            ) : (
              <line className={`line line-${tone}`} x1="0" x2="10" y1="5" y2="5" />
            )}
          </svg>
          {label} {total}
        </span>
      ))}
      {limit === null ? null : (
        <span>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <line className="limit" x1="0" x2="10" y1="5" y2="5" />
          </svg>
          {limit.label}
        </span>
      )}
    </p>
  )
}

/** Five moments along the chart; the last is the present one. */
function axisTimes({ points, span }: MetricsSeries): readonly string[] {
  const times = [0, 0.25, 0.5, 0.75].map((part) => {
    const point = points[Math.floor(points.length * part)]
    return point === undefined ? '' : say.axisTime(new Date(point.at), span)
  })
  return [...times, say.now]
}

/** Where a key leads: null back to the latest, undefined where the key means nothing. */
function stepTo(key: string, from: number, count: number): number | null | undefined {
  const within = (index: number): number => Math.min(count - 1, Math.max(0, index))
  const page = Math.round(count / 8)
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return within(from - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return within(from + 1)
    case 'PageDown':
      return within(from - page)
    case 'PageUp':
      return within(from + page)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'Escape':
      return null
    default:
      return undefined
  }
}
