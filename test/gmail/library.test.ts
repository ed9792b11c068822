import { auth, gmail } from 'googleapis/build/src/apis/gmail/index.js'
import { afterEach, describe, expect, it } from 'vitest'
import { failureFacts } from '../../electron/gmail/failure.ts'
import { type Answering, type FakeGoogle, fakeGoogle, json } from './fake-google.ts'
import { envelope, html } from './google-errors.ts'

/** What the client library does, where our code relies on it or on having switched it off. */
const open: FakeGoogle[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((google) => google.close()))
})

async function setUp(answer: Answering) {
  const google = await fakeGoogle(answer)
  open.push(google)
  return { google, api: gmail({ version: 'v1', rootUrl: google.url, retry: false }) }
}

const get = { userId: 'me', id: 'x', format: 'raw' }
const headers = { authorization: 'Bearer secret-token' }
const busy = envelope(503, 'busy', 'backendError', 'UNAVAILABLE')
const thrown = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  )

describe('the client library', () => {
  it('repeats a failed GET by itself unless told not to', async () => {
    const { google, api } = await setUp((_request, response) => json(response, 503, busy))
    await thrown(api.users.messages.get(get, { headers }))
    expect(google.requests).toHaveLength(1)
    await thrown(api.users.messages.get(get, { headers, retry: true, retryConfig: { retry: 1, retryDelay: 1 } }))
    expect(google.requests).toHaveLength(3)
  })

  it.each(['json', 'arraybuffer', 'text', 'unknown'] as const)(
    'hands out the body of an error for responseType %s, in a form that we can read',
    async (responseType) => {
      const { api } = await setUp((_request, response) => json(response, 503, busy))
      const error = await thrown(api.users.messages.get(get, { headers, responseType }))
      expect(failureFacts(error)).toMatchObject({
        status: 503,
        isGoogle: true,
        reasons: ['backendError', 'UNAVAILABLE'],
      })
    },
  )

  it('loses the body of an error for responseType stream: we take every status for an answer and read it ourselves', async () => {
    const { api } = await setUp((_request, response) => json(response, 503, busy))
    const error = await thrown(api.users.messages.get(get, { headers, responseType: 'stream' }))
    expect(failureFacts(error)).toMatchObject({ status: 503, isGoogle: false, reasons: [] })
  })

  it('hides the token in its errors but not the body of the answer', async () => {
    const { api } = await setUp((_request, response) => json(response, 503, busy))
    const error = (await thrown(api.users.messages.get(get, { headers }))) as {
      config: { headers: Headers }
      response: { data: unknown }
    }
    expect(error.config.headers.get('authorization')).not.toContain('secret-token')
    expect(error.response.data).toEqual(busy)
  })

  it('gives text for a body that is not JSON, and throws nothing', async () => {
    const { api } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "x", "thr')
    })
    const { data } = await api.users.messages.get(get, { headers, responseType: 'json' })
    expect(data).toBe('{"id": "x", "thr')
    const page = await setUp((_request, response) => void response.writeHead(200).end(html))
    expect((await page.api.users.messages.get(get, { headers, responseType: 'json' })).data).toBe(html)
  })

  it('tells its own timeout from a stop by the code', async () => {
    const { api } = await setUp(() => undefined)
    const late = await thrown(api.users.messages.get(get, { headers, timeout: 40 }))
    expect(late).toMatchObject({ code: 'TimeoutError', status: undefined })
    const stop = new AbortController()
    const call = thrown(api.users.messages.get(get, { headers, signal: stop.signal }))
    setTimeout(() => stop.abort(), 20)
    expect(await call).toMatchObject({ code: 'AbortError' })
  })

  it('gives the code of a broken connection', async () => {
    const { api } = await setUp((_request, response) => void response.destroy())
    const error = await thrown(api.users.messages.get(get, { headers }))
    expect(error).toMatchObject({ code: 'ECONNRESET', status: undefined })
    expect(failureFacts(error).codes).toContain('ECONNRESET')
  })

  it('drops the path of a root URL', async () => {
    const { google } = await setUp((_request, response) => json(response, 200, {}))
    await gmail({ version: 'v1', rootUrl: `${google.url}prefix/` }).users.getProfile({ userId: 'me' })
    expect(google.requests[0]?.url.pathname).toBe('/gmail/v1/users/me/profile')
  })

  it('lends us its transport for the token call, which repeats nothing either', async () => {
    const { google } = await setUp((_request, response) => json(response, 503, { error: 'internal_failure' }))
    const { transporter } = new auth.OAuth2()
    const answer = await transporter.request({
      url: `${google.url}token`,
      method: 'POST',
      data: new URLSearchParams({ grant_type: 'refresh_token' }),
      retry: false,
      responseType: 'json',
      validateStatus: () => true,
    })
    expect(answer.status).toBe(503)
    expect(google.requests).toHaveLength(1)
    expect(google.requests[0]?.headers['content-type']).toContain('application/x-www-form-urlencoded')
  })
})
