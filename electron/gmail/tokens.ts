import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Clock, Credential, Log, TokenStore } from '../ports.ts'
import { classify } from './errors.ts'
import { mayRead, type TokenAnswer } from './token-answer.ts'
import { askForToken } from './token-endpoint.ts'
import type { Agent } from './transport.ts'

/** Access tokens of one account, fetched when needed. Every failure is an `AppError`; secrets are in none of them. */
export interface AccessTokens {
  /** A token that lives for some minutes yet. Throws `needs_reauth`, `sealed_elsewhere`, or what passes: `network`, `server`. */
  access(signal: AbortSignal): Promise<string>
  /** A token other than `stale`, which Gmail refused; many callers at once cost one refresh. */
  renew(stale: string, signal: AbortSignal): Promise<string>
  /** Forgets what is held in memory: the stored credential was replaced. */
  forget(): void
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
}

interface Held {
  readonly token: string
  /** Both clocks must agree that it lives: one stands still while the computer sleeps, the other can be set wrong. */
  readonly untilMonotonic: number
  readonly untilWall: number
}

const EARLY_MS = 300_000

/** https://developers.google.com/identity/protocols/oauth2/native-app#offline */
export function createTokens(deps: TokensDeps): AccessTokens {
  const { account, name, store, clock, log } = deps
  let held: Held | null = null
  let refreshing: Promise<string> | null = null
  /** Google changed the refresh token and it could not be stored yet: the stored one may be dead already. */
  let unsaved: Credential | null = null
  let generation = 0

  const lives = (known: Held): boolean =>
    clock.monotonic() < known.untilMonotonic && clock.now().getTime() < known.untilWall

  function hold(token: string, lifeMs: number): void {
    const usable = lifeMs - Math.min(EARLY_MS, lifeMs / 2)
    held = { token, untilMonotonic: clock.monotonic() + usable, untilWall: clock.now().getTime() + usable }
  }

  async function credential(): Promise<Credential> {
    if (unsaved === null) return store.read(account)
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
    const { oauthUrl, agent, timeoutMs } = deps
    try {
      return await askForToken(
        { oauthUrl, name, agent, timeoutMs, signal: new AbortController().signal },
        {
          grant_type: 'refresh_token',
          refresh_token: current.refresh_token,
          client_id: current.client_id,
          client_secret: current.client_secret,
        },
      )
    } catch (error) {
      throw classify(error, 'token', { account: name, now: clock.now() })
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
    const merged: Credential = {
      ...current,
      scopes,
      refresh_token: answer.refreshToken ?? current.refresh_token,
      access_token: answer.accessToken,
      access_token_expires_at: inSeconds(answer.expiresIn),
      ...(answer.refreshExpiresIn === null ? {} : { refresh_token_expires_at: inSeconds(answer.refreshExpiresIn) }),
    }
    if (began === generation) await save(merged, merged.refresh_token !== current.refresh_token)
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
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('aborted', 'Stopped'))
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
