import { asAppError, isAbort } from '../../shared/errors.ts'
import type { CycleSummary } from '../../shared/status.ts'
import { type FinishedCycle, pruneCycles, recordActivity, recordCycle } from '../store/cycles.ts'
import type { TurnResult } from '../sync/turn.ts'
import { isClockSure } from './clock-sure.ts'
import { type CycleOutcome, runCycle, type TurnEnd } from './cycle.ts'
import { isDue, nextCycleAt } from './due.ts'
import type { Engine } from './engine.ts'
import { afterFailure, heldState, lookAgainAt, restingState, workingState } from './machine.ts'
import { momentOf, presentMoment, wallTime } from './moment.ts'
import { dueFacts, factsOf, forgive, keepWaits, type Member } from './roster.ts'
import { wait } from './wait.ts'

/** A worker that died may have had the account: with the lease of its claim this makes less than a minute. */
const HELD_AGAIN_MS = 20_000
/** What was done is written down so often while a cycle runs, between turns. */
const RECORD_EVERY_MS = 30_000
/** Cycles and charts are kept so long; totals for ever. */
const KEEP_DAYS = 400
const DAY_MS = 24 * 60 * 60_000

/** Runs cycles until the signal fires. Resolves then; throws only for bugs. */
export type Loop = (signal: AbortSignal) => Promise<void>

export function createLoop(engine: Engine): Loop {
  const { deps, facts, tally, publisher, moveTo, setState } = engine
  const { worker } = deps
  let recordedAt = deps.clock.monotonic()
  let lastCycleAt = 0
  let prunedAt: number | null = null
  const begun = {
    wall: deps.clock.now().getTime(),
    monotonic: deps.clock.monotonic(),
    lastCycle: lastCycleOf(publisher),
  }

  /** Writes down what was done since the last time, for charts and totals; with the cycle when one ended. */
  const record = async (finished: (FinishedCycle & CycleOutcome) | null): Promise<void> => {
    const counts = tally.takeUnrecorded()
    const { database_bytes, raw_bytes } = deps.storeFacts.read()
    recordedAt = deps.clock.monotonic()
    const now = deps.clock.now().getTime()
    if (finished !== null) {
      // Cycles of one worker are told apart by their time; but a wall clock that was set back is followed, or the chart would stand still.
      const isTaken = now <= lastCycleAt && lastCycleAt - now < 1_000
      lastCycleAt = isTaken ? lastCycleAt + 1 : now
    }
    // What happens between them goes into a row for each half minute: many accounts that fail must not fill the table.
    const at = finished === null ? now - (now % RECORD_EVERY_MS) : lastCycleAt
    try {
      await deps.db.transaction(async (sql) => {
        if (finished !== null) await recordCycle(sql, finished)
        await recordActivity(sql, {
          ...counts,
          at: new Date(at),
          worker,
          cycleSeconds: finished?.seconds ?? null,
          databaseBytes: database_bytes,
          rawBytes: raw_bytes,
        })
      })
    } catch (error) {
      tally.giveBack(counts)
      throw error
    }
  }
  /** Figures for people: that they cannot be written now must not fail a turn, and they are kept for the next time. */
  const recordNowAndThen = async (anythingFailed: boolean): Promise<void> => {
    // Failures at once: what collectors were told of them must not fall when the process is killed.
    if (!anythingFailed && deps.clock.monotonic() - recordedAt < RECORD_EVERY_MS) return
    await deps.storeFacts.refresh()
    await record(null).catch((error: unknown) => {
      deps.log.debug(`Could not record what was done: ${asAppError(error).message}`)
    })
  }

  const takeTurn = async (member: Member, signal: AbortSignal, othersWait: () => boolean): Promise<TurnEnd> => {
    const { id, email } = member.account
    const stop = new AbortController()
    const { promise, resolve } = Promise.withResolvers<void>()
    engine.turns.set(id, { stop, done: promise })
    try {
      const result = await deps.takeTurn(member, {
        signal: AbortSignal.any([signal, stop.signal]),
        othersWait,
        onStored: (count) => {
          member.rate.add(count, deps.clock.monotonic())
          member.totals = {
            ...member.totals,
            messages: member.totals.messages + count,
            queued: Math.max(0, member.totals.queued - count),
          }
          tally.stored(id, count)
          publisher.progressed()
        },
        onCheckpoint: async () => {
          await deps.roster.refresh(deps.db, id)
          moveTo(member, workingState(factsOf(member)))
        },
        report: (progress) => {
          if (progress.phase === 'listing') member.checkpoint = { ...member.checkpoint, listed: progress.done }
          const perSecond = member.rate.perSecond(deps.clock.monotonic()) ?? 0
          facts.current = { account: email, ...progress, per_second: perSecond }
          publisher.progressed()
        },
      })
      return result ?? 'held'
    } catch (error) {
      if (isAbort(error) && stop.signal.aborted && !signal.aborted) return 'paused'
      throw error
    } finally {
      engine.turns.delete(id)
      resolve()
    }
  }

  /** What the account did last is over and must not be shown as if it went on. */
  const restFrom = (member: Member): void => {
    if (facts.current?.account === member.account.email) facts.current = null
  }

  const ended = async (member: Member, result: TurnResult): Promise<void> => {
    tally.failed('message', result.failed)
    if (!result.more) restFrom(member)
    // It was synced anew, be it at the same time of a wall clock that was set back.
    if (!result.more && result.held === null) member.lastSync = null
    await deps.roster.refresh(deps.db, member.account.id)
    forgive(member)
    if (member.checkpoint.backfill === 'done') member.rate.reset()
    const resting = restingState(factsOf(member))
    // It may have ceased since the turn asked: then the account is simply due.
    const held = result.held === null ? null : deps.holds.reason()
    const until = lookAgainAt(deps.clock.now(), deps.settings(), result.nextTryAt)
    moveTo(member, held === null ? resting : heldState(held, until))
    await recordNowAndThen(result.failed > 0)
  }

  const failed = async (member: Member, error: unknown): Promise<void> => {
    const failure = asAppError(error)
    const now = deps.clock.now()
    const { email } = member.account
    if (failure.code === 'bug')
      deps.log.error(`Sync failed for ${email}: ${failure.message}`, { stack: stackOf(error) })
    else deps.log.warning(`Sync failed for ${email}: ${failure.message}`, { code: failure.code })
    tally.failed(failure.code, 1)
    member.lastError = {
      code: failure.code,
      message: failure.message,
      remedy: failure.remedy ?? null,
      at: now.toISOString(),
    }
    const state = afterFailure(error, { email, attempt: member.attempt, now, random: deps.clock.random() })
    member.attempt++
    member.failingSince ??= deps.clock.monotonic()
    restFrom(member)
    moveTo(member, state)
    // The store may be what failed: the figures then stay as they were.
    await deps.roster.refresh(deps.db, member.account.id).catch((problem: unknown) => {
      deps.log.debug(`Could not read the account’s figures: ${asAppError(problem).message}`)
    })
    await recordNowAndThen(true)
  }

  /** What other workers on the same database did meanwhile. */
  const reload = async (): Promise<void> => {
    for (const account of await deps.roster.load(deps.db)) await deps.removal.letGo(account)
  }

  const held = async (member: Member): Promise<void> => {
    // It syncs elsewhere: what failed here is over, and what the other worker does is ours to show.
    forgive(member)
    await reload()
    // It may have removed the account.
    if (!deps.roster.members.has(member.account.id)) return publisher.changed()
    moveTo(member, {
      state: 'waiting',
      reason: 'store',
      until: new Date(deps.clock.now().getTime() + HELD_AGAIN_MS).toISOString(),
      message: 'Another Mailtide sharing this database is syncing the account',
      remedy: null,
    })
  }

  const oneCycle = async (signal: AbortSignal): Promise<void> => {
    const log = deps.log.named('sync.engine')
    facts.nextCycle = null
    setState('syncing')
    // Another worker may have paused or added accounts in a database that several share.
    if (deps.db.kind === 'postgres') await reload()
    tally.beginCycle()
    facts.lastCycleBegan = presentMoment(deps.clock)
    facts.cycleBeganAt = facts.lastCycleBegan.monotonic
    facts.isBackfilling = false
    publisher.changed()
    log.info('Starting sync cycle...')
    const outcome = await runCycle(
      {
        clock: deps.clock,
        log,
        roster: deps.roster,
        settings: deps.settings,
        takeTurn,
        takeStored: (member) => tally.takeStored(member.account.id),
        began: (member) => {
          const state = workingState(factsOf(member))
          if (state.state === 'backfilling') facts.isBackfilling = true
          moveTo(member, state)
        },
        ended,
        failed,
        paused: (member) => {
          restFrom(member)
          moveTo(member, restingState(factsOf(member)))
        },
        held,
        nudge: engine.nudge,
      },
      signal,
    )
    await finishCycle(outcome)
    log.info(`Sync cycle completed in ${outcome.seconds.toFixed(2)}s`)
  }

  const finishCycle = async (outcome: CycleOutcome): Promise<void> => {
    facts.current = null
    facts.cycleBeganAt = null
    await deps.storeFacts.refresh()
    const cycle = { ...outcome, ...tally.cycle(), worker }
    await record(cycle)
    // Only what is written down is told: a count must not fall after a restart.
    tally.endCycle(summarise(cycle))
    facts.judgeLastCycle = !facts.isBackfilling
    await pruneDaily()
  }

  const pruneDaily = async (): Promise<void> => {
    const now = deps.clock.monotonic()
    if (prunedAt !== null && now - prunedAt < DAY_MS) return
    const wall = deps.clock.now().getTime()
    const jumpedMs = wall - begun.wall - (now - begun.monotonic)
    if (!isClockSure({ wall, jumpedMs, aheadMs: deps.clockAheadMs(), lastCycle: begun.lastCycle })) return
    try {
      await pruneCycles(deps.db.as('maintenance'), new Date(wall - KEEP_DAYS * DAY_MS))
      prunedAt = now
    } catch (error) {
      // The cycle itself is over and written down: the next one tries again.
      deps.log.debug(`Could not remove what is old: ${asAppError(error).message}`)
    }
  }

  /** Waits for the next tick or wake; a nudge makes it look again, and end early only when an account is due. */
  const untilNextCycle = async (signal: AbortSignal): Promise<void> => {
    // Whoever asked to stop while the cycle was being written down has said what the state is.
    while (!signal.aborted) {
      keepWaits(deps.roster.members.values(), deps.clock)
      const present = presentMoment(deps.clock)
      const now = present.wall
      const members = [...deps.roster.members.values()].map((member) => dueFacts(member, present))
      const { intervalMinutes, resyncAfterMinutes } = deps.settings()
      const lastStartedAt = wallTime(facts.lastCycleBegan ?? present, present)
      const next = nextCycleAt(members, { lastStartedAt, intervalMinutes, now })
      const rule = { resyncAfterMinutes, cycleStartedAt: lastStartedAt }
      if (next <= now || members.some((member) => member.forced && isDue(member, now, rule))) return
      if (members.some((member) => member.lastSyncedAt === null && isDue(member, now, rule))) return
      facts.nextCycle = momentOf(next, present)
      setState('idle')
      await wait(deps.clock, new Date(next), signal, engine.nudge())
    }
  }

  return async (signal) => {
    while (!signal.aborted) {
      try {
        await oneCycle(signal)
      } catch (error) {
        facts.cycleBeganAt = null
        if (signal.aborted) {
          // A cycle cut short counts with what it did.
          await record(null).catch((problem: unknown) => {
            deps.log.debug(`Could not record what was done: ${asAppError(problem).message}`)
          })
          return
        }
        // A cycle only fails as a whole when the store does; its driver decides whether that is for good.
        deps.log.error(`The sync cycle failed: ${asAppError(error).message}`, { stack: stackOf(error) })
        await deps.clock.sleep(5_000, signal)
      }
      await untilNextCycle(signal)
    }
  }
}

const lastCycleOf = (publisher: Engine['publisher']): number | null => {
  const last = publisher.current().last_cycle
  return last === null ? null : Date.parse(last.finished_at)
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const summarise = (cycle: FinishedCycle & CycleOutcome): CycleSummary => ({
  started_at: cycle.startedAt.toISOString(),
  finished_at: cycle.finishedAt.toISOString(),
  duration_seconds: cycle.seconds,
  accounts: cycle.accounts,
  emails: cycle.emails,
  errors: cycle.errors,
})
