import { describe, expect, it } from 'vitest'
import type { ConsentError } from '../../electron/demo/types.ts'
import { readPasted } from '../../electron/gmail/oauth.ts'
import { ADA, type Simulated, simulated } from './simulated.ts'

const BOB = 'bob@example.test'
const READ = 'https://www.googleapis.com/auth/gmail.readonly'
const LABELS = 'https://www.googleapis.com/auth/gmail.labels'
const chrome = 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

const query = ({ simulator }: Simulated, fields: Record<string, string> = {}): string =>
  String(
    new URLSearchParams({
      client_id: simulator.clientId,
      redirect_uri: 'http://127.0.0.1:9/',
      response_type: 'code',
      scope: READ,
      state: 'x<y>',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      ...fields,
    }),
  )

interface Shown {
  readonly status: number
  readonly text: string
  /** Where the browser is sent, if it is. */
  readonly to: URL
}

async function shown(answer: Promise<Response>): Promise<Shown> {
  const { status, headers, text } = await answer.then(async (given) => ({
    status: given.status,
    headers: given.headers,
    text: await given.text(),
  }))
  return { status, text, to: new URL(headers.get('location') ?? 'none:', 'http://simulator') }
}

const open = ({ simulator }: Simulated, asked: string, userAgent = chrome): Promise<Shown> =>
  shown(fetch(`${simulator.oauthUrl}auth?${asked}`, { redirect: 'manual', headers: { 'user-agent': userAgent } }))

const submit = (
  { simulator }: Simulated,
  step: string,
  fields: readonly (readonly [string, string])[],
): Promise<Shown> =>
  shown(
    fetch(`${simulator.oauthUrl}auth/${step}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])),
    }),
  )

const asking = async (dials: Parameters<typeof simulated>[0] = {}) => {
  const made = await simulated({ ...dials, dials: { consent: 'ask', ...dials.dials } })
  made.simulator.addMailbox(BOB)
  return made
}

describe('the consent pages', () => {
  it('offer every account, that of the hint first, and say that they are not Google’s', async () => {
    const made = await asking()
    const { status, text } = await open(made, query(made, { login_hint: BOB }))
    expect(status).toBe(200)
    expect([...text.matchAll(/<button class="row".*?>(.*?)<\/button>/g)].map(([, email]) => email)).toEqual([BOB, ADA])
    expect(text).toMatch(new RegExp(`value="${BOB}" autofocus`))
    expect(text).toContain('not Google')
    expect(text).toContain('state=x%3Cy%3E')
    expect(text).not.toMatch(/<script|<y>/)
  })

  it('lead over the account and the consent to a code for that account', async () => {
    const made = await asking()
    const request = query(made)
    const account = await submit(made, 'account', [
      ['request', request],
      ['email', BOB],
    ])
    expect(account.text).toContain('View your email messages and settings')
    expect(account.text).not.toContain('type="checkbox"')
    const { status, to } = await submit(made, 'consent', [
      ['request', request],
      ['email', BOB],
      ['scope', READ],
      ['choice', 'continue'],
    ])
    expect([status, to.origin, to.searchParams.get('state')]).toEqual([302, 'http://127.0.0.1:9', 'x<y>'])
    expect(to.searchParams.get('scope')).toBe(READ)
    expect(to.searchParams.get('code')).toMatch(/^4\/0A/)
  })

  it.each([
    ['the person cancels', [READ], [['choice', 'cancel']], null],
    ['nothing is ticked', [READ, LABELS], [['choice', 'continue']], null],
    [
      'one of two is ticked',
      [READ, LABELS],
      [
        ['scope', LABELS],
        ['choice', 'continue'],
      ],
      LABELS,
    ],
    [
      'more is ticked than was asked for',
      ['openid', READ],
      [
        ['scope', READ],
        ['scope', LABELS],
        ['choice', 'continue'],
      ],
      `openid ${READ}`,
    ],
  ] as const)('grant what is allowed when %s', async (_, scopes, fields, granted) => {
    const made = await asking()
    const { to } = await submit(made, 'consent', [
      ['request', query(made, { scope: scopes.join(' ') })],
      ['email', ADA],
      ...fields,
    ])
    expect([to.searchParams.get('scope'), to.searchParams.get('error')]).toEqual([
      granted,
      granted === null ? 'access_denied' : null,
    ])
  })

  it.each([
    [{ verified: false }, 'shouldn’t use it', 'Go to Mailtide (unsafe)'],
    [{ testingMode: true }, 'currently being tested', 'Continue'],
  ])('warn of an app that Google did not verify: %o', async (dials, words, onward) => {
    const made = await asking({ dials })
    const fields = [
      ['request', query(made)],
      ['email', ADA],
    ] as const
    const { text } = await submit(made, 'account', fields)
    expect(text).toContain(words)
    expect(text).toContain(`<button name="choice" value="go">${onward}</button>`)
    expect((await submit(made, 'warning', [...fields, ['choice', 'go']])).text).toContain('wants access')
    const { to } = await submit(made, 'warning', [...fields, ['choice', 'back']])
    expect(to.searchParams.get('error')).toBe('access_denied')
  })

  it('have boxes, all of them empty, when that dial is set or several rights are asked for', async () => {
    const made = await asking({ dials: { tickBoxes: true } })
    const boxes = async (scope: string) => {
      const { text } = await submit(made, 'account', [
        ['request', query(made, { scope })],
        ['email', ADA],
      ])
      return [...text.matchAll(/<input type="checkbox"[^>]*>/g)].map(([box]) => box)
    }
    expect(await boxes(READ)).toEqual([`<input type="checkbox" name="scope" value="${READ}">`])
    made.simulator.dials.tickBoxes = false
    expect(await boxes(`openid ${READ}`)).toHaveLength(0)
    expect(await boxes(`${READ} ${LABELS}`)).toHaveLength(2)
  })

  it('know no other steps, accounts and methods', async () => {
    const made = await asking()
    const fields = [
      ['request', query(made)],
      ['email', ADA],
    ] as const
    expect((await submit(made, 'nothing', fields)).status).toBe(404)
    expect((await submit(made, 'consent', [['request', query(made)]])).status).toBe(404)
    expect((await shown(fetch(`${made.simulator.oauthUrl}auth/consent?${query(made)}`))).status).toBe(404)
    expect((await shown(fetch(`${made.simulator.oauthUrl}signin/oauth/error?authError=%00`))).status).toBe(404)
  })
})

describe('Google’s error pages', () => {
  /** The page at the end of a request, and what a person would paste of it. */
  const errorOf = async (made: Simulated, answer: Promise<Shown>) => {
    const { status, to } = await answer
    expect(status).toBe(302)
    const address = new URL(to.pathname + to.search, made.simulator.url)
    return { ...(await shown(fetch(address))), pasted: readPasted(address.href) }
  }

  const ofRequest = [
    'redirect_uri_mismatch',
    'deleted_client',
    'invalid_client',
    'disallowed_useragent',
    'invalid_request',
    'restricted_client',
  ]
  const ofAccount = [
    'access_denied',
    'access_not_configured',
    'admin_policy_enforced',
    'org_internal',
    'policy_enforced',
    'rate_limit_exceeded',
  ]
  it.each([...ofRequest, ...ofAccount] as ConsentError[])(
    '%s has its place, its code and its address',
    async (error) => {
      const made = await asking({ dials: { consentError: error } })
      const first = open(made, query(made))
      const last = submit(made, 'account', [
        ['request', query(made)],
        ['email', ADA],
      ])
      if (ofAccount.includes(error)) expect((await first).text).toContain('Choose an account')
      const { status, text, pasted } = await errorOf(made, ofAccount.includes(error) ? last : first)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text).toContain(`Error ${status}: ${error}`)
      expect(pasted).toEqual({ kind: 'error_page', error, state: null })
      made.simulator.dials.consent = 'grant'
      expect((await errorOf(made, open(made, query(made)))).pasted).toMatchObject({ error })
    },
  )

  it.each([
    ['another client', { client_id: 'x' }, 'invalid_client', 'was not found'],
    ['a redirect to a website', { redirect_uri: 'https://example.test/' }, 'redirect_uri_mismatch', 'invalid request'],
    ['a redirect to a name of its own', { redirect_uri: 'http://127.0.0.1.evil/' }, 'redirect_uri_mismatch', ''],
    ['no scope', { scope: '' }, 'invalid_request', 'Missing required parameter: scope'],
    ['an unknown scope', { scope: 'mail.<b>' }, 'invalid_scope', 'invalid=[mail.&#60;b&#62;]'],
    ['a very long scope', { scope: 'x'.repeat(4_000) }, 'invalid_scope', 'xxxx'],
    ['another response type', { response_type: 'token' }, 'invalid_request', 'Invalid response_type'],
    ['another way of the challenge', { code_challenge_method: 'S512' }, 'invalid_request', 'code_challenge_method'],
    ['a short challenge', { code_challenge: 'short' }, 'invalid_request', 'Invalid code_challenge'],
  ])('come of %s by themselves', async (_, fields, error, words) => {
    const made = await asking()
    const { text, pasted } = await errorOf(made, open(made, query(made, fields)))
    expect(pasted).toMatchObject({ error })
    expect(text).toContain(words)
    // Forms are checked again: nobody gets past a page by leaving it out.
    const form = submit(made, 'consent', [
      ['request', query(made, fields)],
      ['email', ADA],
      ['choice', 'continue'],
    ])
    expect((await errorOf(made, form)).pasted).toMatchObject({ error })
  })

  it.each([
    'Mozilla/5.0 (X11; Linux x64) Mailtide/1.0.0 Chrome/142.0.0.0 Electron/45.5.0 Safari/537.36',
    'Mozilla/5.0 (Linux; Android 15; Pixel 9 Build/AP4A; wv) AppleWebKit/537.36 Version/4.0 Chrome/142.0.0.0',
  ])('come of a browser inside a program: %s', async (userAgent) => {
    const made = await asking()
    const { pasted } = await errorOf(made, open(made, query(made), userAgent))
    expect(pasted).toMatchObject({ error: 'disallowed_useragent' })
  })
})
