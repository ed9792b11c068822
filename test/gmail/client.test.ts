import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { decodeRawAnswer } from '../../electron/gmail/decode-raw.ts'
import { labelId, messageId } from '../../shared/ids.ts'
import { clientOf } from './client-support.ts'
import { type Answering, type FakeGoogle, fakeGoogle, json } from './fake-google.ts'
import { envelope, html, notFound } from './google-errors.ts'

const live = new AbortController().signal
const id = messageId('18c0ffee00000001')
const text = 'Subject: hi\r\n\r\n'.padEnd(5000, 'body ')
const mail = {
  id,
  threadId: id,
  labelIds: ['INBOX'],
  snippet: 'body',
  sizeEstimate: text.length,
  raw: Buffer.from(text).toString('base64url'),
  historyId: '77',
  internalDate: '1700000000000',
}
const wholeJson = JSON.stringify(mail, null, 2)
const decode = async (body: Uint8Array): Promise<string> =>
  Buffer.from(decodeRawAnswer(body, id).bytes).toString('utf8')

const open: FakeGoogle[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((google) => google.close()))
})

async function setUp(answer: Answering, options: Parameters<typeof clientOf>[1] = {}) {
  const google = await fakeGoogle(answer)
  open.push(google)
  return { google, ...clientOf(google.url, options) }
}

describe('what is asked of Gmail', () => {
  it('profile, labels, list, history and minimal name their fields and carry the token', async () => {
    const { gmail, google } = await setUp((request, response) => {
      const path = request.url.pathname.split('/').slice(5).join('/')
      if (path === 'profile') json(response, 200, { emailAddress: 'a@b.c', messagesTotal: 1, historyId: '5' })
      else if (path === 'labels') json(response, 200, { labels: [{ id: 'INBOX', name: 'INBOX', type: 'system' }] })
      else if (path === 'messages') json(response, 200, { messages: [{ id: 'a', threadId: 'a' }], nextPageToken: 'p2' })
      else if (path === 'history') json(response, 200, { historyId: '9' })
      else json(response, 200, { ...mail, raw: undefined })
    })
    expect((await gmail.profile(live)).historyId).toBe(5n)
    expect(await gmail.labels(live)).toHaveLength(1)
    const page = await gmail.list({ pageToken: 'p1', includeSpamTrash: true, labelId: labelId('Label_1') }, live)
    expect(page.nextPageToken).toBe('p2')
    expect((await gmail.history(123456789012345678901234n, null, live)).mailboxHistoryId).toBe(9n)
    expect(await gmail.minimal(id, 'live', live)).toMatchObject({ id, historyId: 77n })
    const asked = google.requests.map(({ url }) => Object.fromEntries(url.searchParams))
    expect(asked[2]).toMatchObject({
      maxResults: '500',
      pageToken: 'p1',
      includeSpamTrash: 'true',
      labelIds: 'Label_1',
    })
    expect(asked[3]).toMatchObject({ startHistoryId: '123456789012345678901234', maxResults: '500' })
    expect(google.requests[3]?.url.searchParams.getAll('historyTypes')).toEqual([
      'messageAdded',
      'messageDeleted',
      'labelAdded',
      'labelRemoved',
    ])
    expect(asked[4]).toMatchObject({ format: 'minimal' })
    for (const { headers, url } of google.requests) {
      expect(headers.authorization).toBe('Bearer at-1')
      expect(headers['accept-encoding']).toContain('gzip')
      expect(headers['user-agent']).toContain('gzip')
      expect(url.searchParams.get('fields')).toBeTruthy()
    }
  })

  it('a message comes as Gmail sent it, in a buffer of its own', async () => {
    const { gmail, google, gate } = await setUp((_request, response) => json(response, 200, mail))
    const body = await gmail.raw(id, 'backfill', live, async (bytes) => {
      expect(bytes.buffer.byteLength).toBe(bytes.length)
      expect(gate.held()).toBe(bytes.length)
      return Buffer.from(bytes).toString('utf8')
    })
    expect(body).toBe(`${wholeJson}\n`)
    expect(gate.held()).toBe(0)
    expect(google.requests[0]?.url.searchParams.get('format')).toBe('raw')
  })

  it('a compressed message comes whole', async () => {
    const { gmail } = await setUp((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(wholeJson))
    })
    expect(await gmail.raw(id, 'backfill', live, decode)).toBe(text)
  })

  it('connections are kept for the next call', async () => {
    const ports = new Set<number | undefined>()
    const { gmail } = await setUp((_request, response) => {
      ports.add(response.socket?.remotePort)
      json(response, 200, mail)
    })
    for (let call = 0; call < 20; call++) await gmail.raw(id, 'backfill', live, decode)
    expect(ports.size).toBe(1)
  })
})

describe('a message whose answer arrives damaged is fetched again', () => {
  const damages: Record<string, Answering> = {
    'cut by a broken connection': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(wholeJson.length) })
      response.write(wholeJson.slice(0, 900), () => response.destroy())
    },
    'cut in the middle of chunks': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(wholeJson.slice(0, 900), () => response.destroy())
    },
    'cut, and ended as if whole': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(wholeJson.slice(0, 900))
    },
    'cut inside the compressed stream': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(wholeJson).subarray(0, 60))
    },
    'garbled compression': (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is not gzip')
    },
    'an HTML page': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    },
    'JSON of something else': (_request, response) => json(response, 200, { hello: 'world' }),
    'another message': (_request, response) => json(response, 200, { ...mail, id: 'ffff' }),
    'an empty body': (_request, response) => {
      response.writeHead(200).end()
    },
    'no content': (_request, response) => {
      response.writeHead(204).end()
    },
    'a connection that breaks before the answer': (_request, response) => {
      response.destroy()
    },
    'HTML 502': (_request, response) => {
      response.writeHead(502).end(html)
    },
  }
  it.each(Object.keys(damages))('%s', async (name) => {
    const { gmail, google, gate } = await setUp((request, response, count) =>
      count < 3 ? damages[name]?.(request, response, count) : json(response, 200, mail),
    )
    expect(await gmail.raw(id, 'backfill', live, decode)).toBe(text)
    expect(google.requests).toHaveLength(3)
    expect(gate.held()).toBe(0)
  })

  it.each(Object.keys(damages))('%s: a small answer too', async (name) => {
    const { gmail, google } = await setUp((request, response, count) =>
      count < 2 ? damages[name]?.(request, response, count) : json(response, 200, { ...mail, raw: undefined }),
    )
    expect(await gmail.minimal(id, 'backfill', live)).toMatchObject({ id, labelIds: ['INBOX'] })
    expect(google.requests).toHaveLength(2)
  })

  it('five times, no more: the library repeats nothing behind our back', async () => {
    const { gmail, google } = await setUp((_request, response) =>
      json(response, 503, envelope(503, 'x', 'backendError')),
    )
    await expect(gmail.raw(id, 'backfill', live, decode)).rejects.toMatchObject({ code: 'server' })
    expect(google.requests).toHaveLength(5)
  })
})

describe('errors are told by their body, in streamed answers too', () => {
  const fails = async (status: number, body: unknown) => {
    const { gmail } = await setUp((_request, response) => {
      if (typeof body === 'string') response.writeHead(status, { 'content-type': 'text/html' }).end(body)
      else json(response, status, body)
    })
    return gmail
  }
  it('a message that is gone', async () => {
    const gmail = await fails(404, notFound)
    await expect(gmail.raw(id, 'backfill', live, decode)).rejects.toMatchObject({ code: 'gone' })
    await expect(gmail.minimal(id, 'backfill', live)).rejects.toMatchObject({ code: 'gone' })
    await expect(gmail.history(1n, null, live)).rejects.toMatchObject({ code: 'history_expired' })
  })
  it('a gateway that says 404 deletes nothing', async () => {
    const gmail = await fails(404, html)
    await expect(gmail.raw(id, 'backfill', live, decode)).rejects.toMatchObject({ code: 'server' })
    await expect(gmail.history(1n, null, live)).rejects.toMatchObject({ code: 'server' })
  })
  it('a refused page token', async () => {
    const gmail = await fails(400, envelope(400, 'Invalid pageToken', 'invalidArgument'))
    await expect(gmail.list({ pageToken: 'old', includeSpamTrash: true }, live)).rejects.toMatchObject({
      code: 'bad_page_token',
    })
  })
})

it('a page that names itself as the next one is not read for ever', async () => {
  const { gmail } = await setUp((_request, response) => json(response, 200, { historyId: '9', nextPageToken: 'again' }))
  await expect(gmail.history(1n, 'again', live)).rejects.toMatchObject({ code: 'bad_answer' })
  await expect(gmail.list({ pageToken: 'again', includeSpamTrash: true }, live)).rejects.toMatchObject({
    code: 'bad_answer',
  })
  expect((await gmail.history(1n, null, live)).nextPageToken).toBe('again')
})

it('a redirect is not followed: the token is for Google alone', async () => {
  const other = await fakeGoogle((_request, response) => json(response, 200, mail))
  open.push(other)
  const { gmail } = await setUp((_request, response) => {
    response.writeHead(302, { location: `${other.url}gmail/v1/users/me/messages/x` }).end()
  })
  await expect(gmail.raw(id, 'backfill', live, decode)).rejects.toMatchObject({
    code: 'network',
    remedy: expect.stringContaining('Sign in to the network'),
  })
  expect(other.requests).toHaveLength(0)
})
