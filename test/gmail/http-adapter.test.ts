import http from 'node:http'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { gmail } from 'googleapis/build/src/apis/gmail/index.js'
import { afterEach, describe, expect, it } from 'vitest'
import { classify } from '../../electron/gmail/errors.ts'
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

  it.each([
    ['gzip', gzipSync],
    ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('is given up when a small answer unfolds to far more than Gmail ever says (%s)', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(64_000_000, ' '))
    const { api, options } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
    })
    expect(bomb.length).toBeLessThan(100_000)
    const asked = api.users.getProfile({ userId: 'me' }, { ...options, responseType: 'json' })
    const failure = await asked.catch((error: unknown) => error)
    expect(classify(failure, 'profile', { account: 'ada@example.com', now: new Date(0) })).toMatchObject({
      code: 'bad_answer',
      message: "Gmail's answer is larger than any answer should be (ada@example.com)",
      remedy: expect.stringContaining('proxy'),
    })
  })

  it('is given up when its answer never ends', async () => {
    let sent = 0
    const { api, options } = await setUp((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, ' '))) sent += 1
      }
      response.writeHead(200).on('drain', more)
      more()
    })
    await expect(api.users.getProfile({ userId: 'me' }, { ...options, responseType: 'json' })).rejects.toThrow(
      'does not end',
    )
    expect(sent).toBeLessThan(200)
  })

  it('is given up when its answer has headers without end', async () => {
    const { api, options } = await setUp((_request, response) => {
      response.socket?.write('HTTP/1.1 200 OK\r\n')
      response.socket?.write(`x-flood: ${'x'.repeat(1_000)}\r\n`.repeat(1_000))
    })
    const failure = await api.users.getProfile({ userId: 'me' }, options).catch((error: unknown) => error)
    expect(classify(failure, 'profile', { account: 'ada@example.com', now: new Date(0) }).code).toBe('network')
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
