import http from 'node:http'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { gmail } from 'googleapis/build/src/apis/gmail/index.js'
import { afterEach, describe, expect, it } from 'vitest'
import { headersOf } from '../../electron/gmail/failure.ts'
import { createAdapter } from '../../electron/gmail/http-adapter.ts'
import { type Answering, type FakeGoogle, fakeGoogle } from './fake-google.ts'

const open: FakeGoogle[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((google) => google.close()))
})

async function setUp(answer: Answering) {
  const google = await fakeGoogle(answer)
  open.push(google)
  const agent = new http.Agent({ keepAlive: true })
  const api = gmail({ version: 'v1', rootUrl: google.url, retry: false, agent, adapter: createAdapter(agent) })
  const options = { headers: { authorization: 'Bearer at-1' }, validateStatus: () => true }
  const stream = async (signal?: AbortSignal): Promise<{ status: number; body: Readable }> => {
    const { status, data } = await api.users.messages.get(
      { userId: 'me', id: 'x y', format: 'raw' },
      { ...options, responseType: 'stream', ...(signal === undefined ? {} : { signal }) },
    )
    return { status, body: data as unknown as Readable }
  }
  return { google, api, options, stream }
}

const answer = JSON.stringify({ id: 'x', snippet: 'ü'.repeat(50_000) })

describe('a request of the client over our own HTTP', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: string) => Buffer.from(bytes)],
  ])('is answered in plain bytes, sent as %s', async (encoding, pack) => {
    const { stream, google } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(answer))
    })
    const { status, body } = await stream()
    expect(status).toBe(200)
    expect(await text(body)).toBe(answer)
    const [asked] = google.requests
    expect(asked?.url.pathname).toBe('/gmail/v1/users/me/messages/x%20y')
    expect(asked?.headers.authorization).toBe('Bearer at-1')
  })

  it('is read as JSON where it is JSON, else as the text it is', async () => {
    const bodies = ['{"historyId":"7"}', '<html>no']
    const { api, options } = await setUp((_request, response) => {
      response.writeHead(503, { 'retry-after': '9' }).end(bodies.shift())
    })
    const first = await api.users.getProfile({ userId: 'me' }, { ...options, responseType: 'json' })
    expect(first.status).toBe(503)
    expect(headersOf(first.headers).get('retry-after')).toBe('9')
    expect(first.data).toEqual({ historyId: '7' })
    expect((await api.users.getProfile({ userId: 'me' }, { ...options, responseType: 'json' })).data).toBe('<html>no')
  })

  it.each([true, false])('fails when it is cut in the middle (compressed: %s)', async (compressed) => {
    const bytes = compressed ? gzipSync(answer) : Buffer.from(answer)
    const { stream } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length, ...(compressed ? { 'content-encoding': 'gzip' } : {}) })
      response.write(bytes.subarray(0, 60), () => response.destroy())
    })
    const { body } = await stream()
    await expect(text(body)).rejects.toThrow()
  })

  it('ends when its caller stops it, before and after the answer began', async () => {
    const { stream } = await setUp((_request, response) => {
      response.writeHead(200).write('{')
    })
    const stop = new AbortController()
    const { body } = await stream(stop.signal)
    stop.abort()
    await expect(text(body)).rejects.toThrow()
    await expect(stream(stop.signal)).rejects.toThrow()
  })
})
