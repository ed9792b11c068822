import { expect, it } from 'vitest'
import { resolveEndpoints } from '../../electron/gmail/endpoints.ts'

it.each([
  [{}],
  // As a shell or a unit file clears a variable.
  [{ gmailRootUrl: '', oauthUrl: '' }],
])("uses Google's addresses where nothing is set: %j", (set) => {
  expect(resolveEndpoints(set)).toEqual({
    rootUrl: 'https://gmail.googleapis.com/',
    oauthUrl: 'https://oauth2.googleapis.com/',
    authUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    overrides: { gmail_root_url: null, oauth_url: null },
  })
})

it('takes others, says so, and puts the slash that is missing', () => {
  expect(
    resolveEndpoints({ gmailRootUrl: 'http://127.0.0.1:9000', oauthUrl: 'https://proxy.example.com/oauth' }),
  ).toEqual({
    rootUrl: 'http://127.0.0.1:9000/',
    oauthUrl: 'https://proxy.example.com/oauth/',
    authUrl: 'https://proxy.example.com/oauth/auth',
    overrides: { gmail_root_url: 'http://127.0.0.1:9000/', oauth_url: 'https://proxy.example.com/oauth/' },
  })
})

it.each(['http://localhost:1', 'http://127.8.9.1:80/', 'http://[::1]:4/', 'https://gmail.example.com'])(
  'accepts %s',
  (url) => {
    expect(resolveEndpoints({ gmailRootUrl: url }).overrides.gmail_root_url).toBeTruthy()
  },
)

it.each([
  'http://gmail.example.com/',
  'http://127.0.0.1.example.com/',
  'http://192.168.0.1/',
  'http://0.0.0.0/',
  'ftp://127.0.0.1/',
  'file:///etc/passwd',
  'gmail.googleapis.com',
  'https://user:pass@gmail.example.com/',
  'https://gmail.example.com/?a=b',
  'https://gmail.example.com/prefix/',
])('refuses %j with what to do', (url) => {
  expect(() => resolveEndpoints({ gmailRootUrl: url })).toThrow(
    expect.objectContaining({
      code: 'bad_settings',
      remedy: expect.any(String),
      message: expect.stringContaining('MAILTIDE_GMAIL_ROOT_URL'),
    }),
  )
})
