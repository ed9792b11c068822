import type { AccountState } from '../../shared/status.ts'

/** What decides whether an account gets a turn, and when the next cycle begins. Pure; times are milliseconds since 1970. */
export interface DueFacts {
  readonly state: AccountState
  readonly lastSyncedAt: number | null
  /** When the next queued message is to be tried; null when the queue is empty. */
  readonly nextTryAt: number | null
  /** "Sync now" was asked for this account and has not been answered by a turn yet. */
  readonly forced: boolean
}

export interface DueRule {
  /** 0 = every cycle. */
  readonly resyncAfterMinutes: number
  readonly cycleStartedAt: number
}

/** Clocks are corrected by seconds all the time; only a longer jump says something. */
const SKEW_MS = 60_000
/** No wait is longer than this: an end further away was set before the wall clock was set back. */
const LONGEST_WAIT_MS = 25 * 60 * 60_000

/** Whether the account gets a turn now. */
export function isDue(facts: DueFacts, now: number, rule: DueRule): boolean {
  const { state } = facts
  if (state.state === 'paused') return false
  // Signing in again changes the state; trying the dead token again would not.
  if (state.state === 'needs_reauth') return facts.forced
  if (state.state === 'waiting' || state.state === 'error') {
    const left = state.until === null ? null : Date.parse(state.until) - now
    const over = left !== null && (left <= 0 || left > LONGEST_WAIT_MS)
    // Gmail's own limits are kept even when a person is impatient.
    return over || (facts.forced && !(state.state === 'waiting' && state.reason === 'quota'))
  }
  // A sync in the future was noted before the wall clock was set back.
  if (facts.forced || facts.lastSyncedAt === null || facts.lastSyncedAt > now + SKEW_MS) return true
  if (facts.nextTryAt !== null && facts.nextTryAt <= now) return true
  if (rule.resyncAfterMinutes === 0) return facts.lastSyncedAt < rule.cycleStartedAt
  return now - facts.lastSyncedAt > rule.resyncAfterMinutes * 60_000
}

/** When something of this account wants attention before the tick: the end of its wait, or its next queued message. Null: nothing. */
export function wakeTime(facts: DueFacts): number | null {
  const { state } = facts
  switch (state.state) {
    case 'paused':
    case 'needs_reauth':
      return null
    case 'waiting':
    case 'error':
      return state.until === null ? null : Date.parse(state.until)
    default:
      return facts.nextTryAt
  }
}

/** When the next cycle begins: the tick, or earlier when an account's wait ends or a queued message comes due. Never in the past. */
export function nextCycleAt(
  accounts: readonly DueFacts[],
  options: { readonly lastStartedAt: number; readonly intervalMinutes: number; readonly now: number },
): number {
  // After the wall clock was set back, the last start lies in the future.
  const tick = Math.min(options.lastStartedAt, options.now) + options.intervalMinutes * 60_000
  const wakes = accounts.flatMap((account) => wakeTime(account) ?? [])
  return Math.max(options.now, Math.min(tick, ...wakes))
}

/** When the account is expected to get its next turn: the first tick at which it is due. Null while nothing but the person can change it. */
export function nextDueAt(
  facts: DueFacts,
  options: { readonly nextTickAt: number; readonly intervalMinutes: number; readonly resyncAfterMinutes: number },
): number | null {
  const wake = wakeTime(facts)
  const { state } = facts
  if (state.state === 'paused' || state.state === 'needs_reauth') return null
  if (state.state === 'waiting' || state.state === 'error') return wake
  if (facts.lastSyncedAt === null) return options.nextTickAt
  const aged = facts.lastSyncedAt + options.resyncAfterMinutes * 60_000
  const interval = options.intervalMinutes * 60_000
  const ticks = Math.max(0, Math.ceil((aged - options.nextTickAt) / interval))
  const byAge = options.nextTickAt + ticks * interval
  return wake === null ? byAge : Math.min(wake, byAge)
}
