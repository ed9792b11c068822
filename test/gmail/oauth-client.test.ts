import { expect, it } from 'vitest'
import { readOAuthClient } from '../../electron/gmail/oauth-client.ts'

/** As the console downloads it in 2026. */
const installed = {
  client_id: '402612345678-abc.apps.googleusercontent.com',
  project_id: 'mail-of-ada',
  auth_uri: 'https://accounts.google.com/o/oauth2/auth',
  token_uri: 'https://oauth2.googleapis.com/token',
  auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
  client_secret: 'GOCSPX-test-of-a-client',
  redirect_uris: ['http://localhost'],
}
const kept = { client_id: installed.client_id, client_secret: installed.client_secret }

it('takes the JSON of a desktop app, and id and secret alone', () => {
  expect(readOAuthClient({ installed })).toEqual({ ...kept, project_id: 'mail-of-ada' })
  expect(readOAuthClient(kept)).toEqual({ ...kept, project_id: null })
  expect(
    readOAuthClient({ installed: { ...installed, project_id: undefined, client_id: ` ${kept.client_id}\n` } }),
  ).toEqual({ ...kept, project_id: null })
})

it.each([
  ['a web client', { web: installed }, /is a web application/, /desktop app client/],
  [
    'a client without its secret',
    { installed: { ...installed, client_secret: undefined } },
    /no client secret/,
    /new secret/,
  ],
  ['an empty secret', { installed: { ...installed, client_secret: ' ' } }, /no client secret/, /new secret/],
  ['a hidden secret', { installed: { ...installed, client_secret: '****abcd' } }, /incomplete/, /new secret/],
  ['a client for televisions', { installed: { ...installed, redirect_uris: undefined } }, /devices/, /desktop app/],
  [
    'an account’s token',
    { type: 'authorized_user', ...kept, refresh_token: '1//0x' },
    /token of an account/,
    /import-token/,
  ],
  ['a service account', { type: 'service_account', client_id: '1' }, /service account/, /import-token/],
  ['something else', { hello: 'world' }, /not an OAuth client/, /desktop app/],
  ['a list', [installed], /not a JSON object/, /desktop app/],
  ['nothing', null, /not a JSON object/, /desktop app/],
  ['a torn secret', { ...kept, client_secret: 'GOCSPX-\nabc' }, /line break/, /desktop app/],
])('refuses %s in words, with the remedy', (_, json, message, remedy) => {
  expect(() => readOAuthClient(json)).toThrowError(
    expect.objectContaining({
      code: 'bad_token_file',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    }),
  )
})
