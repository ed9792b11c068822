import { Counter, Gauge, Registry } from 'prom-client'
import { verdicts } from '../../shared/audit.ts'
import { errorCodes } from '../../shared/errors.ts'
import { type AccountSnapshot, Alert, type Snapshot, serviceStates, waitReasons } from '../../shared/status.ts'

/** What `GET /metrics` answers with: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
export const METRICS_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

/** What the process itself uses. Seconds and bytes. */
export interface ProcessFigures {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapBytes: number
  /** Since 1970. */
  readonly startedAtSeconds: number
}

const accountStates = [
  'new',
  'backfilling',
  'up_to_date',
  'syncing',
  'waiting',
  'needs_reauth',
  'error',
  'paused',
] as const satisfies readonly AccountSnapshot['state'][]

/**
 * The snapshot as Prometheus reads it. Names follow https://prometheus.io/docs/practices/naming/; a value that is not
 * known is left out rather than 0; a removed account is gone at the next scrape. Label values come from closed lists,
 * versions and the accounts' addresses. States are one series per possible state, 1 for the present one.
 */
export async function metricsText(snapshot: Snapshot, figures: ProcessFigures = processFigures()): Promise<string> {
  const registry = new Registry()
  serviceMetrics(registry, snapshot)
  storeMetrics(registry, snapshot.store)
  accountMetrics(registry, snapshot.accounts)
  processMetrics(registry, figures)
  return registry.metrics()
}

/** The present process. */
export function processFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: rss,
    heapBytes: heapUsed,
    startedAtSeconds: performance.timeOrigin / 1000,
  }
}

function serviceMetrics(registry: Registry, snapshot: Snapshot): void {
  const one = single(registry)
  labelled(registry, 'mailtide_build_info', 'The running version, and the kind of host it runs in.', [
    [{ version: snapshot.version, host: snapshot.host.kind }, 1],
  ])
  one('mailtide_running', 'Whether syncing is switched on: 1 or 0.', snapshot.running ? 1 : 0)
  labelled(
    registry,
    'mailtide_service_state',
    'The state of the service: 1 for the current one, 0 for the others.',
    serviceStates.map((state) => [{ state }, state === snapshot.state ? 1 : 0]),
  )
  one('mailtide_start_timestamp_seconds', 'When syncing was started.', seconds(snapshot.started_at))
  one('mailtide_uptime_seconds', 'How long syncing has been on.', snapshot.running ? snapshot.uptime_seconds : null)
  one('mailtide_interval_seconds', 'How often a sync cycle starts.', snapshot.interval_minutes * 60)
  one('mailtide_next_cycle_timestamp_seconds', 'When the next sync cycle starts.', seconds(snapshot.next_cycle_at))

  total(registry, 'mailtide_cycles_total', 'Sync cycles completed, over all runs.', [[{}, snapshot.total_cycles]])
  total(registry, 'mailtide_emails_synced_total', 'Messages downloaded and stored, over all runs.', [
    [{}, snapshot.total_emails_synced],
  ])
  total(
    registry,
    'mailtide_errors_total',
    'Failed turns of accounts by kind of failure, over all runs.',
    errorsByKind(snapshot).map(([kind, count]) => [{ kind }, count]),
  )

  const last = snapshot.last_cycle
  one('mailtide_last_cycle_duration_seconds', 'How long the last sync cycle took.', last?.duration_seconds)
  one('mailtide_last_cycle_timestamp_seconds', 'When the last sync cycle ended.', seconds(last?.finished_at))
  one('mailtide_last_cycle_emails', 'Messages stored by the last sync cycle.', last?.emails)
  one('mailtide_last_cycle_errors', 'Failed turns in the last sync cycle.', last?.errors)
  one('mailtide_last_cycle_accounts', 'Accounts in the last sync cycle.', last?.accounts)

  labelled(
    registry,
    'mailtide_alerts',
    'Active alerts, by kind; the status says what for, and what to do.',
    Alert.shape.kind.options.map((kind) => [{ kind }, snapshot.alerts.filter((alert) => alert.kind === kind).length]),
  )
}

/** Every kind, so that the first failure of a kind is an increase; what a newer version may have left behind is `other`. */
function errorsByKind({ errors_by_kind }: Snapshot): (readonly [string, number])[] {
  const known: ReadonlySet<string> = new Set(errorCodes)
  const other = Object.entries(errors_by_kind)
    .filter(([kind]) => !known.has(kind))
    .reduce((sum, [, count]) => sum + count, 0)
  return [...errorCodes.map((kind) => [kind, errors_by_kind[kind] ?? 0] as const), ['other', other]]
}

function storeMetrics(registry: Registry, store: Snapshot['store']): void {
  const one = single(registry)
  labelled(registry, 'mailtide_store_info', 'The kind of database, and whether its commits survive a power cut.', [
    [{ kind: store.kind, durable: String(store.durable) }, 1],
  ])
  total(registry, 'mailtide_store_restarts_total', 'How often the database was reopened after a fault, in this run.', [
    [{}, store.restarts],
  ])
  one('mailtide_database_size_bytes', 'The size of the database.', store.database_bytes)
  one('mailtide_originals_size_bytes', 'The size of the original mails, compressed.', store.raw_bytes)
  one('mailtide_free_space_bytes', 'Free space on the disk of the data folder.', store.free_bytes)
}

function accountMetrics(registry: Registry, accounts: readonly AccountSnapshot[]): void {
  labelled(
    registry,
    'mailtide_accounts',
    'Accounts by state.',
    accountStates.map((state) => [{ state }, accounts.filter((account) => account.state === state).length]),
  )
  if (accounts.length === 0) return
  const each = (name: string, help: string, value: (account: AccountSnapshot) => number | null | undefined): void =>
    labelled(
      registry,
      name,
      help,
      accounts.map((account) => [{ account: account.email }, value(account)]),
    )
  labelled(
    registry,
    'mailtide_account_state',
    'The state of an account: 1 for the current one, 0 for the others.',
    accounts.flatMap((account) =>
      accountStates.map((state): Series => [{ account: account.email, state }, account.state === state ? 1 : 0]),
    ),
  )
  labelled(
    registry,
    'mailtide_account_waiting',
    'Why an account waits: 1 for the current reason, 0 for the others.',
    accounts.flatMap((account) =>
      waitReasons.map((reason): Series => {
        const isReason = account.state === 'waiting' && account.reason === reason
        return [{ account: account.email, reason }, isReason ? 1 : 0]
      }),
    ),
  )
  each('mailtide_account_last_success_timestamp_seconds', 'When a sync of the account last completed.', (account) =>
    seconds(account.last_synced_at),
  )
  each('mailtide_account_next_due_timestamp_seconds', 'When the account is due again.', (account) =>
    seconds(account.next_due_at),
  )
  each(
    'mailtide_account_messages_stored',
    'Messages stored, including those that Gmail no longer has.',
    (account) => account.messages_stored,
  )
  each(
    'mailtide_account_messages_deleted',
    'Messages stored that Gmail no longer has.',
    (account) => account.messages_deleted,
  )
  each('mailtide_account_messages_waiting', 'Messages still to be downloaded.', (account) => account.messages_waiting)
  each(
    'mailtide_account_messages_failed',
    'Messages whose download failed; each is tried again.',
    (account) => account.messages_failed,
  )
  labelled(
    registry,
    'mailtide_account_completeness',
    'Whether the copy is complete, as last verified: 1 for the current verdict, 0 for the others.',
    accounts.flatMap((account) =>
      verdicts.map(
        (verdict): Series => [{ account: account.email, verdict }, account.completeness.verdict === verdict ? 1 : 0],
      ),
    ),
  )
  each(
    'mailtide_account_messages_in_gmail',
    'Messages that Gmail has, counted from ids when they were last compared.',
    (account) => account.completeness.figures?.gmail,
  )
  each(
    'mailtide_account_differences',
    'Differences from Gmail that were found and not repaired; absent before the first check.',
    (account) => (account.completeness.verdict === 'unknown' ? null : account.completeness.differences),
  )
  each('mailtide_account_verified_timestamp_seconds', 'When the account was last compared with Gmail.', (account) =>
    seconds(account.completeness.checked_at),
  )
  each(
    'mailtide_account_backfill_ratio',
    'Progress of the first download, 0 to 1; absent once it is done.',
    (account) => (account.backfill === null ? null : account.backfill.percent / 100),
  )
  each(
    'mailtide_account_backfill_remaining_seconds',
    'Estimated time until the first download is done.',
    (account) => account.backfill?.eta_seconds,
  )
  each(
    'mailtide_account_quota_units_per_second',
    'Gmail quota units that the account may use per second.',
    (account) => account.quota.units_per_second,
  )
  total(
    registry,
    'mailtide_account_quota_units_total',
    'Gmail quota units used in this run.',
    accounts.map((account) => [{ account: account.email }, account.quota.units_used]),
  )
  total(
    registry,
    'mailtide_account_quota_errors_total',
    'Requests that Gmail refused for quota in this run.',
    accounts.map((account) => [{ account: account.email }, account.quota.errors]),
  )
  labelled(
    registry,
    'mailtide_account_last_error_timestamp_seconds',
    'When the account last failed, with the kind of failure.',
    accounts.flatMap((account): Series[] =>
      account.last_error === null
        ? []
        : [[{ account: account.email, kind: account.last_error.code }, seconds(account.last_error.at)]],
    ),
  )
}

/** The names and meanings that Prometheus' own client libraries give to them. */
function processMetrics(registry: Registry, figures: ProcessFigures): void {
  const one = single(registry)
  total(registry, 'process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', [
    [{}, figures.cpuSeconds],
  ])
  one('process_resident_memory_bytes', 'Resident memory size in bytes.', figures.residentBytes)
  one('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', figures.startedAtSeconds)
  one('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', figures.heapBytes)
}

type Series = readonly [Readonly<Record<string, string>>, number | null | undefined]

function labelled(registry: Registry, name: string, help: string, series: readonly Series[]): void {
  const known = series.filter(isKnown)
  const [first] = known
  if (first === undefined) return
  const gauge = new Gauge({ name, help, labelNames: Object.keys(first[0]), registers: [registry] })
  for (const [labels, value] of known) gauge.set(labels, value)
}

function total(registry: Registry, name: string, help: string, series: readonly Series[]): void {
  const known = series.filter(isKnown)
  const counter = new Counter({ name, help, labelNames: Object.keys(known[0]?.[0] ?? {}), registers: [registry] })
  for (const [labels, value] of known) counter.inc(labels, value)
}

const single =
  (registry: Registry) =>
  (name: string, help: string, value: number | null | undefined): void =>
    labelled(registry, name, help, [[{}, value]])

const isKnown = (series: Series): series is readonly [Series[0], number] =>
  typeof series[1] === 'number' && Number.isFinite(series[1])

const seconds = (timestamp: string | null | undefined): number | null =>
  timestamp === null || timestamp === undefined ? null : Date.parse(timestamp) / 1000
