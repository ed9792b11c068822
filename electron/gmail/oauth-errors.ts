import { AppError, asAppError } from '../../shared/errors.ts'
import type { GuideTopic } from '../../shared/google-guide.ts'
import { classify } from './errors.ts'
import { failureFacts } from './failure.ts'

interface Meaning {
  readonly what: string
  readonly remedy: string
  readonly guide?: GuideTopic
}

const desktopClient =
  'Create a desktop app client at https://console.cloud.google.com/auth/clients, add it with: mailtide clients add, and sign in with it (--client NAME)'

/** In a redirect: the person chose Cancel, "Back to safety", or none of the boxes. */
const refused: Meaning = {
  what: 'Google was told not to allow access',
  remedy:
    'Sign in again and choose Continue (on some pages Allow). If Google shows a box for reading mail, tick it first; if it warns that the app is not verified, choose Advanced and then “Go to …”: the app is your own OAuth client',
  guide: 'access_denied',
}

/** On a page of Google's: https://support.google.com/cloud/answer/15549945 on who may use an app in testing, and how many an unverified one may have. */
const noTester: Meaning = {
  what: 'Google does not let this address use the OAuth client: its app is in testing, and the address is not one of its test users',
  remedy:
    'Publish the app at https://console.cloud.google.com/auth/audience, or add the address as a test user there, then sign in again',
  guide: 'access_denied',
}

const unknownClient: Meaning = {
  what: 'Google does not know the OAuth client: its ID is wrong, or it was deleted',
  remedy: 'Download the client’s JSON again and add it with: mailtide clients add; or create a new client',
  guide: 'invalid_client',
}

const scopeRefused: Meaning = {
  what: 'Google does not let this OAuth client ask for permission to read mail',
  remedy: 'Add the scope gmail.readonly at https://console.cloud.google.com/auth/scopes, then sign in again',
  guide: 'invalid_scope',
}

const adminRefuses: Meaning = {
  what: 'The administrator of the Google Workspace does not allow this OAuth client to read mail',
  remedy: 'Ask the administrator to trust the client ID for Gmail (Security, API controls), then sign in again',
  guide: 'admin_policy_enforced',
}

const passing: Meaning = {
  what: 'Google’s sign-in page has a temporary problem',
  remedy: 'Sign in again in a moment',
}

/**
 * What Google's consent page says, in its redirect or on a page of its own, by its code.
 * https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors and RFC 6749 §4.1.2.1.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  access_denied: refused,
  access_not_configured: adminRefuses,
  admin_policy_enforced: adminRefuses,
  deleted_client: {
    what: 'The OAuth client was deleted in the Google console (Google deletes those unused for six months)',
    remedy: desktopClient,
    guide: 'deleted_client',
  },
  disabled_client: {
    what: 'The OAuth client was disabled in the Google console',
    remedy: 'Enable the client in the Google console or create a new one, then sign in again',
    guide: 'deleted_client',
  },
  disallowed_useragent: {
    what: 'Google does not show its sign-in inside other programs',
    remedy: 'Open the address in a regular browser, such as Firefox, Chrome, Edge or Safari',
    guide: 'disallowed_useragent',
  },
  invalid_client: unknownClient,
  invalid_request: {
    what: 'Google rejected the sign-in request, usually because the address is incomplete',
    remedy: 'Sign in again and open the whole address; if this happens again, check that the client is a desktop app',
    guide: 'invalid_request',
  },
  invalid_scope: scopeRefused,
  org_internal: {
    what: 'The OAuth client is only for members of its own organisation',
    remedy:
      'Sign in with an account of that organisation, or set the audience to External at https://console.cloud.google.com/auth/audience',
    guide: 'org_internal',
  },
  /** https://support.google.com/accounts/answer/7539956 */
  policy_enforced: {
    what: 'The Google account is in the Advanced Protection Program, which keeps other programs from reading mail',
    remedy:
      'Leave the program at https://myaccount.google.com/advanced-protection/landing, or, in a Google Workspace, ask the administrator to trust the client ID',
    guide: 'policy_enforced',
  },
  /** https://support.google.com/cloud/answer/9028764 */
  rate_limit_exceeded: {
    what: 'Google does not let more people sign in with this OAuth client for now',
    remedy:
      'Wait a day, or create an OAuth client in another project at https://console.cloud.google.com/auth/clients and sign in with it',
  },
  redirect_uri_mismatch: {
    what: 'The OAuth client is not a desktop app, so Google cannot return the browser to this computer',
    remedy: desktopClient,
    guide: 'redirect_uri_mismatch',
  },
  restricted_client: {
    what: 'The app of the OAuth client is not set up in the Google console, or not for reading mail',
    remedy:
      'Fill in https://console.cloud.google.com/auth/branding, add the scope gmail.readonly at https://console.cloud.google.com/auth/scopes, then sign in again',
    guide: 'restricted_client',
  },
  server_error: passing,
  temporarily_unavailable: passing,
  unauthorized_client: {
    what: 'The OAuth client cannot be used this way',
    remedy: desktopClient,
    guide: 'client',
  },
  unsupported_response_type: {
    what: 'The OAuth client cannot be used this way',
    remedy: desktopClient,
    guide: 'client',
  },
}

/**
 * The failure that a code of Google's stands for: in its redirect, or on a page of its own that leads nowhere. An unknown code is
 * named, as far as it is one.
 */
export function consentError(code: string, place: 'error' | 'error_page'): AppError {
  const isNoTester = code === 'access_denied' && place === 'error_page'
  const known = isNoTester ? noTester : Object.hasOwn(meanings, code) ? meanings[code] : undefined
  const name = code !== 'unknown' && /^[\w.-]{1,60}$/.test(code) ? ` (${code})` : ''
  return new AppError('needs_reauth', known?.what ?? `Google did not allow the sign-in${name}`, {
    remedy: known?.remedy ?? 'Sign in again; Google’s page says more',
    guide: known?.guide,
  })
}

const badCode: Meaning = {
  what: 'Google does not accept the sign-in code: it was used before, is incomplete, or is more than a few minutes old',
  remedy: 'Sign in again; when you paste the address, paste all of it',
}

/** Errors of the token endpoint that mean something else when a code is exchanged than when a token is refreshed. */
const exchangeMeanings: Readonly<Record<string, Meaning>> = {
  invalid_grant: badCode,
  invalid_request: {
    what: 'Google rejected the last step of the sign-in',
    remedy: 'Sign in again; if this happens again, add the OAuth client again with: mailtide clients add',
  },
  invalid_client: {
    what: 'Google does not accept the OAuth client: its ID or its secret is wrong',
    remedy:
      'Download the client’s JSON again (with a new secret, if the old one is lost), add it with: mailtide clients add, and sign in again',
    guide: 'invalid_client',
  },
  redirect_uri_mismatch: meanings['redirect_uri_mismatch']!,
  unauthorized_client: meanings['unauthorized_client']!,
}

const checkConnection = 'Check the internet connection, then sign in again'

/**
 * What ended a sign-in after the person had consented: `needs_reauth` when it must be done in another way, `network`, `server` or
 * `bad_answer` when the same may go well later. Nothing of it is tried again: a code is good for one try.
 */
export function exchangeError(failure: unknown, context: { readonly account: string; readonly now: Date }): AppError {
  if (failure instanceof AppError) return beginAgain(failure)
  const { oauth, status } = failureFacts(failure)
  if (oauth !== null && status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    if (/reauth related|invalid_rapt|rapt_required/i.test(`${oauth.description} ${oauth.subtype}`)) {
      return classify(failure, 'token', context)
    }
    const meaning = Object.hasOwn(exchangeMeanings, oauth.error) ? exchangeMeanings[oauth.error] : undefined
    if (meaning !== undefined) {
      const cause = new Error(`HTTP ${status} ${oauth.error}`)
      return new AppError('needs_reauth', meaning.what, { remedy: meaning.remedy, guide: meaning.guide, cause })
    }
  }
  return beginAgain(classify(failure, 'token', context))
}

/** The same failure for somebody who waits for it: no attempt follows by itself. */
export function beginAgain(error: unknown): AppError {
  const failure = asAppError(error)
  if (failure.code !== 'network' && failure.code !== 'server' && failure.code !== 'bad_answer') return failure
  const isWaiting = failure.action?.kind === 'keeps_trying'
  return new AppError(failure.code, failure.message, {
    remedy: isWaiting ? checkConnection : (failure.remedy ?? checkConnection),
    action: isWaiting ? undefined : failure.action,
    guide: failure.guide,
    because: failure.because,
    cause: failure.cause,
  })
}
