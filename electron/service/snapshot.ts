import type { AccountSnapshot, Alert, CurrentWork, ServiceState, Snapshot } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import type { CycleTotals } from '../store/cycles.ts'
import { standingAlerts } from './alerts.ts'
import { nextDueAt } from './due.ts'
import { dueFacts, type Member, type Roster, toAccountSnapshot } from './roster.ts'

/** What the service itself keeps; everything else in a snapshot comes from the roster and the store. */
export interface SnapshotFacts {
  state: ServiceState
  failure: { readonly message: string; readonly remedy: string } | null
  startedAt: Date | null
  /** Milliseconds since 1970. */
  nextCycleAt: number | null
  lastCycleStartedAt: number | null
  current: CurrentWork | null
  /** Over all finished cycles, also of earlier runs. */
  totals: CycleTotals
  /** Of the cycle that runs. */
  emailsInCycle: number
  errorsInCycle: Readonly<Record<string, number>>
  alerts: readonly Alert[]
}

export interface SnapshotDeps {
  readonly clock: Clock
  readonly roster: Roster
  readonly host: Snapshot['host']
  readonly version: string
  readonly overrides: Snapshot['overrides']
  readonly restartedUnexpectedly: boolean
  readonly settings: {
    readonly intervalMinutes: number
    readonly resyncAfterMinutes: number
    readonly errorsPerHour: number
  }
  readonly quotaOf: (member: Member) => { readonly shown: AccountSnapshot['quota']; readonly pausedForMs: number }
  readonly storeFacts: () => Snapshot['store']
  readonly errorsLastHour: number
}

/** Pacing itself waits fractions of a second all the time; only longer waits are worth telling. */
const SHORTEST_PAUSE_MS = 2_000

/** Makes the whole snapshot from the present facts. */
export function buildSnapshot(revision: number, facts: SnapshotFacts, deps: SnapshotDeps): Snapshot {
  const now = deps.clock.now()
  const { intervalMinutes, resyncAfterMinutes } = deps.settings
  const isRunning = facts.state === 'idle' || facts.state === 'syncing' || facts.state === 'stopping'
  const interval = intervalMinutes * 60_000
  const nextTickAt = Math.max(now.getTime(), (facts.lastCycleStartedAt ?? now.getTime()) + interval)
  const accounts = [...deps.roster.members.values()].map((member) => {
    const { shown, pausedForMs } = deps.quotaOf(member)
    return toAccountSnapshot(member, {
      nextDueAt: isRunning ? nextDueAt(dueFacts(member), { nextTickAt, intervalMinutes, resyncAfterMinutes }) : null,
      monotonic: deps.clock.monotonic(),
      quota: shown,
      pausedUntil: pausedForMs < SHORTEST_PAUSE_MS ? null : new Date(now.getTime() + pausedForMs),
    })
  })
  const snapshot: Snapshot = {
    revision,
    version: deps.version,
    host: deps.host,
    running: isRunning,
    state: facts.state,
    failure: facts.failure,
    interval_minutes: intervalMinutes,
    started_at: facts.startedAt?.toISOString() ?? null,
    // A wall clock set back must not show a negative time.
    uptime_seconds: facts.startedAt === null ? 0 : Math.max(0, now.getTime() - facts.startedAt.getTime()) / 1000,
    next_cycle_at: facts.nextCycleAt === null || !isRunning ? null : new Date(facts.nextCycleAt).toISOString(),
    current: facts.current,
    total_cycles: facts.totals.cycles,
    total_emails_synced: facts.totals.emails + facts.emailsInCycle,
    error_count: facts.totals.errors + Object.values(facts.errorsInCycle).reduce((sum, count) => sum + count, 0),
    errors_by_kind: addCounts(facts.totals.errorsByKind, facts.errorsInCycle),
    last_sync_duration_seconds: facts.totals.last?.duration_seconds ?? null,
    last_cycle: facts.totals.last,
    accounts,
    alerts: [],
    store: deps.storeFacts(),
    overrides: deps.overrides,
  }
  const alerts = standingAlerts(snapshot, facts.alerts, {
    now,
    errorsLastHour: deps.errorsLastHour,
    errorsPerHour: deps.settings.errorsPerHour,
    restartedUnexpectedly: deps.restartedUnexpectedly,
  })
  return { ...snapshot, alerts }
}

/** Counts by kind, added up. */
export function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...a }
  for (const [kind, count] of Object.entries(b)) sum[kind] = (sum[kind] ?? 0) + count
  return sum
}
