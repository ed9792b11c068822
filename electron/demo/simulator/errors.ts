/**
 * Google's error bodies, as users and testers reported them (issues named in the comments).
 */
import { type Answer, type GoogleError, googleError, json, type Refused, refuse } from './answer.ts'

const PROJECT = '402612345678'

const errorInfo = (reason: string, metadata: Readonly<Record<string, string>>): object => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata,
})

export const notFound = (): Refused =>
  refuse({ code: 404, message: 'Requested entity was not found.', reason: 'notFound', status: 'NOT_FOUND' })

export const invalidArgument = (message: string): Refused =>
  refuse({ code: 400, message, reason: 'invalidArgument', status: 'INVALID_ARGUMENT' })

export const invalidId = (): Refused => invalidArgument('Invalid id value')

/** https://github.com/dacastro4/laravel-gmail/issues/121 */
export const invalidPageToken = (): Refused => invalidArgument('Invalid pageToken')

/** What Google's front answers to parameters and fields it does not know. */
export function badRequest(message: string, field: string, description: string): Refused {
  return refuse({
    code: 400,
    message,
    inner: message,
    reason: 'badRequest',
    status: 'INVALID_ARGUMENT',
    details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] }],
  })
}

export const missingCredentials = (): Answer =>
  googleError({
    code: 401,
    message:
      'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    inner: 'Login Required.',
    reason: 'required',
    status: 'UNAUTHENTICATED',
    location: 'Authorization',
    locationType: 'header',
  })

export const invalidCredentials = (): Answer =>
  googleError({
    code: 401,
    message:
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    inner: 'Invalid Credentials',
    reason: 'authError',
    status: 'UNAUTHENTICATED',
    location: 'Authorization',
    locationType: 'header',
  })

export const insufficientScope = (): GoogleError => ({
  code: 403,
  message: 'Request had insufficient authentication scopes.',
  inner: 'Insufficient Permission',
  reason: 'insufficientPermissions',
  status: 'PERMISSION_DENIED',
  details: [
    errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { service: 'gmail.googleapis.com', method: 'caribou.api.proto' }),
  ],
})

export const forbiddenByScope = (message: string): Refused =>
  refuse({ code: 403, message, reason: 'forbidden', status: 'PERMISSION_DENIED' })

export const delegationDenied = (email: string): GoogleError => ({
  code: 403,
  message: `Delegation denied for ${email}`,
  reason: 'forbidden',
  status: 'PERMISSION_DENIED',
})

export type QuotaTable = 'new' | 'old'

/** https://github.com/elie222/inbox-zero/issues/480, https://github.com/mxngls/gmail-cleaner/issues/5; the new metric's names from Google's quota page. */
export function quotaExceeded(table: QuotaTable, scope: 'user' | 'project', limit: number): GoogleError {
  const metric = table === 'new' ? 'Total Query Cost' : 'Queries'
  const unit = `${table === 'new' ? 'Units' : 'Queries'} per minute${scope === 'user' ? ' per user' : ''}`
  const base = table === 'new' ? 'totalQueryCostPerMinute' : 'defaultPerMinute'
  return {
    code: 403,
    message: `Quota exceeded for quota metric '${metric}' and limit '${unit}' of service 'gmail.googleapis.com' for consumer 'project_number:${PROJECT}'.`,
    domain: 'usageLimits',
    reason: 'rateLimitExceeded',
    status: 'PERMISSION_DENIED',
    details: [
      errorInfo('RATE_LIMIT_EXCEEDED', {
        quota_location: 'global',
        quota_metric: `gmail.googleapis.com/${table === 'new' ? 'total_query_cost' : 'default'}`,
        quota_limit: `${base}${scope === 'user' ? 'PerUser' : 'PerProject'}`,
        quota_limit_value: String(limit),
        service: 'gmail.googleapis.com',
        consumer: `projects/${PROJECT}`,
      }),
    ],
  }
}

/** The shapes in which quota errors have been seen: with everything, under another reason, with details alone, and with words alone. */
export function quotaVariant(table: QuotaTable, limit: number, chance: number): Answer {
  const error = quotaExceeded(table, 'user', limit)
  if (chance < 0.55) return googleError(error)
  if (chance < 0.7) return googleError(withoutDetails({ ...error, reason: 'userRateLimitExceeded' }))
  const { code, message, status, details } = error
  return json({ error: { code, message, status, ...(chance < 0.85 ? { details } : {}) } }, code)
}

function withoutDetails({ details: _, ...rest }: GoogleError): GoogleError {
  return rest
}

const tooManyRequests = (message: string): GoogleError => ({
  code: 429,
  message,
  reason: 'rateLimitExceeded',
  status: 'RESOURCE_EXHAUSTED',
})

export const tooManyConcurrent = (): GoogleError => tooManyRequests('Too many concurrent requests for user.')
export const resourceExhausted = (): GoogleError => tooManyRequests('Resource has been exhausted (e.g. check quota).')

/** Two blanks after the sentence, as Gmail writes it: https://github.com/levz0r/gmail-tester/issues/23 */
export const userRateLimit = (until: number): GoogleError =>
  tooManyRequests(`User-rate limit exceeded.  Retry after ${new Date(until).toISOString()}`)

export const mailboxOff = (): GoogleError => ({
  code: 400,
  message: 'Mail service not enabled',
  reason: 'failedPrecondition',
  status: 'FAILED_PRECONDITION',
})

export const preconditionFailed = (): GoogleError => ({
  code: 400,
  message: 'Precondition check failed.',
  reason: 'failedPrecondition',
  status: 'FAILED_PRECONDITION',
})

export const apiDisabled = (): GoogleError => ({
  code: 403,
  message: `Gmail API has not been used in project ${PROJECT} before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=${PROJECT} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`,
  domain: 'usageLimits',
  reason: 'accessNotConfigured',
  status: 'PERMISSION_DENIED',
  details: [errorInfo('SERVICE_DISABLED', { service: 'gmail.googleapis.com', consumer: `projects/${PROJECT}` })],
})

export const domainPolicy = (): GoogleError => ({
  code: 403,
  message: 'The domain administrators have disabled Gmail apps.',
  reason: 'domainPolicy',
  status: 'PERMISSION_DENIED',
})

export const dailyLimit = (reason: 'dailyLimitExceeded' | 'quotaExceeded'): GoogleError => ({
  code: 403,
  message: reason === 'dailyLimitExceeded' ? 'Daily Limit Exceeded' : 'Quota exceeded',
  domain: 'usageLimits',
  reason,
  status: 'PERMISSION_DENIED',
})

/** 500 to 504 as Google's API servers say it. */
export function serverError(code: 500 | 502 | 503 | 504): GoogleError {
  const message = {
    500: 'Internal error encountered.',
    502: 'Bad Gateway',
    503: 'The service is currently unavailable.',
    504: 'Deadline expired before operation could complete.',
  }[code]
  const status = { 500: 'INTERNAL', 502: 'UNKNOWN', 503: 'UNAVAILABLE', 504: 'DEADLINE_EXCEEDED' }[code]
  return { code, message, reason: 'backendError', status }
}

/** A front-end page in place of JSON. */
export function htmlPage(code: number, words: string): Answer {
  const body = `<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error ${code} (${words})!!1</title>\n<p><b>${code}.</b> <ins>That’s an error.</ins>\n<p>The server could not complete your request. Please try again in 30 seconds.  <ins>That’s all we know.</ins>\n`
  return { status: code, type: 'text/html; charset=UTF-8', body: Buffer.from(body) }
}
