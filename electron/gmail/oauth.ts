import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Credential, OAuthClient } from '../ports.ts'
import { consentError, exchangeError } from './oauth-errors.ts'
import { mayRead } from './token-answer.ts'
import { askForToken, type TokenCall } from './token-endpoint.ts'

/** The one right that is asked for. With a single scope Google's page has no boxes that could be left empty. */
export const READ_MAIL = 'https://www.googleapis.com/auth/gmail.readonly'

/** A sign-in that was begun: what the browser is sent to, and what must be kept until it comes back. */
export interface Authorization {
  /** Google's consent page, for the person's own browser. */
  readonly url: string
  /** Where it sends the browser back; the exchange must name the very same. */
  readonly redirectUri: string
  /** Whether a text is the state of this sign-in, in a time that says nothing of how much was right. */
  isState(given: string): boolean
  /** RFC 7636: only whoever began the sign-in can exchange its code. */
  readonly verifier: string
}

/**
 * Begins a sign-in with PKCE (S256) and 256 random bits of state. `prompt` asks for the account and for consent each time: without
 * the latter Google may give no refresh token.
 * https://developers.google.com/identity/protocols/oauth2/native-app#step-2:-send-a-request-to-googles-oauth-2.0-server
 */
export function beginAuthorization(options: {
  readonly authUrl: string
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly loginHint?: string | undefined
}): Authorization {
  const { authUrl, client, redirectUri, loginHint } = options
  const verifier = randomBytes(64).toString('base64url')
  const state = randomBytes(32).toString('base64url')
  const url = new URL(authUrl)
  const fields: Readonly<Record<string, string | undefined>> = {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: READ_MAIL,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    access_type: 'offline',
    prompt: 'consent select_account',
    login_hint: loginHint,
  }
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) url.searchParams.set(name, value)
  return { url: url.href, redirectUri, isState: (given) => isSame(given, state), verifier }
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** What a redirect says. */
export type Redirect =
  | { readonly kind: 'code'; readonly code: string; readonly state: string | null }
  | { readonly kind: 'error'; readonly error: string; readonly state: string | null }
  /** No redirect at all: a page of Google's where the sign-in ended, whose address somebody pasted. */
  | { readonly kind: 'error_page'; readonly error: string; readonly state: null }

/** What the parameters of a redirect say; null when they are none of Google's. */
export function redirectOf(params: URLSearchParams): Redirect | null {
  const state = params.get('state')
  const error = params.get('error')
  if (error !== null && error !== '') return { kind: 'error', error, state }
  const code = params.get('code')
  return code === null || code === '' ? null : { kind: 'code', code, state }
}

/** Longer than any address that Google sends a browser to. */
const LONGEST_PASTE = 16_000

/**
 * What a person pasted: the whole address at which the browser ended, the part of it after the question mark, or the code alone. The
 * address of one of Google's error pages is understood too. Throws `bad_input` for anything else.
 */
export function readPasted(pasted: string): Redirect {
  // Terminals and mail programs break long lines, and people copy quotation marks along.
  const text = pasted.replaceAll(/[\s<>"'`]+/g, '')
  if (text === '') throw notRedirect('Nothing was pasted')
  if (text.length > LONGEST_PASTE) throw notRedirect('The pasted text is too long to be the address')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(127\.0\.0\.1|localhost|\[::1\])[:/]/i.test(text)) {
    const url = URL.parse(text.includes('://') ? text : `http://${text}`)
    if (url === null) throw notRedirect('The pasted text is not an address')
    return ofAddress(url)
  }
  const params = new URLSearchParams(text.replace(/^[/?&#]+/, ''))
  const found = redirectOf(params)
  if (found !== null) return found
  // A code has a slash; copied out of an address it is escaped.
  const code = /%[0-9a-f]{2}/i.test(text) ? decoded(text) : text
  if (looksLikeCode(code)) return { kind: 'code', code, state: null }
  throw notRedirect('The pasted text is neither the address nor the code of a sign-in')
}

/** Google's codes begin with 4/; those of other servers are long and random. A sentence without its spaces is neither. */
const looksLikeCode = (text: string): boolean =>
  /^4\/[\w./~+-]{8,2000}$/.test(text) || (/^[\w./~+-]{20,2000}$/.test(text) && /\d/.test(text))

function ofAddress(url: URL): Redirect {
  const page = googleErrorOf(url)
  if (page !== null) return { kind: 'error_page', error: page, state: null }
  const found = redirectOf(url.searchParams)
  if (found !== null) return found
  if (/(^|\.)google\.[a-z.]+$/.test(url.hostname)) {
    throw notRedirect('The pasted address is a Google page on which the sign-in is not finished yet')
  }
  throw notRedirect('The pasted address contains no code')
}

/**
 * The error that a page of Google's shows, from its address: `authError` is base64 of a message whose first field is the code, as
 * in /signin/oauth/error?authError=ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gS… (redirect_uri_mismatch).
 */
function googleErrorOf(url: URL): string | null {
  const packed = url.searchParams.get('authError')
  if (packed === null) return null
  const bytes = Buffer.from(packed, 'base64url')
  const length = bytes[0] === 0x0a ? (bytes[1] ?? 0) : 0
  const code = bytes.subarray(2, 2 + length).toString('latin1')
  return /^[a-z_.]{3,60}$/.test(code) ? code : 'unknown'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const notRedirect = (what: string) =>
  new AppError('bad_input', what, {
    remedy:
      'Finish the sign-in in the browser, then paste the whole address it ends on: it starts with http://127.0.0.1, and the page itself does not have to load',
  })

/**
 * The credential for the code of a redirect. Throws `needs_reauth` when the person said no, allowed too little, or Google gave nothing
 * that lasts; else as `exchangeError` tells.
 */
export async function exchange(
  options: Pick<TokenCall, 'oauthUrl' | 'name' | 'signal' | 'agent' | 'timeoutMs'> & {
    readonly client: OAuthClient
    readonly authorization: Authorization
    readonly redirect: Redirect
    readonly clock: Clock
  },
): Promise<Credential> {
  const { client, authorization, redirect, clock } = options
  if (redirect.kind !== 'code') throw consentError(redirect.error, redirect.kind)
  const { client_id, client_secret } = client
  const now = clock.now()
  const answer = await askForToken(options, {
    grant_type: 'authorization_code',
    code: redirect.code,
    code_verifier: authorization.verifier,
    client_id,
    // Google calls it optional for desktop apps, and refuses them without it.
    client_secret,
    redirect_uri: authorization.redirectUri,
  }).catch((error: unknown) => {
    throw exchangeError(error, { account: options.name, now })
  })
  // Where the answer names none they are those that were asked for: RFC 6749 §5.1.
  const scopes = answer.scopes ?? [READ_MAIL]
  if (!mayRead(scopes)) {
    throw new AppError('needs_reauth', 'Google was not told to allow reading mail: its box was left empty', {
      remedy:
        'Sign in again, and on Google’s page tick the box “View your email messages and settings” before you choose Continue',
      guide: 'unticked',
      because: 'scope',
    })
  }
  if (answer.refreshToken === null) {
    throw new AppError('needs_reauth', 'Google returned a sign-in that ends within the hour, without a refresh token', {
      remedy: 'Remove the access of your OAuth client at https://myaccount.google.com/connections, then sign in again',
    })
  }
  const inSeconds = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString()
  return {
    client_id,
    client_secret,
    refresh_token: answer.refreshToken,
    scopes,
    access_token: answer.accessToken,
    access_token_expires_at: inSeconds(answer.expiresIn),
    ...(answer.refreshExpiresIn === null ? {} : { refresh_token_expires_at: inSeconds(answer.refreshExpiresIn) }),
  }
}
