import { describe, expect, it, onTestFinished } from 'vitest'
import type { OAuthClient } from '../../electron/ports.ts'
import { createRoster } from '../../electron/service/roster.ts'
import { createSignIns, type SignInsDeps } from '../../electron/service/sign-ins.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import type { SignIn } from '../../shared/sign-in.ts'
import { adaAccount } from '../api/fake-service.ts'
import { ADA, simulated } from '../demo/simulated.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'
import { consent, visit } from '../support/visit.ts'

const MINUTE = 60_000
const usual = { client: undefined, email: undefined, account: undefined, paste: false }

/** Sign-ins against the simulator; what is stored is only written down. */
async function setUp(changes: Partial<SignInsDeps> = {}) {
  const { simulator } = await simulated()
  const clock = createFakeClock()
  const adopted: string[] = []
  const client = { client_id: simulator.clientId, client_secret: simulator.clientSecret, project_id: null }
  const signIns = createSignIns({
    clock,
    log: silentLog,
    roster: createRoster(clock),
    authUrl: `${simulator.oauthUrl}auth`,
    oauthUrl: simulator.oauthUrl,
    clients: { choose: async () => client },
    adopt: async (credential) => {
      adopted.push('refresh_token' in credential ? credential.refresh_token : '')
      return accountId('ada1')
    },
    welcome: async () => adaAccount,
    ...changes,
  })
  onTestFinished(() => signIns.close())
  return { signIns, simulator, clock, adopted }
}

const openServers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length

/** The address at which the browser comes back from the consent page, which was changed on the way. */
function consentTo(url: string, change: (url: URL) => void): Promise<string> {
  const changed = new URL(url)
  change(changed)
  return consent(changed)
}

const without = ({ problem, ...rest }: SignIn) => ({ ...rest, code: problem?.code })

describe('a sign-in', () => {
  it('is done when the browser comes back, and the page says whose mail it is', async () => {
    const { signIns, adopted, simulator } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    expect(begun).toMatchObject({
      state: 'waiting',
      account: null,
      problem: null,
      expires_at: '2026-01-01T00:05:00.000Z',
    })
    const page = await visit(begun.url)
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
    expect(page.text).toContain(`access to ${adaAccount.email}`)
    expect(without(signIns.signIn(begun.id))).toEqual({ ...without(begun), state: 'done', account: adaAccount })
    expect(adopted).toHaveLength(1)
    expect(adopted[0]).toBe(simulator.authorizedUser(ADA).refresh_token)
    await expect(visit(page.url)).rejects.toThrow()
  })

  it('counts one redirect, whichever way it comes', async () => {
    const { signIns, adopted } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    const results = await Promise.allSettled([
      signIns.finishSignIn(begun.id, address),
      signIns.finishSignIn(begun.id, address),
      visit(address),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2)
    expect(results[0]).toMatchObject({ status: 'fulfilled', value: { state: 'done' } })
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } })
    expect(adopted).toHaveLength(1)
  })

  it('can be finished by pasting, with nothing listening', async () => {
    const { signIns, adopted } = await setUp()
    const begun = await signIns.beginSignIn({ ...usual, paste: true })
    const address = await consent(begun.url)
    await expect(visit(address)).rejects.toThrow()
    expect(await signIns.finishSignIn(begun.id, address)).toMatchObject({ state: 'done', account: adaAccount })
    expect(adopted).toHaveLength(1)
  })

  it('goes on waiting after what cannot be its address', async () => {
    const { signIns } = await setUp()
    const begun = await signIns.beginSignIn({ ...usual, paste: true })
    const other = await signIns.beginSignIn({ ...usual, paste: true })
    for (const text of ['', 'hello', 'https://accounts.google.com/', await consent(other.url)]) {
      await expect(signIns.finishSignIn(begun.id, text)).rejects.toMatchObject({ code: 'bad_input' })
    }
    expect(signIns.signIn(begun.id).state).toBe('waiting')
    const code = new URL(await consent(begun.url)).searchParams.get('code') ?? ''
    expect(await signIns.finishSignIn(begun.id, code)).toMatchObject({ state: 'done' })
    expect(signIns.signIn(other.id).state).toBe('waiting')
  })

  it.each([
    ['a person who says no', (url: URL) => url, 'deny', 'needs_reauth', 'Not signed in'],
    ['an unticked box', (url: URL) => url.searchParams.set('scope', 'openid'), 'grant', 'needs_reauth', 'tick the box'],
  ] as const)('fails by %s, and stores nothing', async (_, change, dial, code, words) => {
    const { signIns, adopted, simulator } = await setUp()
    simulator.dials.consent = dial
    const begun = await signIns.beginSignIn(usual)
    const page = await visit(await consentTo(begun.url, change))
    expect(page.text).toContain(words)
    expect(signIns.signIn(begun.id)).toMatchObject({ state: 'failed', account: null, problem: { code } })
    expect(adopted).toEqual([])
  })

  it('fails by the wrong account with its words on the page', async () => {
    const { signIns } = await setUp({
      adopt: async () => {
        throw new AppError('wrong_account', 'You signed in as bob@example.test', { remedy: 'Choose ada' })
      },
    })
    const begun = await signIns.beginSignIn(usual)
    expect((await visit(begun.url)).text).toContain('You signed in as bob@example.test.')
    expect(signIns.signIn(begun.id)).toMatchObject({
      state: 'failed',
      problem: { code: 'wrong_account', remedy: 'Choose ada' },
    })
  })

  it('is over after five minutes, takes nothing any more, and its address says so for a while', async () => {
    const { signIns, clock, adopted } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    await clock.advance(5 * MINUTE - 1)
    expect(signIns.signIn(begun.id).state).toBe('waiting')
    await clock.advance(1)
    expect(signIns.signIn(begun.id)).toMatchObject({ state: 'failed', problem: { code: 'needs_reauth' } })
    await expect(signIns.finishSignIn(begun.id, address)).rejects.toMatchObject({ code: 'conflict' })
    expect((await visit(address)).text).toContain('The sign-in was not finished within five minutes.')
    // Said once, it listens no longer.
    await expect(visit(address)).rejects.toThrow()
    await clock.advance(15 * MINUTE)
    expect(() => signIns.signIn(begun.id)).toThrowError(expect.objectContaining({ code: 'not_found' }))
    expect(adopted).toEqual([])
    expect(clock.sleepers()).toBe(0)
  })

  it('given up, it takes nothing any more, and tells the browser that comes back to it', async () => {
    const { signIns, clock, adopted } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    expect(await signIns.cancelSignIn(begun.id)).toMatchObject({ state: 'failed', problem: { code: 'aborted' } })
    await expect(signIns.finishSignIn(begun.id, address)).rejects.toMatchObject({ code: 'conflict' })
    const foreign = new URL(address)
    foreign.searchParams.set('state', 'another')
    expect((await visit(foreign)).status).toBe(400)
    const { status, text } = await visit(address)
    expect([status, text]).toEqual([200, expect.stringContaining('The sign-in was cancelled in Mailtide.')])
    await expect(visit(address)).rejects.toThrow()
    expect(await signIns.cancelSignIn(begun.id)).toMatchObject({ problem: { code: 'aborted' } })
    await clock.advance(15 * MINUTE)
    expect(adopted).toEqual([])
    expect(clock.sleepers()).toBe(0)
  })

  it('that failed listens for a quarter of an hour, and then no more', async () => {
    const { signIns, clock } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    await signIns.cancelSignIn(begun.id)
    await clock.advance(15 * MINUTE - 1)
    expect(signIns.signIn(begun.id).state).toBe('failed')
    await clock.advance(1)
    await expect(visit(address)).rejects.toThrow()
  })

  it('keeps no more ports open for failed ones than for waiting ones', async () => {
    const { signIns } = await setUp()
    const addresses: string[] = []
    for (let at = 0; at < 18; at++) {
      const begun = await signIns.beginSignIn(usual)
      addresses.push(await consent(begun.url))
      await signIns.cancelSignIn(begun.id)
    }
    const answers = await Promise.allSettled(addresses.map((address) => visit(address)))
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<string>(2).fill('rejected'),
      ...Array<string>(16).fill('fulfilled'),
    ])
  })

  it('finished by a pasted address tells the browser too how it ends', async () => {
    const reached = Promise.withResolvers<void>()
    const ready = Promise.withResolvers<void>()
    const { signIns } = await setUp({
      adopt: async () => {
        reached.resolve()
        await ready.promise
        return accountId('ada1')
      },
    })
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    const pasted = signIns.finishSignIn(begun.id, address)
    await reached.promise
    const page = visit(address)
    // It arrived when nobody is listened to any more.
    const isOpen = () => visit(new URL('/', address)).then(Boolean, () => false)
    while (await isOpen());
    ready.resolve()
    expect(await pasted).toMatchObject({ state: 'done' })
    expect((await page).text).toContain(`access to ${adaAccount.email}`)
  })

  it.each([
    ['access_denied', 'not one of its test users'],
    ['admin_policy_enforced', 'administrator'],
    ['redirect_uri_mismatch', 'desktop app'],
  ] as const)('ends with the words for Google’s page %s, whose address was pasted', async (error, words) => {
    const { signIns, simulator } = await setUp()
    simulator.dials.consentError = error
    const begun = await signIns.beginSignIn(usual)
    const page = await visit(begun.url)
    expect(page.text).toContain(`: ${error}`)
    expect(signIns.signIn(begun.id).state).toBe('waiting')
    expect(await signIns.finishSignIn(begun.id, page.url)).toMatchObject({
      state: 'failed',
      problem: { code: 'needs_reauth', title: expect.stringContaining(words) },
    })
  })

  it('given up while it is being finished, it stores nothing and tells the browser', async () => {
    const reached = Promise.withResolvers<void>()
    const { signIns } = await setUp({
      adopt: (_, _expected, signal) =>
        new Promise((_resolve, reject) => {
          reached.resolve()
          signal.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped')))
        }),
    })
    const begun = await signIns.beginSignIn(usual)
    const page = visit(begun.url)
    await reached.promise
    expect(signIns.signIn(begun.id).state).toBe('finishing')
    expect(await signIns.cancelSignIn(begun.id)).toMatchObject({ state: 'failed', problem: { code: 'aborted' } })
    expect((await page).text).toContain('cancelled')
  })

  it('ends with the service', async () => {
    const { signIns } = await setUp()
    const begun = await signIns.beginSignIn(usual)
    const address = await consent(begun.url)
    const other = await signIns.beginSignIn(usual)
    await signIns.cancelSignIn(other.id)
    const otherAddress = await consent(other.url)
    await signIns.close()
    await expect(visit(otherAddress)).rejects.toThrow()
    expect(signIns.signIn(begun.id)).toMatchObject({ state: 'failed' })
    await expect(visit(address)).rejects.toThrow()
    await expect(signIns.beginSignIn(usual)).rejects.toMatchObject({ code: 'aborted' })
  })

  it('that begins while the service ends leaves no port open', async () => {
    const chosen = Promise.withResolvers<OAuthClient>()
    const { signIns } = await setUp({ clients: { choose: () => chosen.promise } })
    const begun = signIns.beginSignIn(usual)
    await signIns.close()
    const before = openServers()
    chosen.resolve({ client_id: 'ada.apps.googleusercontent.com', client_secret: 'GOCSPX-of-ada', project_id: null })
    await expect(begun).rejects.toMatchObject({ code: 'aborted' })
    await expect.poll(openServers).toBeLessThanOrEqual(before)
  })

  it('a bug in it is no secret told', async () => {
    const { signIns } = await setUp({
      welcome: async () => {
        throw new Error('the table GOCSPX is gone')
      },
    })
    const begun = await signIns.beginSignIn(usual)
    expect((await visit(begun.url)).text).toContain('Not signed in')
    expect(signIns.signIn(begun.id).problem?.code).toBe('bug')
  })
})

it('two at once do not mix', async () => {
  const seen: (string | undefined)[] = []
  const { signIns } = await setUp({
    adopt: async (_, expected) => {
      seen.push(expected)
      return accountId('ada1')
    },
  })
  const first = await signIns.beginSignIn({ ...usual, email: ADA })
  const second = await signIns.beginSignIn(usual)
  const toSecond = new URL(await consent(second.url))
  // The state of one at the address of the other.
  const crossed = new URL(await consent(first.url))
  crossed.port = toSecond.port
  expect((await visit(crossed)).status).toBe(400)
  expect([signIns.signIn(first.id).state, signIns.signIn(second.id).state]).toEqual(['waiting', 'waiting'])
  await visit(toSecond)
  expect([signIns.signIn(first.id).state, signIns.signIn(second.id).state]).toEqual(['waiting', 'done'])
  await visit(await consent(first.url))
  expect(seen).toEqual([undefined, ADA])
})

it('so many at once, and no more, also when all begin in the same moment', async () => {
  const { signIns } = await setUp()
  const results = await Promise.allSettled(
    Array.from({ length: 18 }, () => signIns.beginSignIn({ ...usual, paste: true })),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(16)
})

it('so many at once, and no more', async () => {
  const { signIns } = await setUp()
  const begun: SignIn[] = []
  for (let at = 0; at < 16; at++) begun.push(await signIns.beginSignIn({ ...usual, paste: true }))
  await expect(signIns.beginSignIn(usual)).rejects.toMatchObject({ code: 'concurrency' })
  await signIns.cancelSignIn(begun[0]?.id ?? '')
  await expect(signIns.beginSignIn({ ...usual, paste: true })).resolves.toMatchObject({ state: 'waiting' })
  await expect(signIns.beginSignIn({ ...usual, account: 'nobody@example.test' })).rejects.toMatchObject({
    code: 'not_found',
  })
})
