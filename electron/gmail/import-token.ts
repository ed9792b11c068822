import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Credential } from '../ports.ts'
import { mayRead, splitScopes } from './token-answer.ts'

const text = z.string().trim().min(1)

/** https://google-auth.readthedocs.io/en/latest/reference/google.oauth2.credentials.html: `Credentials.to_json()`. */
const AuthorizedUser = z.object({
  type: z.literal('authorized_user').optional(),
  client_id: text,
  client_secret: text,
  refresh_token: text,
  scopes: z.union([z.array(z.string()), z.string()]).nullish(),
  scope: z.string().nullish(),
})

/**
 * The credential in Google's `authorized_user` JSON, as other tools write it. Throws `AppError('bad_token_file')` that says what the
 * file is instead and what to do. Whether the token works, and for whom, only Google can say.
 */
export function readAuthorizedUser(json: unknown): Credential {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw refuse('The token file is not a JSON object', wanted)
  }
  const file = json as Readonly<Record<string, unknown>>
  const other = otherKind(file)
  if (other !== null) throw other
  const parsed = AuthorizedUser.safeParse(file)
  if (!parsed.success) {
    const missing = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ')
    throw refuse(`The token file has no usable ${missing}`, wanted)
  }
  const { client_id, client_secret, refresh_token, scopes, scope } = parsed.data
  const named = Array.isArray(scopes) ? scopes : splitScopes(scopes ?? scope ?? '')
  if (named.length > 0 && !mayRead(named)) {
    throw refuse('The token in the file does not permit reading mail', 'Make a token with the scope gmail.readonly')
  }
  return { client_id, client_secret, refresh_token, scopes: named }
}

function otherKind(file: Readonly<Record<string, unknown>>): AppError | null {
  const type = typeof file['type'] === 'string' ? file['type'] : ''
  if (type === 'service_account') {
    return refuse('The file is the key of a service account, not the token of a person', signIn)
  }
  if (type !== '' && type !== 'authorized_user') {
    return refuse(`The file is a Google credential of another kind (${type.slice(0, 40)})`, signIn)
  }
  if (typeof file['installed'] === 'object' || typeof file['web'] === 'object') {
    return refuse('The file is an OAuth client (the downloaded client_secret.json), not yet a token', signIn)
  }
  if (typeof file['refresh_token'] !== 'string' || file['refresh_token'].trim() === '') {
    return refuse(
      'The token file has no refresh_token: it would work for an hour at most',
      'Make the token anew with offline access (access_type=offline and prompt=consent)',
    )
  }
  return null
}

const wanted = 'Give a file with type authorized_user, client_id, client_secret and refresh_token'
const signIn = 'Sign in with the OAuth client first, and give the authorized_user file that results'

function refuse(what: string, remedy: string): AppError {
  return new AppError('bad_token_file', what, { remedy })
}

/**
 * One spelling for every way to write a Gmail address: case, dots and +tags do not matter in gmail.com, and googlemail.com
 * is the same. Elsewhere only case is evened out. https://support.google.com/mail/answer/7436150
 */
export function normaliseAddress(address: string): string {
  const plain = address.trim().toLowerCase()
  const at = plain.lastIndexOf('@')
  const domain = plain.slice(at + 1)
  if (at < 0 || (domain !== 'gmail.com' && domain !== 'googlemail.com')) return plain
  const local = plain.slice(0, at).split('+')[0] ?? ''
  return `${local.replaceAll('.', '')}@gmail.com`
}

/** Whether two addresses are the same mailbox. */
export const sameAddress = (a: string, b: string): boolean => normaliseAddress(a) === normaliseAddress(b)
