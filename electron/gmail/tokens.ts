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
}

/** The same, and what is known of the sign-in itself. One for each account and no more: two could spend the same refresh token. */
export interface AccountTokens extends AccessTokens {
  /**
   * Stores another credential, which holds from then on: what is under way with the one before is done again with it. Throws what the store
   * does, and then the one before still holds.
   */
  replace(next: Credential): Promise<void>
  /**
   * Has the sign-in go on with another secret of the same OAuth client, as `replace` does; false when it has that one, or none at all (a service
   * account). Throws what reading and storing the credential do.
   */
  changeSecret(clientSecret: string): Promise<boolean>
  /** The account was removed: nothing is written to the store any more, and there are no tokens any more. */
  forget(): void
  /** Resolves when nothing is under way that would be lost with the process, which a changed refresh token would be. Never throws. */
  settle(): Promise<void>
  /** When Google said that the sign-in itself ends, as far as is known by now; null when it did not. */
  endsAt(): Date | null
  /** Reads the stored credential for what `endsAt` tells; false when it cannot be read. Never throws: the next turn says why. */
  look(): Promise<boolean>
}

export interface TokensDeps {
  readonly account: AccountId
  /** The address, for messages. Read at each use: accounts get renamed. */
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
  const { account, store, clock, log } = deps
  let held: Held | null = null
  let refreshing: Promise<string> | null = null
  /** Google changed the refresh token and it could not be stored yet: the stored one may be dead already. */
  let unsaved: Credential | null = null
  /** Grows when the credential is replaced: what was begun before then says nothing any more. */
  let generation = 0
  let replacing: Promise<void> | null = null
  let isForgotten = false
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
    for (;;) {
      while (replacing !== null) await replacing
      if (isForgotten) throw removed()
      const began = generation
      const read = unsaved === null ? await store.read(account) : await saveLate(unsaved)
      // One that was replaced while it was read may be the old one, the new one, or spent by now.
      if (replacing !== null || began !== generation) continue
      noteEnd(read)
      return read
    }
  }

  async function saveLate(kept: Credential): Promise<Credential> {
    await store.write(account, kept)
    // A newer one may have come meanwhile.
    if (unsaved === kept) unsaved = null
    return kept
  }

  /** The token of an earlier run, if it lives. */
  async function stored(): Promise<string | null> {
    const began = generation
    const { access_token: token, access_token_expires_at: expires } = await credential()
    if (held !== null && lives(held)) return held.token
    if (began !== generation || token === undefined || expires === undefined) return null
    const left = Date.parse(expires) - clock.now().getTime()
    // Google's tokens live an hour: a longer rest means that the clock was set back since.
    if (!(left > EARLY_MS && left <= 3_700_000)) return null
    hold(token, left)
    return token
  }

  async function fetchToken(current: Credential): Promise<TokenAnswer> {
    const { name, oauthUrl, agent, timeoutMs, clockWatch } = deps
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
    for (;;) {
      while (replacing !== null) await replacing
      const began = generation
      try {
        const token = await refreshFor(began)
        if (began === generation) return token
      } catch (error) {
        if (began === generation) throw error
      }
      // The credential was replaced meanwhile: however the old one did, the new one is asked.
    }
  }

  async function refreshFor(began: number): Promise<string> {
    const current = await credential()
    if (began !== generation) throw outdated()
    const answer = await fetchToken(current)
    const scopes = answer.scopes ?? current.scopes
    if (scopes.length > 0 && !mayRead(scopes)) {
      throw new AppError('needs_reauth', `The sign-in does not permit reading mail (${deps.name})`, {
        remedy: 'Sign in again and allow reading mail (gmail.readonly)',
        because: 'scope',
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
    // Whether the old credential still counts is known when the new one is stored, or could not be.
    while (replacing !== null) await replacing
    if (began !== generation) return answer.accessToken
    noteEnd(merged)
    await save(merged, isRotated)
    if (began === generation) hold(answer.accessToken, answer.expiresIn * 1000)
    return answer.accessToken
  }

  async function save(merged: Credential, rotated: boolean): Promise<void> {
    try {
      if (rotated) unsaved = merged
      await store.write(account, merged)
      if (unsaved === merged) unsaved = null
    } catch (error) {
      if (rotated) throw error
      // The refresh token on disk is still the good one: only this hour's token is not kept.
      log.warning('The access token could not be stored', { account: deps.name })
    }
  }

  /** One refresh for all who need one. */
  function shared(): Promise<string> {
    if (refreshing !== null) return refreshing
    const started = refresh().finally(() => {
      if (refreshing === started) refreshing = null
    })
    started.catch(() => undefined) // every waiter has its own copy of the failure
    refreshing = started
    return started
  }

  async function refreshOnce(signal: AbortSignal): Promise<string> {
    if (signal.aborted) throw new AppError('aborted', 'Stopped')
    return unlessAborted(shared(), signal)
  }

  /** What was held of the credential before counts no more. */
  function turnOver(): void {
    generation++
    held = null
    unsaved = null
  }

  async function replace(next: Credential): Promise<void> {
    const stored = store.write(account, next).then(() => {
      turnOver()
      noteEnd(next)
    })
    const over = stored.catch(() => undefined)
    replacing = over
    try {
      await stored
    } finally {
      if (replacing === over) replacing = null
    }
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
    replace,
    async changeSecret(clientSecret) {
      for (;;) {
        // It may bring another refresh token, which must not be lost.
        await refreshing?.catch(() => undefined)
        const current = await credential()
        if (refreshing !== null) continue
        if ('type' in current || current.client_secret === clientSecret) return false
        await replace({ ...current, client_secret: clientSecret })
        return true
      }
    },
    forget() {
      isForgotten = true
      turnOver()
    },
    async settle() {
      await refreshing?.catch(() => undefined)
      if (unsaved !== null) await credential().catch(() => undefined) // nobody is left to be told
    },
    endsAt: () => endsAt,
    look: () =>
      credential().then(
        () => true,
        () => false,
      ),
  }
}

/** Told to nobody: what began with a credential that was replaced is begun again. */
const outdated = (): AppError => new AppError('aborted', 'The sign-in was replaced')

const removed = (): AppError => new AppError('aborted', 'The account was removed')

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
