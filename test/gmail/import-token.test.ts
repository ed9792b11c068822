import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseAddress, readAuthorizedUser, readToken, sameAddress } from '../../electron/gmail/import-token.ts'
import { AppError } from '../../shared/errors.ts'

const file = { type: 'authorized_user', client_id: 'cid', client_secret: 'sec', refresh_token: 'rt' }
const readonly = 'https://www.googleapis.com/auth/gmail.readonly'

describe('a token file', () => {
  it("is Google's authorized_user JSON", () => {
    expect(readAuthorizedUser({ ...file, quota_project_id: 'p' })).toEqual({
      client_id: 'cid',
      client_secret: 'sec',
      refresh_token: 'rt',
      scopes: [],
    })
  })
  it('may lack the type and name its scopes as a list or as words', () => {
    const { type: _type, ...rest } = file
    expect(readAuthorizedUser({ ...rest, scopes: [readonly], token: 'at', expiry: 'x' }).scopes).toEqual([readonly])
    expect(readAuthorizedUser({ ...rest, scope: `openid ${readonly}` }).scopes).toEqual(['openid', readonly])
    expect(readAuthorizedUser({ ...rest, scopes: null }).scopes).toEqual([])
  })
  it.each([
    [{ type: 'service_account', private_key: 'secret-key' }, /service account/],
    [{ installed: { client_id: 'c', client_secret: 'secret-key' } }, /OAuth client/],
    [{ web: { client_id: 'c' } }, /OAuth client/],
    [{ type: 'external_account' }, /another kind/],
    [{ ...file, refresh_token: undefined }, /refresh_token/],
    [{ ...file, refresh_token: ' ' }, /refresh_token/],
    [{ ...file, client_secret: 5 }, /client_secret/],
    [{ refresh_token: 'secret-key' }, /client_id, client_secret/],
    [{ ...file, scopes: ['https://www.googleapis.com/auth/gmail.metadata'] }, /reading/],
    [null, /JSON object/],
    [[], /JSON object/],
    ['text', /JSON object/],
  ])('that is something else is refused with what it is: %j', (json, words) => {
    try {
      readAuthorizedUser(json)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'bad_token_file',
        message: expect.stringMatching(words),
        remedy: expect.any(String),
      })
      expect(String(error)).not.toContain('secret-key')
    }
  })
  it('an OAuth client is not asked to be made a token elsewhere: one signs in with it', () => {
    expect(() => readAuthorizedUser({ installed: { client_id: 'c' } })).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/clients add FILE.*accounts add/) }),
    )
  })
  it('is read or refused, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ type: fc.jsonValue(), refresh_token: fc.jsonValue(), scopes: fc.jsonValue() }),
        ),
        (json) => {
          try {
            readAuthorizedUser(json)
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
    )
  })
})

/** As oauth2client writes it, which lieer uses: https://github.com/googleapis/oauth2client, `OAuth2Credentials`. */
const lieer = {
  access_token: 'ya29.secret',
  client_id: '753933720722.apps.googleusercontent.com',
  client_secret: 'lieer-secret',
  refresh_token: '1//lieer',
  token_expiry: '2026-11-25T12:00:00Z',
  token_uri: 'https://oauth2.googleapis.com/token',
  user_agent: 'Lieer',
  revoke_uri: 'https://oauth2.googleapis.com/revoke',
  id_token: null,
  id_token_jwt: null,
  token_response: {
    access_token: 'ya29.secret',
    expires_in: 3599,
    scope: 'https://www.googleapis.com/auth/gmail.labels https://www.googleapis.com/auth/gmail.modify',
    token_type: 'Bearer',
  },
  scopes: ['https://www.googleapis.com/auth/gmail.labels', 'https://www.googleapis.com/auth/gmail.modify'],
  token_info_uri: 'https://oauth2.googleapis.com/tokeninfo',
  invalid: false,
  _class: 'OAuth2Credentials',
  _module: 'oauth2client.client',
}
/** As Got Your Back writes it: `<address>.cfg`. */
const gyb = {
  client_id: 'gyb.apps.googleusercontent.com',
  client_secret: 'gyb-secret',
  decoded_id_token: { email: 'ada@gmail.com', iss: 'https://accounts.google.com', exp: 1 },
  id_token: 'eyJhbGciOi.x.y',
  refresh_token: '1//gyb',
  token: 'ya29.secret',
  token_expiry: '2026-11-25T12:00:00Z',
  token_uri: 'https://oauth2.googleapis.com/token',
}
/** As msgvault writes it: Go's oauth2.Token, with the scopes. */
const msgvault = {
  access_token: 'ya29.secret',
  token_type: 'Bearer',
  refresh_token: '1//msgvault',
  expiry: '2026-11-25T12:00:00.123456789+01:00',
  scopes: [readonly, 'https://www.googleapis.com/auth/gmail.modify'],
}
const secrets = {
  client_id: 'mv.apps.googleusercontent.com',
  client_secret: 'mv-secret',
  redirect_uris: ['http://localhost'],
}

describe('the token of another tool', () => {
  it('is recognised by its content: lieer', () => {
    expect(readToken(lieer)).toEqual({
      client_id: '753933720722.apps.googleusercontent.com',
      client_secret: 'lieer-secret',
      refresh_token: '1//lieer',
      scopes: lieer.scopes,
    })
    const { scopes: _, ...old } = lieer
    expect(readToken(old).scopes).toEqual(lieer.scopes)
    expect(() => readToken({ ...lieer, invalid: true })).toThrow(/marked the token as invalid/)
    expect(() => readToken({ ...lieer, scopes: ['https://www.googleapis.com/auth/gmail.labels'] })).toThrow(
      /permit reading/,
    )
  })
  it('is recognised by its content: Got Your Back', () => {
    expect(readToken(gyb)).toEqual({
      client_id: 'gyb.apps.googleusercontent.com',
      client_secret: 'gyb-secret',
      refresh_token: '1//gyb',
      scopes: [],
    })
  })
  it.each([{ installed: secrets }, { web: secrets }, secrets])(
    'is recognised by its content: msgvault, with the OAuth client beside it (%#)',
    (oauthClient) => {
      expect(readToken(msgvault, { oauthClient })).toEqual({
        client_id: 'mv.apps.googleusercontent.com',
        client_secret: 'mv-secret',
        refresh_token: '1//msgvault',
        scopes: msgvault.scopes,
      })
    },
  )
  it('that names its own OAuth client is not given another one', () => {
    expect(readToken(gyb, { oauthClient: { installed: secrets } })).toMatchObject({ client_secret: 'gyb-secret' })
  })
  it.each([
    [msgvault, undefined, /which OAuth client/, /--client/],
    [msgvault, { installed: { client_id: 'x' } }, /OAuth client file/, /client_secret\.json/],
    [msgvault, [], /OAuth client file/, /client_secret\.json/],
    [{ access_token: 'ya29.secret', token_type: 'Bearer' }, undefined, /hour/, /offline/],
    [
      { account: 'ada@gmail.com', timeout: 600, replace_slash_with_dot: false },
      undefined,
      /lieer/,
      /credentials\.gmailieer/,
    ],
    [{ last_historyId: 1, lastmod: 2 }, undefined, /lieer/, /credentials\.gmailieer/],
    [
      { _class: 'ServiceAccountCredentials', _private_key_pkcs8_pem: 'secret-key' },
      undefined,
      /service account/,
      /key itself/,
    ],
    [{ name: 'package.json', version: '1' }, undefined, /not a token that Mailtide knows/, /offline/],
  ])('that cannot be used is refused with the way out: %#', (json, oauthClient, words, remedy) => {
    try {
      readToken(json, { oauthClient })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'bad_token_file',
        message: expect.stringMatching(words),
        remedy: expect.stringMatching(remedy),
      })
      expect(String(error)).not.toMatch(/secret-key|ya29/)
    }
  })
})

describe('an address', () => {
  it.each([
    ['Ada.Lovelace+news@GoogleMail.com', 'adalovelace@gmail.com'],
    ['adalovelace@gmail.com', 'adalovelace@gmail.com'],
    [' Ada.L+x@Example.com ', 'ada.l+x@example.com'],
    ['no address', 'no address'],
  ])('%j is the mailbox %s', (address, mailbox) => {
    expect(normaliseAddress(address)).toBe(mailbox)
  })
  it('of another mailbox is another', () => {
    expect(sameAddress('a.b@gmail.com', 'AB@googlemail.com')).toBe(true)
    expect(sameAddress('a.b@example.com', 'ab@example.com')).toBe(false)
    expect(sameAddress('a@gmail.com', 'a@gmail.com.example')).toBe(false)
  })
})
