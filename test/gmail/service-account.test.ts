import { createVerify, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { readToken } from '../../electron/gmail/import-token.ts'
import { createPacer } from '../../electron/gmail/quota.ts'
import { assertionRequest, readServiceAccount } from '../../electron/gmail/service-account.ts'
import { createTokens } from '../../electron/gmail/tokens.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import type { Clock, Credential, TokenStore } from '../../electron/ports.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from './support.ts'

const live = new AbortController().signal
const readonly = 'https://www.googleapis.com/auth/gmail.readonly'
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
  simulator.addMailbox('ada@example.test')
  simulator.addMailbox('grace@example.test')
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.dials.delegation = 'granted'
})

function tokensFor(subject: string, clock: Clock = systemClock, changes: object = {}) {
  let present: Credential = { ...readServiceAccount(simulator.serviceAccountKey(), subject), ...changes }
  const store: TokenStore = {
    read: async () => present,
    write: async (_account, next) => {
      present = next
    },
    remove: async () => undefined,
  }
  const tokens = createTokens({
    account: accountId('a'),
    name: subject,
    store,
    clock,
    log: silentLog,
    oauthUrl: simulator.oauthUrl,
  })
  return { tokens, stored: () => present }
}

const ahead = (ms: number): Clock => ({ ...systemClock, now: () => new Date(Date.now() + ms) })

describe("a service account's key", () => {
  it('is a credential for the one mailbox that is named, with nothing but reading', () => {
    const key = simulator.serviceAccountKey()
    expect(readToken(key, { email: ' ada@example.test ' })).toEqual({
      type: 'service_account',
      client_id: key.client_id,
      client_email: key.client_email,
      private_key_id: key.private_key_id,
      private_key: key.private_key.trim(),
      subject: 'ada@example.test',
      scopes: [readonly],
    })
  })

  it('needs a mailbox, and must be whole', () => {
    const key = simulator.serviceAccountKey()
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const elliptic = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const rows: readonly (readonly [object, string | undefined, RegExp, RegExp])[] = [
      [key, undefined, /whose mail/, /--email/],
      [key, 'everybody', /whose mail/, /--email/],
      [{ ...key, private_key: undefined }, 'a@b', /private_key/, /console/],
      [{ ...key, private_key: 'secret-pem' }, 'a@b', /damaged/, /console/],
      [{ ...key, private_key: elliptic }, 'a@b', /not an RSA key/, /console/],
      [{ ...key, client_id: 'x.apps.googleusercontent.com' }, 'a@b', /client_id/, /console/],
      [{ ...key, client_email: 5 }, 'a@b', /client_email/, /console/],
    ]
    for (const [json, email, words, remedy] of rows) {
      try {
        readToken(json, { email })
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({
          code: 'bad_token_file',
          message: expect.stringMatching(words),
          remedy: expect.stringMatching(remedy),
        })
        expect(`${error} ${(error as Error).cause}`).not.toMatch(/secret-pem|BEGIN/)
      }
    }
  })

  it('signs who asks, for whom, for what, for an hour', () => {
    const key = simulator.serviceAccountKey()
    const credential = readServiceAccount(key, 'ada@example.test')
    const now = new Date('2026-01-01T00:00:00.900Z')
    const form = assertionRequest(credential, { audience: 'https://oauth2.googleapis.com/token', now })
    expect(form.grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const [head = '', body = '', signature = ''] = form.assertion.split('.')
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id })
    expect(read(body)).toEqual({
      iss: key.client_email,
      sub: 'ada@example.test',
      scope: readonly,
      aud: 'https://oauth2.googleapis.com/token',
      iat: 1_767_225_600,
      exp: 1_767_229_200,
    })
    const check = createVerify('RSA-SHA256').update(`${head}.${body}`)
    expect(check.verify(key.private_key, signature, 'base64url')).toBe(true)
  })

  it('opens many mailboxes, each with its own tokens, which are renewed and kept like others', async () => {
    const ada = tokensFor('ada@example.test')
    const grace = tokensFor('grace@example.test')
    const [first, second] = [await ada.tokens.access(live), await grace.tokens.access(live)]
    for (const [token, email] of [
      [first, 'ada@example.test'],
      [second, 'grace@example.test'],
    ]) {
      const answer = await fetch(`${simulator.url}gmail/v1/users/me/profile`, {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(await answer.json()).toMatchObject({ emailAddress: email })
    }
    expect(await ada.tokens.access(live)).toBe(first)
    expect(await ada.tokens.renew(first, live)).not.toBe(first)
    expect(ada.stored()).toMatchObject({
      type: 'service_account',
      subject: 'ada@example.test',
      access_token: expect.stringMatching(/^ya29/),
    })
    expect(ada.tokens.endsAt()).toBeNull()
  })
})

describe('a service account that gets no token', () => {
  it('because the domain did not delegate is told where to do so, and tried again', async () => {
    simulator.dials.delegation = 'missing'
    const { tokens } = tokensFor('ada@example.test')
    await expect(tokens.access(live)).rejects.toMatchObject({
      code: 'policy',
      message: expect.stringMatching(/112233445566778899001.*has not delegated it \(ada@example\.test\)/),
      remedy: expect.stringMatching(/Domain-wide delegation.*112233445566778899001.*gmail\.readonly/),
    })
    simulator.dials.delegation = 'granted'
    expect(await tokens.access(live)).toMatch(/^ya29/)
  })

  it('because there is no such user says which address is wrong', async () => {
    await expect(tokensFor('nobody@example.test').tokens.access(live)).rejects.toMatchObject({
      code: 'mailbox_off',
      message: expect.stringMatching(/no such user/),
      remedy: expect.stringMatching(/nobody@example\.test/),
    })
  })

  it('because its key or itself was deleted asks for another key', async () => {
    const old = tokensFor('ada@example.test')
    simulator.serviceAccountKey(true)
    await expect(old.tokens.access(live)).rejects.toMatchObject({
      code: 'needs_reauth',
      message: expect.stringMatching(/key .* was deleted/),
      remedy: expect.stringMatching(/import-token/),
    })
    const gone = tokensFor('ada@example.test', systemClock, { client_email: 'gone@simulator.iam.gserviceaccount.com' })
    await expect(gone.tokens.access(live)).rejects.toMatchObject({
      code: 'needs_reauth',
      message: expect.stringMatching(/service account 112233445566778899001 was deleted/),
    })
  })

  it.each([600_000, -2 * 3_600_000])(
    'because the clock is off says so, and asks for no sign-in (%i ms)',
    async (ms) => {
      await expect(tokensFor('ada@example.test', ahead(ms)).tokens.access(live)).rejects.toMatchObject({
        code: 'server',
        message: expect.stringMatching(/clock is off/),
        remedy: expect.stringMatching(/Set the clock/),
      })
    },
  )

  it('because Google cannot be reached is only offline', async () => {
    const tokens = createTokens({
      account: accountId('a'),
      name: 'ada@example.test',
      store: {
        read: async () => readServiceAccount(simulator.serviceAccountKey(), 'ada@example.test'),
        write: async () => undefined,
        remove: async () => undefined,
      },
      clock: systemClock,
      log: silentLog,
      oauthUrl: 'http://127.0.0.1:1/',
    })
    await expect(tokens.access(live)).rejects.toMatchObject({ code: 'network' })
  })
})

it('all mailboxes of one key share one bucket, and each knows what it spent itself', async () => {
  const clock = createFakeClock()
  const memory = { read: async () => 'new' as const, write: async () => undefined }
  const pacer = createPacer({ clock, log: silentLog, memory, clientId: '1122', oneBucket: true })
  const [ada, grace] = [pacer.lane(accountId('ada')), pacer.lane(accountId('grace'))]
  expect(pacer.lane(accountId('ada'))).toBe(ada)
  let taken = 0
  const take = async (lane: typeof ada) => {
    const grant = await lane.take('get', 'backfill', live)
    grant.accepted()
    taken++
  }
  // The bucket holds 100 units, five gets: whoever comes sixth waits, of either mailbox.
  const all = [ada, grace, ada, grace, ada, grace, ada].map(take)
  await clock.advance(0)
  expect(taken).toBe(5)
  await clock.advance(1_000)
  await Promise.all(all)
  expect([ada.stats().unitsUsed, grace.stats().unitsUsed]).toEqual([80, 60])
})
