import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../../electron/platform/redact.ts'

describe('takes out', () => {
  it.each([
    ['an access token', 'got ya29.a0AfH6SMB_x-y.z done', 'got [redacted] done'],
    ['a refresh token', 'token 1//0gAbCdEfGhIjKlMn-opq_rs!', 'token [redacted]!'],
    ['a client secret', 'secret GOCSPX-abc_DEF-123', 'secret [redacted]'],
    ['a bearer header', 'Authorization: Bearer abcdef123456', 'Authorization: [redacted]'],
    ['a bearer token alone', 'sent Bearer abcdef123456.', 'sent Bearer [redacted]'],
    [
      'a form field',
      'grant_type=refresh_token&refresh_token=abc%2Fdef&client_id=x',
      'grant_type=refresh_token&refresh_token=[redacted]&client_id=x',
    ],
    ['a JSON field', '{"refresh_token":"a\\"b c","scope":"s"}', '{"refresh_token":[redacted],"scope":"s"}'],
    ['a JSON field cut short', '{"client_secret": "abc de', '{"client_secret": [redacted]'],
    ['an inspected object', "{ accessToken: 'abc def', n: 1 }", '{ accessToken: [redacted], n: 1 }'],
    ['an OAuth redirect', 'GET /?state=s&code=4/0AbCdEf&scope=x', 'GET /?state=s&code=[redacted]&scope=x'],
    ['a JSON web token', 'jwt eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl', 'jwt [redacted]'],
    ['a database password', 'postgres://mail:s3cret@db:5432/mail', 'postgres://mail:[redacted]@db:5432/mail'],
    [
      'a database password that should have been escaped',
      'postgres://mail:p@ss/w@db/mail?x=1',
      'postgres://mail:[redacted]@db/mail?x=1',
    ],
    ['a database password without a user', 'redis://:s3cret@db', 'redis://:[redacted]@db'],
    ['an environment variable', 'PGPASSWORD=s3cret psql', 'PGPASSWORD=[redacted] psql'],
    ['a JSON field inside a JSON string', '"{\\"refresh_token\\":\\"abc\\"}"', '"{\\"refresh_token\\":\\[redacted]'],
    ['a private key', 'k -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- e', 'k [redacted] e'],
    ['an API key', 'key AIzaSyA1234567890123456789012345', 'key [redacted]'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected)
  })
})

it('leaves ordinary lines as they are', () => {
  for (const line of [
    'Syncing user: ada@example.com',
    'Sync completed for ada@example.com: 1000 emails',
    'HTTP 503, code=503, trying again in 4.2s',
    'The passphrase does not open these credentials',
    'https://127.0.0.1:8000/api/v1/status?lines=200',
    'History id 1//2 expired',
    'http://127.0.0.1:8000/api/v1/background-sync/sync-now?account=ada@example.com',
  ]) {
    expect(redact(line)).toBe(line)
  }
})

it('changes nothing in a text it has cleaned', () => {
  const piece = fc.constantFrom(
    'refresh_token=',
    '"password":"',
    'Bearer ',
    'Authorization: ',
    'ya29.abcdef',
    'abcdefgh',
    '://u:',
    '@',
    '[redacted]',
    '"',
    '\\\\',
    ' ',
    '?code=',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const once = redact(pieces.join(''))
      expect(redact(once)).toBe(once)
    }),
  )
})

it('never lets a known secret through, whatever stands around it', () => {
  const secret = fc.stringMatching(/^[\w-]{43}$/)
  fc.assert(
    fc.property(fc.string(), secret, fc.string(), (before, token, after) => {
      expect(redact(before + token + after, [token])).not.toContain(token)
    }),
  )
})

it('never lets a Google token through, in whatever form field, JSON or sentence it stands', () => {
  const token = fc.oneof(
    fc.stringMatching(/^ya29\.[\w-]{20,60}$/),
    fc.stringMatching(/^1\/\/0[\w-]{20,60}$/),
    fc.stringMatching(/^GOCSPX-[\w-]{20,28}$/),
  )
  const frame = fc.constantFrom(
    'refresh_token=@&x=1',
    '{"access_token":"@"}',
    'Bearer @',
    "it's @, bad",
    '(@)',
    '"@"',
    '@',
  )
  fc.assert(
    fc.property(token, frame, (secret, around) => {
      expect(redact(around.replace('@', () => secret))).not.toContain(secret.slice(5))
    }),
  )
})

it('stays quick on long hostile text', () => {
  // Of the processor, not of the clock: other tests run beside this one.
  const started = process.cpuUsage()
  for (const piece of ['refresh_token', '-----BEGIN PRIVATE KEY-----', 'eyJaaaaaa.', 'a://', '1//', "password='"]) {
    redact(piece.repeat(16_000 / piece.length))
  }
  const { user, system } = process.cpuUsage(started)
  expect((user + system) / 1_000).toBeLessThan(5_000)
})
