import { describe, expect, it } from 'vitest'
import { newAlerts, standingAlerts } from '../../electron/service/alerts.ts'
import type { AccountSnapshot, AccountState, Snapshot } from '../../shared/status.ts'

const now = new Date('2026-11-25T12:00:00Z')
const facts = { now, errorsLastHour: 0, errorsPerHour: 20, restartedUnexpectedly: false }

const account = (state: AccountState, change: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  id: 'a',
  email: 'ada@example.org',
  last_synced_at: '2026-11-25T11:55:00.000Z',
  next_due_at: null,
  messages_stored: 1,
  messages_deleted: 0,
  messages_waiting: 0,
  messages_failed: 0,
  backfill: null,
  last_error: null,
  quota: { table: 'new', units_per_second: 98, units_used: 0, errors: 0 },
  ...change,
  ...state,
})
const snapshot = (accounts: readonly AccountSnapshot[], change: Partial<Snapshot> = {}): Snapshot => ({
  revision: 1,
  version: '0.1.0',
  host: { kind: 'test', pid: 1, port: null, data_folder: '/tmp' },
  running: true,
  state: 'idle',
  failure: null,
  interval_minutes: 5,
  started_at: null,
  uptime_seconds: 0,
  next_cycle_at: null,
  current: null,
  total_cycles: 0,
  total_emails_synced: 0,
  error_count: 0,
  errors_by_kind: {},
  last_sync_duration_seconds: null,
  last_cycle: null,
  accounts: [...accounts],
  alerts: [],
  store: { kind: 'pglite', durable: true, restarts: 0, database_bytes: null, raw_bytes: null, free_bytes: null },
  overrides: { gmail_root_url: null, oauth_url: null },
  ...change,
})
const reauth: AccountState = {
  state: 'needs_reauth',
  reason: 'needs_reauth',
  message: 'Revoked',
  remedy: 'Sign in again',
}
const waiting = (reason: 'disk' | 'network' | 'quota'): AccountState => ({
  state: 'waiting',
  reason,
  until: '2026-11-25T12:01:00.000Z',
  message: 'Waiting',
  remedy: null,
})
const cycle = (seconds: number) => ({
  started_at: '2026-11-25T11:00:00.000Z',
  finished_at: '2026-11-25T11:10:00.000Z',
  duration_seconds: seconds,
  accounts: 1,
  emails: 0,
  errors: 0,
})
const kinds = (...args: Parameters<typeof standingAlerts>): string[] =>
  standingAlerts(...args).map((alert) => alert.kind)

describe('an alert stands', () => {
  it.each<[string, Snapshot, Partial<typeof facts>, string[]]>([
    ['never while all is well', snapshot([account({ state: 'up_to_date' })]), {}, []],
    ['when an account needs a sign-in', snapshot([account(reauth)]), {}, ['needs_reauth']],
    [
      'once for a full disk, whoever met it',
      snapshot([account(waiting('disk')), account(waiting('disk'), { id: 'b' })]),
      {},
      ['disk'],
    ],
    ['not for a short wait for the network', snapshot([account(waiting('network'))]), {}, []],
    [
      'when the network has been away for hours',
      snapshot([account(waiting('network'), { last_synced_at: '2026-11-25T08:00:00.000Z' })]),
      {},
      ['sync_failure'],
    ],
    [
      'not for quota, however long',
      snapshot([account(waiting('quota'), { last_synced_at: '2026-11-24T08:00:00.000Z' })]),
      {},
      [],
    ],
    ['when errors are many', snapshot([]), { errorsLastHour: 21 }, ['error_rate']],
    ['when a cycle took longer than the interval', snapshot([], { last_cycle: cycle(301) }), {}, ['slow_cycle']],
    ['when the last run was killed', snapshot([]), { restartedUnexpectedly: true }, ['unexpected_restart']],
    ['when the store failed', snapshot([], { failure: { message: 'm', remedy: 'r' } }), {}, ['store']],
  ])('%s', (_name, shown, change, expected) => {
    expect(kinds(shown, [], { ...facts, ...change })).toEqual(expected)
  })

  it('from its beginning as long as its cause does, is told once, and again when it comes back', () => {
    const first = standingAlerts(snapshot([account(reauth)]), [], facts)
    const later = standingAlerts(snapshot([account(reauth)]), first, {
      ...facts,
      now: new Date('2026-11-25T13:00:00Z'),
    })
    expect(later).toEqual(first)
    expect(newAlerts(first, [])).toHaveLength(1)
    expect(newAlerts(later, first)).toEqual([])
    expect(standingAlerts(snapshot([account({ state: 'up_to_date' })]), later, facts)).toEqual([])
  })
})
