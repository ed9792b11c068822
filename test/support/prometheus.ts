import { spawnSync } from 'node:child_process'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

/** Whether Prometheus' own checker is here (Debian: `apt-get install prometheus`). */
export const hasPromtool = spawnSync('promtool', ['--version']).error === undefined
export const NO_PROMTOOL = 'skipped: promtool is not installed (Debian: apt-get install prometheus)'

/** Runs promtool; gives all that it said. Throws what it said when it is not content. */
export function promtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`promtool ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
  return stdout + stderr
}

/** The series of a metrics text by name and labels as written: `name{a="b"}` to its value. */
export function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}

/** The names of the metrics of a text. */
export const metricNames = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1] ?? ''))

const charles: AccountSnapshot = {
  ...adaAccount,
  id: 'charles2',
  email: 'charles@example.com',
  state: 'backfilling',
  last_synced_at: null,
  messages_stored: 250,
  messages_waiting: 740,
  messages_failed: 10,
  backfill: {
    listed: 1_000,
    listing_complete: true,
    done: 250,
    total: 1_000,
    percent: 25,
    per_second: 5,
    eta_seconds: 150,
    started_at: null,
    back_to: null,
  },
  last_error: { code: 'network', message: 'no answer', remedy: null, at: '2026-01-01T00:00:30.000Z' },
  quota: { table: 'old', units_per_second: 245, units_used: 900, errors: 3 },
}
const grace: AccountSnapshot = {
  ...adaAccount,
  completeness: {
    verdict: 'differs',
    checked_at: '2026-01-01T00:00:00.000Z',
    compared_at: '2026-01-01T00:00:00.000Z',
    figures: { gmail: 1_010, stored: 998, waiting: 10, gone: 2 },
    differences: 2,
    lost: 1,
    running: null,
  },
  id: 'grace3',
  email: 'grace@example.com',
  state: 'waiting',
  reason: 'quota',
  until: '2026-01-01T00:10:00.000Z',
  message: 'Gmail’s quota is used up',
  remedy: null,
}

/** A service with everything to tell. */
export const richSnapshot: Snapshot = {
  ...idle,
  state: 'syncing',
  next_cycle_at: '2026-01-01T00:05:00.000Z',
  total_cycles: 12,
  total_emails_synced: 1_250,
  error_count: 7,
  errors_by_kind: { network: 4, quota: 1, from_the_future: 2 },
  last_cycle: {
    started_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:45.230Z',
    duration_seconds: 45.23,
    accounts: 2,
    emails: 1_000,
    errors: 1,
  },
  accounts: [adaAccount, charles, grace],
  alerts: [
    {
      key: 'error_rate',
      kind: 'error_rate',
      account: null,
      message: '21 errors within the last hour',
      remedy: 'See the log for what failed',
      since: '2026-01-01T00:00:40.000Z',
    },
  ],
  store: {
    kind: 'pglite',
    durable: true,
    restarts: 1,
    database_bytes: 50_000_000,
    raw_bytes: 20_000_000,
    free_bytes: 90_000_000_000,
  },
}

/** A service that was just installed. */
export const emptySnapshot: Snapshot = {
  ...idle,
  running: false,
  state: 'stopped',
  started_at: null,
  uptime_seconds: 0,
  next_cycle_at: null,
  total_cycles: 0,
  total_emails_synced: 0,
  last_sync_duration_seconds: null,
  accounts: [],
}
