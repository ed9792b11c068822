import { AppError } from '../../shared/errors.ts'
import type { Clock, Log } from '../ports.ts'
import type { Concurrency, Slot } from './concurrency.ts'
import { type CallName, classify } from './errors.ts'
import { failureFacts } from './failure.ts'
import { type Grant, INSIDE_MS, type Lane, MIN_PAUSE_MS } from './quota-lane.ts'
import type { QuotaMethod } from './quota-tables.ts'
import type { AccessTokens } from './tokens.ts'
import type { CallPriority } from './types.ts'

export interface RetryDeps {
  readonly account: string
  readonly clock: Clock
  readonly log: Log
  readonly lane: Lane
  readonly concurrency: Concurrency
  readonly tokens: AccessTokens
  readonly budget?: Partial<RetryBudget>
}

export interface RetryBudget {
  /** Tries of one call that end in `network`, `server` or `bad_answer`, the first included. */
  readonly attempts: number
  /** Milliseconds that these tries and the waits between them may take together. */
  readonly spanMs: number
}

export interface Call<B, T> {
  readonly name: CallName
  readonly method: QuotaMethod
  readonly priority: CallPriority
  /** Takes part in the limit of calls at once. */
  readonly parallel: boolean
  readonly pageToken?: boolean
  /** Sends the call. `admitted` tells that Gmail let it pass, before its body has come. */
  send(token: string, admitted: () => void): Promise<B>
  /** What is done with the answer, without holding a slot. `AppError('bad_answer')` repeats the call; all else is thrown as it is. */
  use(body: B): Promise<T>
}

const defaults: RetryBudget = { attempts: 5, spanMs: 60_000 }
const BASE_MS = 1_000
const MAX_BACKOFF_MS = 16_000
const REAUTH_WAIT_MS = 60_000
/** How often one call may be told "too many at once", or be refused for quota, before the account is told. */
const MAX_CROWDED = 4
const MAX_REFUSED = 2

/** How far one call has come with its troubles. */
interface Trouble {
  attempts: number
  spentMs: number
  crowded: number
  refused: number
  unauthorized: number
  /** When the first 401 came; null before. */
  refusedAt: number | null
}

/** When a token last worked: a 401 for a token that works elsewhere is Gmail's fault, not the token's. */
interface Proof {
  token: string
  at: number
}

/** Makes calls for one account: slot, token, quota, then the call, and again within its budget when it fails. */
export interface Caller {
  perform<B, T>(call: Call<B, T>, signal: AbortSignal): Promise<T>
}

/**
 * Repeats one call within its budget: `network`, `server`, `bad_answer` with exponential backoff and full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), never before a stated Retry-After; quota by the
 * pacer's pause; too many at once after 1 to 5 s; a refused token with a fresh one. All other failures are thrown at once.
 */
export function createCaller(deps: RetryDeps): Caller {
  const { clock, lane, concurrency, tokens } = deps
  const budget = { ...defaults, ...deps.budget }
  const proof: Proof = { token: '', at: -1 }

  async function attempt<B, T>(call: Call<B, T>, trouble: Trouble, signal: AbortSignal): Promise<Outcome<B>> {
    const slot = call.parallel ? await concurrency.acquire(call.priority, signal) : null
    let grant: Grant | null = null
    let token = ''
    let sentAt = clock.monotonic()
    try {
      token = await tokens.access(signal)
      grant = await lane.take(call.method, call.priority, signal)
      sentAt = clock.monotonic()
      const body = await call.send(token, grant.accepted)
      grant.accepted()
      slot?.release('ok')
      proof.token = token
      proof.at = clock.monotonic()
      return { body }
    } catch (failure) {
      trouble.spentMs += clock.monotonic() - sentAt
      const context = { account: deps.account, now: clock.now(), pageToken: call.pageToken ?? false }
      const error = classify(failure, call.name, context)
      const status = failure instanceof AppError ? null : failureFacts(failure).status
      return { failed: settle(error, { slot, grant, token, sentAt, status }, trouble) }
    } finally {
      grant?.failed() // no more than a safeguard: whoever was settled above stays so
      slot?.release('other')
    }
  }

  /** Tells pacer and slots what came of the call, and decides how it goes on. */
  function settle(error: AppError, at: Attempt, trouble: Trouble): Failed {
    const { slot, grant } = at
    if (error.code === 'concurrency') {
      slot?.release('too_many')
      grant?.failed()
      trouble.crowded++
      return crowd(error, trouble)
    }
    if (error.code === 'quota' || error.code === 'daily_quota') {
      // Without a grant the error is the pacer's own word that the pause is too long.
      grant?.refused(error)
      trouble.refused++
      const stays = grant === null || error.code === 'daily_quota' || trouble.refused > MAX_REFUSED
      return { error: withPause(error), waitMs: 0, retry: !stays }
    }
    if (at.status === 401) {
      grant?.accepted()
      return refusedToken(error, at, trouble)
    }
    if (error.code === 'network' || error.code === 'server' || error.code === 'bad_answer') {
      grant?.failed()
      return backOff(error, trouble)
    }
    if (at.status === null) grant?.failed()
    else grant?.accepted()
    return { error, waitMs: 0, retry: false }
  }

  /** Where halving does not help, others use the mailbox as hard: the account waits like for quota. */
  function crowd(error: AppError, trouble: Trouble): Failed {
    const waitMs = Math.max(error.retryAfterMs ?? 0, 1_000 + clock.random() * 4_000)
    if (trouble.crowded <= MAX_CROWDED && waitMs <= INSIDE_MS) return { error, waitMs, retry: true }
    const retryAfterMs = Math.max(waitMs, 20_000 + clock.random() * 40_000)
    return {
      error: new AppError('quota', error.message, { retryAfterMs, cause: error.cause }),
      waitMs: 0,
      retry: false,
    }
  }

  /** A quota error that leaves the call tells how long the pacer is going to pause. */
  function withPause(error: AppError): AppError {
    return named(error, Math.max(MIN_PAUSE_MS, lane.stats().pausedForMs, error.retryAfterMs ?? 0))
  }

  /** Pacer and readers of answers do not know whose they are. */
  function named(error: AppError, retryAfterMs = error.retryAfterMs): AppError {
    if (error.message.includes(deps.account) && retryAfterMs === error.retryAfterMs) return error
    return new AppError(error.code, `${error.message.replace(` (${deps.account})`, '')} (${deps.account})`, {
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      action: error.action,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
      ...(error.quotaLimit === undefined ? {} : { quotaLimit: error.quotaLimit }),
      projectWide: error.projectWide,
      guide: error.guide,
      because: error.because,
      cause: error.cause,
    })
  }

  /** First a fresh token, then another one after a minute, then the person. */
  function refusedToken(error: AppError, at: Attempt, trouble: Trouble): Failed {
    if (proof.token === at.token && proof.at >= at.sentAt) {
      return backOff(faulty(error), trouble)
    }
    trouble.unauthorized++
    trouble.refusedAt ??= at.sentAt
    if (trouble.unauthorized > 2) {
      // Others of the account were let in meanwhile, with whatever token: the sign-in is good.
      if (proof.at >= trouble.refusedAt) return backOff(faulty(error), trouble)
      return { error, waitMs: 0, retry: false }
    }
    return { error, waitMs: trouble.unauthorized === 1 ? 0 : REAUTH_WAIT_MS, retry: true, renew: at.token }
  }

  const faulty = (error: AppError): AppError =>
    new AppError('server', `Gmail refused a sign-in that works (${deps.account})`, { cause: error.cause })

  function backOff(error: AppError, trouble: Trouble): Failed {
    trouble.attempts++
    const jitter = clock.random() * Math.min(MAX_BACKOFF_MS, BASE_MS * 2 ** (trouble.attempts - 1))
    const waitMs = Math.max(error.retryAfterMs ?? 0, jitter)
    const retry = trouble.attempts < budget.attempts && trouble.spentMs + waitMs <= budget.spanMs
    trouble.spentMs += waitMs
    return { error, waitMs, retry }
  }

  /** Waits as the failure asks, or throws it. */
  async function recover(name: CallName, failed: Failed, signal: AbortSignal): Promise<void> {
    if (!failed.retry) throw failed.error.code === 'aborted' ? failed.error : named(failed.error)
    deps.log.debug('A call to Gmail is repeated', {
      call: name,
      code: failed.error.code,
      wait_ms: Math.round(failed.waitMs),
    })
    if (failed.waitMs > 0) await clock.sleep(failed.waitMs, signal)
  }

  return {
    async perform(call, signal) {
      const trouble: Trouble = { attempts: 0, spentMs: 0, crowded: 0, refused: 0, unauthorized: 0, refusedAt: null }
      for (;;) {
        const outcome = await attempt(call, trouble, signal)
        if ('failed' in outcome) {
          await recover(call.name, outcome.failed, signal)
          if (outcome.failed.renew !== undefined) await renew(outcome.failed.renew, trouble, signal)
          continue
        }
        try {
          return await call.use(outcome.body)
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'bad_answer') throw error
          await recover(call.name, backOff(error, trouble), signal)
        }
      }
    },
  }

  /** A failed refresh counts as a try; the next one finds out by itself whether the sign-in service is back. */
  async function renew(stale: string, trouble: Trouble, signal: AbortSignal): Promise<void> {
    try {
      await tokens.renew(stale, signal)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code !== 'network' && error.code !== 'server' && error.code !== 'bad_answer') throw error
      trouble.unauthorized--
      await recover('token', backOff(error, trouble), signal)
    }
  }
}

interface Attempt {
  /** What Gmail answered; null when it did not. */
  readonly status: number | null
  readonly slot: Slot | null
  readonly grant: Grant | null
  readonly token: string
  readonly sentAt: number
}

interface Failed {
  readonly error: AppError
  readonly waitMs: number
  readonly retry: boolean
  /** The token that was refused. */
  readonly renew?: string
}

type Outcome<B> = { readonly body: B } | { readonly failed: Failed }
