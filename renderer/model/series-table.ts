import type { MetricsSeries, SeriesPoint } from '../../shared/figures.ts'
import type { Words } from '../words/words.ts'
import { errorKinds } from './charts.ts'

export interface SeriesColumn {
  readonly key: string
  readonly title: string
  /** For people. */
  readonly shown: (point: SeriesPoint) => string
  /** For programs: the exact value, in the units of the API; empty where nothing is known. */
  readonly exact: (point: SeriesPoint) => string
}

/** The figures of a series, a column for each; of errors one for each kind that occurs. The first column, the time, is not among them. Pure. */
export function columnsOf({ points }: MetricsSeries, { metrics: say }: Words): readonly SeriesColumn[] {
  const column = (
    key: string,
    title: string,
    value: (point: SeriesPoint) => number | null,
    shown: (value: number) => string,
  ): SeriesColumn => ({
    key,
    title,
    shown: (point) => {
      const known = value(point)
      return known === null ? say.none : shown(known)
    },
    exact: (point) => String(value(point) ?? ''),
  })
  return [
    column('cycles', say.columns.cycles, (point) => point.cycles, say.count),
    column('emails', say.columns.emails, (point) => point.emails, say.count),
    column('duration_seconds_mean', say.columns.mean, (point) => point.duration_seconds_mean, say.seconds),
    column('duration_seconds_max', say.columns.longest, (point) => point.duration_seconds_max, say.seconds),
    column('errors', say.columns.errors, (point) => point.errors, say.count),
    ...errorKinds(points).map(([kind]) =>
      column(`errors_${kind}`, say.errorKind(kind), (point) => point.errors_by_kind[kind] ?? 0, say.count),
    ),
    column('database_bytes', say.database, (point) => point.database_bytes, say.bytes),
    column('raw_bytes', say.originals, (point) => point.raw_bytes, say.bytes),
    column('quota_units', say.columns.quota, (point) => point.quota_units, say.count),
  ]
}

/** A table for other programs, oldest first: https://www.rfc-editor.org/rfc/rfc4180. Pure. */
export function csvOf(series: MetricsSeries, words: Words): string {
  const columns = columnsOf(series, words)
  const rows = [
    ['at', ...columns.map(({ key }) => key)],
    ...series.points.map((point) => [point.at, ...columns.map(({ exact }) => exact(point))]),
  ]
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')
}

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
