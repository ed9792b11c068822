import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createByteGate } from '../../electron/gmail/byte-gate.ts'
import { createAgent } from '../../electron/gmail/transport.ts'
import { messageId } from '../../shared/ids.ts'
import { clientOf } from './client-support.ts'
import { type Answering, type FakeGoogle, fakeGoogle, json } from './fake-google.ts'

const live = new AbortController().signal
const ids = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map(messageId)
const [id = messageId('a1')] = ids
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const body = JSON.stringify({ raw: 'A'.repeat(200_000) })

const open: FakeGoogle[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(open.splice(0).map((google) => google.close()))
})

async function setUp(answer: Answering, options: Parameters<typeof clientOf>[1] = {}) {
  const google = await fakeGoogle(answer)
  open.push(google)
  return { google, ...clientOf(google.url, options) }
}

describe('silence', () => {
  const timeouts = { callMs: 60, idleMs: 60 }
  it('before an answer ends the call, and it is tried again', async () => {
    const { gmail, google } = await setUp(
      (_request, response, count) => {
        if (count > 1) json(response, 200, { emailAddress: 'a@b.c', historyId: '1' })
      },
      { timeouts },
    )
    expect((await gmail.profile(live)).email).toBe('a@b.c')
    // On a busy machine the second answer may come too late as well.
    expect(google.requests.length).toBeGreaterThanOrEqual(2)
  })

  it('in the middle of a message ends the call', async () => {
    const { gmail, gate } = await setUp(
      (_request, response) => {
        response.writeHead(200).write('{"raw":"')
      },
      { timeouts, budget: { attempts: 1 } },
    )
    await expect(gmail.raw(id, 'backfill', live, async () => 0)).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('ada@example.com'),
    })
    expect(gate.held()).toBe(0)
  })

  it('in the middle of an error ends the call', async () => {
    const { gmail } = await setUp(
      (_request, response) => {
        response.writeHead(503).write('<html>')
      },
      { timeouts, budget: { attempts: 1 } },
    )
    await expect(gmail.raw(id, 'backfill', live, async () => 0)).rejects.toMatchObject({ code: 'network' })
  })

  it('is not what a slow line is: a message may take longer than that in all', async () => {
    const { gmail } = await setUp(
      async (_request, response) => {
        response.writeHead(200).write('{"raw":"')
        for (let piece = 0; piece < 12; piece++) {
          await pause(50)
          response.write('QUJD')
        }
        response.end('"}')
      },
      { timeouts: { idleMs: 500 }, budget: { attempts: 1 } },
    )
    const length = await gmail.raw(id, 'backfill', live, async (bytes) => bytes.length)
    expect(length).toBe('{"raw":""}'.length + 48)
  })
})

describe('memory', () => {
  it('is bounded: over the limit answers wait unread, which is not held against the server', async () => {
    const { gmail, gate } = await setUp(
      (_request, response) => {
        response.writeHead(200).end(body)
      },
      { byteGate: createByteGate(150_000), timeouts: { idleMs: 1_000 }, budget: { attempts: 1 } },
    )
    let most = 0
    const lengths = await Promise.all(
      ids.slice(0, 4).map((one) =>
        gmail.raw(one, 'backfill', live, async (bytes) => {
          most = Math.max(most, gate.held())
          await pause(450)
          return bytes.length
        }),
      ),
    )
    expect(lengths).toEqual([body.length, body.length, body.length, body.length])
    expect(gate.held()).toBe(0)
    expect(most).toBeLessThan(150_000 + body.length + 4 * 65_536)
  })

  it('is given back when what is done with a message fails', async () => {
    const { gmail, gate } = await setUp((_request, response) => {
      response.writeHead(200).end(body)
    })
    const failing = gmail.raw(id, 'backfill', live, async () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(gate.held()).toBe(0)
  })
})

describe('stopping', () => {
  it.each([
    ['before the answer', () => undefined],
    ['in the middle of a message', (_request, response) => void response.writeHead(200).write('{"raw":"')],
    ['in the middle of an error', (_request, response) => void response.writeHead(500).write('<')],
  ] satisfies [string, Answering][])('ends a call %s', async (_name, answer) => {
    const { gmail, google, gate } = await setUp(answer)
    const stop = new AbortController()
    const call = gmail.raw(id, 'backfill', stop.signal, async () => 0)
    const ended = expect(call).rejects.toMatchObject({ code: 'aborted' })
    while (google.requests.length === 0) await pause(1)
    await pause(20)
    stop.abort()
    await ended
    expect(gate.held()).toBe(0)
    await expect(gmail.profile(stop.signal)).rejects.toMatchObject({ code: 'aborted' })
  })

  it('ends calls that wait for room', async () => {
    const gate = createByteGate(1)
    const holder = gate.open()
    holder.add(1)
    const { gmail } = await setUp(
      (_request, response) => {
        response.writeHead(200).end(body)
      },
      { byteGate: gate },
    )
    const stop = new AbortController()
    const call = gmail.raw(id, 'backfill', stop.signal, async () => 0)
    const ended = expect(call).rejects.toMatchObject({ code: 'aborted' })
    while (gate.held() === 1) await pause(1)
    stop.abort()
    await ended
    expect(gate.held()).toBe(1)
  })
})

describe('a proxy of the environment', () => {
  it('never gets what is meant for this machine', async () => {
    const proxy = await fakeGoogle((_request, response) => void response.writeHead(502).end())
    open.push(proxy)
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, proxy.url)
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    const { gmail } = await setUp((_request, response) =>
      json(response, 200, { emailAddress: 'a@b.c', historyId: '1' }),
    )
    expect((await gmail.profile(live)).email).toBe('a@b.c')
    expect(proxy.requests).toHaveLength(0)
  })

  it('is asked for what is not, unless NO_PROXY names it', async () => {
    const asked: string[] = []
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (data) => {
        asked.push(data.toString('latin1').split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const root = 'https://gmail.invalid/'
    const through = clientOf(root, { agent: createAgent(root, { HTTPS_PROXY: proxy }), budget: { attempts: 1 } })
    await expect(through.gmail.profile(live)).rejects.toMatchObject({ code: 'network' })
    expect(asked).toEqual(['CONNECT gmail.invalid:443 HTTP/1.1'])
    const around = createAgent(root, { HTTPS_PROXY: proxy, NO_PROXY: 'gmail.invalid' })
    await expect(clientOf(root, { agent: around, budget: { attempts: 1 } }).gmail.profile(live)).rejects.toMatchObject({
      code: 'network',
    })
    expect(asked).toHaveLength(1)
    server.close()
  })
})
