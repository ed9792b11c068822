import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { classify } from '../../electron/gmail/errors.ts'
import { beginAgain, consentError, exchangeError } from '../../electron/gmail/oauth-errors.ts'
import type { Credential } from '../../electron/ports.ts'
import { afterFailure } from '../../electron/service/machine.ts'
import { AppError, failureCauses } from '../../shared/errors.ts'
import { envelope, failure, html } from './google-errors.ts'

/**
 * Every way in which a sign-in ends or is refused: https://developers.google.com/identity/protocols/oauth2#expiration, RFC 6749 §4.1.2.1 and
 * §5.2, and what others met. What the product makes of each is the document; `MAILTIDE_WRITE_DOCS=1` writes it.
 *
 * Two that others met cannot come to us: the code page that Google removed in 2022 is never asked for, nor is a service account's token
 * without a mailbox.
 */
const ADA = 'ADDRESS'
const now = new Date('2026-11-25T12:00:00Z')
const context = { account: ADA, now }
const user = { client_id: 'c', client_secret: 's', refresh_token: 'r', scopes: [] }
const key: Credential = {
  type: 'service_account',
  client_id: '1122',
  client_email: 'reader@project.iam.gserviceaccount.com',
  private_key_id: 'k1',
  private_key: 'p',
  subject: ADA,
  scopes: [],
}
const token = (status: number, body: unknown, credential: Credential = user): AppError =>
  classify(failure(status, body), 'token', { ...context, credential })
const grant = (error_description: string, error_subtype?: string) => ({
  error: 'invalid_grant',
  error_description,
  ...(error_subtype === undefined ? {} : { error_subtype }),
})
const dead = grant('Token has been expired or revoked.')
const call = (status: number, body: unknown): AppError => classify(failure(status, body), 'get', context)
const broken = (code: string): AppError => classify(Object.assign(new Error(code), { code }), 'token', context)

type Cause = readonly [cause: string, error: () => AppError]

const tables: readonly (readonly [what: string, causes: readonly Cause[]])[] = [
  [
    'The death of a refresh token',
    [
      ['the person revoked it', () => token(400, dead)],
      ['the password changed', () => token(400, dead, { ...user, access_token_expires_at: '2026-11-25T11:30:00Z' })],
      ['a hundred newer ones took its place', () => token(400, dead)],
      [
        'nobody used it for six months',
        () => token(400, dead, { ...user, access_token_expires_at: '2026-05-01T00:00:00Z' }),
      ],
      [
        'its OAuth client is in testing mode',
        () => token(400, dead, { ...user, refresh_token_expires_at: '2026-11-25T11:00:00Z' }),
      ],
      [
        'it was allowed for a limited time',
        () => token(400, dead, { ...user, refresh_token_expires_at: '2026-11-24T11:00:00Z' }),
      ],
      ['the administrator restricted the service', () => token(400, { error: 'admin_policy_enforced' })],
      [
        'the Workspace wants a fresh sign-in',
        () => token(400, grant('reauth related error (invalid_rapt)', 'invalid_rapt')),
      ],
      [
        'the Workspace wants one, by the other word',
        () => token(400, grant('reauth related error (rapt_required)', 'rapt_required')),
      ],
      ['the account was deleted', () => token(400, grant('Account has been deleted'))],
      ['the account was suspended', () => token(400, grant('Account is disabled or suspended'))],
      ['it is no token at all', () => token(400, grant('Bad Request'))],
    ],
  ],
  [
    'A token endpoint that refuses the OAuth client',
    [
      [
        'with a wrong secret',
        () => token(401, { error: 'invalid_client', error_description: 'The provided client secret is invalid.' }),
      ],
      [
        'without a secret',
        () => token(400, { error: 'invalid_request', error_description: 'client_secret is missing.' }),
      ],
      [
        'that was deleted',
        () => token(401, { error: 'deleted_client', error_description: 'The OAuth client was deleted.' }),
      ],
      ['that was disabled', () => token(401, { error: 'disabled_client' })],
      ['that may not do this (400)', () => token(400, { error: 'unauthorized_client' })],
      ['that may not do this (403)', () => token(403, { error: 'unauthorized_client' })],
      ['of another organisation', () => token(403, { error: 'org_internal' })],
      ['for what it asks', () => token(400, { error: 'invalid_request' })],
      ['for the scope it asks', () => token(400, { error: 'invalid_scope' })],
      ['for a person who said no', () => token(403, { error: 'access_denied' })],
      ['for a reason that is new', () => token(400, { error: 'something_new' })],
      ['in the other envelope', () => token(403, envelope(403, 'x', undefined, 'PERMISSION_DENIED'))],
    ],
  ],
  [
    'What passes by itself and asks nobody for a sign-in',
    [
      ['a timeout of Google (408)', () => token(408, { error: 'timeout' })],
      ['too many requests (429)', () => token(429, { error: 'rate_limit_exceeded' })],
      ['a fault of Google (500)', () => token(500, { error: 'internal_failure' })],
      ['a page of Google (503)', () => token(503, html)],
      ['the page of a gateway (403)', () => token(403, html)],
      ['the page of a gateway (404)', () => token(404, html)],
      ['a name that is not found', () => broken('ENOTFOUND')],
      ['a refused connection', () => broken('ECONNREFUSED')],
      ['a broken connection', () => broken('ECONNRESET')],
      ['a certificate that begins in the future', () => broken('CERT_NOT_YET_VALID')],
      ['a clock that is 100 s early', () => token(400, grant('Token used too early, 1764072000 < 1764072100.'), key)],
      [
        'a clock that is off by minutes',
        () =>
          token(
            400,
            grant(
              'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
            ),
            key,
          ),
      ],
    ],
  ],
  [
    'A service account',
    [
      [
        'to which the domain delegated nothing',
        () =>
          token(
            401,
            {
              error: 'unauthorized_client',
              error_description: 'Client is unauthorized to retrieve access tokens using this method',
            },
            key,
          ),
      ],
      ['for a user that is none', () => token(400, grant('Not a valid email or user ID.'), key)],
      ['that was deleted', () => token(400, grant('Invalid grant: account not found'), key)],
      ['whose key was deleted', () => token(400, grant('Invalid JWT Signature.'), key)],
      ['that is disabled', () => token(401, { error: 'disabled_client' }, key)],
      ['that the administrator does not trust', () => token(400, { error: 'admin_policy_enforced' }, key)],
      ['refused for a reason that is new', () => token(400, grant('Something new'), key)],
    ],
  ],
  [
    'Gmail itself',
    [
      [
        'lacks the permission that was unticked',
        () =>
          call(
            403,
            envelope(
              403,
              'Request had insufficient authentication scopes.',
              'insufficientPermissions',
              'PERMISSION_DENIED',
            ),
          ),
      ],
      [
        'was given the metadata scope',
        () => call(403, envelope(403, "Metadata scope doesn't allow format RAW", 'forbidden', 'PERMISSION_DENIED')),
      ],
      [
        'refuses every token',
        () =>
          call(401, envelope(401, 'Request had invalid authentication credentials.', 'authError', 'UNAUTHENTICATED')),
      ],
      [
        'is not enabled in the project',
        () =>
          call(
            403,
            envelope(
              403,
              'Gmail API has not been used in project 1 before or it is disabled.',
              'accessNotConfigured',
              'PERMISSION_DENIED',
            ),
          ),
      ],
      [
        'is switched off for the account',
        () => call(400, envelope(400, 'Mail service not enabled', 'failedPrecondition', 'FAILED_PRECONDITION')),
      ],
    ],
  ],
  [
    'The consent page',
    [
      ['access_denied', () => consentError('access_denied', 'error')],
      ['access_denied, on a page of Google’s', () => consentError('access_denied', 'error_page')],
      ['admin_policy_enforced', () => consentError('admin_policy_enforced', 'error')],
      ['deleted_client', () => consentError('deleted_client', 'error')],
      ['disabled_client', () => consentError('disabled_client', 'error')],
      ['disallowed_useragent', () => consentError('disallowed_useragent', 'error')],
      ['invalid_client', () => consentError('invalid_client', 'error')],
      ['invalid_request', () => consentError('invalid_request', 'error')],
      ['invalid_scope', () => consentError('invalid_scope', 'error')],
      ['org_internal', () => consentError('org_internal', 'error')],
      ['redirect_uri_mismatch', () => consentError('redirect_uri_mismatch', 'error')],
      ['restricted_client', () => consentError('restricted_client', 'error')],
      ['server_error', () => consentError('server_error', 'error')],
      ['temporarily_unavailable', () => consentError('temporarily_unavailable', 'error')],
      ['unauthorized_client', () => consentError('unauthorized_client', 'error')],
      ['unsupported_response_type', () => consentError('unsupported_response_type', 'error')],
      ['brand_new', () => consentError('brand_new', 'error')],
    ],
  ],
  [
    'The exchange of a code',
    [
      ['that was used before', () => exchangeError(failure(400, grant('Malformed auth code.')), context)],
      ['with another verifier', () => exchangeError(failure(400, grant('Invalid code verifier.')), context)],
      ['with another redirect', () => exchangeError(failure(400, { error: 'redirect_uri_mismatch' }), context)],
      ['with a wrong secret', () => exchangeError(failure(401, { error: 'invalid_client' }), context)],
      ['by a client that was deleted', () => exchangeError(failure(401, { error: 'deleted_client' }), context)],
      ['by a client of another kind', () => exchangeError(failure(401, { error: 'unauthorized_client' }), context)],
      [
        'that the administrator does not allow',
        () => exchangeError(failure(400, { error: 'admin_policy_enforced' }), context),
      ],
      ['during a fault of Google', () => exchangeError(failure(503, html), context)],
      ['without a network', () => exchangeError(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), context)],
    ],
  ],
]

it('a failed sign-in promises no further try, and keeps every other remedy', () => {
  const remedyOf = (code: string) => {
    const cause = Object.assign(new Error('x'), { code })
    const { remedy, action } = exchangeError(cause, context)
    return [classify(cause, 'token', context).action?.kind, remedy, action]
  }
  const again = 'Check the internet connection, then sign in again'
  expect(remedyOf('ENOTFOUND')).toEqual(['keeps_trying', again, undefined])
  expect(remedyOf('ECONNRESET')).toEqual(['keeps_trying', again, undefined])
  expect(remedyOf('CERT_HAS_EXPIRED')).toEqual([
    undefined,
    'Where a gateway inspects traffic, set NODE_EXTRA_CA_CERTS to its certificate; else check the clock',
    undefined,
  ])
  // By its kind, in whatever words.
  const other = new AppError('network', 'x', { remedy: 'We go on by ourselves', action: { kind: 'keeps_trying' } })
  expect(beginAgain(other).remedy).toBe(again)
  expect(beginAgain(new AppError('network', 'x', { remedy: 'Mailtide keeps trying' })).remedy).toBe(
    'Mailtide keeps trying',
  )
})

/** What becomes of the account and when it is tried again; a sign-in under way has no account whose state could change. */
function outcome(what: string, error: AppError): readonly [state: string, next: string] {
  if (/^The (consent|exchange)/.test(what)) return ['the sign-in failed', 'by the person']
  const after = afterFailure(error, { email: ADA, attempt: 0, now, random: 0 })
  if (after.state !== 'waiting' && after.state !== 'error') return [after.state, 'after a sign-in']
  const seconds = (Date.parse(after.until ?? '') - now.getTime()) / 1000
  return [
    `${after.state} (${after.state === 'waiting' ? after.reason : after.code})`,
    spans[seconds] ?? `in ${seconds} s`,
  ]
}

const spans: Readonly<Record<number, string>> = { 60: 'in a minute', 300: 'in 5 minutes', 86400: 'in a day' }

const cell = (text: string): string => text.replaceAll('|', '\\|')

function tableOf(what: string, causes: readonly Cause[]): string {
  const lines = causes.map(([cause, make]) => {
    const error = make()
    return `| ${[cause, ...outcome(what, error), error.message, error.remedy ?? ''].map(cell).join(' | ')} |`
  })
  const head = '| Cause | State | Next try | What is said | What to do |\n| --- | --- | --- | --- | --- |'
  return `## ${what}\n\n${head}\n${lines.join('\n')}\n`
}

/** The formatter pads the columns of tables. */
const unpadded = (text: string): readonly string[] =>
  text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').split('\n')

const document = new URL('../../docs/sign-in-problems.md', import.meta.url)

it('every cause has its state, its words, its remedy and its next try, as documented', async () => {
  const text = await readFile(document, 'utf8')
  const head = text.slice(0, text.indexOf('\n## ') + 1)
  const expected = head + tables.map(([what, causes]) => tableOf(what, causes)).join('\n')
  if (process.env['MAILTIDE_WRITE_DOCS']) await writeFile(document, expected)
  else expect(unpadded(text)).toEqual(unpadded(expected))
  expect(expected).not.toMatch(/please|oops|!/i)
})

it('every cause says what can be done, unless it passes by itself', () => {
  for (const [what, causes] of tables) {
    for (const [cause, make] of causes) {
      const error = make()
      const passes = outcome(what, error)[0].startsWith('waiting')
      expect([cause, passes || (error.remedy ?? '') !== '']).toEqual([cause, true])
    }
  }
})

/** What windows and trays choose a remedy by, for every way in which an account comes to ask for the person. */
const because: readonly (readonly [RegExp, AppError['because']])[] = [
  [
    /^(The service account|The key of the service account|Google refuses the key)|delegated to the service account/,
    'service_account',
  ],
  [/does not allow the service account/, 'service_account'],
  [/^Google no longer accepts the sign-in/, 'withdrawn'],
  [/^The sign-in ended on/, 'testing_mode'],
  [/^The Google Workspace asks for a fresh sign-in/, 'session_control'],
  [/^The sign-in does not permit reading mail/, 'scope'],
  [/^Google does not accept the OAuth client|^The OAuth client (was|cannot be used)/, 'client'],
  [/^The administrator of the Google Workspace does not allow|^The OAuth client is only for members/, 'blocked'],
  [/clock is off/, 'clock'],
]

it('what lies behind a failure of an account is told beside its words, and kept in its state', () => {
  const met = new Set<string>()
  for (const [what, causes] of tables.filter(([name]) => !/^The (consent|exchange)/.test(name))) {
    for (const [cause, make] of causes) {
      const error = make()
      const expected = because.find(([words]) => words.test(error.message))?.[1]
      expect([what, cause, error.because]).toEqual([what, cause, expected])
      const state = afterFailure(error, { email: ADA, attempt: 0, now, random: 0 })
      expect('cause' in state ? state.cause : undefined).toBe(expected)
      if (expected !== undefined) met.add(expected)
    }
  }
  expect([...met].toSorted()).toEqual([...failureCauses].toSorted())
})
