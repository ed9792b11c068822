import { describe, expect, it } from 'vitest'
import { type CallName, classify } from '../../electron/gmail/errors.ts'
import type { Credential } from '../../electron/ports.ts'
import type { AppError, ErrorCode } from '../../shared/errors.ts'
import { envelope, failure, html } from './google-errors.ts'

const context = { account: 'ada@example.com', now: new Date('2026-11-25T12:00:00Z') }
const see = (thrown: unknown, call: CallName = 'get'): AppError => classify(thrown, call, context)

describe('the token endpoint', () => {
  const tokenRows: readonly (readonly [string, number, unknown, ErrorCode, RegExp])[] = [
    [
      'revoked',
      400,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
      'needs_reauth',
      /revoked/,
    ],
    [
      'session control',
      400,
      {
        error: 'invalid_grant',
        error_subtype: 'invalid_rapt',
        error_description: 'reauth related error (invalid_rapt)',
      },
      'needs_reauth',
      /Workspace/,
    ],
    [
      'session control in words',
      400,
      { error: 'invalid_grant', error_description: 'reauth related error (rapt_required)' },
      'needs_reauth',
      /Workspace/,
    ],
    [
      'deleted account',
      400,
      { error: 'invalid_grant', error_description: 'Account has been deleted' },
      'needs_reauth',
      /deleted, disabled or suspended/,
    ],
    ['bad secret', 401, { error: 'invalid_client', error_description: 'Unauthorized' }, 'needs_reauth', /secret/],
    [
      'missing secret',
      400,
      { error: 'invalid_request', error_description: 'client_secret is missing.' },
      'needs_reauth',
      /secret/,
    ],
    [
      'deleted client',
      401,
      { error: 'deleted_client', error_description: 'The OAuth client was deleted.' },
      'needs_reauth',
      /deleted in the Google console/,
    ],
    ['unauthorized client', 403, { error: 'unauthorized_client' }, 'needs_reauth', /cannot be used/],
    ['Advanced Protection', 400, { error: 'policy_enforced' }, 'needs_reauth', /Advanced Protection/],
    ['admin policy', 400, { error: 'admin_policy_enforced' }, 'needs_reauth', /administrator/],
    ['org internal', 403, { error: 'org_internal' }, 'needs_reauth', /organisation/],
    ['invalid scope', 400, { error: 'invalid_scope' }, 'needs_reauth', /permit reading/],
    ['another word', 400, { error: 'something_new' }, 'needs_reauth', /something_new/],
    [
      'the other envelope',
      403,
      envelope(403, 'x', undefined, 'PERMISSION_DENIED'),
      'needs_reauth',
      /PERMISSION_DENIED/,
    ],
    ['408', 408, { error: 'timeout' }, 'server', /temporary/],
    ['429', 429, { error: 'rate_limit' }, 'server', /temporary/],
    ['500', 500, { error: 'internal_failure' }, 'server', /temporary/],
    ['503 as HTML', 503, html, 'server', /temporary/],
    ['the HTML 403 of a gateway', 403, html, 'server', /temporary/],
    ['the HTML 404 of a gateway', 404, html, 'server', /temporary/],
  ]
  it.for(tokenRows)('%s', ([, status, body, code, words]) => {
    const error = see(failure(status, body), 'token')
    expect(error.code).toBe(code)
    expect(error.message).toMatch(words)
    if (code === 'needs_reauth') expect(error.remedy).toBeTruthy()
  })
})

describe('a sign-in that Google answers with no reason', () => {
  const dead = failure(400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' })
  const user = { client_id: 'c', client_secret: 's', refresh_token: 'r', scopes: [] }
  const died = (credential: Credential): AppError => classify(dead, 'token', { ...context, credential })

  it.each([
    [
      'ended on the day that Google had named',
      { refresh_token_expires_at: '2026-11-25T11:00:00.000Z' },
      /ended on 2026-11-25.*testing mode/,
      /Publish/,
    ],
    [
      'ended while clocks differ by minutes',
      { refresh_token_expires_at: '2026-11-25T12:20:00.000Z' },
      /testing mode/,
      /Publish/,
    ],
    [
      'was not used for half a year',
      { access_token_expires_at: '2026-05-01T00:00:00.000Z' },
      /not been used since 2026-05-01/,
      /Sign in again/,
    ],
    [
      'could have any cause',
      { access_token_expires_at: '2026-11-25T11:00:00.000Z' },
      /revoked, the password changed/,
      /every week/,
    ],
    [
      'was to live on',
      { refresh_token_expires_at: '2026-11-28T11:00:00.000Z' },
      /revoked, the password changed/,
      /every week/,
    ],
  ])('%s', (_, noted, words, remedy) => {
    expect(died({ ...user, ...noted })).toMatchObject({
      code: 'needs_reauth',
      message: expect.stringMatching(words),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('is told apart by what Google does say, whatever was noted', () => {
    const rapt = failure(400, { error: 'invalid_grant', error_subtype: 'invalid_rapt' })
    const credential = { ...user, refresh_token_expires_at: '2026-11-25T11:00:00.000Z' }
    expect(classify(rapt, 'token', { ...context, credential }).message).toMatch(/Workspace/)
  })
})
