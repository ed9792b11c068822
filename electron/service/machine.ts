import { type AppError, asAppError, type RemedyAction } from '../../shared/errors.ts'
import { wireName } from '../../shared/settings.ts'
import type { AccountState, HoldReason } from '../../shared/status.ts'

/**
 * The states of an account and how it moves between them: the only place that chooses between waiting, asking and giving up. Pure.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What the store says of an account when the program starts; its state is derived from it, never stored. */
export interface AccountFacts {
  readonly paused: boolean
  /** Since when it is paused; null where that is not known. */
  readonly pausedAt: Date | null
  readonly hasSynced: boolean
  readonly backfill: 'new' | 'listing' | 'downloading' | 'done'
}

/** The state between turns. */
export function restingState(facts: AccountFacts): AccountState {
  if (facts.paused) {
    return { state: 'paused', ...(facts.pausedAt === null ? {} : { since: facts.pausedAt.toISOString() }) }
  }
  if (facts.backfill === 'new') return { state: 'new' }
  if (facts.backfill !== 'done') return { state: 'backfilling' }
  return facts.hasSynced ? { state: 'up_to_date' } : { state: 'backfilling' }
}

/** The state while a turn runs. */
export function workingState(facts: AccountFacts): AccountState {
  return { state: facts.backfill === 'done' && facts.hasSynced ? 'syncing' : 'backfilling' }
}

export interface FailureContext {
  readonly email: string
  /** Failed turns in a row before this one. */
  readonly attempt: number
  readonly now: Date
  /** In [0, 1). */
  readonly random: number
}

/** What a failed turn does to an account. */
export function afterFailure(error: unknown, context: FailureContext): AccountState {
  const failure = asAppError(error)
  const because = failure.because === undefined ? {} : { cause: failure.because }
  const action = failure.action === undefined ? {} : { action: failure.action }
  const more = { ...(failure.guide === undefined ? {} : { guide: failure.guide }), ...action, ...because }
  const wait = (reason: 'quota' | 'network' | 'server' | 'disk' | 'originals' | 'store', ms: number): AccountState => ({
    state: 'waiting',
    reason,
    until: at(context.now, ms),
    message: failure.message,
    remedy: failure.remedy ?? null,
    ...action,
    ...because,
  })
  const stopUntil = (ms: number, remedy: string): AccountState => ({
    state: 'error',
    code: failure.code,
    message: failure.message,
    remedy: failure.remedy ?? remedy,
    until: at(context.now, ms),
    ...more,
  })
  switch (failure.code) {
    case 'needs_reauth':
    case 'sealed_elsewhere':
    case 'wrong_account':
      return {
        state: 'needs_reauth',
        reason: failure.code,
        message: failure.message,
        remedy: failure.remedy ?? `Sign in again to ${context.email}`,
        ...more,
      }
    case 'quota':
    case 'concurrency':
      return wait('quota', backoff(failure, context, 20 * SECOND, HOUR))
    case 'daily_quota':
      return wait('quota', backoff(failure, context, HOUR, 4 * HOUR))
    case 'network':
      return wait('network', backoff(failure, context, 5 * SECOND, MINUTE))
    case 'server':
    case 'bad_answer':
    case 'bad_page_token':
    case 'history_expired':
      return wait('server', backoff(failure, context, 5 * SECOND, 15 * MINUTE))
    case 'disk':
      // Whether the space that a setting reserves is there again costs nothing to see. A disk that was found full by writing is tried by
      // writing, and each try ends the embedded database, which must be opened anew.
      return wait(
        'disk',
        failure.action?.kind === 'change_setting' ? 30 * SECOND : backoff(failure, context, 30 * SECOND, 5 * MINUTE),
      )
    case 'originals_away':
      return wait('originals', 30 * SECOND)
    case 'store':
    case 'conflict':
      return wait('store', backoff(failure, context, 2 * SECOND, 5 * MINUTE))
    case 'demo':
      return stopUntil(MINUTE, 'Remove the demo account if it is no longer wanted')
    case 'api_disabled':
      return stopUntil(5 * MINUTE, 'Enable the Gmail API for the OAuth client’s project')
    case 'mailbox_off':
      return stopUntil(DAY, 'Ask the administrator whether Gmail is switched on for this account')
    case 'policy':
      return stopUntil(DAY, 'Ask the administrator to allow this app')
    case 'mass_deletion':
      return stopUntil(DAY, 'Look at the mailbox in Gmail')
    default:
      return stopUntil(15 * MINUTE, 'See the log, and report this as a bug')
  }
}

const holdWords: Readonly<
  Record<HoldReason, { readonly message: string; readonly remedy: string; readonly action: RemedyAction }>
> = {
  battery: {
    message: 'The first download waits while the computer is on battery; new mail is synced',
    remedy: 'Plug the computer in, or set backfillOnBattery to true',
    action: { kind: 'change_setting', setting: wireName('backfillOnBattery') },
  },
  metered: {
    message: 'The first download waits while the network is metered; new mail is synced',
    remedy: 'Use another network, or set backfillOnMetered to true',
    action: { kind: 'change_setting', setting: wireName('backfillOnMetered') },
  },
}

/** The state between turns while the first download is held back; `until` is when new mail is looked for next. */
export function heldState(reason: HoldReason, until: Date): AccountState {
  return { state: 'waiting', reason, until: until.toISOString(), ...holdWords[reason] }
}

/**
 * When an account whose first download is held back is looked at again: as often as one that is up to date, or when a message that may be
 * fetched comes due. At least daily: a longer wait would look like one set before the clock was set back.
 */
export function lookAgainAt(
  now: Date,
  rule: { readonly resyncAfterMinutes: number; readonly intervalMinutes: number },
  nextTryAt: Date | null,
): Date {
  const regular = now.getTime() + Math.min(DAY, Math.max(rule.resyncAfterMinutes, rule.intervalMinutes) * MINUTE)
  return new Date(Math.min(regular, nextTryAt?.getTime() ?? regular))
}

const at = (now: Date, ms: number): string => new Date(now.getTime() + Math.round(ms)).toISOString()

/** Exponential with full jitter above the floor; what the server asked for is a floor too. */
function backoff(failure: AppError, { attempt, random }: FailureContext, floor: number, cap: number): number {
  const ceiling = Math.min(floor * 2 ** Math.min(attempt, 20), cap)
  return Math.max(failure.retryAfterMs ?? 0, floor + random * Math.max(ceiling - floor, floor / 2))
}
