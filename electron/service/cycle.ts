import { isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Clock, Log } from '../ports.ts'
import type { TurnResult } from '../sync/turn.ts'
import { isDue, wakeTime } from './due.ts'
import { type Moment, presentMoment, wallTime } from './moment.ts'
import { dueFacts, keepWaits, type Member, type Roster } from './roster.ts'
import { wait } from './wait.ts'

export interface CycleDeps {
  readonly clock: Clock
  readonly log: Log
  readonly roster: Roster
  readonly settings: () => {
    readonly intervalMinutes: number
    readonly resyncAfterMinutes: number
    readonly parallelAccounts: number
  }
  readonly takeTurn: (member: Member, signal: AbortSignal, othersWait: () => boolean) => Promise<TurnEnd>
  /** Messages of the account stored since the last call. */
  readonly takeStored: (member: Member) => number
  /** A turn begins, ended well or failed: moves the account's state. */
  readonly began: (member: Member) => void
  readonly ended: (member: Member, result: TurnResult) => Promise<void>
  readonly failed: (member: Member, error: unknown) => Promise<void>
  /** The account is paused: before its turn began, or in the midst of it. */
  readonly paused: (member: Member) => void
  /** Another worker has the account. */
  readonly held: (member: Member) => Promise<void>
  /** Resolves when "Sync now" or a change of settings wants the cycle to look again. */
  readonly nudge: () => AbortSignal
}

/** How a turn ended: well, not at all because another worker holds the account, or early because the account was paused. */
export type TurnEnd = TurnResult | 'held' | 'paused'

export interface CycleOutcome {
  readonly startedAt: Date
  readonly finishedAt: Date
  /** How long it took, whatever was done to the wall clock meanwhile; a sleep of the computer does not count. */
  readonly seconds: number
  /** How many took a turn. */
  readonly accounts: number
}

/**
 * One cycle: turns of the due accounts, as many at once as the settings say, round robin, until every one of them is up to date or waits.
 * Nobody waits for the slowest: who becomes due while others take their turns begins at once where there is room. A cycle whose accounts
 * wait for seconds stays open for them; longer waits end it, and their end wakes the next one.
 */
export async function runCycle(deps: CycleDeps, signal: AbortSignal): Promise<CycleOutcome> {
  const began = presentMoment(deps.clock)
  const served = new Set<AccountId>()
  /** What another worker has is asked for again when its wait is over, for that worker may have died, but keeps no cycle open. */
  const held = new Set<AccountId>()
  /** Turns that are being taken. They never reject. */
  const running = new Map<AccountId, Promise<void>>()
  /** How many turns had begun when each account began its last one. */
  const order = new Map<AccountId, number>()
  let turns = 0
  const failures: unknown[] = []

  const due = (): Member[] => {
    keepWaits(deps.roster.members.values(), deps.clock)
    const present = presentMoment(deps.clock)
    const rule = { resyncAfterMinutes: deps.settings().resyncAfterMinutes, cycleStartedAt: wallTime(began, present) }
    return [...deps.roster.members.values()].filter((member) => isDue(dueFacts(member, present), present.wall, rule))
  }

  const runTurn = async (member: Member): Promise<void> => {
    const { id, email } = member.account
    // Due, and paused by somebody whom the state does not tell of yet.
    if (member.account.paused) return deps.paused(member)
    if (!served.has(id) && !held.has(id)) deps.log.info(`Syncing user: ${email}`)
    member.forced = false
    deps.began(member)
    try {
      const result = await deps.takeTurn(member, signal, othersWait)
      if (result === 'held') {
        held.add(id)
        await deps.held(member)
        return
      }
      held.delete(id)
      served.add(id)
      if (result === 'paused') {
        deps.log.info(`Paused ${email} after ${deps.takeStored(member)} emails`)
        deps.paused(member)
        return
      }
      await deps.ended(member, result)
      if (result.held !== null)
        deps.log.info(`The first download of ${email} waits (${result.held}): ${member.totals.messages} emails so far`)
      else if (!result.more) deps.log.info(`Sync completed for ${email}: ${deps.takeStored(member)} emails`)
    } catch (error) {
      if (isAbort(error) && signal.aborted) throw error
      served.add(id)
      await deps.failed(member, error)
    }
  }
  const othersWait = (): boolean => due().some(({ account }) => !account.paused && !running.has(account.id))

  const width = (): number => Math.max(1, deps.settings().parallelAccounts)
  const begin = (member: Member): void => {
    const { id } = member.account
    order.set(id, turns++)
    const turn = runTurn(member)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(id))
    running.set(id, turn)
  }
  /** Who has waited longest for a turn. */
  const nextDue = (): Member | undefined =>
    due()
      .filter(({ account }) => !running.has(account.id))
      .toSorted((a, b) => (order.get(a.account.id) ?? -1) - (order.get(b.account.id) ?? -1))[0]

  for (;;) {
    while (running.size < width() && failures.length === 0 && !signal.aborted) {
      const member = nextDue()
      if (member === undefined) break
      begin(member)
    }
    if (running.size > 0) await turnEnds(deps, running, running.size < width())
    else if (failures.length > 0) throw failures[0]
    else if (signal.aborted || !(await waitForShortWaits(deps, began, held, signal))) break
  }
  const seconds = Math.round(deps.clock.monotonic() - began.monotonic) / 1000
  return { startedAt: new Date(began.wall), finishedAt: deps.clock.now(), seconds, accounts: served.size }
}

/** A cycle stays open for waits of seconds; a longer one ends it, and its end wakes the next. */
const SHORT_WAIT_MS = 60_000

/** Sleeps until the first account whose wait ends soon and within the interval. False when there is none, so that the cycle ends. */
async function waitForShortWaits(
  deps: CycleDeps,
  began: Moment,
  held: ReadonlySet<AccountId>,
  signal: AbortSignal,
): Promise<boolean> {
  const present = presentMoment(deps.clock)
  const tick = wallTime(began, present) + deps.settings().intervalMinutes * 60_000
  const wakes = [...deps.roster.members.values()]
    .filter((member) => !held.has(member.account.id))
    .flatMap((member) => wakeTime(dueFacts(member, present)) ?? [])
    .filter((at) => at > present.wall && at < tick && at - present.wall <= SHORT_WAIT_MS)
  if (wakes.length === 0) return false
  await wait(deps.clock, new Date(Math.min(...wakes)), signal, deps.nudge())
  return true
}

/** An account can become due by its age alone. */
const LOOK_AGAIN_MS = 60_000

/** Until one of the turns ends; where there is room beside them, also when the wait of another account does, or somebody asks for a look. */
async function turnEnds(
  deps: CycleDeps,
  running: ReadonlyMap<AccountId, Promise<void>>,
  isRoom: boolean,
): Promise<void> {
  if (!isRoom) return await Promise.race(running.values())
  const present = presentMoment(deps.clock)
  const wakes = [...deps.roster.members.values()]
    .filter(({ account }) => !running.has(account.id))
    .flatMap((member) => wakeTime(dueFacts(member, present)) ?? [])
    .filter((at) => at > present.wall)
  const over = new AbortController()
  const at = new Date(Math.min(present.wall + LOOK_AGAIN_MS, ...wakes))
  const woken = wait(deps.clock, at, over.signal, deps.nudge()).catch(() => undefined)
  await Promise.race([...running.values(), woken])
  over.abort()
  await woken
}
