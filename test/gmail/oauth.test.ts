import { createHash } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { beginAuthorization, exchange, READ_MAIL, readPasted } from '../../electron/gmail/oauth.ts'
import { consentError } from '../../electron/gmail/oauth-errors.ts'
import { AppError } from '../../shared/errors.ts'
import { simulated } from '../demo/simulated.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { type Answering, fakeGoogle, json } from './fake-google.ts'

const client = { client_id: 'ada.apps.googleusercontent.com', client_secret: 'GOCSPX-of-ada', project_id: null }
const redirectUri = 'http://127.0.0.1:51234/'
const authUrl = 'https://accounts.google.com/o/oauth2/v2/auth'
const begin = () => beginAuthorization({ authUrl, client, redirectUri, loginHint: 'ada@example.test' })

describe('the address for the browser', () => {
  it('asks for reading mail alone, offline, with PKCE and a state of its own', () => {
    const { url, verifier, isState } = begin()
    const { origin, pathname, searchParams } = new URL(url)
    expect(origin + pathname).toBe(authUrl)
    const state = searchParams.get('state') ?? ''
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: client.client_id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'https://www.googleapis.com/auth/gmail.readonly',
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent select_account',
      login_hint: 'ada@example.test',
    })
    expect(verifier).toMatch(/^[\w-]{43,128}$/)
    expect(Buffer.from(state, 'base64url').length).toBeGreaterThanOrEqual(16)
    expect([isState(state), isState(`${state}x`), isState(''), begin().isState(state)]).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect(url).not.toContain(verifier)
    expect(url).not.toContain(client.client_secret)
  })
})

describe('what a person pastes', () => {
  const code = '4/0AbCdEf-gh_ij'
  it.each([
    ['the whole address', `${redirectUri}?state=s1&iss=https://accounts.google.com&code=${code}&scope=x`, 's1'],
    ['an address with an escaped code', `${redirectUri}?state=s1&code=4%2F0AbCdEf-gh_ij`, 's1'],
    ['an address that a terminal broke', `  ${redirectUri}?state=s1&code=4/0AbC\n dEf-gh_ij \n`, 's1'],
    ['an address in quotation marks', `"${redirectUri}?state=s1&code=${code}"`, 's1'],
    ['an address as browsers show it', `127.0.0.1:51234/?state=s1&code=${code}`, 's1'],
    ['the part after the question mark', `code=${code}&state=s1`, 's1'],
    ['the same with the question mark', `?state=s1&code=${code}`, 's1'],
    ['the code alone', code, null],
    ['the code alone, escaped', '4%2F0AbCdEf-gh_ij', null],
  ])('is understood: %s', (_, text, state) => {
    expect(readPasted(text)).toEqual({ kind: 'code', code, state })
  })

  it('can be a refusal, or an error page of Google’s', () => {
    expect(readPasted(`${redirectUri}?error=access_denied&state=s1`)).toEqual({
      kind: 'error',
      error: 'access_denied',
      state: 's1',
    })
    const page = 'https://accounts.google.com/signin/oauth/error/v2?authError='
    expect(readPasted(`${page}ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gSsAEKWW91IGNhbid0&flowName=GeneralOAuthFlow`)).toEqual({
      kind: 'error_page',
      error: 'redirect_uri_mismatch',
      state: null,
    })
    expect(readPasted(`${page}%00`)).toMatchObject({ kind: 'error_page', error: 'unknown' })
  })

  it.each([
    ['', /Nothing/],
    ['hello', /neither/],
    [redirectUri, /no code/],
    ['https://accounts.google.com/o/oauth2/v2/auth?client_id=x', /not finished yet/],
    ['https://', /not an address/],
    ['x'.repeat(20_000), /too long/],
    ['the mail of yesterday was signed', /neither/],
  ])('is refused otherwise: %s', (text, message) => {
    const found = (() => {
      try {
        return readPasted(text)
      } catch (error) {
        return error
      }
    })()
    expect(found).toMatchObject({ code: 'bad_input', message: expect.stringMatching(message) })
    expect((found as AppError).remedy).toContain('http://127.0.0.1')
  })
})

it.each([
  ['access_denied', /not to allow/, /choose Continue/],
  ['access_not_configured', /administrator/, /trust/],
  ['admin_policy_enforced', /administrator/, /trust/],
  ['deleted_client', /deleted/, /Create/],
  ['disabled_client', /disabled/, /Enable/],
  ['disallowed_useragent', /inside other programs/, /browser/],
  ['invalid_client', /does not know/, /Download/],
  ['invalid_request', /request/, /open the whole address/],
  ['invalid_scope', /permission to read mail/, /gmail.readonly/],
  ['org_internal', /own organisation/, /External/],
  ['policy_enforced', /Advanced Protection/, /Leave the program/],
  ['rate_limit_exceeded', /not let more people/, /Wait a day/],
  ['redirect_uri_mismatch', /desktop app/, /Create/],
  ['restricted_client', /not set up/, /branding/],
  ['server_error', /temporary/, /again/],
  ['temporarily_unavailable', /temporary/, /again/],
  ['unauthorized_client', /cannot be used/, /Create/],
  ['something_new', /something_new/, /again/],
  ['unknown', /^Google did not allow the sign-in$/, /Google’s page says more/],
  ['<script>', /^Google did not allow the sign-in$/, /again/],
  ['constructor', /constructor/, /again/],
])('the error %s of the consent page has words and a remedy of its own', (code, message, remedy) => {
  const error = consentError(code, 'error')
  expect(error).toMatchObject({ code: 'needs_reauth' })
  expect(error.message).toMatch(message)
  expect(error.remedy).toMatch(remedy)
})

it('a page of Google’s that denies the access is about test users, and a redirect that does so is about the person', () => {
  expect(consentError('access_denied', 'error_page')).toMatchObject({
    message: expect.stringContaining('test users'),
    remedy: expect.stringContaining('Publish the app'),
  })
  expect(consentError('deleted_client', 'error_page')).toEqual(consentError('deleted_client', 'error'))
})

/** The exchange against a server that answers as the test says. */
async function exchangeWith(
  answer: Answering,
  redirect = { kind: 'code', code: '4/0abcdefghij', state: null } as const,
) {
  const google = await fakeGoogle(answer)
  onTestFinished(() => google.close())
  const authorization = begin()
  const call = exchange({
    oauthUrl: google.url,
    name: 'ada@example.test',
    signal: new AbortController().signal,
    timeoutMs: 400,
    client,
    authorization,
    redirect,
    clock: createFakeClock(),
  })
  return { google, authorization, outcome: await call.catch((error: unknown) => error) }
}

const good = {
  access_token: 'ya29.x',
  expires_in: 3599,
  refresh_token: '1//0x',
  scope: READ_MAIL,
  token_type: 'Bearer',
}

describe('the exchange of the code', () => {
  it('sends what Google asks for, the client secret too, and keeps what it gives', async () => {
    const { google, authorization, outcome } = await exchangeWith((_, response) =>
      json(response, 200, { ...good, refresh_token_expires_in: 604_799 }),
    )
    expect(outcome).toEqual({
      client_id: client.client_id,
      client_secret: client.client_secret,
      refresh_token: '1//0x',
      scopes: [READ_MAIL],
      access_token: 'ya29.x',
      access_token_expires_at: '2026-01-01T00:59:59.000Z',
      refresh_token_expires_at: '2026-01-07T23:59:59.000Z',
    })
    const [request] = google.requests
    expect([request?.method, request?.url.pathname, request?.url.search]).toEqual(['POST', '/token', ''])
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'authorization_code',
      code: '4/0abcdefghij',
      code_verifier: authorization.verifier,
      client_id: client.client_id,
      client_secret: client.client_secret,
      redirect_uri: redirectUri,
    })
  })

  it('takes an answer without scopes as what was asked for', async () => {
    const { outcome } = await exchangeWith((_, response) => json(response, 200, { ...good, scope: undefined }))
    expect(outcome).toMatchObject({ scopes: [READ_MAIL] })
  })

  it.each([
    ['an unticked box', 200, { ...good, scope: 'openid' }, 'needs_reauth', /left empty/, /tick/],
    ['no refresh token', 200, { ...good, refresh_token: undefined }, 'needs_reauth', /refresh token/, /connections/],
    ['no token at all', 200, { hello: 1 }, 'bad_answer', /not valid/, /sign in again/],
    [
      'a used code',
      400,
      { error: 'invalid_grant', error_description: 'Bad Request' },
      'needs_reauth',
      /used before/,
      /paste all of it/,
    ],
    ['a wrong secret', 401, { error: 'invalid_client' }, 'needs_reauth', /secret is wrong/, /clients add/],
    [
      'a missing secret',
      400,
      { error: 'invalid_request', error_description: 'client_secret is missing.' },
      'needs_reauth',
      /last step/,
      /clients add/,
    ],
    ['a deleted client', 401, { error: 'deleted_client' }, 'needs_reauth', /deleted/, /new desktop app client/],
    ['a web client', 400, { error: 'redirect_uri_mismatch' }, 'needs_reauth', /desktop app/, /desktop app/],
    [
      'a client of another kind',
      401,
      { error: 'unauthorized_client' },
      'needs_reauth',
      /cannot be used/,
      /desktop app/,
    ],
    ['a policy', 400, { error: 'admin_policy_enforced' }, 'needs_reauth', /administrator/, /trust/],
    [
      'a company’s session control',
      400,
      { error: 'invalid_grant', error_subtype: 'invalid_rapt' },
      'needs_reauth',
      /session control/,
      /Sign in/,
    ],
    ['an error nobody knows', 400, { error: 'brand_new' }, 'needs_reauth', /brand_new/, /Sign in/],
    ['a fault of Google', 503, 'busy', 'server', /temporary problem/, /connection, then sign in again/],
    ['too many requests', 429, { error: 'rate_limit' }, 'server', /temporary problem/, /then sign in again/],
  ])('says it in words: %s', async (_, status, body, code, message, remedy) => {
    const { outcome, google } = await exchangeWith((_request, response) => json(response, status, body))
    expect(outcome).toBeInstanceOf(AppError)
    expect(outcome).toMatchObject({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    })
    expect(google.requests).toHaveLength(1)
    expect(JSON.stringify(outcome) + String(outcome)).not.toMatch(/4\/0abc|GOCSPX|ya29/)
  })

  it('does not wait for ever, and promises no attempt of its own', async () => {
    const { outcome } = await exchangeWith(() => undefined)
    expect(outcome).toMatchObject({ code: 'network', remedy: expect.stringContaining('then sign in again') })
  })

  it('asks Google nothing when the person said no', async () => {
    const google = await fakeGoogle((_, response) => json(response, 200, good))
    onTestFinished(() => google.close())
    const call = exchange({
      oauthUrl: google.url,
      name: 'ada',
      signal: new AbortController().signal,
      client,
      authorization: begin(),
      redirect: { kind: 'error', error: 'access_denied', state: null },
      clock: createFakeClock(),
    })
    await expect(call).rejects.toMatchObject({ code: 'needs_reauth' })
    expect(google.requests).toEqual([])
  })
})

it('a code is of no use with the verifier of another sign-in', async () => {
  const { simulator } = await simulated()
  const real = { client_id: simulator.clientId, client_secret: simulator.clientSecret, project_id: null }
  const start = () => beginAuthorization({ authUrl: `${simulator.oauthUrl}auth`, client: real, redirectUri })
  const first = start()
  const second = start()
  const consent = async (url: string) => {
    const answer = await fetch(url, { redirect: 'manual' })
    return readPasted(answer.headers.get('location') ?? '')
  }
  const options = { oauthUrl: simulator.oauthUrl, name: 'ada', client: real, clock: createFakeClock() }
  const signal = new AbortController().signal
  const redirect = await consent(first.url)
  await expect(exchange({ ...options, signal, authorization: second, redirect })).rejects.toMatchObject({
    code: 'needs_reauth',
  })
  await expect(
    exchange({ ...options, signal, authorization: first, redirect: await consent(first.url) }),
  ).resolves.toMatchObject({ scopes: [READ_MAIL] })
})
