/** The token endpoints: https://developers.google.com/identity/protocols/oauth2/native-app */
import { createHash } from 'node:crypto'
import type { TokenDeath } from '../types.ts'
import { type Answer, json } from './answer.ts'
import type { Context } from './context.ts'
import { JWT_BEARER, jwtBearer } from './service-account.ts'

const WEEK_SECONDS = 604_799

const problem = (status: number, error: string, description?: string, subtype?: string): Answer =>
  json(
    {
      error,
      ...(subtype === undefined ? {} : { error_subtype: subtype }),
      ...(description === undefined ? {} : { error_description: description }),
    },
    status,
  )

/** What the token endpoint says of a dead refresh token. */
function deathAnswer(death: TokenDeath): Answer {
  switch (death) {
    case 'invalid_rapt':
    case 'rapt_required':
      return problem(400, 'invalid_grant', `reauth related error (${death})`, death)
    case 'admin_policy':
      return problem(400, 'admin_policy_enforced')
    case 'account_deleted':
      return problem(400, 'invalid_grant', 'Account has been deleted')
    case 'client_deleted':
      return problem(401, 'deleted_client', 'The OAuth client was deleted.')
    case 'client_unauthorized':
      return problem(401, 'unauthorized_client', 'Unauthorized')
    case 'client_secret_wrong':
      return problem(401, 'invalid_client', 'The provided client secret is invalid.')
    case 'revoked':
    case 'unused_six_months':
    case 'password_changed':
    case 'too_many_tokens':
    case 'testing_mode_expired':
    case 'grant_time_ended':
      return problem(400, 'invalid_grant', 'Token has been expired or revoked.')
  }
}

function clientProblem(context: Context, form: URLSearchParams): Answer | undefined {
  const known = context.clients.get(form.get('client_id') ?? '')
  if (known === undefined) return problem(401, 'invalid_client', 'The OAuth client was not found.')
  if (known === null) return deathAnswer('client_deleted')
  const secret = form.get('client_secret')
  if (secret === null || secret === '') return problem(400, 'invalid_request', 'client_secret is missing.')
  if (secret !== known) return problem(401, 'invalid_client', 'The provided client secret is invalid.')
  return undefined
}

function tokenBody(
  context: Context,
  user: string,
  scopes: readonly string[],
  refreshToken?: string,
  issuedAt?: number,
): Answer {
  const { dials, grants, clock } = context
  const left = Math.floor(((issuedAt ?? clock.now()) + WEEK_SECONDS * 1_000 - clock.now()) / 1_000)
  return json({
    access_token: grants.access(user, dials, scopes),
    expires_in: dials.accessTokenSeconds,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope: scopes.join(' '),
    token_type: 'Bearer',
    ...(dials.testingMode ? { refresh_token_expires_in: Math.max(0, left) } : {}),
  })
}

function refresh(context: Context, form: URLSearchParams): Answer {
  const { grants, dials, stats } = context
  const grant = grants.refresh(form.get('refresh_token') ?? '', dials.testingMode)
  if (grant === undefined) return problem(400, 'invalid_grant', 'Bad Request')
  // A grant belongs to the client that it was given to.
  if (grant.clientId !== form.get('client_id')) return deathAnswer('client_unauthorized')
  if (grant.death !== null) return deathAnswer(grant.death)
  stats.tokenRefreshes++
  const rotated = dials.rotateRefreshTokens ? grants.rotate(form.get('refresh_token') ?? '') : undefined
  return tokenBody(context, grant.user, grants.scopes(grant.user), rotated, grant.issuedAt)
}

function exchange(context: Context, form: URLSearchParams): Answer {
  const code = context.grants.takeCode(form.get('code') ?? '')
  if (code === undefined || code.clientId !== form.get('client_id')) {
    return problem(400, 'invalid_grant', 'Malformed auth code.')
  }
  if (code.redirectUri !== form.get('redirect_uri')) return problem(400, 'redirect_uri_mismatch', 'Bad Request')
  if (code.challenge !== null) {
    const verifier = form.get('code_verifier')
    if (verifier === null) return problem(400, 'invalid_grant', 'Missing code verifier.')
    const shown = code.challengeMethod === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
    if (shown !== code.challenge) return problem(400, 'invalid_grant', 'Invalid code verifier.')
  }
  return tokenBody(context, code.user, code.scopes, context.grants.issue(code.user, code.clientId))
}

/** `POST token` */
export function tokenEndpoint(context: Context, form: URLSearchParams): Answer {
  if (form.get('grant_type') === JWT_BEARER) return jwtBearer(context, form.get('assertion') ?? '')
  const wrongClient = clientProblem(context, form)
  if (wrongClient !== undefined) return wrongClient
  const grant = form.get('grant_type')
  if (grant === 'refresh_token') return refresh(context, form)
  if (grant === 'authorization_code') return exchange(context, form)
  return problem(400, 'unsupported_grant_type', `Invalid grant_type: ${grant ?? ''}`)
}

/** `POST revoke`: withdraws the whole grant of that user. */
export function revokeEndpoint(context: Context, token: string): Answer {
  return context.grants.withdraw(token) ? json({}) : problem(400, 'invalid_token', 'Token expired or revoked')
}
