import type { MetricsSeries, SeriesPoint, SeriesSpan } from '../../shared/figures.ts'

/** As the service cuts the spans. */
const spans: Readonly<Record<SeriesSpan, readonly [seconds: number, count: number]>> = {
  hour: [60, 60],
  day: [900, 96],
  week: [3_600, 168],
  month: [21_600, 120],
}

/** Between 0 and 1, the same for the same number. */
const chance = (seed: number): number => {
  const value = Math.sin(seed * 12.9898) * 43_758.5453
  return value - Math.floor(value)
}

/** A month as one may have had it: quiet weeks, a day switched off, then a first download with its errors. */
export function gallerySeries(now: Date, span: SeriesSpan): MetricsSeries {
  const [step, count] = spans[span]
  const last = Math.floor(now.getTime() / 1_000 / step)
  const points = Array.from({ length: count }, (_, index): SeriesPoint => {
    const at = last - count + 1 + index
    const part = index / count
    const isOff = part > 0.3 && part < 0.38
    const isCopying = part > 0.66
    const cycles = isOff ? 0 : step < 300 ? Number(at % 5 === 0) : Math.round((step / 300) * (isCopying ? 0.9 : 1))
    const has = cycles > 0
    const mean = isCopying ? 150 + chance(at) * 60 : 8 + chance(at) * 3
    const errors = has ? errorsAt(at, index, count) : {}
    return {
      at: new Date(at * step * 1_000).toISOString(),
      cycles,
      emails: Math.round(cycles * (isCopying ? 3_100 + chance(at + 1) * 400 : chance(at + 1) * 4)),
      errors: Object.values(errors).reduce((sum, value) => sum + value, 0),
      errors_by_kind: errors,
      duration_seconds_mean: has ? Math.round(mean * 100) / 100 : null,
      duration_seconds_max: has ? Math.round(mean * (1.1 + chance(at + 2) * 0.4) * 100) / 100 : null,
      quota_units: Math.round(cycles * (isCopying ? 29_000 : 120) * (0.8 + chance(at + 3) * 0.2)),
      database_bytes: has ? Math.round(12e9 + part * 2e9 + (isCopying ? (part - 0.66) * 21e9 : 0)) : null,
      raw_bytes: has ? Math.round(26e9 + part * 3e9 + (isCopying ? (part - 0.66) * 38e9 : 0)) : null,
    }
  })
  return { span, step_seconds: step, points }
}

function errorsAt(at: number, index: number, count: number): Readonly<Record<string, number>> {
  const part = index / count
  return {
    ...(part > 0.2 && part < 0.24 ? { network: 2 + Math.round(chance(at) * 3) } : {}),
    ...(part > 0.66 && chance(at + 5) > 0.75 ? { quota: 1 + Math.round(chance(at + 6) * 2) } : {}),
    ...(part > 0.7 && chance(at + 7) > 0.9 ? { parse_failed: 1 } : {}),
    ...(part > 0.7 && chance(at + 8) > 0.93 ? { server: 2 } : {}),
    ...(index === count - 3 ? { bug: 1 } : {}),
  }
}
