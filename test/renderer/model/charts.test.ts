import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gallerySeries } from '../../../renderer/gallery/series.ts'
import { heightOf, linePath, roundSeconds, roundTop } from '../../../renderer/model/chart-scale.ts'
import { type ChartView, chartsOf } from '../../../renderer/model/charts.ts'
import { columnsOf, csvOf } from '../../../renderer/model/series-table.ts'
import { MetricsSeries, type SeriesPoint, seriesSpans } from '../../../shared/figures.ts'
import { now, words } from '../words.ts'

const point = (minute: number, change: Partial<SeriesPoint> = {}): SeriesPoint => ({
  at: new Date(Date.parse('2026-11-25T14:00:00.000Z') + minute * 60_000).toISOString(),
  cycles: 0,
  emails: 0,
  errors: 0,
  errors_by_kind: {},
  duration_seconds_mean: null,
  duration_seconds_max: null,
  quota_units: 0,
  database_bytes: null,
  raw_bytes: null,
  ...change,
})
const seriesOf = (...points: readonly SeriesPoint[]): MetricsSeries => ({
  span: 'hour',
  step_seconds: 60,
  points: [...points],
})
const chart = (key: ChartView['key'], series: MetricsSeries, interval = 5): ChartView =>
  chartsOf(series, interval, words).find((one) => one.key === key)!

const busy = seriesOf(
  point(0, {
    cycles: 1,
    emails: 1_204,
    duration_seconds_mean: 9.62,
    duration_seconds_max: 9.62,
    quota_units: 6_020,
    database_bytes: 21_400_000_000,
  }),
  point(1),
  point(2, {
    cycles: 2,
    emails: 3,
    errors: 9,
    errors_by_kind: { network: 5, quota: 2, parse_failed: 1, bug: 1 },
    duration_seconds_mean: 100,
    duration_seconds_max: 198,
  }),
  point(3, { errors: 2, errors_by_kind: { made_up: 2 } }),
)

describe('the charts', () => {
  it('read the exact values of each step', () => {
    expect(chart('emails', busy).readings).toEqual([
      '1,204 messages in 1 cycle',
      '0 messages in 0 cycles',
      '3 messages in 2 cycles',
      '0 messages in 0 cycles',
    ])
    expect(chart('duration', busy).readings).toEqual([
      '9.6 s',
      'no cycle ended',
      '3 min 18 s, mean of 2: 1 min 40 s',
      'no cycle ended',
    ])
    expect(chart('errors', busy).readings[2]).toBe(
      '9 errors: Network 5, Google’s quota 2, Faults of Mailtide 1, Unreadable mails 1',
    )
    expect(chart('store', busy).readings[0]).toBe('Database 21.4\u00A0GB')
    expect(chart('store', busy).readings[1]).toBe('not measured')
    expect(chart('quota', busy).readings[0]).toBe('6,020 units')
  })

  it('give the most frequent kinds of error a colour each, and what is left over one together', () => {
    const { layers } = chart('errors', busy)
    expect(layers.map(({ label, total, values }) => [label, total, values])).toEqual([
      ['Network', '5', [0, 0, 5, 0]],
      ['made_up', '2', [0, 0, 0, 2]],
      ['Google’s quota', '2', [0, 0, 2, 0]],
      ['Other kinds', '2', [0, 0, 2, 0]],
    ])
    expect(new Set(layers.map(({ tone }) => tone)).size).toBe(layers.length)
  })

  it('show the interval beside the cycles, but not where it would press them flat', () => {
    expect(chart('duration', busy, 5).limit).toEqual({ value: 300, label: 'Interval, 5 minutes' })
    expect(chart('duration', busy, 60).limit).toBeNull()
  })

  it('say that there is nothing, rather than to draw nothing', () => {
    const quiet = seriesOf(point(0), point(1))
    expect(chartsOf(quiet, 5, words).map(({ key, empty }) => [key, empty])).toEqual([
      ['emails', 'Nothing in this span'],
      ['duration', 'Nothing in this span'],
      ['errors', 'No errors in this span'],
      ['store', 'Nothing in this span'],
      ['quota', 'Nothing in this span'],
    ])
    expect(chartsOf(seriesOf(), 5, words)).toHaveLength(5)
  })

  it('read the last step in which a cycle ended, when nobody chooses one', () => {
    expect(chart('duration', busy).latest).toBe(2)
    expect(chart('store', busy).latest).toBe(0)
  })

  it.each(seriesSpans)('draw every value of a generated %s between the axes', (span) => {
    const series = MetricsSeries.parse(gallerySeries(now, span))
    for (const { key, layers, top, kind, empty } of chartsOf(series, 5, words)) {
      expect([key, empty]).toEqual([key, null])
      const sums = series.points.map((_, index) => layers.map(({ values }) => values[index] ?? 0))
      const highest = sums.map((values) => (kind === 'bars' ? values.reduce((a, b) => a + b, 0) : Math.max(...values)))
      expect(Math.max(...highest)).toBeLessThanOrEqual(top)
      expect(Math.max(...highest)).toBeGreaterThan(top * 0.3)
    }
  })
})

describe('an axis', () => {
  it('ends at a round number that holds the value, and is not far above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e15, noNaN: true }), (value) => {
        const top = roundTop(value)
        expect(top).toBeGreaterThanOrEqual(value)
        expect(top).toBeLessThanOrEqual(value * 2.0001)
        const seconds = roundSeconds(value)
        expect(seconds).toBeGreaterThanOrEqual(value)
      }),
    )
  })

  it('has whole numbers for what is counted', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        const half = roundTop(value, true) / 2
        expect(Number.isInteger(half)).toBe(true)
        expect(half * 2).toBeGreaterThanOrEqual(value)
      }),
    )
  })

  it('is drawn from the bottom', () => {
    expect([heightOf(0, 10), heightOf(5, 10), heightOf(10, 10)]).toEqual([100, 50, 0])
  })
})

it('a line joins what was measured in turn, is broken where the service was off, and shows a value alone across its step', () => {
  expect(linePath([1, null, 2, null, null, null, 1], 2, 2)).toBe('M5 50L25 0M60 50h10')
  expect(linePath([null, 2], 2, 2)).toBe('M10 0h10')
  expect(linePath([null, null], 2, 2)).toBe('')
})

describe('the table and the CSV', () => {
  it('have a column for every kind of error', () => {
    expect(columnsOf(busy, words).map(({ title }) => title)).toEqual([
      'Cycles',
      'Messages',
      'Mean cycle',
      'Longest cycle',
      'Errors',
      'Network',
      'made_up',
      'Google’s quota',
      'Faults of Mailtide',
      'Unreadable mails',
      'Database',
      'Original mails',
      'Quota units',
    ])
  })

  it('hold the same rows; the CSV with exact values, in the units of the API', () => {
    expect(csvOf(busy, words).split('\r\n')).toEqual([
      'at,cycles,emails,duration_seconds_mean,duration_seconds_max,errors,errors_network,errors_made_up,errors_quota,errors_bug,errors_parse_failed,database_bytes,raw_bytes,quota_units',
      '2026-11-25T14:00:00.000Z,1,1204,9.62,9.62,0,0,0,0,0,0,21400000000,,6020',
      '2026-11-25T14:01:00.000Z,0,0,,,0,0,0,0,0,0,,,0',
      '2026-11-25T14:02:00.000Z,2,3,100,198,9,5,0,2,1,1,,,0',
      '2026-11-25T14:03:00.000Z,0,0,,,2,0,2,0,0,0,,,0',
      '',
    ])
  })

  it('quote what a kind of error could bring along', () => {
    const odd = seriesOf(point(0, { errors: 1, errors_by_kind: { 'a,"b"': 1 } }))
    expect(csvOf(odd, words)).toContain(',"errors_a,""b""",')
  })
})
