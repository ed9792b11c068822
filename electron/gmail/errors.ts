import { AppError, type AppErrorOptions, type ErrorCode } from '../../shared/errors.ts'
import type { Credential } from '../ports.ts'
import { type FailureFacts, failureFacts } from './failure.ts'
import { networkError } from './network-errors.ts'
import { tokenError } from './token-errors.ts'

/** Which call failed: the same status means different things on different calls. */
export type CallName = 'history' | 'get' | 'list' | 'labels' | 'profile' | 'token'

export interface CallContext {
  /** The account's address, or what else names it to the person. */
  readonly account: string
  /** Our clock, for times that the server states and does not date itself. */
  readonly now: Date
  /** The call carried a page token: a 400 then means that the token is refused. */
  readonly pageToken?: boolean
  /** What the token endpoint was asked with: it tells some deaths apart that Google answers alike. */
  readonly credential?: Credential
}

/** Google's words, to follow ours; they may name projects, never mail. Kept short and on one line. */
const quoted = (words: string): string => {
  const short = words
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 200)
  return short === '' ? '' : ` (${short})`
}

const HOUR = 3_600_000
/** Whoever asks for more is asked again after a day: such a wait would be taken for one from before the clock was set back. */
const LONGEST_RETRY_AFTER = 24 * HOUR
/** A time in words can be hours away and wrong: each question moved it on (https://github.com/googleapis/google-api-ruby-client/issues/20544). */
const LONGEST_IN_WORDS = HOUR
const rateReasons = ['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'RESOURCE_EXHAUSTED']
const dailyReasons = ['dailyLimitExceeded', 'dailyLimitExceededUnreg', 'quotaExceeded']
const scopeReasons = ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT']
const disabledReasons = ['accessNotConfigured', 'SERVICE_DISABLED']
const serverReasons = ['backendError', 'internalError', 'UNAVAILABLE', 'INTERNAL', 'DEADLINE_EXCEEDED']

/**
 * Any failure of a call as the `AppError` that says what to do about it. The body decides, then its details, then its
 * words; the status alone only where there is no body. Pure.
 *
 * https://developers.google.com/workspace/gmail/api/guides/handle-errors and what others were answered in fact.
 */
export function classify(failure: unknown, call: CallName, context: CallContext): AppError {
  if (failure instanceof AppError) return failure
  const facts = failureFacts(failure)
  if (facts.status === null) return networkError(facts, failure, context)
  if (call === 'token') return tokenError(facts, retryAfter(facts, context.now), context)
  return answerError({ ...facts, status: facts.status }, call, context)
}

type Answer = FailureFacts & { readonly status: number }

function answerError(facts: Answer, call: CallName, context: CallContext): AppError {
  const { status } = facts
  const has = (reasons: readonly string[]): boolean => facts.reasons.some((reason) => reasons.includes(reason))
  if (isFromGateway(facts)) return gateway(facts, context)
  if (status === 401)
    return fail('needs_reauth', facts, context, 'Google no longer accepts the sign-in', signInAgain, {
      guide: 'invalid_grant',
      because: 'withdrawn',
    })
  if (status === 403 || status === 429) return refused(facts, has, context)
  if (has(serverReasons) || status >= 500) return serverError(facts, context)
  if (status === 400) return badRequest(facts, has, call, context)
  if (status === 404) return notFound(facts, has, call, context)
  if (passing.includes(status)) return serverError(facts, context)
  if (status < 400) return fail('bad_answer', facts, context, 'Gmail gave an unexpected answer')
  return fail('bug', facts, context, 'Gmail rejected the request as invalid', reportIt)
}

type Has = (reasons: readonly string[]) => boolean

/** 403 and 429: quota, concurrency, permission and policy, told apart by the body. */
function refused(facts: Answer, has: Has, context: CallContext): AppError {
  const { status, message } = facts
  const stated = retryAfter(facts, context.now)
  const wait = stated === undefined ? {} : { retryAfterMs: stated }
  if (/too many concurrent requests/i.test(message)) {
    return fail('concurrency', facts, context, 'Gmail received too many requests at once', undefined, wait)
  }
  if (has(dailyReasons) || (/\bper day\b/i.test(limitText(facts)) && has(rateReasons))) {
    return fail('daily_quota', facts, context, 'The daily quota of the Google project is used up', raiseQuota, {
      retryAfterMs: Math.max(HOUR, stated ?? 0),
      projectWide: true,
    })
  }
  if (/user-rate limit exceeded/i.test(message)) {
    return fail('quota', facts, context, "Gmail's limit for this mailbox is reached", undefined, {
      retryAfterMs: Math.max(30_000, stated ?? 0),
    })
  }
  if (/resource has been exhausted/i.test(message)) {
    return fail('concurrency', facts, context, 'Gmail received too many requests at once', undefined, wait)
  }
  if (/quota exceeded for quota (metric|group)/i.test(message) || has(rateReasons)) return quota(facts, wait, context)
  if (has(disabledReasons) || /has not been used in project|api .*is disabled/i.test(message)) {
    const page = enablingPage(message)
    return fail(
      'api_disabled',
      facts,
      context,
      'The Gmail API is not enabled in the Google project',
      `Enable the Gmail API at ${page} and wait a few minutes`,
      {
        action: { kind: 'open_page', url: page.replace('console.developers.', 'console.cloud.') },
        retryAfterMs: 300_000,
        guide: 'api_disabled',
      },
    )
  }
  if (
    has(scopeReasons) ||
    /metadata scope (doesn't|does not)|does not support 'q'|insufficient.*scope/i.test(message)
  ) {
    return fail('needs_reauth', facts, context, 'The sign-in does not permit reading mail', allowReading, {
      guide: 'unticked',
      because: 'scope',
    })
  }
  if (has(['domainPolicy']) || /domain administrators? ha(s|ve) disabled/i.test(message)) {
    return fail('policy', facts, context, 'The administrator of the domain has switched off Gmail access', askAdmin)
  }
  if (/delegation denied/i.test(message)) {
    return fail('bug', facts, context, 'The sign-in belongs to another mailbox', reportIt)
  }
  if (has(serverReasons)) return serverError(facts, context)
  if (status === 429)
    return fail('concurrency', facts, context, 'Gmail received too many requests at once', undefined, wait)
  return fail('policy', facts, context, `Google refuses access${quoted(message)}`, askAdmin)
}

function quota(facts: Answer, wait: AppErrorOptions, context: CallContext): AppError {
  const limit = limitText(facts)
  if (limit !== '' && !/per ?user/i.test(limit)) {
    const what = 'The quota shared by all accounts of the Google project is used up for now'
    return fail('quota', facts, context, what, undefined, { ...wait, projectWide: true })
  }
  const value = Number(facts.metadata['quota_limit_value'])
  const named = Number.isSafeInteger(value) && value > 0 ? { quotaLimit: value } : {}
  return fail('quota', facts, context, "Gmail's quota for this minute is used up", undefined, { ...wait, ...named })
}

/** The name of the limit: "totalQueryCostPerMinutePerUser" in the details, "Queries per minute per user" in the words. */
function limitText(facts: FailureFacts): string {
  return facts.metadata['quota_limit'] ?? /limit '([^']*)'/i.exec(facts.message)?.[1] ?? ''
}

function badRequest(facts: Answer, has: Has, call: CallName, context: CallContext): AppError {
  const { message } = facts
  if (
    has(['failedPrecondition', 'FAILED_PRECONDITION']) ||
    /mail service not enabled|precondition check failed/i.test(message)
  ) {
    return fail('mailbox_off', facts, context, 'The account has no Gmail mailbox, or it is switched off', askAdmin)
  }
  if (call === 'get') {
    return fail('bad_id', facts, context, 'Gmail does not know this form of message id')
  }
  if (/page ?token/i.test(message) || context.pageToken === true) {
    return fail('bad_page_token', facts, context, 'Gmail no longer accepts the position where listing stopped')
  }
  if (call === 'list' && /label/i.test(message)) {
    return fail('not_found', facts, context, 'Gmail does not know this label')
  }
  if (call === 'history' && /startHistoryId/i.test(message)) {
    return fail(
      'history_expired',
      facts,
      context,
      'Gmail does not know the position up to which the account was synced',
    )
  }
  return fail('bug', facts, context, `Gmail rejected the request as invalid${quoted(message)}`, reportIt)
}

/** What says nothing about the request itself: whoever was in the way, or the load of the moment. */
const passing = [408, 409, 412, 413, 425, 429]

/** Nobody in between asks for a token of Google's: https://www.rfc-editor.org/rfc/rfc6750#section-3 */
const wantsToken = ({ status, headers }: Answer): boolean =>
  status === 401 && /^bearer\b/i.test(headers.get('www-authenticate') ?? '')

/**
 * A refusal without Google's JSON is the word of something in between, such as a gateway or the page of a guest network: it says nothing of
 * sign-in, permission, mail or our own faults, and passes by itself.
 */
const isFromGateway = (facts: Answer): boolean =>
  facts.status >= 400 && facts.status < 500 && !passing.includes(facts.status) && !facts.isGoogle && !wantsToken(facts)

function gateway(facts: Answer, context: CallContext): AppError {
  const remedy = 'Check the network, the gateway and MAILTIDE_GMAIL_ROOT_URL; Mailtide keeps trying'
  return fail('server', facts, context, `Something other than Gmail answered (HTTP ${facts.status})`, remedy)
}

/** Only Gmail's own JSON may say that something is gone: a gateway's HTML page must never delete mail. */
function notFound(facts: Answer, has: Has, call: CallName, context: CallContext): AppError {
  if (!has(['notFound', 'NOT_FOUND'])) return gateway(facts, context)
  if (call === 'history') {
    return fail('history_expired', facts, context, 'Gmail no longer has the history since the account was last synced')
  }
  if (call === 'get') return fail('gone', facts, context, 'The message is no longer in Gmail')
  return fail('not_found', facts, context, 'Gmail does not know what we asked for')
}

function serverError(facts: Answer, context: CallContext): AppError {
  const stated = retryAfter(facts, context.now)
  const wait = stated === undefined ? {} : { retryAfterMs: stated }
  return fail('server', facts, context, `Gmail has a temporary problem (HTTP ${facts.status})`, undefined, wait)
}

/**
 * When the server wants to be called again, in milliseconds from now: the header Retry-After (seconds or HTTP date) or
 * the time in "Retry after 2026-11-25T12:00:05.123Z". A stated time is measured by the server's own clock where its
 * Date header tells it. Undefined when nothing is said.
 */
function retryAfter(facts: FailureFacts, now: Date): number | undefined {
  const date = Date.parse(facts.headers.get('date') ?? '')
  const base = Number.isNaN(date) ? now.getTime() : date
  const words = /retry after\s+(\d{4}-\d\d-\d\dT[\d:.]+Z?)/i.exec(facts.message)?.[1]
  const header = facts.headers.get('retry-after')?.trim() ?? ''
  const stated = [words === undefined ? Number.NaN : Math.min(LONGEST_IN_WORDS, Date.parse(words) - base)]
  stated.push(/^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - base)
  const known = stated.filter((ms) => !Number.isNaN(ms))
  return known.length === 0 ? undefined : Math.min(LONGEST_RETRY_AFTER, Math.max(0, ...known))
}

function fail(
  code: ErrorCode,
  facts: Answer,
  context: CallContext,
  what: string,
  remedy?: string,
  options: AppErrorOptions = {},
): AppError {
  return new AppError(code, `${what} (${context.account})`, {
    ...(remedy === undefined ? {} : { remedy }),
    ...options,
    cause: new Error([`HTTP ${facts.status}`, ...facts.reasons].join(' ')),
  })
}

const signInAgain = 'Sign in again for this account'
const allowReading = 'Sign in again and allow reading mail (gmail.readonly), without the metadata scope'
const askAdmin = 'Open Gmail in a browser to see whether the mailbox works; in a company, ask the administrator'
const raiseQuota = "Raise the quota in the Google Cloud console of the client's project, or wait for the next day"
const reportIt = 'Report this with the log: it is a bug in Mailtide'

/** Where Google says to switch the API on; the same console has an old name and a new one. */
function enablingPage(message: string): string {
  const link = /https:\/\/console\.(developers|cloud)\.google\.com\/[\w\-./?=&]+/.exec(message)?.[0]
  const where = link ?? 'https://console.cloud.google.com/apis/library/gmail.googleapis.com'
  return where.replace(/[.]+$/, '')
}
