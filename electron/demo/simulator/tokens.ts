/** Refresh tokens, access tokens and authorization codes of the simulated Google. */
import { createRandom } from '../random.ts'
import type { Dials, TokenDeath } from '../types.ts'
import type { SimulatedClock } from './clock.ts'

export const GMAIL_READONLY = 'https://www.googleapis.com/auth/gmail.readonly'
const WEEK_MS = 7 * 86_400_000

export interface AccessGrant {
  readonly user: string
  readonly scopes: readonly string[]
}

export interface AuthorizationCode {
  readonly user: string
  readonly redirectUri: string
  readonly challenge: string | null
  readonly challengeMethod: string
  readonly scopes: readonly string[]
  readonly clientId: string
}

export interface Grants {
  /** The newest refresh token of a user; it may be dead. */
  current(user: string): string
  /** A new refresh token, as after a sign-in. Older ones of the same user live on. */
  /** In the name of the first client unless another one is named. */
  issue(user: string, clientId?: string): string
  /** Kills every token of the user. */
  kill(user: string, cause: TokenDeath): void
  setScopes(user: string, scopes: readonly string[]): void
  scopes(user: string): readonly string[]
  /** Who a refresh token stands for, or why it does not. undefined when it was never given. */
  refresh(
    token: string,
    testingMode: boolean,
  ): { user: string; clientId: string; death: TokenDeath | null; issuedAt: number } | undefined
  /** A new refresh token in place of this one, which dies. */
  rotate(token: string): string
  /** A new access token. */
  access(user: string, dials: Dials, scopes?: readonly string[]): string
  /** undefined when unknown, dead or expired. */
  check(accessToken: string): AccessGrant | undefined
  /** Withdraws the whole grant behind either kind of token; false when there is none. */
  withdraw(token: string): boolean
  giveCode(code: AuthorizationCode): string
  takeCode(code: string): AuthorizationCode | undefined
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function createGrants(seed: number, clock: SimulatedClock, firstClient: string): Grants {
  const random = createRandom(seed, 'tokens')
  const text = (length: number): string => Array.from({ length }, () => ALPHABET[random.int(64)]).join('')
  const refreshTokens = new Map<
    string,
    { user: string; clientId: string; issuedAt: number; death: TokenDeath | null }
  >()
  const accessTokens = new Map<string, AccessGrant & { until: number }>()
  const newest = new Map<string, string>()
  const scopesOf = new Map<string, readonly string[]>()
  const codes = new Map<string, AuthorizationCode>()

  const kill = (user: string, cause: TokenDeath): void => {
    for (const grant of refreshTokens.values()) if (grant.user === user && grant.death === null) grant.death = cause
    for (const [token, grant] of accessTokens) if (grant.user === user) accessTokens.delete(token)
  }
  const issue = (user: string, clientId = firstClient): string => {
    const token = `1//0${text(98)}`
    refreshTokens.set(token, { user, clientId, issuedAt: clock.now(), death: null })
    newest.set(user, token)
    return token
  }
  const scopes = (user: string): readonly string[] => scopesOf.get(user) ?? [GMAIL_READONLY]
  return {
    current: (user) => newest.get(user) ?? '',
    issue,
    kill,
    setScopes: (user, next) => {
      scopesOf.set(user, [...next])
    },
    scopes,
    refresh(token, testingMode) {
      const grant = refreshTokens.get(token)
      if (grant === undefined) return undefined
      if (testingMode && grant.death === null && clock.now() >= grant.issuedAt + WEEK_MS)
        grant.death = 'testing_mode_expired'
      return grant
    },
    rotate(token) {
      const old = refreshTokens.get(token)
      if (old === undefined) return ''
      old.death = 'revoked'
      return issue(old.user, old.clientId)
    },
    access(user, dials, given) {
      const token = `ya29.a0${text(160)}`
      accessTokens.set(token, {
        user,
        scopes: given ?? scopes(user),
        until: clock.now() + dials.accessTokenSeconds * 1_000,
      })
      if (accessTokens.size > 5_000) accessTokens.delete(accessTokens.keys().next().value as string)
      return token
    },
    check(accessToken) {
      const grant = accessTokens.get(accessToken)
      return grant === undefined || clock.now() >= grant.until ? undefined : grant
    },
    withdraw(token) {
      const grant = refreshTokens.get(token) ?? accessTokens.get(token)
      if (grant === undefined || ('death' in grant && grant.death !== null)) return false
      kill(grant.user, 'revoked')
      return true
    },
    giveCode(code) {
      const given = `4/0A${text(70)}`
      codes.set(given, code)
      return given
    },
    takeCode(code) {
      const found = codes.get(code)
      codes.delete(code)
      return found
    },
  }
}
