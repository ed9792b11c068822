import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ADA, refusal, type Simulated, simulated } from './simulated.ts'

async function post({ simulator }: Simulated, name: string, fields: Record<string, string>) {
  const answer = await fetch(`${simulator.oauthUrl}${name}`, { method: 'POST', body: new URLSearchParams(fields) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const refresh = (made: Simulated, fields: Record<string, string> = {}) =>
  post(made, 'token', {
    grant_type: 'refresh_token',
    client_id: made.simulator.clientId,
    client_secret: made.simulator.clientSecret,
    refresh_token: made.mailbox.refreshToken,
    ...fields,
  })

describe('the token endpoint', () => {
  it('gives an access token for a refresh token and does not rotate it', async () => {
    const made = await simulated()
    const { status, body } = await refresh(made)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ya29\./),
      expires_in: 3_599,
      scope: 'https://www.googleapis.com/auth/gmail.readonly',
      token_type: 'Bearer',
    })
    expect(made.simulator.stats().tokenRefreshes).toBe(1)
  })

  it('gives what import-token takes', async () => {
    const { simulator, mailbox } = await simulated()
    expect(simulator.authorizedUser(ADA)).toEqual({
      type: 'authorized_user',
      client_id: simulator.clientId,
      client_secret: simulator.clientSecret,
      refresh_token: mailbox.refreshToken,
    })
  })

  it.each([
    ['revoked', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['unused_six_months', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['password_changed', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['too_many_tokens', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['testing_mode_expired', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['grant_time_ended', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
    ['account_deleted', 400, { error: 'invalid_grant', error_description: 'Account has been deleted' }],
    ['admin_policy', 400, { error: 'admin_policy_enforced' }],
    [
      'invalid_rapt',
      400,
      {
        error: 'invalid_grant',
        error_subtype: 'invalid_rapt',
        error_description: 'reauth related error (invalid_rapt)',
      },
    ],
    [
      'rapt_required',
      400,
      {
        error: 'invalid_grant',
        error_subtype: 'rapt_required',
        error_description: 'reauth related error (rapt_required)',
      },
    ],
    ['client_deleted', 401, { error: 'deleted_client', error_description: 'The OAuth client was deleted.' }],
    ['client_unauthorized', 401, { error: 'unauthorized_client', error_description: 'Unauthorized' }],
    [
      'client_secret_wrong',
      401,
      { error: 'invalid_client', error_description: 'The provided client secret is invalid.' },
    ],
  ] as const)('after "%s" answers %i for good, and access tokens are dead too', async (cause, status, body) => {
    const made = await simulated()
    await made.client.users.getProfile({ userId: 'me' })
    made.mailbox.revoke(cause)
    expect(await refresh(made)).toEqual({ status, body })
    expect((await made.fetchApi('gmail/v1/users/me/profile')).status).toBe(401)
  })

  it('lives again after a new sign-in', async () => {
    const made = await simulated()
    made.mailbox.revoke()
    const token = made.mailbox.signIn()
    expect(made.mailbox.refreshToken).toBe(token)
    expect((await refresh(made)).status).toBe(200)
  })

  it('refuses a wrong client, a wrong or missing secret and an unknown token', async () => {
    const made = await simulated()
    expect(await refresh(made, { client_id: 'x' })).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await refresh(made, { client_secret: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(await refresh(made, { client_secret: '' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'client_secret is missing.' },
    })
    expect(await refresh(made, { refresh_token: 'x' })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await refresh(made, { grant_type: 'password' })).toMatchObject({
      status: 400,
      body: { error: 'unsupported_grant_type' },
    })
  })

  it('lets access tokens expire by the simulated clock', async () => {
    const { fetchApi, simulator } = await simulated({ timeScale: 0 })
    const status = async () => (await fetchApi('gmail/v1/users/me/profile')).status
    simulator.advance(3_598_000)
    expect(await status()).toBe(200)
    simulator.advance(1_000)
    expect(await status()).toBe(401)
  })

  it('in testing mode says how long the refresh token lives, and ends it after seven days', async () => {
    const made = await simulated({ timeScale: 0, dials: { testingMode: true } })
    expect((await refresh(made)).body).toMatchObject({ refresh_token_expires_in: 604_799 })
    made.simulator.advance(6 * 86_400_000)
    expect((await refresh(made)).body).toMatchObject({ refresh_token_expires_in: 86_399 })
    made.simulator.advance(86_400_000)
    expect(await refresh(made)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('rotates refresh tokens when that dial is set', async () => {
    const made = await simulated({ dials: { rotateRefreshTokens: true } })
    const first = made.mailbox.refreshToken
    const { body } = await refresh(made)
    expect(body).toMatchObject({ refresh_token: made.mailbox.refreshToken })
    expect(made.mailbox.refreshToken).not.toBe(first)
    expect((await refresh(made, { refresh_token: first })).status).toBe(400)
  })

  it('shares the faults of the transport unless told not to', async () => {
    const made = await simulated({ dials: { serverError: 1 } })
    const status = async () => (await fetch(`${made.simulator.oauthUrl}token`, { method: 'POST' })).status
    expect(await status()).toBeGreaterThanOrEqual(500)
    made.simulator.dials.tokenFaults = false
    expect(await status()).toBe(401)
  })
})

describe('authorisation', () => {
  it('names what is wrong with the credentials', async () => {
    const { simulator } = await simulated()
    const ask = async (headers: Record<string, string>) =>
      refusal(
        fetch(`${simulator.url}gmail/v1/users/me/profile`, { headers }).then(async (answer) => {
          throw Object.assign(new Error('refused'), { status: answer.status, response: { data: await answer.json() } })
        }),
      )
    const none = await ask({})
    expect([none.status, none.body.error.errors[0]?.reason, none.body.error.status]).toEqual([
      401,
      'required',
      'UNAUTHENTICATED',
    ])
    const bad = await ask({ authorization: 'Bearer nonsense' })
    expect(bad.body.error.errors).toEqual([
      {
        message: 'Invalid Credentials',
        domain: 'global',
        reason: 'authError',
        location: 'Authorization',
        locationType: 'header',
      },
    ])
    expect(bad.body.error.message).toMatch(/^Request had invalid authentication credentials\./)
  })

  it('withdraws the whole grant by either token, once', async () => {
    const made = await simulated()
    const token = made.simulator.accessToken(ADA)
    expect(await post(made, 'revoke', { token })).toEqual({ status: 200, body: {} })
    expect((await refresh(made)).body).toMatchObject({ error: 'invalid_grant' })
    expect(await post(made, 'revoke', { token })).toMatchObject({ status: 400, body: { error: 'invalid_token' } })
  })

  it('serves two accounts by their tokens', async () => {
    const { simulator, fetchApi } = await simulated()
    simulator.addMailbox('bob@example.test')
    const of = async (answer: Promise<Response>) =>
      ((await (await answer).json()) as { emailAddress: string }).emailAddress
    const headers = { authorization: `Bearer ${simulator.accessToken('bob@example.test')}` }
    expect(await of(fetch(`${simulator.url}gmail/v1/users/me/profile`, { headers }))).toBe('bob@example.test')
    expect(await of(fetchApi('gmail/v1/users/me/profile'))).toBe(ADA)
    expect(() => simulator.addMailbox('BOB@example.test')).toThrow('already')
  })
})

describe('signing in', () => {
  const verifier = 'v'.repeat(50)
  const authorize = async ({ simulator }: Simulated, fields: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      client_id: simulator.clientId,
      redirect_uri: 'http://127.0.0.1:9/callback',
      response_type: 'code',
      scope: 'https://www.googleapis.com/auth/gmail.readonly',
      state: 'xyz',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...fields,
    })
    const answer = await fetch(`${simulator.oauthUrl}auth?${query}`, { redirect: 'manual' })
    return { status: answer.status, to: new URL(answer.headers.get('location') ?? 'none:', simulator.url) }
  }
  const exchange = (made: Simulated, code: string, fields: Record<string, string> = {}) =>
    post(made, 'token', {
      grant_type: 'authorization_code',
      client_id: made.simulator.clientId,
      client_secret: made.simulator.clientSecret,
      redirect_uri: 'http://127.0.0.1:9/callback',
      code,
      code_verifier: verifier,
      ...fields,
    })

  it('sends the browser back with a code that is good once, with its verifier', async () => {
    const made = await simulated()
    const { status, to } = await authorize(made, { login_hint: ADA })
    expect([status, to.origin, to.searchParams.get('state')]).toEqual([302, 'http://127.0.0.1:9', 'xyz'])
    const code = to.searchParams.get('code') ?? ''
    const { body } = await exchange(made, code)
    expect(body).toMatchObject({ refresh_token: made.mailbox.refreshToken, token_type: 'Bearer' })
    expect(await exchange(made, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  it('refuses a wrong verifier, another redirect and a person who declines', async () => {
    const made = await simulated()
    const code = async () => (await authorize(made)).to.searchParams.get('code') ?? ''
    expect(await exchange(made, await code(), { code_verifier: 'w'.repeat(50) })).toMatchObject({
      body: { error: 'invalid_grant' },
    })
    expect(await exchange(made, await code(), { redirect_uri: 'http://127.0.0.1:8/' })).toMatchObject({
      body: { error: 'redirect_uri_mismatch' },
    })
    made.simulator.dials.consent = 'deny'
    expect((await authorize(made)).to.searchParams.get('error')).toBe('access_denied')
    expect((await authorize(made, { redirect_uri: 'https://example.test/' })).to.pathname).toContain('error')
  })
})
