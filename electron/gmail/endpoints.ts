import { AppError } from '../../shared/errors.ts'

/** Where Gmail and Google's sign-in are. `oauthUrl` is the base of `token` and `revoke`; all but `authUrl` end in a slash. */
export interface Endpoints {
  readonly rootUrl: string
  readonly oauthUrl: string
  /** The consent page. */
  readonly authUrl: string
  /** What was set by hand, for the status; null where it is Google's own. */
  readonly overrides: { readonly gmail_root_url: string | null; readonly oauth_url: string | null }
}

/** https://developers.google.com/workspace/gmail/api/reference/rest#service-endpoint */
export const GMAIL_ROOT_URL = 'https://gmail.googleapis.com/'
/** https://developers.google.com/identity/protocols/oauth2/native-app#exchange-authorization-code */
export const OAUTH_URL = 'https://oauth2.googleapis.com/'
const AUTH_URL = 'https://accounts.google.com/o/oauth2/v2/auth'

/**
 * Google's addresses, or those of `MAILTIDE_GMAIL_ROOT_URL` and `MAILTIDE_OAUTH_URL`. Throws `AppError('bad_settings')` for
 * anything but https, save http on a loopback address: a token must not cross the network in the clear. Empty is not set.
 */
export function resolveEndpoints(set: {
  readonly gmailRootUrl?: string | undefined
  readonly oauthUrl?: string | undefined
}): Endpoints {
  const root = !set.gmailRootUrl ? null : checkUrl('MAILTIDE_GMAIL_ROOT_URL', set.gmailRootUrl)
  const oauth = !set.oauthUrl ? null : checkUrl('MAILTIDE_OAUTH_URL', set.oauthUrl)
  if (root !== null && new URL(root).pathname !== '/') {
    throw badUrl('MAILTIDE_GMAIL_ROOT_URL', 'has a path, which Google client libraries drop', 'Give the origin alone')
  }
  return {
    rootUrl: root ?? GMAIL_ROOT_URL,
    oauthUrl: oauth ?? OAUTH_URL,
    authUrl: oauth === null ? AUTH_URL : `${oauth}auth`,
    overrides: { gmail_root_url: root, oauth_url: oauth },
  }
}

/** True for 127.0.0.0/8, [::1] and localhost: what never leaves this machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase()
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function checkUrl(name: string, value: string): string {
  const url = URL.parse(value.trim())
  if (url === null) throw badUrl(name, 'is not a URL', 'Give one such as https://gmail.googleapis.com/')
  if (url.username !== '' || url.password !== '') throw badUrl(name, 'holds a password', 'Leave user and password out')
  if (url.search !== '' || url.hash !== '') throw badUrl(name, 'has a query or a fragment', 'Leave it out')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw badUrl(name, 'is not https', 'Use https; http is allowed for 127.0.0.1, [::1] and localhost alone')
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

function badUrl(name: string, what: string, remedy: string): AppError {
  return new AppError('bad_settings', `${name} ${what}`, { remedy })
}
