import type { Service } from '../../electron/service/types.ts'
import { NOT_VERIFIED, type Verification } from '../../shared/audit.ts'
import type { SealedCredentials } from '../../shared/credentials.ts'
import { DEMO_EMAIL, DEMO_ID } from '../../shared/demo.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import type { FailedMessage, StorageFigures } from '../../shared/figures.ts'
import type { ClientInfo, SignIn } from '../../shared/sign-in.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'

export const adaAccount: AccountSnapshot = {
  id: 'ada1',
  email: 'ada@example.com',
  demo: false,
  state: 'up_to_date',
  last_synced_at: '2026-01-01T00:00:00.000Z',
  next_due_at: '2026-01-01T01:00:00.000Z',
  messages_stored: 1_000,
  messages_deleted: 2,
  messages_waiting: 0,
  messages_failed: 0,
  backfill: null,
  last_error: null,
  completeness: NOT_VERIFIED,
  sign_in_ends_at: null,
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

export const adaVerification: Verification = {
  state: 'running',
  scheduled: false,
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: null,
  repair: false,
  progress: { account: adaAccount.email, step: 'originals', done: 10, total: 1_000 },
  accounts: [],
  unseen: [],
}

export const adaFailure: FailedMessage = {
  account: adaAccount.email,
  gmail_id: '18c0ffee00000001',
  stage: 'download',
  reason: 'Gmail answered with half a message',
  attempts: 3,
  next_try_at: '2026-01-01T00:10:00.000Z',
}

export const adaStorage: StorageFigures = {
  kind: 'pglite',
  data_folder: '/data',
  database_bytes: 50_000_000,
  raw_bytes: 20_000_000,
  logs_bytes: 10_000,
  snapshots_bytes: 0,
  wal_bytes: 0,
  kept_bytes: 0,
  max_folder_bytes: 0,
  free_bytes: 90_000_000_000,
  min_free_bytes: 2_000_000_000,
  durable: true,
  restarts: 0,
}

export const adaClient: ClientInfo = {
  name: 'ada',
  client_id: 'ada.apps.googleusercontent.com',
  project_id: null,
  accounts: [adaAccount.email],
}

export const adaSealed: SealedCredentials = {
  kind: 'mailtide-credentials',
  version: 1,
  box: 'passphrase',
  sealed: 'v1.a.b.c.d',
}

export const adaSignIn: SignIn = {
  id: 'signin1',
  url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=ada',
  state: 'waiting',
  expires_at: '2026-01-01T00:05:00.000Z',
  account: null,
  problem: null,
}

/** A service that keeps the promises of its interface and syncs nothing. */
export function createFakeService(): Service & {
  healthy: boolean
  readonly calls: readonly string[]
  /** Makes the next snapshot and tells everybody. */
  publish(change: Partial<Snapshot>): void
  /** Takes on a whole snapshot as it is; with `isPushed` false only those who ask hear of it. */
  show(whole: Snapshot, isPushed?: boolean): void
  subscribers(): number
} {
  let snapshot = idle
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const publish = (change: Partial<Snapshot>) => {
    snapshot = { ...snapshot, ...change, revision: snapshot.revision + 1 }
    for (const listener of listeners) listener(snapshot)
  }
  const calls: string[] = []
  const needRunning = () => {
    if (!snapshot.running) throw new AppError('not_running', 'Service is not running')
  }
  return {
    healthy: true,
    calls,
    snapshot: () => snapshot,
    publish,
    show: (whole, isPushed = true) => {
      snapshot = whole
      if (isPushed) for (const listener of listeners) listener(snapshot)
    },
    subscribers: () => listeners.size,
    subscribe: (listener) => {
      listeners.add(listener)
      listener(snapshot)
      return () => listeners.delete(listener)
    },
    onAlert: () => () => undefined,
    uptimeSeconds: () => 61.5,
    async start(intervalMinutes) {
      const wanted = intervalMinutes ?? snapshot.interval_minutes
      if (snapshot.running && wanted === snapshot.interval_minutes) {
        throw new AppError('already_running', 'Service is already running')
      }
      const changed = snapshot.running ? 'interval' : 'started'
      calls.push(`${changed} ${wanted}`)
      publish({ running: true, state: 'idle', interval_minutes: wanted })
      return { changed, intervalMinutes: wanted }
    },
    async stop() {
      needRunning()
      calls.push('stopped')
      publish({ running: false, state: 'stopped' })
    },
    async syncNow(account) {
      needRunning()
      if (account !== undefined && account !== adaAccount.email) {
        throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See mailtide accounts list' })
      }
      calls.push(`sync ${account ?? 'all'}`)
    },
    async changeSettings(patch) {
      calls.push(`settings ${JSON.stringify(patch)}`)
    },
    async setPaused(account, paused) {
      if (account !== adaAccount.id && account !== adaAccount.email)
        throw new AppError('not_found', `There is no account ${account}`)
      calls.push(`${paused ? 'pause' : 'resume'} ${account}`)
      const { id, email, demo, last_synced_at, messages_stored, messages_deleted, messages_failed, quota } = adaAccount
      const kept = { id, email, demo, last_synced_at, messages_stored, messages_deleted, messages_failed, quota }
      const rest = {
        next_due_at: null,
        messages_waiting: 0,
        backfill: null,
        last_error: null,
        completeness: NOT_VERIFIED,
        sign_in_ends_at: null,
      }
      return paused ? { ...kept, ...rest, state: 'paused' } : adaAccount
    },
    async changeClient(account, client, paste) {
      if (account !== adaAccount.id && account !== adaAccount.email)
        throw new AppError('not_found', `There is no account ${account}`)
      calls.push(`use client ${client} ${account} ${paste}`)
      return { account: adaAccount, signIn: client === adaClient.name ? null : adaSignIn }
    },
    async failures({ account, limit }) {
      calls.push(`failures ${account ?? 'all'} ${limit}`)
      return { failures: [adaFailure], total: 1 }
    },
    async retryFailures(account) {
      calls.push(`retry ${account ?? 'all'}`)
      return 1
    },
    async metricsSeries(span) {
      return { span, step_seconds: 60, points: [] }
    },
    async storage() {
      return adaStorage
    },
    async addDemo() {
      calls.push('demo')
      return { account: { ...adaAccount, id: DEMO_ID, email: DEMO_EMAIL, demo: true }, added: true }
    },
    async importToken(authorizedUser, expectedEmail, oauthClient) {
      const client = oauthClient === undefined ? '' : ` ${JSON.stringify(oauthClient)}`
      calls.push(`import ${JSON.stringify(authorizedUser)} ${expectedEmail}${client}`)
      return adaAccount
    },
    async clients() {
      return [adaClient]
    },
    async addClient(json, name) {
      calls.push(`client ${JSON.stringify(json)} ${name}`)
      return adaClient
    },
    async removeClient(name) {
      calls.push(`no client ${name}`)
    },
    async beginSignIn(options) {
      calls.push(`sign in ${JSON.stringify(options)}`)
      return adaSignIn
    },
    signIn(id) {
      return { ...adaSignIn, id }
    },
    async finishSignIn(id, pasted) {
      calls.push(`finish ${id} ${pasted}`)
      return { ...adaSignIn, state: 'done', account: adaAccount }
    },
    async cancelSignIn(id) {
      calls.push(`cancel ${id}`)
      return { ...adaSignIn, state: 'failed', problem: toProblem(new AppError('aborted', 'The sign-in was cancelled')) }
    },
    async exportCredentials(_passphrase, account) {
      calls.push(`export ${account ?? 'all'}`)
      return { file: adaSealed, accounts: [adaAccount.email], clients: [], left_out: [] }
    },
    async importCredentials(file, _passphrase) {
      calls.push(`import ${JSON.stringify(file)}`)
      return { accounts: [adaAccount], clients: [], failed: [] }
    },
    async removeAccount(account, { mail, revoke }) {
      if (account !== adaAccount.id && account !== adaAccount.email)
        throw new AppError('not_found', `There is no account ${account}`)
      calls.push(`remove ${account} ${mail} ${revoke}`)
      return { email: adaAccount.email, deleted: Promise.resolve() }
    },
    async checkHealth() {
      if (!this.healthy) throw new AppError('store', 'The database does not answer', { remedy: 'See the log' })
    },
    async reparse() {
      return { messages: 0, changed: 0, failed: 0 }
    },
    async verify(asked) {
      calls.push(`verify ${JSON.stringify(asked)}`)
      return adaVerification
    },
    verification: () => adaVerification,
    verified: async () => undefined,
    async cancelVerification() {
      calls.push('cancel verification')
      return { ...adaVerification, state: 'cancelled' }
    },
    async completeness(account) {
      if (account !== undefined && account !== adaAccount.id && account !== adaAccount.email)
        throw new AppError('not_found', `There is no account ${account}`)
      return []
    },
    async close() {
      calls.push('closed')
    },
  }
}
