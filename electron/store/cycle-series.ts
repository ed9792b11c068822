import type { MetricsSeries, SeriesPoint, SeriesSpan } from '../../shared/figures.ts'
import type { Sql } from './db.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

/** How long a step of each chart is, in seconds, and how many there are: enough to be smooth, few enough to draw. */
const spans: Readonly<Record<SeriesSpan, { readonly step: number; readonly count: number }>> = {
  hour: { step: MINUTE, count: 60 },
  day: { step: 15 * MINUTE, count: 96 },
  week: { step: HOUR, count: 168 },
  month: { step: 6 * HOUR, count: 120 },
}

interface StepRow extends Record<string, unknown> {
  /** Seconds since 1970, divided by the length of a step. */
  readonly step: number
  readonly cycles: number
  readonly emails: number
  readonly errors: number
  readonly quota_units: number
  readonly mean: number | null
  readonly longest: number | null
  readonly database_bytes: number | null
  readonly raw_bytes: number | null
}

/** The chart of a span up to `now`, from what all workers recorded; steps without activity are there with zeros. */
export async function readSeries(sql: Sql, span: SeriesSpan, now: Date): Promise<MetricsSeries> {
  const { step, count } = spans[span]
  const last = Math.floor(now.getTime() / 1000 / step)
  const first = last - count + 1
  const params = [new Date(first * step * 1000), new Date((last + 1) * step * 1000), step]
  const { rows } = await sql.query<StepRow>(
    `select floor(extract(epoch from at) / $3::int)::bigint as step, sum(cycles)::bigint as cycles, sum(emails)::bigint as emails,
       sum(errors)::bigint as errors, sum(quota_units)::bigint as quota_units,
       avg(duration_seconds) as mean, max(duration_seconds) as longest,
       (array_agg(database_bytes order by at desc) filter (where database_bytes is not null))[1] as database_bytes,
       (array_agg(raw_bytes order by at desc) filter (where raw_bytes is not null))[1] as raw_bytes
     from mailtide.activity where at >= $1 and at < $2 group by 1`,
    params,
  )
  const kinds = await sql.query<{ step: number; kind: string; errors: number }>(
    `select floor(extract(epoch from a.at) / $3::int)::bigint as step, e.key as kind, sum(e.value::bigint)::bigint as errors
     from mailtide.activity a, jsonb_each_text(a.errors_by_kind) e where a.at >= $1 and a.at < $2 group by 1, 2 order by 2`,
    params,
  )
  const byStep = new Map(rows.map((row) => [row.step, row]))
  const points = Array.from({ length: count }, (_, index): SeriesPoint => {
    const row = byStep.get(first + index)
    const errors = kinds.rows.filter((kind) => kind.step === first + index)
    return {
      at: new Date((first + index) * step * 1000).toISOString(),
      cycles: row?.cycles ?? 0,
      emails: row?.emails ?? 0,
      errors: row?.errors ?? 0,
      errors_by_kind: Object.fromEntries(errors.map(({ kind, errors: times }) => [kind, times])),
      duration_seconds_mean: row === undefined || row.mean === null ? null : Math.round(row.mean * 1000) / 1000,
      duration_seconds_max: row?.longest ?? null,
      quota_units: row?.quota_units ?? 0,
      database_bytes: row?.database_bytes ?? null,
      raw_bytes: row?.raw_bytes ?? null,
    }
  })
  return { span, step_seconds: step, points }
}
