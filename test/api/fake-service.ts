import type { Service } from '../../electron/service/types.ts'
import { AppError } from '../../shared/errors.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'

export const adaAccount: AccountSnapshot = {
  id: 'ada1',
  email: 'ada@example.com',
  state: 'up_to_date',
  last_synced_at: '2026-01-01T00:00:00.000Z',
  next_due_at: '2026-01-01T01:00:00.000Z',
  messages_stored: 1_000,
  messages_deleted: 2,
  messages_waiting: 0,
  messages_failed: 0,
  backfill: null,
  last_error: null,
  quota: { table: 'new', units_per_second: 98, units_used: 12, errors: 0 },
}

export const idle: Snapshot = {
  revision: 7,
  version: '0.1.0',
  host: { kind: 'test', pid: 42, port: 8000, data_folder: '/data' },
  running: true,
  state: 'idle',
  failure: null,
  interval_minutes: 5,
  started_at: '2026-01-01T00:00:00.000Z',
  uptime_seconds: 61.5,
  next_cycle_at: '2026-01-01T00:05:00.000Z',
  current: null,
  total_cycles: 3,
  total_emails_synced: 1_000,
  error_count: 0,
  errors_by_kind: {},
  last_sync_duration_seconds: 45.23,
  last_cycle: null,
  accounts: [adaAccount],
  alerts: [],
  store: { kind: 'pglite', durable: true, restarts: 0, database_bytes: null, raw_bytes: null, free_bytes: null },
  overrides: { gmail_root_url: null, oauth_url: null },
}

/** A service that keeps the promises of its interface and syncs nothing. */
export function createFakeService(): Service & { healthy: boolean; readonly calls: readonly string[] } {
  let snapshot = idle
  const calls: string[] = []
  const needRunning = () => {
    if (!snapshot.running) throw new AppError('not_running', 'Service is not running')
  }
  return {
    healthy: true,
    calls,
    snapshot: () => snapshot,
    subscribe: () => () => undefined,
    async start(intervalMinutes) {
      const wanted = intervalMinutes ?? snapshot.interval_minutes
      if (snapshot.running && wanted === snapshot.interval_minutes) {
        throw new AppError('already_running', 'Service is already running')
      }
      const changed = snapshot.running ? 'interval' : 'started'
      calls.push(`${changed} ${wanted}`)
      snapshot = { ...snapshot, running: true, state: 'idle', interval_minutes: wanted }
      return { changed, intervalMinutes: wanted }
    },
    async stop() {
      needRunning()
      calls.push('stopped')
      snapshot = { ...snapshot, running: false, state: 'stopped' }
    },
    async syncNow(account) {
      needRunning()
      if (account !== undefined && account !== adaAccount.email) {
        throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See mailtide accounts list' })
      }
      calls.push(`sync ${account ?? 'all'}`)
    },
    async importToken(authorizedUser, expectedEmail) {
      calls.push(`import ${JSON.stringify(authorizedUser)} ${expectedEmail}`)
      return adaAccount
    },
    async checkHealth() {
      if (!this.healthy) throw new AppError('store', 'The database does not answer', { remedy: 'See the log' })
    },
    async reparse() {
      return { messages: 0, changed: 0, failed: 0 }
    },
    async close() {
      calls.push('closed')
    },
  }
}
