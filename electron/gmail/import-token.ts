import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { Credential, UserCredential } from '../ports.ts'
import { readServiceAccount } from './service-account.ts'
import { mayRead, splitScopes } from './token-answer.ts'

const text = z.string().trim().min(1)

/**
 * What these have in common: google-auth's `Credentials.to_json()`
 * (https://google-auth.readthedocs.io/en/latest/reference/google.oauth2.credentials.html), the same with other dates as Got Your Back keeps it
 * (https://github.com/GAM-team/got-your-back, `writeCredentials`), and oauth2client's `OAuth2Credentials`, which lieer keeps
 * (https://github.com/googleapis/oauth2client, `Credentials.to_json`).
 */
const AuthorizedUser = z.object({
  client_id: text,
  client_secret: text,
  refresh_token: text,
  scopes: z.union([z.array(z.string()), z.string()]).nullish(),
  scope: z.string().nullish(),
  token_response: z
    .object({ scope: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
})

/** What is given beside the token file. */
export interface ImportOptions {
  /** Whose mailbox it is to open. */
  readonly email?: string | undefined
  /** The OAuth client's JSON, for token files that do not name it. */
  readonly oauthClient?: unknown
}

/**
 * The credential in a file that Google or another tool made, recognised by its content: Google's `authorized_user`, what lieer, Got Your Back
 * and other users of Google's Python libraries keep, what msgvault and other Go or Node programs keep (beside their OAuth client), and the key
 * of a service account. Throws `AppError('bad_token_file')` that says what the file is instead and what to do. Whether the token works, and
 * for whom, only Google can say.
 */
export function readToken(json: unknown, options: ImportOptions = {}): Credential {
  const file = readObject(json)
  if (file['type'] === 'service_account') return readServiceAccount(file, options.email)
  if (options.oauthClient === undefined || 'client_secret' in file) return readAuthorizedUser(file)
  return readAuthorizedUser({ ...file, ...readClient(options.oauthClient) })
}

/** As `readToken`, for files that name their OAuth client. */
export function readAuthorizedUser(json: unknown): UserCredential {
  const file = readObject(json)
  const other = otherKind(file)
  if (other !== null) throw other
  const parsed = AuthorizedUser.safeParse(file)
  if (!parsed.success) {
    const missing = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.')))].join(', ')
    throw refuse(`The token file has no usable ${missing}`, wanted)
  }
  const { client_id, client_secret, refresh_token, scopes, scope, token_response } = parsed.data
  const named = Array.isArray(scopes) ? scopes : splitScopes(scopes ?? scope ?? token_response?.scope ?? '')
  if (named.length > 0 && !mayRead(named)) {
    throw refuse('The token in the file does not permit reading mail', 'Create a token with the scope gmail.readonly')
  }
  return { client_id, client_secret, refresh_token, scopes: named }
}

function readObject(json: unknown): Fields {
  if (isFields(json)) return json
  throw refuse('The token file is not a JSON object', wanted)
}

const OAuthClient = z.object({ client_id: text, client_secret: text })

/** An OAuth client as the Google console gives it, of either type, or bare. */
function readClient(json: unknown): { readonly client_id: string; readonly client_secret: string } {
  const client = isFields(json) ? (json['installed'] ?? json['web'] ?? json) : json
  const parsed = OAuthClient.safeParse(client)
  if (parsed.success) return parsed.data
  throw refuse(
    'The OAuth client file has no usable client_id and client_secret',
    'Use the client_secret.json that the token was made with, as downloaded from the Google console',
  )
}

/** What a file is that is no token of a person with its OAuth client; null when it may be one. */
function otherKind(file: Fields): AppError | null {
  const type = wordOf(file['type'])
  const pythonClass = wordOf(file['_class'])
  if (type === 'service_account' || pythonClass.includes('ServiceAccount')) {
    return refuse(
      'The file is the key of a service account, not the token of a person',
      'Import the key itself (the JSON with type service_account), with --email and the address of a mailbox',
    )
  }
  if (type !== '' && type !== 'authorized_user') {
    return refuse(`The file is a Google credential of another kind (${type.slice(0, 40)})`, signIn)
  }
  if (isFields(file['installed']) || isFields(file['web'])) {
    return refuse('The file is an OAuth client (the downloaded client_secret.json), not yet a token', keepClient)
  }
  if ('last_historyId' in file || 'replace_slash_with_dot' in file) {
    return refuse(
      'The file holds the settings or the state of lieer, not its token',
      'Give the file .credentials.gmailieer.json from the same folder',
    )
  }
  if (file['invalid'] === true) {
    return refuse(
      'The program that made the token file has marked the token as invalid',
      'Sign in again and give the new file',
    )
  }
  if (wordOf(file['refresh_token']) === '') {
    const what =
      'access_token' in file || 'token' in file
        ? 'The token file has'
        : 'The file is not a token that Mailtide knows: it has'
    return refuse(
      `${what} no refresh_token: it would work for an hour at most`,
      'Create the token again with offline access (access_type=offline and prompt=consent)',
    )
  }
  if (!('client_id' in file && 'client_secret' in file) && ('access_token' in file || 'token_type' in file)) {
    return refuse(
      'The token file does not say which OAuth client it was made with, as those of msgvault and of many Go and Node programs',
      'Also give the client_secret.json that it was made with: --client FILE',
    )
  }
  return null
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const wordOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

const wanted =
  'Use Google’s authorized_user JSON, the token file of lieer, Got Your Back or msgvault, or a service account’s key'
const signIn = 'Sign in instead: mailtide accounts add'
const keepClient = 'Add it with: mailtide clients add FILE. Then sign in with: mailtide accounts add'

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
