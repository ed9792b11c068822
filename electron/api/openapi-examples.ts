import type { z } from 'zod'
import { type AccountAudit, completenessOf, type Verification } from '../../shared/audit.ts'
import type { OperationName, operations } from '../../shared/contract.ts'
import { DEMO_EMAIL, DEMO_ID } from '../../shared/demo.ts'
import { defaultSettings, settingNames, toWire, wireName } from '../../shared/settings.ts'
import type { ClientInfo, SignIn } from '../../shared/sign-in.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'

type Outputs = { readonly [N in OperationName]: z.output<(typeof operations)[N]['output']> }

const audit: AccountAudit = {
  account: 'ada@example.com',
  account_id: 'k3v9x0q2m1',
  verdict: 'waiting',
  gmail: {
    at: '2026-01-02T05:15:00.000Z',
    by: 'ids',
    compared_at: '2026-01-02T05:15:00.000Z',
    figures: { gmail: 12_345, stored: 12_344, waiting: 1, gone: 12 },
    waiting: [{ code: 'server', reason: 'Gmail has a problem (503)', count: 1 }],
    labels: [{ label_id: 'INBOX', name: 'INBOX', gmail: 210, stored: 209, waiting: 1, gone: 2 }],
    findings: [{ kind: 'missing', count: 1, repaired: 1, lost: 0, examples: ['18c2f0a1b2c3d4e5'] }],
  },
  local: { at: '2026-01-02T05:12:00.000Z', read: 12_356, originals: 12_356, findings: [] },
  deep: { at: '2026-01-02T05:15:30.000Z', compared: 100, seed: '2026-01-02', findings: [] },
}

const verification: Verification = {
  state: 'running',
  scheduled: false,
  started_at: '2026-01-02T05:10:00.000Z',
  finished_at: null,
  repair: true,
  progress: { account: 'ada@example.com', step: 'originals', done: 3_000, total: 12_356 },
  accounts: [],
  unseen: [],
}

const account: AccountSnapshot = {
  id: 'a1b2c3d4',
  email: 'ada@example.com',
  demo: false,
  state: 'up_to_date',
  last_synced_at: '2026-01-02T08:15:45.230Z',
  next_due_at: '2026-01-02T08:20:00.000Z',
  messages_stored: 48_211,
  messages_deleted: 17,
  messages_waiting: 0,
  messages_failed: 1,
  backfill: null,
  last_error: null,
  completeness: completenessOf(audit, null),
  sign_in_ends_at: null,
  quota: { table: 'new', units_per_second: 98, units_used: 240_310, errors: 0 },
}

const snapshot: Snapshot = {
  revision: 412,
  version: '0.1.0',
  host: { kind: 'headless', pid: 4711, port: 8000, data_folder: '/home/ada/.local/share/mailtide' },
  running: true,
  state: 'idle',
  failure: null,
  interval_minutes: 5,
  started_at: '2026-01-02T08:00:00.000Z',
  uptime_seconds: 1_230.5,
  next_cycle_at: '2026-01-02T08:20:00.000Z',
  current: null,
  total_cycles: 288,
  total_emails_synced: 48_228,
  error_count: 1,
  errors_by_kind: { network: 1 },
  last_sync_duration_seconds: 45.23,
  last_cycle: {
    started_at: '2026-01-02T08:15:00.000Z',
    finished_at: '2026-01-02T08:15:45.230Z',
    duration_seconds: 45.23,
    accounts: 1,
    emails: 12,
    errors: 0,
  },
  accounts: [account],
  alerts: [],
  store: {
    kind: 'pglite',
    durable: true,
    restarts: 0,
    database_bytes: 402_653_184,
    raw_bytes: 2_147_483_648,
    free_bytes: 96_636_764_160,
  },
  overrides: { gmail_root_url: null, oauth_url: null },
}

const settings = toWire(defaultSettings)
const sources = Object.fromEntries(settingNames.map((name) => [wireName(name), 'default' as const]))

const client: ClientInfo = {
  name: 'mail-of-ada',
  client_id: '1234567890-abc.apps.googleusercontent.com',
  project_id: 'mail-of-ada',
  accounts: ['ada@example.com'],
}

const signIn: SignIn = {
  id: 'q3Vd0Zc1xT0n',
  url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=1234567890-abc.apps.googleusercontent.com&response_type=code',
  state: 'waiting',
  expires_at: '2026-01-02T08:20:00.000Z',
  account: null,
  problem: null,
}

/** One answer of each operation, for the description. */
export const exampleAnswers: Outputs = {
  health: { status: 'ok', version: '0.1.0', uptime_seconds: 1_230.5 },
  status: { sync_status: snapshot },
  start: { message: 'Service started', interval_minutes: 5 },
  stop: { message: 'Service stopped' },
  syncNow: { message: 'Syncing all accounts' },
  accountsList: { accounts: [account] },
  accountsAdd: { account },
  demoAdd: { account: { ...account, id: DEMO_ID, email: DEMO_EMAIL, demo: true }, added: true },
  accountsRemove: {
    message: 'Removed ada@example.com. Its mail stays readable',
    email: 'ada@example.com',
    mail: 'kept',
    revoked: false,
  },
  accountsChange: { account: { ...account, state: 'paused' }, sign_in: null },
  clientsList: { clients: [client] },
  clientsAdd: { client: { ...client, accounts: [] } },
  clientsRemove: { message: 'Removed the OAuth client mail-of-ada' },
  signInBegin: signIn,
  signInShow: { ...signIn, state: 'finishing' },
  signInCode: { ...signIn, state: 'done', account },
  signInCancel: {
    ...signIn,
    state: 'failed',
    problem: {
      type: 'urn:mailtide:problem:aborted',
      title: 'The sign-in was cancelled',
      status: 503,
      code: 'aborted',
    },
  },
  accountsReauth: signIn,
  credentialsExport: {
    file: { kind: 'mailtide-credentials', version: 1, box: 'passphrase', sealed: 'v1.c2FsdA.bm9uY2U.dGFn.c2VhbGVk' },
    accounts: ['ada@example.com'],
    clients: ['mail-of-ada'],
    left_out: [],
  },
  credentialsImport: { accounts: [account], clients: ['mail-of-ada'], failed: [] },
  logs: {
    entries: [
      { at: '2026-01-02T08:15:00.000Z', level: 'info', name: 'sync.engine', message: 'Starting sync cycle...' },
      { at: '2026-01-02T08:15:45.230Z', level: 'info', name: 'sync.engine', message: 'Sync cycle completed in 45.23s' },
    ],
  },
  settings: { settings, sources },
  settingsChange: {
    settings: { ...settings, interval_minutes: 15 },
    sources: { ...sources, interval_minutes: 'file' },
    takes_effect: { interval_minutes: 'at once' },
  },
  failures: {
    failures: [
      {
        account: 'ada@example.com',
        gmail_id: '18c2f0a1b2c3d4e5',
        stage: 'download',
        reason: 'Gmail answers 500 for this message',
        attempts: 3,
        next_try_at: '2026-01-02T09:00:00.000Z',
      },
    ],
    total: 1,
  },
  failuresRetry: { message: '1 message is tried again', count: 1 },
  metricsSeries: {
    span: 'hour',
    step_seconds: 60,
    points: [
      {
        at: '2026-01-02T08:15:00.000Z',
        cycles: 1,
        emails: 12,
        errors: 0,
        errors_by_kind: {},
        duration_seconds_mean: 45.23,
        duration_seconds_max: 45.23,
        quota_units: 64,
        database_bytes: 402_653_184,
        raw_bytes: 2_147_483_648,
      },
    ],
  },
  tokenProve: {
    session: 'the-run-of-the-service-in-32-random-bytes__',
    proof: 'what-only-the-token-can-make-of-a-challenge',
  },
  tokenShow: { token: 'the-content-of-the-file-api-token' },
  tokenLink: { code: 'a-code-that-counts-once', expires_at: '2026-01-02T08:30:00.000Z' },
  tokenRedeem: { token: 'the-content-of-the-file-api-token' },
  tokenRenew: { token: 'the-new-content-of-the-file-api-token' },
  verifyShow: {
    verification: {
      ...verification,
      state: 'done',
      finished_at: audit.deep?.at ?? null,
      progress: null,
      accounts: [audit],
    },
    accounts: [audit],
  },
  verifyBegin: { verification: { ...verification, progress: null } },
  verifyCancel: { verification: { ...verification, state: 'cancelled', progress: null } },
  storage: {
    kind: 'pglite',
    data_folder: '/home/ada/.local/share/mailtide',
    database_bytes: 402_653_184,
    raw_bytes: 2_147_483_648,
    logs_bytes: 5_242_880,
    snapshots_bytes: 0,
    wal_bytes: 33_554_432,
    kept_bytes: 0,
    max_folder_bytes: 0,
    free_bytes: 96_636_764_160,
    min_free_bytes: 2_147_483_648,
    durable: true,
    restarts: 0,
  },
}

/** What one may send, by field. */
export const exampleInputs: Readonly<Record<string, unknown>> = {
  interval_minutes: 5,
  account: 'ada@example.com',
  id: 'ada@example.com',
  name: 'mail-of-ada',
  lines: 200,
  level: 'warning',
  limit: 100,
  span: 'day',
  kinds: 'status,cycle',
  after: '5f3a9c0b21de.412.3.90',
}
