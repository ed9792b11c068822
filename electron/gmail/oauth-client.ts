import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { GuideTopic } from '../../shared/google-guide.ts'
import type { OAuthClient } from '../ports.ts'

const text = z.string().trim().min(1).max(1_000)

const Installed = z.object({ client_id: text, client_secret: text, project_id: text.nullish() })

/**
 * The OAuth client in the JSON that the Google console lets one download, or in an object of `client_id` and `client_secret` alone.
 * Throws `AppError('bad_token_file')` that says what it is instead and what to do. The addresses in the file are not used: a file
 * from somebody else must not decide where secrets are sent.
 *
 * https://developers.google.com/identity/protocols/oauth2/native-app#creatingcred
 */
export function readOAuthClient(json: unknown): OAuthClient {
  if (!isFields(json)) throw refuse('The input is not a JSON object', download)
  const other = otherKind(json)
  if (other !== null) throw other
  const { installed } = json
  if (isFields(installed)) {
    // Clients for televisions and other devices have none, and may not ask for mail:
    // https://developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes
    const redirects = installed['redirect_uris']
    if (!Array.isArray(redirects) || redirects.length === 0) {
      throw refuse(
        'The OAuth client is for devices without a browser, and these cannot read mail',
        makeDesktop,
        'client',
      )
    }
  }
  const fields = isFields(installed) ? installed : json
  if (typeof fields['client_id'] === 'string' && !isText(fields['client_secret'])) {
    throw refuse('The OAuth client has no client secret, and Google requires one', newSecret, 'lost_secret')
  }
  const parsed = Installed.safeParse(fields)
  if (!parsed.success) throw refuse('The input is not an OAuth client', download)
  const { client_id, client_secret, project_id } = parsed.data
  if (/\s/.test(client_id) || /\s/.test(client_secret)) {
    throw refuse('The client id or the client secret has a space or line break in it', download)
  }
  // Since June 2025 the console shows of an older secret its last four characters alone.
  if (/^[*•.…]+/.test(client_secret))
    throw refuse('The client secret is incomplete: its beginning is hidden', newSecret, 'lost_secret')
  return { client_id, client_secret, project_id: project_id ?? null }
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== ''

function otherKind(json: Readonly<Record<string, unknown>>): AppError | null {
  if (isFields(json['web'])) {
    return refuse(
      'The OAuth client is a web application, which cannot return a sign-in to this computer',
      makeDesktop,
      'redirect_uri_mismatch',
    )
  }
  if (json['type'] === 'service_account') {
    return refuse('The file is the key of a service account, not an OAuth client', importIt)
  }
  if (json['type'] === 'authorized_user' || isText(json['refresh_token'])) {
    return refuse('The file is the token of an account, not an OAuth client', importIt)
  }
  return null
}

const consoleClients = 'https://console.cloud.google.com/auth/clients'
const makeDesktop = `Create a desktop app client at ${consoleClients} and give its JSON`
const newSecret = `Open the client at ${consoleClients}, add a new secret and download the JSON immediately: Google shows a secret only when it is created`
const download = `Use the JSON of a desktop app client, as downloaded from ${consoleClients}`
const importIt = 'Use it with: mailtide accounts import-token'

function refuse(what: string, remedy: string, guide?: GuideTopic): AppError {
  return new AppError('bad_token_file', what, { remedy, guide })
}
