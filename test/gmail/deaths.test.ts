import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator, TokenDeath } from '../../electron/demo/types.ts'
import { readToken } from '../../electron/gmail/import-token.ts'
import { createTokens } from '../../electron/gmail/tokens.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import type { Credential, UserCredential } from '../../electron/ports.ts'
import { afterFailure } from '../../electron/service/machine.ts'
import type { FailureCause } from '../../shared/errors.ts'
import type { GuideTopic } from '../../shared/google-guide.ts'
import { accountId } from '../../shared/ids.ts'
import { silentLog } from './support.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const day = 86_400_000
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString()

/** Every death of a sign-in: what we had noted of it, the words, what to do, where the guide says more, and what lies behind it. All keep mail and cursor and ask for a sign-in. */
const rows: Readonly<
  Record<
    TokenDeath,
    readonly [
      noted: Partial<UserCredential>,
      words: RegExp,
      remedy: RegExp,
      guide: GuideTopic | null,
      because: FailureCause | null,
    ]
  >
> = {
  revoked: [{}, /revoked, the password changed/, /^Sign in again/, 'invalid_grant', 'withdrawn'],
  password_changed: [
    { access_token_expires_at: ago(1) },
    /the password changed/,
    /^Sign in again/,
    'invalid_grant',
    'withdrawn',
  ],
  too_many_tokens: [{}, /revoked, the password changed/, /^Sign in again/, 'invalid_grant', 'withdrawn'],
  unused_six_months: [
    { access_token_expires_at: ago(190) },
    /not been used since .*six months/,
    /keeps the sign-in alive/,
    'invalid_grant',
    null,
  ],
  testing_mode_expired: [
    { refresh_token_expires_at: ago(0.5) },
    /ended on .*testing mode/,
    /^Publish.*sign in again$/,
    'testing',
    'testing_mode',
  ],
  grant_time_ended: [
    { refresh_token_expires_at: ago(0.5) },
    /ended on .*limited time/,
    /sign in again$/,
    'testing',
    'testing_mode',
  ],
  account_deleted: [{}, /deleted, disabled or suspended/, /Open Gmail in a browser/, null, null],
  admin_policy: [{}, /administrator .* does not allow/, /trust the client ID/, 'admin_policy_enforced', 'blocked'],
  invalid_rapt: [
    {},
    /fresh sign-in \(session control\)/,
    /exempt the OAuth client/,
    'session_control',
    'session_control',
  ],
  rapt_required: [
    {},
    /fresh sign-in \(session control\)/,
    /exempt the OAuth client/,
    'session_control',
    'session_control',
  ],
  client_deleted: [
    {},
    /client was deleted in the Google console/,
    /Create a new desktop app client/,
    'deleted_client',
    'client',
  ],
  client_unauthorized: [{}, /cannot be used this way/, /desktop app/, 'client', 'client'],
  client_secret_wrong: [
    {},
    /ID or its secret is wrong/,
    /with a new secret, if the old one is lost/,
    'invalid_client',
    'client',
  ],
}

it.for(Object.entries(rows) as [TokenDeath, (typeof rows)[TokenDeath]][])(
  '%s',
  async ([death, [noted, words, remedy, guide, because]]) => {
    const name = `${death}@example.test`
    const mailbox = simulator.addMailbox(name)
    const credential: Credential = { ...readToken(simulator.authorizedUser(name)), ...noted }
    mailbox.revoke(death)
    const tokens = createTokens({
      account: accountId('a'),
      name,
      store: { read: async () => credential, write: async () => undefined, remove: async () => undefined },
      clock: systemClock,
      log: silentLog,
      oauthUrl: simulator.oauthUrl,
    })
    const error: unknown = await tokens.access(new AbortController().signal).catch((thrown: unknown) => thrown)
    const state = afterFailure(error, { email: name, attempt: 0, now: new Date(), random: 0 })
    expect(state).toEqual({
      state: 'needs_reauth',
      reason: 'needs_reauth',
      message: expect.stringMatching(words),
      remedy: expect.stringMatching(remedy),
      ...(guide === null ? {} : { guide }),
      ...(because === null ? {} : { cause: because }),
    })
  },
)
