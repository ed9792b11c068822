import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Clock, Credential, Log, TokenStore, UserCredential } from '../ports.ts'
import type { ClockWatch } from './clock-watch.ts'
import { classify } from './errors.ts'
import { assertionRequest } from './service-account.ts'
import { mayRead, type TokenAnswer } from './token-answer.ts'
import { askForToken } from './token-endpoint.ts'
import type { Agent } from './transport.ts'

/** Access tokens of one account, fetched when needed. Every failure is an `AppError`; secrets are in none of them. */
export interface AccessTokens {
  /** A token that lives for some minutes yet. Throws `needs_reauth`, `sealed_elsewhere`, or what passes: `network`, `server`. */
  access(signal: AbortSignal): Promise<string>
  /** A token other than `stale`, which Gmail refused; many callers at once cost one refresh. */
  renew(stale: string, signal: AbortSignal): Promise<string>
  /** Forgets what is held in memory: the stored credential was replaced or removed. Nothing is written to the store any more for it. */
  forget(): void
}

/** The same, and what is known of the sign-in itself. */
export interface AccountTokens extends AccessTokens {
  /** When Google said that the sign-in itself ends, as far as is known by now; null when it did not. */
  endsAt(): Date | null
  /** Reads the stored credential for what `endsAt` tells. Never throws: what cannot be read is told when it is needed. */
  look(): Promise<void>
}

export interface TokensDeps {
  readonly account: AccountId
  /** The address, for messages. */
  readonly name: string
  readonly store: TokenStore
  readonly clock: Clock
  readonly log: Log
  /** Base of `token`, with a slash at the end. */
  readonly oauthUrl: string
  readonly agent?: Agent
  /** How long the endpoint may be silent. Default 30 s. */
  readonly timeoutMs?: number
  /** Is told the time by Google's answers. */
  readonly clockWatch?: ClockWatch | undefined
}

interface Held {
  readonly token: string
  /** Both clocks must agree that it lives: one stands still while the computer sleeps, the other can be set wrong. */
  readonly untilMonotonic: number
  readonly untilWall: number
}

const EARLY_MS = 300_000

/** https://developers.google.com/identity/protocols/oauth2/native-app#offline */
export function createTokens(deps: TokensDeps): AccountTokens {
  const { account, name, store, clock, log } = deps
  let held: Held | null = null
  let refreshing: Promise<string> | null = null
  /** Google changed the refresh token and it could not be stored yet: the stored one may be dead already. */
  let unsaved: Credential | null = null
  let generation = 0
  let endsAt: Date | null = null

  const noteEnd = (known: Credential): void => {
    const end = 'refresh_token_expires_at' in known ? Date.parse(known.refresh_token_expires_at ?? '') : Number.NaN
    endsAt = Number.isNaN(end) ? null : new Date(end)
  }

  const lives = (known: Held): boolean =>
    clock.monotonic() < known.untilMonotonic && clock.now().getTime() < known.untilWall

  function hold(token: string, lifeMs: number): void {
    const usable = lifeMs - Math.min(EARLY_MS, lifeMs / 2)
    held = { token, untilMonotonic: clock.monotonic() + usable, untilWall: clock.now().getTime() + usable }
  }

  async function credential(): Promise<Credential> {
    if (unsaved === null) {
      const read = await store.read(account)
      noteEnd(read)
      return read
    }
    await store.write(account, unsaved)
    const saved = unsaved
    unsaved = null
    return saved
  }

  /** The token of an earlier run, if it lives. */
  async function stored(): Promise<string | null> {
    const { access_token: token, access_token_expires_at: expires } = await credential()
    if (token === undefined || expires === undefined) return null
    const left = Date.parse(expires) - clock.now().getTime()
    // Google's tokens live an hour: a longer rest means that the clock was set back since.
    if (!(left > EARLY_MS && left <= 3_700_000)) return null
    hold(token, left)
    return token
  }

  async function fetchToken(current: Credential): Promise<TokenAnswer> {
    const { oauthUrl, agent, timeoutMs, clockWatch } = deps
    const form =
      'type' in current
        ? assertionRequest(current, { audience: `${oauthUrl}token`, now: clock.now() })
        : refreshRequest(current)
    try {
      return await askForToken(
        { oauthUrl, name, agent, timeoutMs, signal: new AbortController().signal, clockWatch },
        form,
      )
    } catch (error) {
      throw classify(error, 'token', { account: name, now: clock.now(), credential: current })
    }
  }

  /** Not tied to any caller's signal: others wait for it too, and a changed refresh token must not be lost half-way. */
  async function refresh(): Promise<string> {
    const began = generation
    const current = await credential()
    const answer = await fetchToken(current)
    const scopes = answer.scopes ?? current.scopes
    if (scopes.length > 0 && !mayRead(scopes)) {
      throw new AppError('needs_reauth', `The sign-in does not permit reading mail (${name})`, {
        remedy: 'Sign in again and allow reading mail (gmail.readonly)',
      })
    }
    const now = clock.now().getTime()
    const inSeconds = (seconds: number): string => new Date(now + seconds * 1000).toISOString()
    const latest = { access_token: answer.accessToken, access_token_expires_at: inSeconds(answer.expiresIn) }
    const merged: Credential =
      'type' in current
        ? { ...current, ...latest }
        : {
            ...withoutPastEnd(current, now),
            scopes,
            refresh_token: answer.refreshToken ?? current.refresh_token,
            ...latest,
            ...(answer.refreshExpiresIn === null
              ? {}
              : { refresh_token_expires_at: inSeconds(answer.refreshExpiresIn) }),
          }
    const isRotated =
      answer.refreshToken !== null && !('type' in current) && answer.refreshToken !== current.refresh_token
    if (began === generation) noteEnd(merged)
    if (began === generation) await save(merged, isRotated)
    if (began === generation) hold(answer.accessToken, answer.expiresIn * 1000)
    return answer.accessToken
  }

  async function save(merged: Credential, rotated: boolean): Promise<void> {
    try {
      if (rotated) unsaved = merged
      await store.write(account, merged)
      unsaved = null
    } catch (error) {
      if (rotated) throw error
      // The refresh token on disk is still the good one: only this hour's token is not kept.
      log.warning('The access token could not be stored', { account: name })
    }
  }

  function refreshOnce(signal: AbortSignal): Promise<string> {
    if (refreshing === null) {
      const started = refresh().finally(() => {
        if (refreshing === started) refreshing = null
      })
      started.catch(() => undefined) // every waiter has its own copy of the failure
      refreshing = started
    }
    return unlessAborted(refreshing, signal)
  }

  return {
    async access(signal) {
      if (signal.aborted) throw new AppError('aborted', 'Stopped')
      if (held !== null && lives(held)) return held.token
      if (held === null && refreshing === null) {
        const token = await stored()
        if (token !== null) return token
      }
      return refreshOnce(signal)
    },
    async renew(stale, signal) {
      if (signal.aborted) throw new AppError('aborted', 'Stopped')
      if (held !== null && held.token !== stale && lives(held)) return held.token
      return refreshOnce(signal)
    },
    forget() {
      generation++
      held = null
      unsaved = null
      refreshing = null
    },
    endsAt: () => endsAt,
    look: async () => {
      // Whatever is wrong with it, the next turn says so.
      await credential().catch(() => undefined)
    },
  }
}

/** What outlived the end that Google had named was no such sign-in any more: the OAuth client was published. */
function withoutPastEnd(credential: UserCredential, now: number): UserCredential {
  const { refresh_token_expires_at: end, ...rest } = credential
  return end === undefined || Date.parse(end) > now ? credential : rest
}

function refreshRequest({ refresh_token, client_id, client_secret }: UserCredential): Readonly<Record<string, string>> {
  return { grant_type: 'refresh_token', refresh_token, client_id, client_secret }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('aborted', 'Stopped'))
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
