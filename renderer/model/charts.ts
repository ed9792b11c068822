import type { MetricsSeries, SeriesPoint } from '../../shared/figures.ts'
import type { Words } from '../words/words.ts'
import { roundSeconds, roundTop } from './chart-scale.ts'

/** One colour of a chart. */
export interface Layer {
  readonly key: string
  readonly label: string
  /** The colour token; 4 is for what is left over. */
  readonly tone: 1 | 2 | 3 | 4
  readonly values: readonly (number | null)[]
  /** Of everything within the span, for the legend; null where a sum says nothing. */
  readonly total: string | null
}

export interface ChartView {
  readonly key: 'emails' | 'duration' | 'errors' | 'store' | 'quota'
  readonly title: string
  readonly kind: 'bars' | 'lines'
  /** What is stacked in each step, from below; or the lines. */
  readonly layers: readonly Layer[]
  readonly top: number
  /** Of the axis: top, middle, bottom. */
  readonly ticks: readonly [string, string, string]
  /** Of lines: so many steps without a value are still no gap. */
  readonly joins: number
  readonly limit: { readonly value: number; readonly label: string } | null
  /** The value of each step in words. */
  readonly readings: readonly string[]
  /** The step that is read when nobody chooses one: the last with anything in it. */
  readonly latest: number
  /** Instead of the chart where there is nothing to draw. */
  readonly empty: string | null
}

/** So many kinds of error have a colour of their own. */
const OWN_COLOURS = 3

/** The charts of a series. Pure. */
export function chartsOf(
  { points, step_seconds }: MetricsSeries,
  intervalMinutes: number,
  words: Words,
): readonly ChartView[] {
  const say = words.metrics
  const layer = (key: string, values: readonly (number | null)[], tone: Layer['tone'] = 1): Layer => ({
    key,
    label: key,
    tone,
    values,
    total: null,
  })
  const chart = (
    key: ChartView['key'],
    layers: readonly Layer[],
    top: number,
    tick: (value: number) => string,
    reading: (point: SeriesPoint) => string,
    more: Partial<ChartView> = {},
  ): ChartView => ({
    key,
    title: say.titles[key],
    kind: 'bars',
    layers,
    top,
    ticks: [tick(top), tick(top / 2), tick(0)],
    limit: null,
    // Sizes are written down with each cycle: where two in a row are missing, the service was off.
    joins: Math.max(1, Math.ceil((2 * intervalMinutes * 60) / step_seconds)),
    readings: points.map(reading),
    latest: lastWithAnything(points, layers),
    empty: layers.every(({ values }) => values.every((value) => value === null || value === 0)) ? say.nothing : null,
    ...more,
  })

  const emails = points.map((point) => point.emails)
  const longest = points.map((point) => point.duration_seconds_max)
  const interval = intervalMinutes * 60
  const slowest = Math.max(0, ...longest.map((value) => value ?? 0))
  // An interval far above everything would only press the bars flat.
  const hasLimit = interval <= Math.max(slowest * 2, 60)
  const errors = errorLayers(points, words)
  const database = {
    ...layer(
      'database',
      points.map((point) => point.database_bytes),
    ),
    label: say.database,
  }
  const raw = {
    ...layer(
      'raw',
      points.map((point) => point.raw_bytes),
      3,
    ),
    label: say.originals,
  }
  const quota = points.map((point) => point.quota_units)
  return [
    chart('emails', [layer('emails', emails)], roundTop(Math.max(0, ...emails), true), say.count, (point) =>
      say.messagesIn(point.emails, point.cycles),
    ),
    chart(
      'duration',
      [layer('duration', longest)],
      roundSeconds(Math.max(slowest, hasLimit ? interval : 0)),
      say.axisSeconds,
      ({ duration_seconds_max: max, duration_seconds_mean: mean, cycles }) =>
        max === null || mean === null ? say.noCycle : say.longest(max, mean, cycles),
      { limit: hasLimit ? { value: interval, label: say.interval(intervalMinutes) } : null },
    ),
    chart(
      'errors',
      errors,
      roundTop(Math.max(0, ...points.map((point) => point.errors)), true),
      say.count,
      (point) => say.errors(point.errors, kindsOf(point, words)),
      { empty: errors.length === 0 ? say.noErrors : null },
    ),
    chart(
      'store',
      [database, raw],
      roundTop(Math.max(0, ...[database, raw].flatMap(({ values }) => values.map((value) => value ?? 0)))),
      say.bytes,
      (point) => say.sizes(point.database_bytes, point.raw_bytes),
      { kind: 'lines' },
    ),
    chart('quota', [layer('quota', quota)], roundTop(Math.max(0, ...quota), true), say.count, (point) =>
      say.units(point.quota_units),
    ),
  ]
}

/** The kinds of error of all points, the most frequent first. */
export function errorKinds(points: readonly SeriesPoint[]): readonly (readonly [string, number])[] {
  const totals = new Map<string, number>()
  for (const { errors_by_kind } of points) {
    for (const [kind, count] of Object.entries(errors_by_kind)) totals.set(kind, (totals.get(kind) ?? 0) + count)
  }
  return [...totals]
    .filter(([, count]) => count > 0)
    .sort(([one, times], [other, otherTimes]) => otherTimes - times || (one < other ? -1 : 1))
}

function errorLayers(points: readonly SeriesPoint[], { metrics: say }: Words): readonly Layer[] {
  const kinds = errorKinds(points)
  const own = kinds.length > OWN_COLOURS + 1 ? kinds.slice(0, OWN_COLOURS) : kinds
  const others = kinds.slice(own.length)
  const valuesOf = (names: readonly string[]) =>
    points.map(({ errors_by_kind }) => names.reduce((sum, name) => sum + (errors_by_kind[name] ?? 0), 0))
  const tones = tonesOf(own.map(([kind]) => kind))
  const layers = own.map(
    ([kind, total]): Layer => ({
      key: kind,
      label: say.errorKind(kind),
      tone: tones.get(kind) ?? 4,
      values: valuesOf([kind]),
      total: say.count(total),
    }),
  )
  if (others.length === 0) return layers
  const rest: Layer = {
    key: 'others',
    label: say.otherKinds,
    tone: 4,
    values: valuesOf(others.map(([kind]) => kind)),
    total: say.count(others.reduce((sum, [, count]) => sum + count, 0)),
  }
  return [...layers, rest]
}

/** The usual kinds have their colour whatever else there is, so that another span does not tell them in another. */
const usualTones: Readonly<Record<string, 1 | 2 | 3>> = { quota: 1, network: 2, server: 3 }

function tonesOf(kinds: readonly string[]): ReadonlyMap<string, Layer['tone']> {
  const taken = new Set<Layer['tone']>(kinds.map((kind) => usualTones[kind] ?? 4))
  const free = ([1, 2, 3] as const).filter((tone) => !taken.has(tone))
  return new Map(kinds.map((kind) => [kind, usualTones[kind] ?? free.shift() ?? 4]))
}

const kindsOf = (point: SeriesPoint, { metrics: say }: Words) =>
  errorKinds([point]).map(([kind, count]) => say.errorsOfKind(say.errorKind(kind), count))

function lastWithAnything(points: readonly SeriesPoint[], layers: readonly Layer[]): number {
  for (let index = points.length - 1; index >= 0; index--) {
    const isKnown = layers.some(({ values }) => typeof values[index] === 'number')
    if (isKnown && (points[index]?.cycles ?? 0) > 0) return index
  }
  return Math.max(0, points.length - 1)
}
