import { describe, expect, it } from 'vitest'
import { type CallName, classify } from '../../electron/gmail/errors.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { envelope, failure, html, notFound, quotaBody } from './google-errors.ts'

const now = new Date('2026-11-25T12:00:00Z')
const context = { account: 'ada@example.com', now }
const see = (thrown: unknown, call: CallName = 'get', extra = {}): AppError =>
  classify(thrown, call, { ...context, ...extra })

type Row = readonly [
  name: string,
  call: CallName,
  status: number,
  body: unknown,
  code: ErrorCode,
  expected?: Partial<AppError>,
]

const rateLimited = (message: string, reason = 'rateLimitExceeded') =>
  envelope(429, message, reason, 'RESOURCE_EXHAUSTED')

const rows: Row[] = [
  [
    'a mailbox that is switched off',
    'profile',
    400,
    envelope(400, 'Mail service not enabled', 'failedPrecondition', 'FAILED_PRECONDITION'),
    'mailbox_off',
  ],
  [
    'a failed precondition in other words',
    'list',
    400,
    envelope(400, 'Precondition check failed.', 'failedPrecondition'),
    'mailbox_off',
  ],
  [
    'an id of a wrong form',
    'get',
    400,
    envelope(400, 'Invalid id value', 'invalidArgument', 'INVALID_ARGUMENT'),
    'bad_id',
  ],
  ['a refused page token', 'list', 400, envelope(400, 'Invalid pageToken', 'invalidArgument'), 'bad_page_token'],
  [
    'a start of history that Gmail cannot read',
    'history',
    400,
    envelope(400, 'Missing/invalid parameter: startHistoryId', 'invalidArgument'),
    'history_expired',
  ],
  [
    'a wrong historyTypes',
    'history',
    400,
    envelope(400, 'Invalid value at history_types', 'badRequest', 'INVALID_ARGUMENT'),
    'bug',
  ],
  ['an HTML 400 of a gateway', 'list', 400, html, 'server'],
  ['a refused token', 'get', 401, envelope(401, 'Invalid Credentials', 'authError', 'UNAUTHENTICATED'), 'needs_reauth'],
  ['the quota of the new table', 'get', 403, quotaBody('new'), 'quota', { quotaLimit: 6000, projectWide: false }],
  ['the quota of the old table', 'get', 403, quotaBody('old'), 'quota', { quotaLimit: 15_000, projectWide: false }],
  [
    'the quota of the whole project',
    'get',
    403,
    quotaBody('new', 'Project', '1200000'),
    'quota',
    { projectWide: true, quotaLimit: undefined },
  ],
  [
    'a quota refusal that only has words',
    'get',
    403,
    envelope(
      403,
      "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'gmail.googleapis.com' for consumer 'project_number:1'.",
    ),
    'quota',
    { projectWide: false, quotaLimit: undefined },
  ],
  [
    'a project refusal that only has words',
    'get',
    403,
    envelope(
      403,
      "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'gmail.googleapis.com' for consumer 'project_number:1'.",
    ),
    'quota',
    { projectWide: true },
  ],
  [
    'a 403 userRateLimitExceeded',
    'get',
    403,
    envelope(403, 'User Rate Limit Exceeded', 'userRateLimitExceeded'),
    'quota',
    { projectWide: false },
  ],
  [
    'a 403 that only has details',
    'get',
    403,
    envelope(403, '', undefined, 'PERMISSION_DENIED', [{ reason: 'RATE_LIMIT_EXCEEDED' }]),
    'quota',
  ],
  [
    'the same quota as a 429',
    'get',
    429,
    rateLimited("Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service"),
    'quota',
  ],
  [
    'the daily limit',
    'get',
    403,
    envelope(403, 'Daily Limit Exceeded', 'dailyLimitExceeded'),
    'daily_quota',
    { projectWide: true, retryAfterMs: 3_600_000 },
  ],
  ['quotaExceeded', 'get', 403, envelope(403, 'Quota exceeded', 'quotaExceeded'), 'daily_quota', { projectWide: true }],
  [
    'a missing scope',
    'get',
    403,
    envelope(403, 'Request had insufficient authentication scopes.', 'insufficientPermissions', 'PERMISSION_DENIED', [
      { reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' },
    ]),
    'needs_reauth',
  ],
  [
    'the metadata scope',
    'get',
    403,
    envelope(403, "Metadata scope doesn't allow format FULL", 'forbidden'),
    'needs_reauth',
  ],
  [
    'q under the metadata scope',
    'list',
    403,
    envelope(403, "Metadata scope does not support 'q' parameter", 'forbidden'),
    'needs_reauth',
  ],
  [
    'an API that is not enabled',
    'profile',
    403,
    envelope(
      403,
      'Gmail API has not been used in project 42 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=42 then retry.',
      'accessNotConfigured',
    ),
    'api_disabled',
    { retryAfterMs: 300_000 },
  ],
  [
    'SERVICE_DISABLED in the details',
    'profile',
    403,
    envelope(403, 'x', undefined, 'PERMISSION_DENIED', [{ reason: 'SERVICE_DISABLED' }]),
    'api_disabled',
  ],
  [
    'a domain policy',
    'list',
    403,
    envelope(403, 'The domain administrators have disabled Gmail apps.', 'domainPolicy'),
    'policy',
  ],
  ['a foreign mailbox', 'get', 403, envelope(403, 'Delegation denied for ada@example.com', 'forbidden'), 'bug'],
  [
    'a refusal nobody has written down',
    'get',
    403,
    envelope(403, 'The caller does not have permission', 'forbidden', 'PERMISSION_DENIED'),
    'policy',
  ],
  ['an HTML 403 of a gateway', 'get', 403, html, 'server'],
  ['backendError with a 403', 'get', 403, envelope(403, 'Backend Error', 'backendError'), 'server'],
  ['history that Gmail has forgotten', 'history', 404, notFound, 'history_expired'],
  ['a message that is gone', 'get', 404, notFound, 'gone'],
  [
    'a message that is gone, without errors[]',
    'get',
    404,
    envelope(404, 'Requested entity was not found.', undefined, 'NOT_FOUND', []),
    'gone',
  ],
  ['a label that is gone', 'list', 404, notFound, 'not_found'],
  ['an HTML 404 for a message', 'get', 404, html, 'server'],
  ['an HTML 404 for history', 'history', 404, html, 'server'],
  [
    'a JSON 404 of another server',
    'get',
    404,
    { message: 'Not Found', documentation_url: 'https://example.com' },
    'server',
  ],
  ['an empty 404', 'get', 404, '', 'server'],
  ['408', 'get', 408, '', 'server'],
  ['409', 'get', 409, envelope(409, 'Conflict', 'conflict'), 'server'],
  ['412', 'get', 412, envelope(412, 'Precondition', 'conditionNotMet'), 'server'],
  ['413', 'get', 413, html, 'server'],
  ['too many at once', 'get', 429, rateLimited('Too many concurrent requests for user.'), 'concurrency'],
  [
    'too many at once, as a 403',
    'get',
    403,
    envelope(403, 'Too many concurrent requests for user', 'rateLimitExceeded'),
    'concurrency',
  ],
  ['an exhausted resource', 'get', 429, rateLimited('Resource has been exhausted (e.g. check quota).'), 'concurrency'],
  ['a 429 without words', 'get', 429, '', 'concurrency'],
  ['500', 'get', 500, envelope(500, 'Backend Error', 'backendError', 'INTERNAL'), 'server'],
  ['502 as HTML', 'get', 502, html, 'server'],
  ['503', 'get', 503, envelope(503, 'The service is currently unavailable.', 'backendError', 'UNAVAILABLE'), 'server'],
  ['504 without body', 'get', 504, '', 'server'],
  ['a redirect', 'get', 302, html, 'bad_answer'],
  ['another 4xx of Gmail', 'get', 405, envelope(405, 'No', 'httpMethodNotAllowed'), 'bug'],
  ['another 4xx of a gateway', 'get', 451, html, 'server'],
  ['a proxy that wants a password', 'history', 407, 'Proxy Authentication Required', 'server'],
  ['the sign-in page of a guest network', 'history', 401, html, 'server'],
  ['a 401 without any body', 'history', 401, '', 'server'],
  ['JSON that is not Google’s', 'history', 403, { error: 'access_denied' }, 'server'],
]

describe('a failed call is told apart by its body', () => {
  it.for(rows)('%s', ([, call, status, body, code, expected = {}]) => {
    const error = see(failure(status, body), call)
    expect(error.code).toBe(code)
    expect(error.message).toContain('ada@example.com')
    expect(error).toMatchObject(expected)
  })

  it.for(rows)(
    '%s, in the shape of the client library, the body still a string or bytes',
    ([, call, status, body, code]) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2)
      for (const data of [text, Buffer.from(text), new Uint8Array(Buffer.from(text)).buffer]) {
        const thrown = Object.assign(new Error('x'), { status, response: { status, headers: {}, data } })
        expect(see(thrown, call).code).toBe(code)
      }
    },
  )
})

it('names what stands between this computer and Gmail, and not a bug, where the refusal is not Gmail’s own', () => {
  for (const status of [400, 401, 403, 404, 407, 451]) {
    const error = see(failure(status, html), 'history')
    expect(error.message).toBe(`Something other than Gmail answered (HTTP ${status}) (ada@example.com)`)
    expect(error.remedy).toContain('Check the network, the gateway')
  }
})

it('takes a 401 that asks for a bearer token as Google’s, also without its JSON', () => {
  const challenge = { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' }
  expect(see(failure(401, '', challenge), 'history').code).toBe('needs_reauth')
  expect(see(failure(401, html, { 'www-authenticate': 'Basic realm="proxy"' }), 'history').code).toBe('server')
})

it('quotes Google’s words on one line, and leaves out what is not there', () => {
  const said = (message: string): string => see(failure(403, envelope(403, message, 'brandNew')), 'list').message
  expect(said('No\n\u001b[31m way\u0000')).toBe('Google refuses access (No [31m way) (ada@example.com)')
  expect(said('')).toBe('Google refuses access (ada@example.com)')
})

it('takes any 400 of a call with a page token for a refused token', () => {
  const thrown = failure(
    400,
    envelope(400, 'Request contains an invalid argument.', 'invalidArgument', 'INVALID_ARGUMENT'),
  )
  expect(see(thrown, 'list', { pageToken: true }).code).toBe('bad_page_token')
  expect(see(thrown, 'history', { pageToken: true }).code).toBe('bad_page_token')
  expect(see(thrown, 'list').code).toBe('bug')
})

it('tells where to enable the API', () => {
  const row = rows.find(([name]) => name === 'an API that is not enabled')
  const error = see(failure(403, row?.[3]))
  expect(error.remedy).toContain(
    'https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=42 ',
  )
  expect(error.action).toEqual({
    kind: 'open_page',
    url: 'https://console.cloud.google.com/apis/api/gmail.googleapis.com/overview?project=42',
  })
})

describe('a stated time is a wait from now', () => {
  const stated = (message: string, headers = {}) => see(failure(429, rateLimited(message), headers)).retryAfterMs
  it('reads the time in the words, by our clock when the answer has no date', () => {
    expect(stated('User-rate limit exceeded.  Retry after 2026-11-25T12:10:05.123Z')).toBe(605_123)
    expect(stated('User-rate limit exceeded.  Retry after 2026-11-25T12:10:05.123Z (Mail sending)')).toBe(605_123)
  })
  it('reads it by the clock of the server when the answer has one', () => {
    const headers = { date: 'Wed, 25 Nov 2026 12:09:05 GMT' }
    expect(stated('User-rate limit exceeded.  Retry after 2026-11-25T12:10:05.123Z', headers)).toBe(60_123)
  })
  it('waits at least 30 s for the limit of a mailbox', () => {
    expect(stated('User-rate limit exceeded.  Retry after 2026-11-25T11:00:00.000Z')).toBe(30_000)
    expect(see(failure(403, envelope(403, 'User-rate limit exceeded', 'userRateLimitExceeded'))).retryAfterMs).toBe(
      30_000,
    )
  })
  it('believes words for an hour, and the header for a day', () => {
    const words = 'User-rate limit exceeded.  Retry after 2026-11-25T20:00:00.000Z'
    expect(stated(words)).toBe(3_600_000)
    expect(stated(words, { 'retry-after': '7200' })).toBe(7_200_000)
  })
  it('reads Retry-After as seconds and as a date', () => {
    expect(see(failure(503, html, { 'retry-after': '17' })).retryAfterMs).toBe(17_000)
    expect(see(failure(503, html, { 'retry-after': 'Wed, 25 Nov 2026 12:00:44 GMT' })).retryAfterMs).toBe(44_000)
    expect(see(failure(503, html, { 'retry-after': 'soon' })).retryAfterMs).toBeUndefined()
    for (const absurd of ['172800', '99999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '9'.repeat(400)])
      expect(see(failure(503, html, { 'retry-after': absurd })).retryAfterMs).toBe(24 * 3_600_000)
    expect(see(failure(403, quotaBody('new'), { 'retry-after': '30' })).retryAfterMs).toBe(30_000)
  })
})

it('leaves an AppError as it is', () => {
  const error = new AppError('disk', 'full')
  expect(see(error)).toBe(error)
})
