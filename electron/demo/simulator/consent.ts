/** `auth` and the pages behind it: https://developers.google.com/identity/protocols/oauth2/native-app#step-2:-send-a-request-to-googles-oauth-2.0-server */
import type { ConsentError } from '../types.ts'
import type { Answer } from './answer.ts'
import { errorPage, isOfAccount, toErrorPage } from './consent-errors.ts'
import { chooserPage, consentPage, isKnownScope, isSignInScope, warningPage } from './consent-pages.ts'
import type { Context } from './context.ts'
import { htmlPage } from './errors.ts'

/** What a program asks for, as it stands in the address it opened. */
interface Request {
  readonly query: string
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | null
  readonly scopes: readonly string[]
  readonly challenge: string | null
  readonly challengeMethod: string
  readonly hint: string | undefined
}

class Blocked extends Error {
  readonly error: ConsentError
  readonly detail: string | undefined
  constructor(error: ConsentError, detail?: string) {
    super(error)
    this.error = error
    this.detail = detail
  }
}

/** Desktop apps may come back to any port and path of this computer, without saying so in the console before. */
const isLoopback = (address: string): boolean => /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/.test(address)

/** The browsers inside programs: https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-disallowed-useragent */
const isEmbedded = (userAgent: string): boolean => /\bElectron\/|; wv\)/.test(userAgent)

function readRequest(context: Context, query: string, userAgent: string): Request {
  const { dials, clients } = context
  const params = new URLSearchParams(query)
  const required = (name: string): string => {
    const value = params.get(name) ?? ''
    if (value === '') throw new Blocked('invalid_request', `Missing required parameter: ${name}`)
    return value
  }
  if (dials.consentError !== null && !isOfAccount(dials.consentError)) throw new Blocked(dials.consentError)
  if (isEmbedded(userAgent)) throw new Blocked('disallowed_useragent')
  const clientId = required('client_id')
  const secret = clients.get(clientId)
  if (secret === undefined) throw new Blocked('invalid_client')
  if (secret === null) throw new Blocked('deleted_client')
  const redirectUri = required('redirect_uri')
  if (!isLoopback(redirectUri)) throw new Blocked('redirect_uri_mismatch')
  if (required('response_type') !== 'code') throw new Blocked('invalid_request', 'Invalid response_type')
  const scopes = [...new Set(required('scope').split(/\s+/))]
  const unknown = scopes.filter((scope) => !isKnownScope(scope))
  if (unknown.length > 0)
    throw new Blocked('invalid_scope', `Some requested scopes were invalid. {invalid=[${unknown}]}`)
  const challenge = params.get('code_challenge')
  const challengeMethod = params.get('code_challenge_method') ?? 'plain'
  if (!['S256', 'plain'].includes(challengeMethod)) {
    throw new Blocked('invalid_request', 'Invalid code_challenge_method')
  }
  // https://www.rfc-editor.org/rfc/rfc7636#section-4.2
  if (challenge !== null && !/^[\w.~-]{43,128}$/.test(challenge)) {
    throw new Blocked('invalid_request', 'Invalid code_challenge')
  }
  const hint = params.get('login_hint')?.toLowerCase()
  return { query, clientId, redirectUri, state: params.get('state'), scopes, challenge, challengeMethod, hint }
}

function back({ redirectUri, state }: Request, fields: Readonly<Record<string, string>>): Answer {
  const url = new URL(redirectUri)
  const all = { ...(state === null ? {} : { state }), ...fields }
  for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
  return { status: 302, type: 'text/html; charset=utf-8', body: Buffer.alloc(0), headers: { location: url.href } }
}

const denied = (request: Request): Answer => back(request, { error: 'access_denied' })

function grant(context: Context, request: Request, user: string, scopes: readonly string[]): Answer {
  const { clientId, redirectUri, challenge, challengeMethod } = request
  const code = context.grants.giveCode({ user, clientId, redirectUri, challenge, challengeMethod, scopes })
  return back(request, { code, scope: scopes.join(' ') })
}

/** `GET auth`. Without pages it consents at once, for the address in `login_hint` or else the first account. */
function begin(context: Context, request: Request): Answer {
  const { dials, users, emails } = context
  if (dials.consent === 'ask') {
    return chooserPage(
      request.query,
      [...users.values()].map(({ email }) => email),
      request.hint,
    )
  }
  if (dials.consentError !== null) throw new Blocked(dials.consentError)
  const user = request.hint === undefined ? users.keys().next().value : emails.get(request.hint)
  if (user === undefined || dials.consent === 'deny') return denied(request)
  return grant(context, request, user, request.scopes)
}

/** The answer to one of the forms. */
function answerForm(context: Context, step: string, request: Request, form: URLSearchParams): Answer | undefined {
  const { dials, emails } = context
  const email = form.get('email') ?? ''
  const user = emails.get(email.toLowerCase())
  if (user === undefined) return undefined
  const { scopes } = request
  const asked = scopes.filter((scope) => !isSignInScope(scope))
  const hasBoxes = dials.tickBoxes || asked.length > 1
  const choice = form.get('choice')
  if (step === 'account') {
    if (dials.consentError !== null) throw new Blocked(dials.consentError)
    if (dials.testingMode) return warningPage(request.query, email, 'testing')
    return dials.verified
      ? consentPage(request.query, email, { scopes, hasBoxes })
      : warningPage(request.query, email, 'unverified')
  }
  if (step === 'warning') {
    return choice === 'go' ? consentPage(request.query, email, { scopes, hasBoxes }) : denied(request)
  }
  if (step !== 'consent') return undefined
  const ticked = form.getAll('scope')
  const granted = scopes.filter((scope) => isSignInScope(scope) || ticked.includes(scope))
  // Who ticks nothing refuses: https://github.com/google/GoogleSignIn-iOS/issues/370
  return choice !== 'continue' || granted.length === 0 ? denied(request) : grant(context, request, user, granted)
}

export interface AuthCall {
  /** What follows `/oauth/` in the path. */
  readonly name: string
  readonly query: string
  /** The fields of a form, in a POST. */
  readonly form: URLSearchParams | undefined
  readonly userAgent: string
}

/** The consent pages, from `auth` to the way back or to one of Google's error pages. */
export function authEndpoint(context: Context, { name, query, form, userAgent }: AuthCall): Answer {
  if (form === undefined && name === 'signin/oauth/error') return errorPage(new URLSearchParams(query))
  try {
    if (form === undefined && name === 'auth') return begin(context, readRequest(context, query, userAgent))
    if (form === undefined || !name.startsWith('auth/')) return htmlPage(404, 'Not Found')
    const request = readRequest(context, form.get('request') ?? '', userAgent)
    return answerForm(context, name.slice('auth/'.length), request, form) ?? htmlPage(404, 'Not Found')
  } catch (error) {
    if (error instanceof Blocked) return toErrorPage(error.error, error.detail, context.clientId)
    throw error
  }
}
