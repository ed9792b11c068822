import type { Socket } from 'node:net'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ServerLimits, serveApi } from '../../electron/api/server.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { Problem } from '../../shared/errors.ts'
import { buildApi, entry, token } from './api-under-test.ts'
import { createEventReader } from './event-reader.ts'
import { openSocket, parseAnswer, requestText, talk } from './raw-http.ts'

const usual: ServerLimits = { headMs: 10_000, requestMs: 30_000, silenceMs: 90_000, connections: 256 }
const host = ['Host: 127.0.0.1']

async function serve(limits: Partial<ServerLimits> = {}, app?: Hono) {
  const built = buildApi({ clock: systemClock })
  const server = await serveApi(app ?? built.api, 0, { ...usual, ...limits })
  onTestFinished(async () => {
    built.events.close()
    await server.close()
  })
  return { ...built, port: server.port, server }
}

async function sockets(port: number, count: number, text: string): Promise<readonly Socket[]> {
  const open = await Promise.all(Array.from({ length: count }, () => openSocket(port)))
  for (const socket of open) {
    socket.write(text)
    onTestFinished(() => {
      socket.destroy()
    })
  }
  return open
}

const ended = (socket: Socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))

function problemOf(heard: string): Problem {
  const { status, headers, body } = parseAnswer(heard)
  expect(headers['content-type']).toBe('application/problem+json')
  expect(headers['connection']).toBe('close')
  const problem = Problem.parse(JSON.parse(body))
  expect(problem.status).toBe(status)
  return problem
}

describe('a client that is slow', () => {
  it('to send its head is told so with a 408, by a problem document', async () => {
    const { port } = await serve({ headMs: 100, requestMs: 100 })
    const heard = await talk(port, 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    expect(problemOf(heard)).toMatchObject({ status: 408, code: 'bad_input' })
  })

  it('to send its body is told so with a 408, and nothing happens', async () => {
    const { port, service, logged } = await serve({ headMs: 100, requestMs: 200 })
    const line = 'POST /api/v1/background-sync/stop'
    const heard = await talk(
      port,
      requestText(line, [...host, 'Content-Type: application/json', 'Content-Length: 50'], '{'),
    )
    expect(problemOf(heard).status).toBe(408)
    expect([service.calls, logged]).toEqual([[], []])
  })

  it('to say anything at all is cut', async () => {
    const { port } = await serve({ headMs: 100, requestMs: 100 })
    expect(problemOf(await talk(port, '')).status).toBe(408)
  })

  it('to read its answer is cut when nothing moves any more', async () => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const megabyte = new Uint8Array(1024 * 1024)
    const app = new Hono().get('/', () => {
      const endless = new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(megabyte), cancel: () => resolve() })
      return new Response(endless)
    })
    const { port } = await serve({ silenceMs: 200 }, app)
    const socket = await openSocket(port)
    socket.pause()
    socket.write(requestText('GET /', host))
    await cut
    socket.destroy()
  })
})

describe('a client that closes its half of the connection', () => {
  it('still gets its answer', async () => {
    const { port } = await serve()
    const socket = await openSocket(port)
    let heard = ''
    socket.on('data', (data) => {
      heard += data
    })
    socket.end(requestText('GET /health', host))
    await ended(socket)
    expect(parseAnswer(heard).status).toBe(200)
  })

  it('in the middle of its body makes nothing happen and is no bug', async () => {
    const { port, service, logged } = await serve()
    const [socket] = await sockets(
      port,
      1,
      requestText(
        'POST /api/v1/accounts',
        [...host, `Authorization: Bearer ${token}`, 'Content-Type: application/json', 'Content-Length: 50'],
        '{"a":1}',
      ),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket?.destroy()
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    expect([service.calls, logged]).toEqual([[], []])
  })
})

describe('with as many connections as there may be, the owner still gets an answer', () => {
  const slowBody = requestText('POST /api/v1/background-sync/stop', [...host, 'Content-Length: 9'], '{')
  it.each([
    ['that do nothing', ''],
    ['that send a head without end', 'GET / HTTP/1.1\r\nX-Slow: '],
    ['that send a body without end', slowBody],
    ['that were served and stay', 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ])('%s', async (_, text) => {
    const { port, service } = await serve({ connections: 8 })
    const open = await sockets(port, 8, text)
    const endings = open.map(ended)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    // The oldest went.
    await Promise.race(endings)
    for (let n = 0; n < 20; n++) {
      const answer = await talk(port, requestText('GET /health', host))
      expect(parseAnswer(answer).status).toBe(200)
    }
    expect(service.calls).toEqual([])
  })

  it('that do not read what they asked for', async () => {
    const body = 'x'.repeat(8 * 1024 * 1024)
    const app = new Hono().get('/', (context) => context.text(body)).get('/health', (context) => context.text('here'))
    const { port } = await serve({ connections: 4 }, app)
    const open = await sockets(port, 4, requestText('GET /', host))
    for (const socket of open) socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).text()).toBe('here')
  })

  it('but those that are being served are left alone, and who comes then is told to wait', async () => {
    const { port, service, events } = await serve({ connections: 4 })
    const address = `http://127.0.0.1:${port}/api/v1/events?kinds=status`
    const readers = []
    for (let n = 0; n < 4; n++) {
      const reader = createEventReader((await fetch(address)).body!)
      await reader.takeSome(1)
      readers.push(reader)
    }
    const heard = await talk(port, requestText('GET /health', host))
    expect(problemOf(heard)).toMatchObject({ status: 503, code: 'concurrency' })
    expect(parseAnswer(heard).headers['retry-after']).toBe('15')
    service.publish({ total_cycles: 77 })
    for (const reader of readers) expect((await reader.takeSome(1))[0]?.data).toMatchObject({ total_cycles: 77 })
    await readers[0]?.cancel()
    // The place is free as soon as the system has told us of the end.
    const again = async () => (await fetch(`http://127.0.0.1:${port}/health`)).status
    while ((await again()) !== 200) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(events.readers()).toBe(3)
  })
})

describe('events over a real connection', () => {
  it('end with a last event when the server closes, which does not wait for them', async () => {
    const { port, events, server } = await serve()
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/events`)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-encoding')).toBeNull()
    const reader = createEventReader(response.body!)
    await reader.takeSome(1)
    const started = performance.now()
    events.close()
    const closing = server.close()
    expect((await reader.takeSome(1)).at(-1)).toMatchObject({ name: 'end', data: { reason: 'closing' } })
    expect(await reader.read()).toBe(false)
    await closing
    expect(performance.now() - started).toBeLessThan(900)
  })

  it('a reader that is stuck is cut, its place is free again, and nobody else notices', async () => {
    const { port, events, logs } = await serve({ silenceMs: 2_000 })
    const text = requestText('GET /api/v1/events?kinds=log', [...host, `Authorization: Bearer ${token}`])
    const [stuck] = await sockets(port, 1, text)
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/events?kinds=log`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const reader = createEventReader(response.body!)
    await reader.read()
    stuck?.pause()
    let written = 0
    let heard = 0
    const reading = (async () => {
      while (await reader.read()) heard += reader.take().length
    })()
    // Until the buffers of the system are full, and for as long as a reader may be stuck.
    while (events.readers() > 1) {
      for (let n = 0; n < 400; n++) logs.write({ ...entry(++written), message: 'x'.repeat(1_000) })
      while (heard < written) await new Promise((resolve) => setTimeout(resolve, 10))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await reader.cancel()
    await reading
    expect(heard).toBe(written)
  })

  it('are cut off by their reader at any time, and leave nothing behind', async () => {
    const { port, events, service } = await serve()
    for (let round = 0; round < 20; round++) {
      const aborting = new AbortController()
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/events`, { signal: aborting.signal })
      service.publish({})
      if (round % 2 === 0) await response.body?.getReader().read()
      aborting.abort()
    }
    while (events.readers() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('are too many with a 503 that says when to come again', async () => {
    const { port, events } = await serve()
    const open = () =>
      events.open({
        kinds: ['status'],
        level: 'info',
        lines: 0,
        after: undefined,
        hasToken: false,
        isWelcome: () => true,
      })
    const streams = Array.from({ length: 128 }, open)
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/events`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '15'])
    expect(Problem.parse(await response.json()).remedy).toBeTruthy()
    const mine = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(mine.status).toBe(200)
    await mine.body?.cancel()
    await Promise.all(streams.map((stream) => stream.cancel()))
  })
})

describe('what is no proper request is answered by a problem document', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['no host, in an old version', 'GET / HTTP/1.0\r\n\r\n', 400],
    ['a space in the host', 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
    ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a long header', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a long address', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, 431],
    ['many headers', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${'X: 1\r\n'.repeat(5_000)}\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    const { port } = await serve()
    expect(problemOf(await talk(port, bytes)).status).toBe(status)
  })
})
