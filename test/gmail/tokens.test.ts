import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { createTokens } from '../../electron/gmail/tokens.ts'
import type { Credential, TokenStore } from '../../electron/ports.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock, settle } from '../support/fake-clock.ts'
import { type Answering, type FakeGoogle, fakeGoogle, json } from './fake-google.ts'
import { silentLog } from './support.ts'

const account = accountId('ada')
const live = new AbortController().signal
const readonly = 'https://www.googleapis.com/auth/gmail.readonly'
const granted = { access_token: 'at-1', expires_in: 3599, scope: readonly, token_type: 'Bearer' }
const stored: Credential = { client_id: 'cid', client_secret: 'shh', refresh_token: 'rt-1', scopes: [readonly] }

let google: FakeGoogle | null = null
afterEach(async () => {
  await google?.close()
  google = null
})

async function setUp(answer: Answering, credential: Credential = stored, timeoutMs = 5_000) {
  google = await fakeGoogle(answer)
  const clock = createFakeClock()
  const written: Credential[] = []
  let present = credential
  let broken = false
  const store: TokenStore = {
    read: async () => present,
    write: async (_account, next) => {
      if (broken) throw new AppError('disk', 'The disk is full')
      present = next
      written.push(next)
    },
    remove: async () => undefined,
  }
  const tokens = createTokens({
    account,
    name: 'ada@example.com',
    store,
    clock,
    log: silentLog,
    oauthUrl: google.url,
    timeoutMs,
  })
  return {
    tokens,
    clock,
    written,
    google,
    breakStore: (on: boolean) => (broken = on),
    replace: (next: Credential) => (present = next),
  }
}

describe('an access token', () => {
  it('is fetched with the stored refresh token and kept, the refresh token never lost', async () => {
    const { tokens, written, google } = await setUp((_request, response) => json(response, 200, granted))
    expect(await tokens.access(live)).toBe('at-1')
    expect(await tokens.access(live)).toBe('at-1')
    expect(google.requests).toHaveLength(1)
    expect(google.requests[0]?.url.pathname).toBe('/token')
    expect(Object.fromEntries(new URLSearchParams(google.requests[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt-1',
      client_id: 'cid',
      client_secret: 'shh',
    })
    expect(written).toEqual([{ ...stored, access_token: 'at-1', access_token_expires_at: '2026-01-01T00:59:59.000Z' }])
  })

  it('is fetched with the present secret of its client, without losing a refresh token that is just being changed', async () => {
    const { tokens, written, google } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, access_token: `at-${count}`, refresh_token: `rt-${count + 1}` }),
    )
    const refreshing = tokens.access(live)
    expect(await tokens.changeSecret('newer')).toBe(true)
    await refreshing
    expect(written.at(-1)).toMatchObject({ client_secret: 'newer', refresh_token: 'rt-2' })
    expect(await tokens.changeSecret('newer')).toBe(false)
    await tokens.renew('at-1', live)
    const [, last] = google.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    expect(last).toMatchObject({ client_secret: 'newer', refresh_token: 'rt-2' })
  })

  it('is refreshed five minutes before it ends, by whichever clock says so first', async () => {
    const { tokens, clock, google } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, access_token: `at-${count}` }),
    )
    await tokens.access(live)
    await clock.advance(3_298_000)
    expect(await tokens.access(live)).toBe('at-1')
    await clock.advance(2_000)
    expect(await tokens.access(live)).toBe('at-2')
    await clock.jumpWall(3_400_000) // the computer slept: the monotonic clock stood still
    expect(await tokens.access(live)).toBe('at-3')
    expect(google.requests).toHaveLength(3)
  })

  it('of an earlier run is used while it lives', async () => {
    const earlier = { ...stored, access_token: 'old', access_token_expires_at: '2026-01-01T00:30:00.000Z' }
    const { tokens, clock, google } = await setUp((_request, response) => json(response, 200, granted), earlier)
    expect(await tokens.access(live)).toBe('old')
    await clock.advance(26 * 60_000)
    expect(await tokens.access(live)).toBe('at-1')
    expect(google.requests).toHaveLength(1)
  })

  it('of an earlier run that seems to live for days is not believed: the clock was set back', async () => {
    const earlier = { ...stored, access_token: 'old', access_token_expires_at: '2026-01-03T00:00:00.000Z' }
    const { tokens } = await setUp((_request, response) => json(response, 200, granted), earlier)
    expect(await tokens.access(live)).toBe('at-1')
  })

  it('that lives a minute is used for half of it, not refreshed at every call', async () => {
    const { tokens, google } = await setUp((_request, response) => json(response, 200, { ...granted, expires_in: 60 }))
    for (let call = 0; call < 10; call++) await tokens.access(live)
    expect(google.requests).toHaveLength(1)
  })

  it('is refreshed once for all callers, also after a 401 that many of them saw', async () => {
    const { tokens, google } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, access_token: `at-${count}` }),
    )
    const first = await Promise.all(Array.from({ length: 10 }, () => tokens.access(live)))
    expect(new Set(first)).toEqual(new Set(['at-1']))
    const second = await Promise.all(Array.from({ length: 10 }, () => tokens.renew('at-1', live)))
    expect(new Set(second)).toEqual(new Set(['at-2']))
    expect(await tokens.renew('at-1', live)).toBe('at-2')
    expect(google.requests).toHaveLength(2)
  })

  it('is not lost to the others when one caller stops waiting', async () => {
    let answer = (): void => undefined
    const { tokens } = await setUp((_request, response) => {
      answer = () => json(response, 200, granted)
    })
    const stop = new AbortController()
    const quitter = tokens.access(stop.signal)
    const patient = tokens.access(live)
    while (google?.requests.length === 0) await settle()
    stop.abort()
    await expect(quitter).rejects.toMatchObject({ code: 'aborted' })
    answer()
    expect(await patient).toBe('at-1')
  })
})

describe('a refresh token', () => {
  it('that Google changed is stored before the new access token is used', async () => {
    const { tokens, written, breakStore, google } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, refresh_token: `rt-new-${count}` }),
    )
    breakStore(true)
    await expect(tokens.access(live)).rejects.toMatchObject({ code: 'disk' })
    breakStore(false)
    expect(await tokens.access(live)).toBe('at-1')
    expect(written[0]).toMatchObject({ refresh_token: 'rt-new-1' })
    expect(google.requests).toHaveLength(1)
  })

  it('stays good when only the access token cannot be stored', async () => {
    const { tokens, breakStore } = await setUp((_request, response) => json(response, 200, granted))
    breakStore(true)
    expect(await tokens.access(live)).toBe('at-1')
  })

  it('of a client in testing mode is known to die', async () => {
    const { tokens, written } = await setUp((_request, response) =>
      json(response, 200, { ...granted, refresh_token_expires_in: 604_799 }),
    )
    await tokens.access(live)
    expect(written[0]).toMatchObject({ refresh_token_expires_at: '2026-01-07T23:59:59.000Z' })
    expect(tokens.endsAt()).toEqual(new Date('2026-01-07T23:59:59.000Z'))
  })

  it('that outlived the end that Google had named has none any more', async () => {
    const { tokens, written } = await setUp((_request, response) => json(response, 200, granted), {
      ...stored,
      refresh_token_expires_at: '2025-12-31T00:00:00.000Z',
    })
    await tokens.look()
    expect(tokens.endsAt()).toEqual(new Date('2025-12-31T00:00:00.000Z'))
    await tokens.access(live)
    expect(written[0]).not.toHaveProperty('refresh_token_expires_at')
    expect(tokens.endsAt()).toBeNull()
  })

  it('that was replaced is used from then on', async () => {
    const { tokens, written, google } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, access_token: `at-${count}` }),
    )
    await tokens.access(live)
    await tokens.replace({ ...stored, refresh_token: 'rt-2' })
    expect(await tokens.access(live)).toBe('at-2')
    expect(google.requests[1]?.body).toContain('refresh_token=rt-2')
    expect(written.at(-1)).toMatchObject({ refresh_token: 'rt-2', access_token: 'at-2' })
  })

  it.each([
    ['is refused', (response: ServerResponse) => json(response, 400, { error: 'invalid_grant' })],
    ['is changed', (response: ServerResponse) => json(response, 200, { ...granted, refresh_token: 'rt-of-old' })],
  ])('that was replaced asks nobody for a sign-in when the old one %s after all', async (_how, answerLate) => {
    const { promise: replaced, resolve: replace } = Promise.withResolvers<void>()
    const { tokens, written, google } = await setUp(async (request, response) => {
      if (request.body.includes('refresh_token=rt-2'))
        return json(response, 200, { ...granted, access_token: 'at-new' })
      await replaced
      answerLate(response)
    })
    const waiting = [tokens.access(live), tokens.access(live)]
    while (google.requests.length === 0) await settle()
    await tokens.replace({ ...stored, refresh_token: 'rt-2' })
    replace()
    expect(await Promise.all(waiting)).toEqual(['at-new', 'at-new'])
    expect(google.requests).toHaveLength(2)
    expect(written.map((each) => 'refresh_token' in each && each.refresh_token)).toEqual(['rt-2', 'rt-2'])
  })

  it('holds when another one cannot be stored in its place', async () => {
    const { tokens, breakStore } = await setUp((_request, response) => json(response, 200, granted))
    breakStore(true)
    await expect(tokens.replace({ ...stored, refresh_token: 'rt-2' })).rejects.toMatchObject({ code: 'disk' })
    breakStore(false)
    expect(await tokens.access(live)).toBe('at-1')
    expect(google?.requests[0]?.body).toContain('refresh_token=rt-1')
  })

  it('of a removed account is written by nobody any more, whatever is under way', async () => {
    const { promise: removed, resolve: remove } = Promise.withResolvers<void>()
    const { tokens, written, google } = await setUp(async (_request, response) => {
      await removed
      json(response, 200, { ...granted, refresh_token: 'rt-2' })
    })
    const waiting = tokens.access(live)
    while (google.requests.length === 0) await settle()
    tokens.forget()
    remove()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
    expect(written).toEqual([])
  })

  it('that is being changed is waited for at the end, and stored', async () => {
    const { tokens, written, breakStore } = await setUp((_request, response, count) =>
      json(response, 200, { ...granted, refresh_token: `rt-new-${count}` }),
    )
    const stop = new AbortController()
    const turn = tokens.access(stop.signal)
    while (google?.requests.length === 0) await settle()
    stop.abort()
    await expect(turn).rejects.toMatchObject({ code: 'aborted' })
    await tokens.settle()
    expect(written).toMatchObject([{ refresh_token: 'rt-new-1' }])
    breakStore(true)
    await expect(tokens.renew('at-1', live)).rejects.toMatchObject({ code: 'disk' })
    breakStore(false)
    await tokens.settle()
    expect(written[1]).toMatchObject({ refresh_token: 'rt-new-2' })
  })
})

describe('a refused refresh', () => {
  it('asks the person when Google refuses the sign-in, with no secret in the error', async () => {
    const { tokens } = await setUp((_request, response) =>
      json(response, 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }),
    )
    const error = await tokens.access(live).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'needs_reauth', message: expect.stringContaining('revoked') })
    const whole = JSON.stringify(error, Object.getOwnPropertyNames(error)) + String((error as AppError).cause)
    expect(whole).not.toMatch(/rt-1|shh/)
  })

  it.each([
    ['a fault of Google', 503, { error: 'internal_failure' }, 'server'],
    ['too many', 429, { error: 'rate_limit_exceeded' }, 'server'],
    ['a gateway', 403, '<html>blocked</html>', 'server'],
    ['garbage', 200, { token: 'x' }, 'bad_answer'],
    ['a token that no header can carry', 200, { access_token: 'ya29.x\r\nX: y', expires_in: 3599 }, 'bad_answer'],
    ['a token beyond ASCII', 200, { access_token: 'ya29.ü', expires_in: 3599 }, 'bad_answer'],
  ])('passes by itself after %s', async (_name, status, body, code) => {
    const { tokens } = await setUp((_request, response) => {
      if (typeof body === 'string') response.writeHead(status).end(body)
      else json(response, status, body)
    })
    await expect(tokens.access(live)).rejects.toMatchObject({ code })
  })

  it('passes by itself when nobody answers, or the line breaks', async () => {
    const { tokens } = await setUp(
      (_request, response, count) => {
        if (count > 1) response.destroy()
      },
      stored,
      40,
    )
    await expect(tokens.access(live)).rejects.toMatchObject({ code: 'network' })
    await expect(tokens.access(live)).rejects.toMatchObject({ code: 'network' })
  })

  it('asks the person when the scopes no longer include reading', async () => {
    const { tokens, written } = await setUp((_request, response) =>
      json(response, 200, { ...granted, scope: 'https://www.googleapis.com/auth/gmail.labels openid' }),
    )
    await expect(tokens.access(live)).rejects.toMatchObject({ code: 'needs_reauth' })
    expect(written).toEqual([])
  })

  it.each(['https://mail.google.com/', 'https://www.googleapis.com/auth/gmail.modify openid'])(
    'takes the wider scope %s',
    async (scope) => {
      const { tokens } = await setUp((_request, response) => json(response, 200, { ...granted, scope }))
      expect(await tokens.access(live)).toBe('at-1')
    },
  )
})
