import http from 'node:http'
import { text } from 'node:stream/consumers'
import { gmail } from 'googleapis/build/src/apis/gmail/index.js'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdapter, createSender } from '../../electron/gmail/http-adapter.ts'
import { createRawRequest } from '../../electron/gmail/raw-request.ts'
import { messageId } from '../../shared/ids.ts'
import { type Answering, type FakeGoogle, fakeGoogle } from './fake-google.ts'

const open: FakeGoogle[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((google) => google.close()))
})

const fields = 'id,labelIds,raw'
const { signal } = new AbortController()

async function setUp(answer: Answering) {
  const google = await fakeGoogle(answer)
  open.push(google)
  const agent = new http.Agent({ keepAlive: true })
  const seen: (string | null)[] = []
  const api = gmail({ version: 'v1', rootUrl: google.url, retry: false, agent, adapter: createAdapter(agent) })
  const ask = createRawRequest(
    api,
    fields,
    createSender(agent, (headers) => seen.push(headers.get('Date'))),
  )
  return { google, api, ask, seen }
}

describe('the request for an original', () => {
  it('is the one that the client library makes, whatever the id', async () => {
    const { google, api, ask } = await setUp((_request, response) => void response.end('{}'))
    for (const id of ['18c2f0a1b2c3d4e5', 'x_Y-9', 'a b/ü?&=']) {
      await api.users.messages.get(
        { userId: 'me', id, format: 'raw', fields },
        { headers: { authorization: `Bearer token of ${id.length}` }, responseType: 'stream' },
      )
      const { body } = await ask(messageId(id), `token of ${id.length}`, signal)
      expect(await text(body)).toBe('{}')
      const [theirs, ours] = google.requests.slice(-2)
      expect(ours?.url.href).toBe(theirs?.url.href)
      expect(ours?.method).toBe(theirs?.method)
      expect(ours?.headers).toEqual(theirs?.headers)
      expect(ours?.headers['accept-encoding']).toBe('gzip')
      expect(ours?.url.searchParams.get('format')).toBe('raw')
    }
  })

  it('does not ask the server for the pattern', async () => {
    const { google, ask } = await setUp((_request, response) => void response.end('{}'))
    const answers = await Promise.all(['a1', 'b2'].map((id) => ask(messageId(id), 't', signal)))
    await Promise.all(answers.map(({ body }) => text(body)))
    expect(google.requests.map(({ url }) => url.pathname).sort()).toEqual([
      '/gmail/v1/users/me/messages/a1',
      '/gmail/v1/users/me/messages/b2',
    ])
  })

  it('gives status and headers of any answer, and its date to whoever watches', async () => {
    const { ask, seen } = await setUp((_request, response) => {
      response.writeHead(429, { 'retry-after': '7', date: 'Tue, 01 Sep 2026 10:00:00 GMT' }).end('slow down')
    })
    const { status, headers, body } = await ask(messageId('a1'), 't', signal)
    expect(status).toBe(429)
    expect(headers.get('Retry-After')).toBe('7')
    expect(headers.get('x-nothing')).toBeNull()
    expect(await text(body)).toBe('slow down')
    expect(seen).toEqual(['Tue, 01 Sep 2026 10:00:00 GMT'])
  })

  it('does not follow a redirect with its token', async () => {
    const { ask } = await setUp((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    })
    await expect(ask(messageId('a1'), 't', signal)).rejects.toMatchObject({ code: 'no-redirect' })
  })
})
