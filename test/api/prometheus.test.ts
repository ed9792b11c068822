import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { METRICS_TYPE, metricsText, processFigures } from '../../electron/api/prometheus.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import {
  emptySnapshot,
  hasPromtool,
  metricNames,
  NO_PROMTOOL,
  promtool,
  richSnapshot,
  seriesOf,
} from '../support/prometheus.ts'
import { adaAccount } from './fake-service.ts'

const figures = { cpuSeconds: 12.5, residentBytes: 200_000_000, heapBytes: 50_000_000, startedAtSeconds: 1_767_225_600 }
const text = (snapshot: Snapshot) => metricsText(snapshot, figures)
const withAccounts = (...accounts: readonly AccountSnapshot[]): Snapshot => ({
  ...richSnapshot,
  accounts: [...accounts],
})

describe('the metrics', () => {
  it('say what the service did and does', async () => {
    const series = seriesOf(await text(richSnapshot))
    expect(Object.fromEntries(series)).toMatchObject({
      'mailtide_build_info{version="0.1.0",host="test"}': 1,
      mailtide_running: 1,
      'mailtide_service_state{state="syncing"}': 1,
      'mailtide_service_state{state="idle"}': 0,
      mailtide_start_timestamp_seconds: 1_767_225_600,
      mailtide_uptime_seconds: 61.5,
      mailtide_interval_seconds: 300,
      mailtide_next_cycle_timestamp_seconds: 1_767_225_900,
      mailtide_cycles_total: 12,
      mailtide_emails_synced_total: 1_250,
      'mailtide_errors_total{kind="network"}': 4,
      'mailtide_errors_total{kind="quota"}': 1,
      'mailtide_errors_total{kind="disk"}': 0,
      mailtide_last_cycle_duration_seconds: 45.23,
      mailtide_last_cycle_timestamp_seconds: 1_767_225_645.23,
      mailtide_last_cycle_emails: 1_000,
      mailtide_last_cycle_errors: 1,
      mailtide_last_cycle_accounts: 2,
      'mailtide_alerts{kind="error_rate"}': 1,
      'mailtide_alerts{kind="needs_reauth"}': 0,
    })
  })

  it('say what the store weighs and the process uses', async () => {
    expect(Object.fromEntries(seriesOf(await text(richSnapshot)))).toMatchObject({
      'mailtide_store_info{kind="pglite",durable="true"}': 1,
      mailtide_store_restarts_total: 1,
      mailtide_database_size_bytes: 50_000_000,
      mailtide_originals_size_bytes: 20_000_000,
      mailtide_free_space_bytes: 90_000_000_000,
      process_cpu_seconds_total: 12.5,
      process_resident_memory_bytes: 200_000_000,
      process_start_time_seconds: 1_767_225_600,
      nodejs_heap_size_used_bytes: 50_000_000,
    })
  })

  it('say how each account is', async () => {
    expect(Object.fromEntries(seriesOf(await text(richSnapshot)))).toMatchObject({
      'mailtide_accounts{state="up_to_date"}': 1,
      'mailtide_accounts{state="error"}': 0,
      'mailtide_account_state{account="ada@example.com",state="up_to_date"}': 1,
      'mailtide_account_state{account="ada@example.com",state="error"}': 0,
      'mailtide_account_state{account="charles@example.com",state="backfilling"}': 1,
      'mailtide_account_waiting{account="grace@example.com",reason="quota"}': 1,
      'mailtide_account_waiting{account="grace@example.com",reason="disk"}': 0,
      'mailtide_account_waiting{account="ada@example.com",reason="quota"}': 0,
      'mailtide_account_last_success_timestamp_seconds{account="ada@example.com"}': 1_767_225_600,
      'mailtide_account_next_due_timestamp_seconds{account="ada@example.com"}': 1_767_229_200,
      'mailtide_account_messages_stored{account="ada@example.com"}': 1_000,
      'mailtide_account_messages_deleted{account="ada@example.com"}': 2,
      'mailtide_account_messages_waiting{account="charles@example.com"}': 740,
      'mailtide_account_messages_failed{account="charles@example.com"}': 10,
      'mailtide_account_backfill_ratio{account="charles@example.com"}': 0.25,
      'mailtide_account_backfill_remaining_seconds{account="charles@example.com"}': 150,
      'mailtide_account_quota_units_per_second{account="charles@example.com"}': 245,
      'mailtide_account_quota_units_total{account="charles@example.com"}': 900,
      'mailtide_account_quota_errors_total{account="charles@example.com"}': 3,
      'mailtide_account_last_error_timestamp_seconds{account="charles@example.com",kind="network"}': 1_767_225_630,
    })
  })

  it('leave out what is not known, instead of claiming a zero', async () => {
    const names = metricNames(await text({ ...emptySnapshot, store: { ...emptySnapshot.store, database_bytes: null } }))
    for (const absent of [
      'mailtide_start_timestamp_seconds',
      'mailtide_next_cycle_timestamp_seconds',
      'mailtide_last_cycle_duration_seconds',
      'mailtide_database_size_bytes',
      'mailtide_account_state',
    ]) {
      expect(names).not.toContain(absent)
    }
    const rich = seriesOf(await text(richSnapshot))
    expect(rich.has('mailtide_account_last_success_timestamp_seconds{account="charles@example.com"}')).toBe(false)
    expect(rich.has('mailtide_account_backfill_ratio{account="ada@example.com"}')).toBe(false)
  })

  it('know a removed account no more at the next scrape', async () => {
    expect(await text(richSnapshot)).toContain('charles@example.com')
    expect(await text(withAccounts(adaAccount))).not.toContain('charles@example.com')
  })

  it('count every failure under a known kind, and unknown ones as other, however many there are', async () => {
    const errors_by_kind = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`kind ${n}`, 1]))
    const series = seriesOf(await text({ ...richSnapshot, errors_by_kind: { ...errors_by_kind, disk: 3 } }))
    const kinds = [...series].filter(([name]) => name.startsWith('mailtide_errors_total'))
    expect(kinds.length).toBeLessThan(50)
    expect(kinds.reduce((sum, [, count]) => sum + count, 0)).toBe(1_003)
    expect(series.get('mailtide_errors_total{kind="other"}')).toBe(1_000)
  })

  it('say exactly one state of the service and of each account', async () => {
    for (const snapshot of [richSnapshot, emptySnapshot]) {
      const series = [...seriesOf(await text(snapshot))]
      const sum = (name: string) =>
        series.filter(([key]) => key.startsWith(`${name}{`)).reduce((all, [, value]) => all + value, 0)
      expect(sum('mailtide_service_state')).toBe(1)
      expect(sum('mailtide_account_state')).toBe(snapshot.accounts.length)
      expect(sum('mailtide_accounts')).toBe(snapshot.accounts.length)
    }
  })

  it('cannot be forged by an address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 20 }), async (part) => {
        const email = `a"}\n\\mailtide_running 0\n${part}@example.com`
        const series = seriesOf(await text(withAccounts({ ...adaAccount, email })))
        const plain = seriesOf(await text(withAccounts(adaAccount)))
        expect(series.size).toBe(plain.size)
        expect(series.get('mailtide_running')).toBe(1)
      }),
      { numRuns: 20 },
    )
  })

  it('have a help text and a type for each name, counters alone ending in _total', async () => {
    const written = await text(richSnapshot)
    for (const [, name, type] of written.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect(type).toBe(name?.endsWith('_total') ? 'counter' : 'gauge')
      expect(written).toMatch(new RegExp(`^# HELP ${name} [A-Z].+\\.$`, 'm'))
    }
    for (const series of seriesOf(written).keys()) expect(metricNames(written)).toContain(series.split('{')[0])
  })

  it('are of this process when nothing else is said', async () => {
    const { cpuSeconds, residentBytes, startedAtSeconds } = processFigures()
    expect(cpuSeconds).toBeGreaterThan(0)
    expect(residentBytes).toBeGreaterThan(10_000_000)
    expect(Math.abs(startedAtSeconds * 1000 + performance.now() - Date.now())).toBeLessThan(60_000)
    expect(seriesOf(await metricsText(emptySnapshot)).get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  })

  it('are announced as Prometheus’ text format', () => {
    expect(METRICS_TYPE).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  it.for([
    ['of a service with everything to tell', richSnapshot],
    ['of a service that was just installed', emptySnapshot],
    ['of an account with a strange address', withAccounts({ ...adaAccount, email: '"ad\\a"\n é@example.com' })],
  ] as const)('%s satisfy Prometheus’ own checker', async ([, snapshot], { skip }) => {
    if (!hasPromtool) skip(NO_PROMTOOL)
    expect(promtool(['check', 'metrics'], await text(snapshot))).toBe('')
  })
})
