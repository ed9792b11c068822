import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTokens } from '../../electron/gmail/tokens.ts'
import type { Credential, TokenStore, UserCredential } from '../../electron/ports.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock, settle } from '../support/fake-clock.ts'
import { type FakeGoogle, fakeGoogle, json } from './fake-google.ts'
import { silentLog } from './support.ts'

const live = new AbortController().signal
const readonly = 'https://www.googleapis.com/auth/gmail.readonly'

/** A server that changes the refresh token at every use, and refuses what was spent: the hardest to live with. */
function changingServer() {
  let issued = 0
  let refused = 0
  let mostAtOnce = 0
  /** The sign-in that a refresh token belongs to. */
  const alive = new Map<string, number>()
  const asking = new Map<string, number>()
  const issue = (signIn: number): string => {
    const token = `rt-${++issued}`
    alive.set(token, signIn)
    return token
  }
  return {
    issue,
    signInOf: (token: string) => alive.get(token),
    refused: () => refused,
    mostAtOnce: () => mostAtOnce,
    begin: (token: string): void => {
      asking.set(token, (asking.get(token) ?? 0) + 1)
      mostAtOnce = Math.max(mostAtOnce, asking.get(token) ?? 0)
    },
    answer: (token: string): object | null => {
      asking.set(token, (asking.get(token) ?? 1) - 1)
      const signIn = alive.get(token)
      alive.delete(token)
      if (signIn === undefined) {
        refused++
        return null
      }
      return { access_token: `at-${issued + 1}`, expires_in: 3599, scope: readonly, refresh_token: issue(signIn) }
    },
  }
}

let google: FakeGoogle
let server = changingServer()
let delays: readonly number[] = []
let waits = 0
const somewhatLater = async (): Promise<void> => {
  for (let left = delays[waits++ % delays.length] ?? 0; left > 0; left--) await settle()
}

beforeAll(async () => {
  google = await fakeGoogle(async ({ body }, response) => {
    const token = new URLSearchParams(body).get('refresh_token') ?? ''
    const present = server
    present.begin(token)
    await somewhatLater()
    const answer = present.answer(token)
    if (answer === null) json(response, 400, { error: 'invalid_grant' })
    else json(response, 200, answer)
  })
})
afterAll(() => google.close())

const numberOf = (credential: Credential): number =>
  'refresh_token' in credential ? Number(credential.refresh_token.slice(3)) : Number.NaN

const steps = fc.array(
  fc.record({
    does: fc.constantFrom('access', 'renew', 'renew', 'expire', 'look', 'sign in', 'break store', 'mend store'),
    ticks: fc.nat(6),
  }),
  { minLength: 4, maxLength: 25 },
)

it('of any refreshes and sign-ins at once, none spends a token twice, and the newest token is the one that is kept', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.array(fc.nat(8), { minLength: 1, maxLength: 12 }), async (script, given) => {
      server = changingServer()
      delays = given
      waits = 0
      const user = { client_id: 'c', client_secret: 's', scopes: [readonly] }
      let kept: UserCredential = { ...user, refresh_token: server.issue(0) }
      let isBroken = false
      /** Changes wait for each other, as in the real store. */
      let queue: Promise<unknown> = Promise.resolve()
      const store: TokenStore = {
        read: async () => {
          await somewhatLater()
          return kept
        },
        write: (_account, next) => {
          const done = queue.then(async () => {
            await somewhatLater()
            if (isBroken) throw new AppError('disk', 'The disk is full')
            // A changed token is newer than any before it, and so is that of a new sign-in.
            expect(numberOf(next)).toBeGreaterThanOrEqual(numberOf(kept))
            kept = next as UserCredential
            await somewhatLater()
          })
          queue = done.catch(() => undefined)
          return done
        },
        remove: async () => undefined,
      }
      const clock = createFakeClock()
      const tokens = createTokens({
        account: accountId('ada'),
        name: 'ada@example.com',
        store,
        clock,
        log: silentLog,
        oauthUrl: google.url,
      })
      let signIn = 0
      let signsIn: Promise<void> = Promise.resolve()
      let last = ''
      const done: Promise<unknown>[] = []
      const failures: unknown[] = []
      const noted = (work: Promise<unknown>): void => {
        done.push(work.catch((error: unknown) => failures.push(error)))
      }
      for (const { does, ticks } of script) {
        if (does === 'access') noted(tokens.access(live).then((token) => (last = token)))
        if (does === 'renew') noted(tokens.renew(last, live).then((token) => (last = token)))
        if (does === 'expire') await clock.advance(3_600_000)
        if (does === 'look') noted(tokens.look())
        // The service signs in one after the other.
        if (does === 'sign in') {
          signsIn = signsIn.then(async () => {
            const number = ++signIn
            await tokens.replace({ ...user, refresh_token: server.issue(number) })
          })
          noted(signsIn)
          signsIn = signsIn.catch(() => undefined)
        }
        if (does === 'break store') isBroken = true
        if (does === 'mend store') isBroken = false
        for (let left = ticks; left > 0; left--) await settle()
      }
      await Promise.all(done)
      isBroken = false
      await tokens.settle()
      expect(failures.map((error) => (error instanceof AppError ? error.code : error))).toEqual(
        failures.map(() => 'disk'),
      )
      expect(server.refused()).toBe(0)
      expect(server.mostAtOnce()).toBeLessThanOrEqual(1)
      expect(server.signInOf(kept.refresh_token)).toBeDefined()
      await clock.advance(3_600_000)
      expect(await tokens.access(live)).toMatch(/^at-/)
      expect(server.refused()).toBe(0)
      expect(server.signInOf(kept.refresh_token)).toBeDefined()
    }),
    { numRuns: 150 },
  )
})
