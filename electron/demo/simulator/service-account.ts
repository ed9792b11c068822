/** A service account with domain-wide delegation: https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import type { ServiceAccountKey } from '../types.ts'
import { type Answer, json } from './answer.ts'
import type { Context } from './context.ts'
import { GMAIL_READONLY } from './tokens.ts'

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The key is made when somebody asks for it: most who start a simulator never do. */
export interface ServiceAccount {
  key(replace: boolean): Omit<ServiceAccountKey, 'token_uri'>
}

export function createServiceAccount(): ServiceAccount {
  let made = 0
  let present: Omit<ServiceAccountKey, 'token_uri'> | null = null
  return {
    key: (replace) => {
      if (present !== null && !replace) return present
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      made++
      present = {
        type: 'service_account',
        project_id: 'simulator',
        private_key_id: `simulated-key-${made}`,
        private_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
        client_email: 'mailtide@simulator.iam.gserviceaccount.com',
        client_id: '112233445566778899001',
      }
      return present
    },
  }
}

const refuse = (status: number, error: string, error_description: string): Answer =>
  json({ error, error_description }, status)

/** Google allows so much between its clock and the signer's. */
const CLOCK_SLACK_SECONDS = 300

/** The token endpoint's answer to an assertion: every claim is checked as Google does. */
export function jwtBearer(context: Context, assertion: string): Answer {
  const { clock, dials, grants, serviceAccount, stats } = context
  const [head = '', body = '', signature = ''] = assertion.split('.')
  const header = readPart(head)
  const claims = readPart(body)
  if (header === null || claims === null) return refuse(400, 'invalid_grant', 'Invalid JWT: Failed to decode.')
  const key = serviceAccount.key(false)
  if (claims['iss'] !== key.client_email) return refuse(400, 'invalid_grant', 'Invalid grant: account not found')
  const isSigned =
    header['alg'] === 'RS256' &&
    header['kid'] === key.private_key_id &&
    verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      createPublicKey(key.private_key),
      Buffer.from(signature, 'base64url'),
    )
  if (!isSigned) return refuse(400, 'invalid_grant', 'Invalid JWT Signature.')
  const now = clock.now() / 1000
  const [issued, expires] = [Number(claims['iat']), Number(claims['exp'])]
  if (!(issued <= now + CLOCK_SLACK_SECONDS && expires > now - CLOCK_SLACK_SECONDS && expires - issued <= 3600)) {
    const words =
      'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.'
    return refuse(400, 'invalid_grant', words)
  }
  if (!String(claims['aud']).endsWith('/token'))
    return refuse(400, 'invalid_grant', 'Invalid JWT: Failed audience check.')
  const user = context.emails.get(String(claims['sub'] ?? '').toLowerCase())
  if (user === undefined) return refuse(400, 'invalid_grant', 'Not a valid email or user ID.')
  if (dials.delegation === 'missing' || claims['scope'] !== GMAIL_READONLY) {
    const words =
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.'
    return refuse(401, 'unauthorized_client', words)
  }
  stats.tokenRefreshes++
  return json({
    access_token: grants.access(user, dials, [GMAIL_READONLY]),
    expires_in: dials.accessTokenSeconds,
    token_type: 'Bearer',
  })
}

function readPart(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
