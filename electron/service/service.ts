import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { AccountState, Alert, ServiceState, Snapshot } from '../../shared/status.ts'
import type { Clock, Log } from '../ports.ts'
import { readCycleTotals, recordCycle } from '../store/cycles.ts'
import type { Db } from '../store/db.ts'
import { retryFailuresNow } from '../store/queue.ts'
import type { Progress } from '../sync/deps.ts'
import type { TurnOptions, TurnResult } from '../sync/turn.ts'
import { newAlerts } from './alerts.ts'
import { type CycleOutcome, runCycle } from './cycle.ts'
import { isDue, nextCycleAt } from './due.ts'
import { afterFailure, restingState, workingState } from './machine.ts'
import { createPublisher } from './publisher.ts'
import { dueFacts, factsOf, type Member, type Roster } from './roster.ts'
import { addCounts, buildSnapshot, type SnapshotDeps, type SnapshotFacts } from './snapshot.ts'
import type { RederiveReport, Service } from './types.ts'
import { wait } from './wait.ts'

export interface ServiceSettings {
  readonly intervalMinutes: number
  readonly resyncAfterMinutes: number
  readonly parallelAccounts: number
  readonly errorsPerHour: number
}

export interface ServiceDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly roster: Roster
  /** Read anew at each use, so that a changed setting holds from the next step on. */
  readonly settings: () => ServiceSettings
  /** Keeps a changed interval over restarts. */
  readonly saveInterval: (minutes: number) => void
  readonly host: Snapshot['host']
  readonly version: string
  readonly overrides: Snapshot['overrides']
  readonly restartedUnexpectedly: boolean
  /** One turn of one account; null when another worker holds it. */
  readonly takeTurn: (
    member: Member,
    options: TurnOptions & { readonly report: (progress: Progress) => void },
  ) => Promise<TurnResult | null>
  readonly quotaOf: SnapshotDeps['quotaOf']
  readonly storeFacts: () => Snapshot['store']
  /** Called after each cycle and at start, for figures that cost something (sizes on disk). */
  readonly refreshStoreFacts: () => Promise<void>
  readonly importToken: (authorizedUser: unknown, expectedEmail: string | undefined) => Promise<AccountId>
  readonly reparse: (
    options: { readonly all: boolean; readonly account?: AccountId },
    signal: AbortSignal,
  ) => Promise<RederiveReport>
  /** Closes what the service was given, in reverse order of opening. */
  readonly closeAll: () => Promise<void>
}

/** A clean stop is given so long; then the store is closed under whatever still runs, which loses no committed chunk. */
const STOP_WITHIN_MS = 7_000
const HOUR_MS = 3_600_000
const HELD_AGAIN_MS = 61_000

export interface ServiceControl extends Service {
  /** The database gave up for good: the service fails with the reason, the API stays up. */
  fail(error: AppError): void
}

/** Reads what the store knows and returns the service, not yet started. */
export async function createServiceCore(deps: ServiceDeps): Promise<ServiceControl> {
  await deps.roster.load(deps.db)
  const totals = await readCycleTotals(deps.db)
  await deps.refreshStoreFacts()

  const facts: SnapshotFacts = {
    state: 'stopped',
    failure: null,
    startedAt: null,
    nextCycleAt: null,
    lastCycleStartedAt: null,
    current: null,
    totals: { ...totals },
    emailsInCycle: 0,
    errorsInCycle: {},
    alerts: [],
  }
  let errorTimes: number[] = []
  let loop: { readonly stop: AbortController; readonly done: Promise<void> } | null = null
  let nudge = new AbortController()
  let closing: Promise<void> | null = null
  let draining: Promise<void> = Promise.resolve()

  const publisher = createPublisher(deps.clock, (revision) =>
    buildSnapshot(revision, facts, {
      ...deps,
      settings: deps.settings(),
      errorsLastHour: errorTimes.filter((time) => deps.clock.monotonic() - time < HOUR_MS).length,
    }),
  )
  let announced: readonly Alert[] = []
  publisher.subscribe((snapshot) => {
    for (const alert of newAlerts(snapshot.alerts, announced)) {
      deps.log.named('alerts').warning(`${alert.message}. ${alert.remedy}`, { alert: alert.key })
    }
    announced = snapshot.alerts
    facts.alerts = snapshot.alerts
  })

  const moveTo = (member: Member, state: AccountState): void => {
    member.state = state
    publisher.changed()
  }
  const setState = (state: ServiceState): void => {
    facts.state = state
    publisher.changed()
  }
  const poke = (): void => {
    const before = nudge
    nudge = new AbortController()
    before.abort()
  }

  const takeTurn = (member: Member, signal: AbortSignal): Promise<TurnResult | null> =>
    deps.takeTurn(member, {
      signal,
      onStored: (count) => {
        member.rate.add(count, deps.clock.monotonic())
        member.totals = {
          ...member.totals,
          messages: member.totals.messages + count,
          queued: Math.max(0, member.totals.queued - count),
        }
        facts.emailsInCycle += count
        publisher.progressed()
      },
      onCheckpoint: async () => {
        await deps.roster.refresh(deps.db, member.account.id)
        moveTo(member, workingState(factsOf(member)))
      },
      report: (progress) => {
        if (progress.phase === 'listing') member.checkpoint = { ...member.checkpoint, listed: progress.done }
        facts.current = {
          account: member.account.email,
          ...progress,
          per_second: member.rate.perSecond(deps.clock.monotonic()) ?? 0,
        }
        publisher.progressed()
      },
    })

  const ended = async (member: Member): Promise<void> => {
    await deps.roster.refresh(deps.db, member.account.id)
    member.attempt = 0
    if (member.checkpoint.backfill === 'done') member.rate.reset()
    moveTo(member, restingState(factsOf(member)))
  }

  const failed = async (member: Member, error: unknown): Promise<void> => {
    const failure = asAppError(error)
    const now = deps.clock.now()
    const { email } = member.account
    if (failure.code === 'bug')
      deps.log.error(`Sync failed for ${email}: ${failure.message}`, { stack: stackOf(error) })
    else deps.log.warning(`Sync failed for ${email}: ${failure.message}`, { code: failure.code })
    facts.errorsInCycle = { ...facts.errorsInCycle, [failure.code]: (facts.errorsInCycle[failure.code] ?? 0) + 1 }
    errorTimes = [...errorTimes.filter((time) => deps.clock.monotonic() - time < HOUR_MS), deps.clock.monotonic()]
    member.lastError = {
      code: failure.code,
      message: failure.message,
      remedy: failure.remedy ?? null,
      at: now.toISOString(),
    }
    const state = afterFailure(error, { email, attempt: member.attempt, now, random: deps.clock.random() })
    member.attempt++
    moveTo(member, state)
    // The store may be what failed: the figures then stay as they were.
    await deps.roster.refresh(deps.db, member.account.id).catch((problem: unknown) => {
      deps.log.debug(`Could not read the account’s figures: ${asAppError(problem).message}`)
    })
  }

  /** Another worker syncs the account: what is in the store is its work; look again a little later. */
  const held = async (member: Member): Promise<void> => {
    await deps.roster.refresh(deps.db, member.account.id)
    moveTo(member, {
      state: 'waiting',
      reason: 'store',
      until: new Date(deps.clock.now().getTime() + HELD_AGAIN_MS).toISOString(),
      message: 'Another Mailtide that shares this database is syncing the account',
      remedy: null,
    })
  }

  const oneCycle = async (signal: AbortSignal): Promise<void> => {
    const log = deps.log.named('sync.engine')
    facts.emailsInCycle = 0
    facts.errorsInCycle = {}
    facts.lastCycleStartedAt = deps.clock.now().getTime()
    facts.nextCycleAt = null
    setState('syncing')
    log.info('Starting sync cycle...')
    const outcome = await runCycle(
      {
        clock: deps.clock,
        log,
        roster: deps.roster,
        settings: deps.settings,
        takeTurn,
        began: (member) => moveTo(member, workingState(factsOf(member))),
        ended,
        failed,
        held,
        nudge: () => nudge.signal,
      },
      signal,
    )
    await finishCycle(outcome)
    log.info(`Sync cycle completed in ${seconds(outcome).toFixed(2)}s`)
  }

  const finishCycle = async (outcome: CycleOutcome): Promise<void> => {
    facts.current = null
    facts.emailsInCycle = 0
    facts.errorsInCycle = {}
    const { totals: before } = facts
    facts.totals = {
      cycles: before.cycles + 1,
      emails: before.emails + outcome.emails,
      errors: before.errors + outcome.errors,
      errorsByKind: addCounts(before.errorsByKind, outcome.errorsByKind),
      last: {
        started_at: outcome.startedAt.toISOString(),
        finished_at: outcome.finishedAt.toISOString(),
        duration_seconds: seconds(outcome),
        accounts: outcome.accounts,
        emails: outcome.emails,
        errors: outcome.errors,
      },
    }
    const quotaUnits = [...deps.roster.members.values()].reduce(
      (sum, member) => sum + deps.quotaOf(member).shown.units_used,
      0,
    )
    await recordCycle(deps.db, { ...outcome, worker: `${deps.host.kind}:${deps.host.pid}`, quotaUnits })
    await deps.refreshStoreFacts()
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await oneCycle(signal)
      } catch (error) {
        if (signal.aborted) return
        // A cycle only fails as a whole when the store does; its driver decides whether that is for good.
        deps.log.error(`The sync cycle failed: ${asAppError(error).message}`, { stack: stackOf(error) })
        await deps.clock.sleep(5_000, signal)
      }
      await untilNextCycle(signal)
    }
  }

  /** Waits for the next tick or wake; a nudge makes it look again, and end early only when an account is due. */
  const untilNextCycle = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const members = [...deps.roster.members.values()].map(dueFacts)
      const { intervalMinutes, resyncAfterMinutes } = deps.settings()
      const now = deps.clock.now().getTime()
      const lastStartedAt = facts.lastCycleStartedAt ?? now
      const next = nextCycleAt(members, { lastStartedAt, intervalMinutes, now })
      const rule = { resyncAfterMinutes, cycleStartedAt: lastStartedAt }
      if (next <= now || members.some((member) => member.forced && isDue(member, now, rule))) return
      if (members.some((member) => member.lastSyncedAt === null && isDue(member, now, rule))) return
      facts.nextCycleAt = next
      setState('idle')
      await wait(deps.clock, new Date(next), signal, nudge.signal)
    }
  }

  const start: Service['start'] = async (intervalMinutes) => {
    await draining
    if (facts.state === 'failed')
      throw new AppError('store', facts.failure?.message ?? 'The store failed', remedyOf(facts))
    const before = deps.settings().intervalMinutes
    const changes = intervalMinutes !== undefined && intervalMinutes !== before
    if (loop !== null && !changes) throw new AppError('already_running', 'Service is already running')
    if (changes) deps.saveInterval(intervalMinutes)
    if (loop !== null) {
      deps.log.named('sync.engine').info(`Interval changed to ${deps.settings().intervalMinutes} minutes`)
      poke()
      return { changed: 'interval', intervalMinutes: deps.settings().intervalMinutes }
    }
    const stop = new AbortController()
    facts.startedAt = deps.clock.now()
    const done = run(stop.signal).catch((error: unknown) => {
      if (!isAbort(error)) throw error
    })
    loop = { stop, done }
    return { changed: 'started', intervalMinutes: deps.settings().intervalMinutes }
  }

  /** Nothing works any more: nothing may look as if it did. */
  const settle = (): void => {
    facts.nextCycleAt = null
    facts.startedAt = null
    facts.current = null
    for (const member of deps.roster.members.values()) {
      const { state } = member.state
      if (state === 'syncing' || state === 'backfilling') member.state = restingState(factsOf(member))
    }
  }

  const stop: Service['stop'] = async () => {
    if (loop === null) throw new AppError('not_running', 'The service is not running')
    const stopping = loop
    // A late end must be over before anything starts again: two loops would share one store.
    draining = stopping.done
    setState('stopping')
    stopping.stop.abort()
    const limit = new AbortController()
    const late = deps.clock.sleep(STOP_WITHIN_MS, limit.signal).then(
      () => deps.log.warning('Stopping takes long; closing the store under a chunk, which is rolled back'),
      () => undefined,
    )
    await Promise.race([stopping.done, late])
    limit.abort()
    loop = null
    settle()
    if (facts.state === 'stopping') setState('stopped')
  }

  const syncNow: Service['syncNow'] = async (account) => {
    if (loop === null) throw new AppError('not_running', 'The service is not running', { remedy: 'Start it first' })
    const all = [...deps.roster.members.values()]
    const chosen = account === undefined ? all : all.filter((member) => member === deps.roster.find(account))
    if (account !== undefined && chosen.length === 0) throw new AppError('not_found', `There is no account ${account}`)
    for (const member of chosen) {
      await retryFailuresNow(deps.db.as('interactive'), member.account.id, deps.clock.now())
      member.forced = true
    }
    poke()
  }

  return {
    snapshot: publisher.current,
    subscribe: publisher.subscribe,
    start,
    stop,
    syncNow,
    importToken: async (authorizedUser, expectedEmail) => {
      const id = await deps.importToken(authorizedUser, expectedEmail)
      await deps.roster.load(deps.db.as('interactive'))
      const member = deps.roster.members.get(id)
      if (member === undefined) throw new AppError('bug', 'The account was stored but cannot be read')
      if (member.state.state === 'needs_reauth' || member.state.state === 'error')
        member.state = restingState(factsOf(member))
      member.attempt = 0
      publisher.changed()
      poke()
      const shown = publisher.current().accounts.find((entry) => entry.id === id)
      if (shown === undefined) throw new AppError('bug', 'The account was stored but is not shown')
      return shown
    },
    checkHealth: async () => {
      if (facts.failure !== null) throw new AppError('store', facts.failure.message, { remedy: facts.failure.remedy })
      await deps.db.as('interactive').query('select 1 as alive')
    },
    reparse: deps.reparse,
    close: () => {
      closing ??= (async () => {
        if (loop !== null) await stop()
        publisher.close()
        await deps.closeAll()
      })()
      return closing
    },
    fail: (error) => {
      facts.failure = { message: error.message, remedy: error.remedy ?? 'See the log' }
      loop?.stop.abort()
      loop = null
      settle()
      setState('failed')
    },
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))
const remedyOf = (facts: SnapshotFacts): { remedy?: string } =>
  facts.failure === null ? {} : { remedy: facts.failure.remedy }
const seconds = (outcome: CycleOutcome): number =>
  Math.max(0, outcome.finishedAt.getTime() - outcome.startedAt.getTime()) / 1000
