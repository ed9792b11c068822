import type { Completeness } from '../../shared/audit.ts'
import type { AppError } from '../../shared/errors.ts'
import type { AccountSnapshot, Alert, CurrentWork, ServiceState, Snapshot } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import type { Originals } from '../store/originals.ts'
import { type HostTrouble, standingAlerts } from './alerts.ts'
import { nextDueAt } from './due.ts'
import { type Moment, presentMoment, wallTime } from './moment.ts'
import { dueFacts, type Member, type Roster, toAccountSnapshot } from './roster.ts'
import type { Tally } from './tally.ts'

/** What the service itself keeps; everything else in a snapshot comes from the roster and the store. */
export interface SnapshotFacts {
  state: ServiceState
  failure: { readonly message: string; readonly remedy: string } | null
  startedAt: Date | null
  /** The same moment, monotonic milliseconds. */
  startedMonotonic: number
  nextCycle: Moment | null
  lastCycleBegan: Moment | null
  /** Of the cycle that runs, monotonic milliseconds; null between cycles. */
  cycleBeganAt: number | null
  /** Whether the running cycle has to do with a first download. */
  isBackfilling: boolean
  /** Whether the last cycle was of this run and had nothing to do with a first download. */
  judgeLastCycle: boolean
  current: CurrentWork | null
  /** As last told. */
  alerts: readonly Alert[]
}

export interface SnapshotDeps {
  readonly clock: Clock
  readonly roster: Roster
  /** Read at each snapshot: the port can come and go while the service runs. */
  readonly host: Snapshot['host']
  readonly version: string
  readonly overrides: Snapshot['overrides']
  readonly restartedUnexpectedly: boolean
  readonly settings: {
    readonly intervalMinutes: number
    readonly resyncAfterMinutes: number
    readonly errorsPerHour: number
    readonly minFreeBytes: number
  }
  readonly quotaOf: (member: Member) => { readonly shown: AccountSnapshot['quota']; readonly pausedForMs: number }
  readonly completenessOf: (member: Member) => Completeness
  readonly signInEndsAt: (member: Member) => Date | null
  readonly clockAheadMs: () => number | null
  readonly apiTrouble: () => HostTrouble | null
  readonly recovered: HostTrouble | null
  readonly originals: Pick<Originals, 'trouble'>
  readonly storeFacts: { read(): Snapshot['store'] }
  readonly tally: Pick<Tally, 'totals' | 'errorsLastHour'>
  /** When the service was built, monotonic milliseconds. */
  readonly builtAt: number
}

/** Pacing itself waits fractions of a second all the time; only longer waits are worth telling. */
const SHORTEST_PAUSE_MS = 2_000

/** Makes the whole snapshot from the present facts. */
export function buildSnapshot(revision: number, facts: SnapshotFacts, deps: SnapshotDeps): Snapshot {
  const present = presentMoment(deps.clock)
  const { monotonic } = present
  const now = new Date(present.wall)
  const totals = deps.tally.totals()
  const members = [...deps.roster.members.values()]
  const { intervalMinutes, resyncAfterMinutes } = deps.settings
  const isRunning = facts.state === 'idle' || facts.state === 'syncing' || facts.state === 'stopping'
  const interval = intervalMinutes * 60_000
  const nextTickAt = Math.max(present.wall, wallTime(facts.lastCycleBegan ?? present, present) + interval)
  const accounts = members.map((member) => {
    const { shown, pausedForMs } = deps.quotaOf(member)
    return toAccountSnapshot(member, {
      nextDueAt: isRunning
        ? nextDueAt(dueFacts(member, present), { nextTickAt, intervalMinutes, resyncAfterMinutes })
        : null,
      monotonic,
      quota: shown,
      completeness: deps.completenessOf(member),
      signInEndsAt: deps.signInEndsAt(member),
      pausedUntil: pausedForMs < SHORTEST_PAUSE_MS ? null : new Date(now.getTime() + pausedForMs),
    })
  })
  const snapshot: Snapshot = {
    revision,
    version: deps.version,
    host: { ...deps.host },
    running: isRunning,
    state: facts.state,
    failure: facts.failure,
    interval_minutes: intervalMinutes,
    started_at: facts.startedAt?.toISOString() ?? null,
    // Whatever is done to the wall clock.
    uptime_seconds: facts.startedAt === null ? 0 : Math.round(monotonic - facts.startedMonotonic) / 1000,
    next_cycle_at:
      facts.nextCycle === null || !isRunning ? null : new Date(wallTime(facts.nextCycle, present)).toISOString(),
    current: isWorking(accounts, facts.current) ? facts.current : null,
    total_cycles: totals.cycles,
    total_emails_synced: totals.emails,
    error_count: totals.errors,
    errors_by_kind: totals.errorsByKind,
    last_sync_duration_seconds: totals.last?.duration_seconds ?? null,
    last_cycle: totals.last,
    accounts,
    alerts: [],
    store: deps.storeFacts.read(),
    overrides: deps.overrides,
  }
  const alerts = standingAlerts(snapshot, facts.alerts, {
    now,
    uptimeMs: monotonic - deps.builtAt,
    restartedUnexpectedly: deps.restartedUnexpectedly,
    errorsLastHour: deps.tally.errorsLastHour(),
    errorsPerHour: deps.settings.errorsPerHour,
    minFreeBytes: deps.settings.minFreeBytes,
    failing: new Map(
      members.flatMap(({ account, failingSince }) =>
        failingSince === null ? [] : [[account.id, monotonic - failingSince] as const],
      ),
    ),
    cycleSeconds: facts.cycleBeganAt === null || facts.isBackfilling ? null : (monotonic - facts.cycleBeganAt) / 1000,
    judgeLast: facts.judgeLastCycle,
    clockAheadMs: deps.clockAheadMs(),
    apiTrouble: deps.apiTrouble(),
    recovered: deps.recovered,
    originals: toTrouble(deps.originals.trouble()),
  })
  return { ...snapshot, alerts }
}

/** Only what calls for the person: a disk that fails for a moment is told by what failed. */
const toTrouble = (error: AppError | null): HostTrouble | null =>
  error?.code === 'originals_away' ? { message: error.message, remedy: error.remedy ?? 'Put the folder back' } : null

/** An account that waits in the midst of its turn is not working, and what it did before is over. */
const isWorking = (accounts: readonly AccountSnapshot[], current: CurrentWork | null): boolean =>
  accounts.some(({ email, state }) => email === current?.account && (state === 'syncing' || state === 'backfilling'))
