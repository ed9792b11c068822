import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { ServiceAccountCredential } from '../ports.ts'

/** The one scope that we ask for. */
export const READONLY_SCOPE = 'https://www.googleapis.com/auth/gmail.readonly'

/** Google's own limit: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests */
const ASSERTION_SECONDS = 3_600

const text = z.string().trim().min(1)

/** The key as the Google console gives it: https://cloud.google.com/iam/docs/keys-create-delete */
const KeyFile = z.object({
  type: z.literal('service_account'),
  client_id: text,
  client_email: text,
  private_key_id: z.string().trim().default(''),
  private_key: text,
})

/**
 * The credential for one mailbox by a service account's key. Throws `AppError('bad_token_file')` when the key cannot be used; nothing of it
 * is in the message.
 */
export function readServiceAccount(json: unknown, mailbox: string | undefined): ServiceAccountCredential {
  const file = KeyFile.safeParse(json)
  if (!file.success) {
    const missing = [...new Set(file.error.issues.map((issue) => issue.path.join('.')))].join(', ')
    throw refuse(`The service account's key file has no usable ${missing}`)
  }
  const { client_id, client_email, private_key_id, private_key } = file.data
  if (!isServiceAccountId(client_id)) throw refuse("The service account's key file has no usable client_id")
  readKey(private_key)
  const subject = mailbox?.trim() ?? ''
  if (!/^[^@\s]+@[^@\s]+$/.test(subject)) {
    throw new AppError('bad_token_file', 'A service account has no mailbox of its own: say whose mail to read', {
      remedy: 'Give the address of the mailbox: --email someone@your-domain',
    })
  }
  return {
    type: 'service_account',
    client_id,
    client_email,
    private_key_id,
    private_key,
    subject,
    scopes: [READONLY_SCOPE],
  }
}

/** Service accounts have digits alone for an id; OAuth clients end in `.apps.googleusercontent.com`. */
export const isServiceAccountId = (clientId: string): boolean => /^\d+$/.test(clientId)

/**
 * What the token endpoint is sent for a service account: a JWT that says who asks, for which mailbox, signed with the key (RFC 7523 §2.1;
 * https://developers.google.com/identity/protocols/oauth2/service-account#httprest). `audience` is the endpoint itself.
 */
export function assertionRequest(
  credential: ServiceAccountCredential,
  { audience, now }: { readonly audience: string; readonly now: Date },
): { readonly grant_type: string; readonly assertion: string } {
  const { client_email, private_key, private_key_id, subject, scopes } = credential
  const issuedAt = Math.floor(now.getTime() / 1000)
  const header = { alg: 'RS256', typ: 'JWT', ...(private_key_id === '' ? {} : { kid: private_key_id }) }
  const claims = {
    iss: client_email,
    sub: subject,
    scope: scopes.join(' '),
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(signed), readKey(private_key)).toString('base64url')
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: `${signed}.${signature}` }
}

function readKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // The cause would be the library's own words about the key.
    throw refuse("The private_key in the service account's key file is damaged")
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw refuse("The private_key in the service account's key file is not an RSA key")
  return key
}

const refuse = (what: string): AppError =>
  new AppError('bad_token_file', what, {
    remedy: 'Use the JSON file as the Google console creates it: IAM & Admin, Service Accounts, Keys, Add key, JSON',
  })
