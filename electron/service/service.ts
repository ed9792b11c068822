import { NOT_VERIFIED } from '../../shared/audit.ts'
import { type AppError, isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Alert } from '../../shared/status.ts'
import { readSeries } from '../store/cycle-series.ts'
import { readCycleTotals } from '../store/cycles.ts'
import { newAlerts } from './alerts.ts'
import { type Audits, createAudits } from './audits.ts'
import { closeInReverse } from './close-in-reverse.ts'
import { createCommands } from './commands.ts'
import { createEngine, type ServiceDeps } from './engine.ts'
import { followHolds } from './holds.ts'
import { createLoop } from './loop.ts'
import { createPublisher } from './publisher.ts'
import { buildSnapshot, type SnapshotFacts } from './snapshot.ts'
import { createTally } from './tally.ts'
import type { Service } from './types.ts'

/** Alerts come and go with time alone, and disks fill while nothing is synced: looked at so often. */
const LOOK_EVERY_MS = 60_000

export interface ServiceControl extends Service {
  /** The database gave up for good: the service fails with the reason, the API stays up. */
  fail(error: AppError): void
  /** What the host tells of itself (its port, what is wrong with it) is another now: everybody is shown it. */
  hostChanged(): void
}

/** Reads what the store knows and returns the service, not yet started. */
export async function createServiceCore(deps: ServiceDeps): Promise<ServiceControl> {
  const { clock, roster } = deps
  await roster.load(deps.db)
  const recorded = await readCycleTotals(deps.db)
  // A process that was killed did not write down its last messages, but they are there: what was told must not fall.
  const present = [...roster.members.values()].reduce((sum, { totals }) => sum + totals.messages + totals.deleted, 0)
  await deps.storeFacts.refresh()

  const builtAt = clock.monotonic()
  const facts: SnapshotFacts = {
    state: 'stopped',
    failure: null,
    startedAt: null,
    startedMonotonic: 0,
    nextCycle: null,
    lastCycleBegan: null,
    cycleBeganAt: null,
    isBackfilling: false,
    judgeLastCycle: false,
    current: null,
    alerts: [],
  }
  const tally = createTally(
    {
      clock,
      unitsUsed: () =>
        new Map<AccountId, number>(
          [...roster.members.values()].map((member) => [member.account.id, deps.quotaOf(member).shown.units_used]),
        ),
    },
    { ...recorded, emails: Math.max(recorded.emails, present) },
  )
  const late: { audits: Audits | null } = { audits: null }
  const publisher = createPublisher(clock, (revision) =>
    buildSnapshot(revision, facts, {
      ...deps,
      settings: deps.settings(),
      tally,
      builtAt,
      completenessOf: ({ account }) => late.audits?.completeness(account.id) ?? NOT_VERIFIED,
    }),
  )

  const listeners = new Set<(alert: Alert) => void>()
  publisher.subscribe((snapshot) => {
    const fresh = newAlerts(snapshot.alerts, facts.alerts)
    facts.alerts = snapshot.alerts
    for (const alert of fresh) {
      deps.log.named('alerts').warning(`${alert.message}. ${alert.remedy}`, { alert: alert.key })
      for (const listener of listeners) listener(alert)
    }
  })
  const closed = new AbortController()
  const watching = (async () => {
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, closed.signal)
      await deps.storeFacts.refreshSpace()
      // What it meets is told by the alert.
      await deps.originals.ensure().catch(() => undefined)
      await deps.holds.look()
      late.audits?.look()
      if (JSON.stringify(publisher.current().alerts) !== JSON.stringify(facts.alerts)) publisher.changed()
    }
  })().catch((error: unknown) => {
    if (!isAbort(error)) throw error
  })

  const engine = createEngine({ deps, facts, tally, publisher })
  const auditing = createAudits(engine, deps.runAudit)
  await auditing.load()
  late.audits = auditing
  const unhold = deps.holds.onChange(() => followHolds(engine))
  await deps.holds.look()
  const { isRunning, abandon, retire, ...commands } = createCommands(engine, createLoop(engine), auditing)
  let closing: Promise<void> | null = null
  return {
    ...commands,
    snapshot: publisher.current,
    subscribe: publisher.subscribe,
    onAlert: (listener) => {
      listeners.add(listener)
      for (const alert of facts.alerts) listener(alert)
      return () => listeners.delete(listener)
    },
    uptimeSeconds: () => Math.round(clock.monotonic() - builtAt) / 1000,
    metricsSeries: async (span) => await readSeries(deps.db.as('interactive'), span, clock.now()),
    storage: deps.storeFacts.measure,
    reparse: deps.reparse,
    verify: async (asked) => {
      if (asked.new_originals === true) await deps.originals.begin()
      return auditing.verify(asked)
    },
    verification: auditing.verification,
    verified: auditing.idle,
    cancelVerification: auditing.cancel,
    completeness: async (account) => auditing.known(account),
    close: () => {
      closing ??= (async () => {
        const ending = [retire(), auditing.close(), ...(isRunning() ? [commands.stop()] : [])]
        await closeInReverse([
          deps.closeAll,
          async () => {
            closed.abort()
            unhold()
            await watching
            publisher.close()
          },
          async () => {
            await Promise.all(ending)
          },
        ])
      })()
      return closing
    },
    hostChanged: publisher.changed,
    fail: (error) => {
      facts.failure = { message: error.message, remedy: error.remedy ?? 'See the log' }
      abandon()
      engine.setState('failed')
    },
  }
}
