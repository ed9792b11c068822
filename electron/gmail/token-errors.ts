import { AppError, type FailureCause } from '../../shared/errors.ts'
import type { GuideTopic } from '../../shared/google-guide.ts'
import type { Credential, UserCredential } from '../ports.ts'
import type { FailureFacts } from './failure.ts'
import { serviceAccountError } from './service-account-errors.ts'

interface Cause {
  readonly what: string
  readonly remedy: string
  readonly guide?: GuideTopic
  readonly because?: FailureCause
}

const expired: Cause = {
  what:
    'Google no longer accepts the sign-in: it was revoked, the password changed, it was unused for six months, a hundred newer ' +
    'sign-ins replaced it, or the OAuth client is in testing mode, where a sign-in lasts seven days',
  remedy: 'Sign in again; if this happens every week, publish the OAuth client ("In production") in the Google console',
  guide: 'invalid_grant',
  because: 'withdrawn',
}

const reauth: Cause = {
  what: 'The Google Workspace asks for a fresh sign-in (session control)',
  remedy: 'Sign in again; an administrator can exempt the OAuth client from session control',
  guide: 'session_control',
  because: 'session_control',
}

const causes: Readonly<Record<string, Cause>> = {
  invalid_grant: expired,
  invalid_rapt: reauth,
  rapt_required: reauth,
  invalid_client: {
    what: 'Google does not accept the OAuth client: its ID or its secret is wrong',
    remedy:
      'Download the client’s JSON again (with a new secret, if the old one is lost), add it with: mailtide clients add, and sign in again',
    guide: 'invalid_client',
    because: 'client',
  },
  deleted_client: {
    what: 'The OAuth client was deleted in the Google console (Google deletes those unused for six months)',
    remedy:
      'Create a new desktop app client, add it with: mailtide clients add, and sign in again with it (--client NAME)',
    guide: 'deleted_client',
    because: 'client',
  },
  disabled_client: {
    what: 'The OAuth client was disabled in the Google console',
    remedy: 'Enable the client in the Google console or create a new one, then sign in again',
    guide: 'deleted_client',
    because: 'client',
  },
  unauthorized_client: {
    what: 'The OAuth client cannot be used this way, or the sign-in belongs to another client',
    remedy: 'Add a desktop app client with: mailtide clients add, and sign in again with it (--client NAME)',
    guide: 'client',
    because: 'client',
  },
  admin_policy_enforced: {
    what: 'The administrator of the Google Workspace does not allow this OAuth client',
    remedy: 'Ask the administrator to trust the client ID for Gmail, then sign in again',
    guide: 'admin_policy_enforced',
    because: 'blocked',
  },
  policy_enforced: {
    what: 'The Google account is in the Advanced Protection Program, which keeps other programs from reading mail',
    remedy:
      'Leave the program, or, in a Google Workspace, ask the administrator to trust the client ID, then sign in again',
  },
  org_internal: {
    what: 'The OAuth client is only for members of its own organisation',
    remedy: 'Sign in with an account of that organisation, or use another OAuth client',
    guide: 'org_internal',
    because: 'blocked',
  },
  access_denied: {
    what: 'Google was told not to allow access',
    remedy: 'Sign in again; in testing mode, add the address as a test user in the Google console first',
    guide: 'access_denied',
  },
  invalid_scope: {
    what: 'The sign-in does not permit reading mail',
    remedy: 'Sign in again and allow reading mail (gmail.readonly)',
    guide: 'unticked',
    because: 'scope',
  },
  invalid_request: {
    what: 'Google does not accept the stored sign-in: part of it is missing or damaged',
    remedy: 'Sign in again',
  },
}

/**
 * A failed call of the token endpoint. Google's own JSON with a 4xx (except 408 and 429) means that the person must act:
 * `needs_reauth`. Everything else passes by itself: a gateway's page or a fault of Google must not sign anybody out.
 *
 * https://developers.google.com/identity/protocols/oauth2#expiration and RFC 6749 §5.2.
 */
export function tokenError(
  facts: FailureFacts,
  retryAfterMs: number | undefined,
  context: { readonly account: string; readonly now: Date; readonly credential?: Credential },
): AppError {
  const status = facts.status ?? 0
  const known = facts.oauth?.error ?? (facts.isGoogle ? (facts.reasons[0] ?? 'unknown') : null)
  const detail = new Error([`HTTP ${status}`, known ?? 'no OAuth error', facts.oauth?.subtype ?? ''].join(' ').trim())
  if (status < 400 || status >= 500 || status === 408 || status === 429 || known === null) {
    return new AppError(
      'server',
      `Google's sign-in service has a temporary problem, HTTP ${status} (${context.account})`,
      {
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        cause: detail,
      },
    )
  }
  if (isClockError(facts.oauth?.description ?? '')) {
    return new AppError(
      'server',
      `Google refuses the request because this computer’s clock is off (${context.account})`,
      {
        remedy: 'Set the clock, or let it be set from the network; the sync then goes on by itself',
        retryAfterMs: 60_000,
        because: 'clock',
        cause: detail,
      },
    )
  }
  const { credential } = context
  if (credential !== undefined && 'type' in credential) return serviceAccountError(facts, known, credential, detail)
  const cause =
    causes[facts.oauth?.subtype ?? ''] ??
    causeByWords(facts) ??
    (known === 'invalid_grant' && credential !== undefined ? causeByAge(credential, context.now) : undefined) ??
    causes[known]
  const what = cause?.what ?? `Google refuses the sign-in (${known.slice(0, 60)})`
  return new AppError('needs_reauth', `${what} (${context.account})`, {
    remedy: cause?.remedy ?? 'Sign in again for this account',
    guide: cause?.guide,
    because: cause?.because,
    cause: detail,
  })
}

/** `invalid_grant` is used for much; the description tells some of it apart. */
function causeByWords(facts: FailureFacts): Cause | undefined {
  const words = facts.oauth?.description ?? ''
  if (/invalid_rapt|rapt_required|reauth related/i.test(words)) return reauth
  if (/account has been deleted|account.*(disabled|suspended)/i.test(words)) {
    return {
      what: 'The Google account was deleted, disabled or suspended',
      remedy:
        'Open Gmail in a browser with this account; in a company, ask the administrator. Once it is back, sign in again',
    }
  }
  if (/client_secret is missing/i.test(words)) return causes['invalid_client']
  return undefined
}

/** "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values…" */
const isClockError = (words: string): boolean =>
  /short-lived token|reasonable timeframe|\biat\b.*\bexp\b|used too (early|late)/i.test(words)

const DAY_MS = 86_400_000
/** A sign-in that nobody used for so long dies. */
const UNUSED_DAYS = 180

/** Google says the same of a sign-in that was revoked and of one that ended by itself; what we noted of it tells which. */
function causeByAge(credential: UserCredential, now: Date): Cause | undefined {
  const ends = credential.refresh_token_expires_at
  // Google kills it within the hour, by its own clock.
  if (ends !== undefined && Date.parse(ends) - now.getTime() < DAY_MS / 24) {
    return {
      what: `The sign-in ended on ${ends.slice(0, 10)}, as Google had announced: the OAuth client is in testing mode, where it lasts seven days, or access was allowed for a limited time`,
      remedy:
        'Publish the OAuth client ("In production") in the Google console so that it does not expire again, then sign in again',
      guide: 'testing',
      because: 'testing_mode',
    }
  }
  const used = credential.access_token_expires_at
  if (used !== undefined && now.getTime() - Date.parse(used) > UNUSED_DAYS * DAY_MS) {
    return {
      what: `The sign-in has not been used since ${used.slice(0, 10)}: Google ends sign-ins that are unused for six months`,
      remedy: 'Sign in again; running the service from time to time keeps the sign-in alive',
      guide: 'invalid_grant',
    }
  }
  return undefined
}
