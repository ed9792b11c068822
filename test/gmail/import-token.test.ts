import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseAddress, readAuthorizedUser, sameAddress } from '../../electron/gmail/import-token.ts'
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
