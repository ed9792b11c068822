/**
 * Google's own error pages of a sign-in, which never lead the browser back. The words are those that people reported from 2021 to 2026:
 * https://github.com/googleworkspace/cli/issues/281 (access_denied), https://help.gem.com/external/how-do-i-solve-error-400-adminpolicyenforced,
 * https://github.com/googleapis/google-api-php-client/issues/2559 (redirect_uri_mismatch),
 * https://github.com/cloudyr/googleCloudStorageR/issues/138 (org_internal), https://github.com/mtalcott/google-photos-deduper/issues/84
 * (invalid_client), https://github.com/dkilgore90/google-sdm-api/issues/93 (restricted_client),
 * https://github.com/kewisch/gdata-provider/issues/288 (rate_limit_exceeded),
 * https://github.com/jamesread/prometheus-gmail-exporter/issues/14 (policy_enforced); the codes:
 * https://support.google.com/accounts/answer/16668185
 */
import type { ConsentError } from '../types.ts'
import type { Answer } from './answer.ts'
import { APP, escaped, htmlAnswer } from './consent-html.ts'

interface ErrorPage {
  readonly status: number
  readonly title: string
  readonly text: readonly string[]
  /** Shown once an account is chosen: it is a matter of who signs in. */
  readonly isOfAccount: boolean
}

const authorizationError = 'Access blocked: Authorization Error'

const pages: Readonly<Record<ConsentError, ErrorPage>> = {
  access_denied: {
    status: 403,
    title: `Access blocked: ${APP} has not completed the Google verification process`,
    text: [
      `${APP} has not completed the Google verification process. The app is currently being tested, and can only be accessed by developer-approved testers. If you think you should have access, contact the developer.`,
    ],
    isOfAccount: true,
  },
  access_not_configured: {
    status: 400,
    title: `Access blocked: your institution’s admin needs to review ${APP}`,
    text: [
      `Your institution’s admin needs to review ${APP} before you can sign in to it with this account. Contact your admin.`,
    ],
    isOfAccount: true,
  },
  admin_policy_enforced: {
    status: 400,
    title: authorizationError,
    text: [
      'Access to your account data is restricted by policies within your organization. Please contact the administrator of your organization for more information.',
    ],
    isOfAccount: true,
  },
  deleted_client: {
    status: 401,
    title: authorizationError,
    text: ['The OAuth client was deleted.'],
    isOfAccount: false,
  },
  disallowed_useragent: {
    status: 403,
    title: `Access blocked: ${APP}’s request does not comply with Google’s policies`,
    text: [
      `${APP}’s request does not comply with Google’s “Use secure browsers” policy. If this app has a website, you can open a web browser and try signing in from there. If you are attempting to access a wireless network, follow these instructions.`,
      'You can also contact the developer to let them know that their app must comply with Google’s “Use secure browsers” policy.',
    ],
    isOfAccount: false,
  },
  invalid_client: {
    status: 401,
    title: authorizationError,
    text: ['The OAuth client was not found.'],
    isOfAccount: false,
  },
  invalid_request: {
    status: 400,
    title: authorizationError,
    text: [
      'You can’t sign in to this app because it doesn’t comply with Google’s OAuth 2.0 policy for keeping apps secure.',
      'You can let the app developer know that this app doesn’t comply with one or more Google validation rules.',
    ],
    isOfAccount: false,
  },
  invalid_scope: {
    status: 400,
    title: authorizationError,
    text: ['Some requested scopes were invalid.'],
    isOfAccount: false,
  },
  org_internal: {
    status: 403,
    title: `Access blocked: ${APP} can only be used within its organization`,
    text: ['This client is restricted to users within its organization.'],
    isOfAccount: true,
  },
  policy_enforced: {
    status: 400,
    title: `Access blocked: ${APP} is not approved by Advanced Protection`,
    text: [
      'Advanced Protection prevented your Google Account from being signed in. This security feature stops most non-Google apps and services from accessing your data to keep your account protected.',
    ],
    isOfAccount: true,
  },
  rate_limit_exceeded: {
    status: 403,
    title: authorizationError,
    text: [
      'This app has reached its sign-in rate limit for now.',
      'Google limits how quickly an app can get new users. You can try signing in again later or ask the developer to increase this app’s sign-in rate limit.',
    ],
    isOfAccount: true,
  },
  redirect_uri_mismatch: {
    status: 400,
    title: 'Access blocked: This app’s request is invalid',
    text: [
      'You can’t sign in because this app sent an invalid request. You can try again later, or contact the developer about this issue.',
    ],
    isOfAccount: false,
  },
  restricted_client: {
    status: 403,
    title: authorizationError,
    text: [
      'This app is not yet configured to make OAuth requests. To do that, set up the app’s OAuth consent screen in the Google Cloud Console.',
    ],
    isOfAccount: false,
  },
}

/** Whether this error is a matter of who signs in, and so comes after the choice of the account. */
export const isOfAccount = (error: ConsentError): boolean => pages[error].isOfAccount

/** A text in a protocol buffer: its tag, its length, itself. https://protobuf.dev/programming-guides/encoding/ */
function writeField(tag: number, text: string): Buffer {
  const bytes = Buffer.from(text.slice(0, LONGEST))
  const length = bytes.length < 0x80 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}

const LONGEST = 1_000

function readField(bytes: Buffer, at: number): { readonly text: string; readonly next: number } {
  const [, low = 0, high = 0] = bytes.subarray(at)
  const [length, start] = low < 0x80 ? [low, at + 2] : [(low & 0x7f) | (high << 7), at + 3]
  return { text: bytes.subarray(start, start + length).toString(), next: start + length }
}

/**
 * Sends the browser to the page of an error. As with Google, its address holds the code and the words in a protocol buffer:
 * /signin/oauth/error?authError=ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gS…
 */
export function toErrorPage(error: ConsentError, detail: string | undefined, clientId: string): Answer {
  const { status, text } = pages[error]
  const packed = Buffer.concat([
    writeField(0x0a, error),
    writeField(0x12, detail ?? text[0] ?? ''),
    Buffer.from([0x20, (status & 0x7f) | 0x80, status >> 7]),
  ])
  const query = new URLSearchParams({
    authError: packed.toString('base64url'),
    client_id: clientId,
    flowName: 'GeneralOAuthFlow',
  })
  return {
    status: 302,
    type: 'text/html; charset=utf-8',
    body: Buffer.alloc(0),
    headers: { location: `/oauth/signin/oauth/error?${query}` },
  }
}

/** `GET signin/oauth/error` */
export function errorPage(params: URLSearchParams): Answer {
  const bytes = Buffer.from(params.get('authError') ?? '', 'base64url')
  const { text: code, next } = readField(bytes, 0)
  if (!isConsentError(code)) return htmlAnswer(404, 'Error 404', '<p>There is no such error.</p>')
  const { status, title, text } = pages[code]
  const { text: detail } = readField(bytes, next)
  const shown = detail === '' || detail === text[0] ? text : [detail]
  return htmlAnswer(
    status,
    title,
    `${shown.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')}
<p class="small">If you are a developer of ${APP}, see error details.</p>
<p class="small">Error ${status}: ${code}</p>`,
  )
}

const isConsentError = (code: string): code is ConsentError => Object.hasOwn(pages, code)
