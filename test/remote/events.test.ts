import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ApiServer, serveApi } from '../../electron/api/server.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import type { Clock } from '../../electron/ports.ts'
import { ServiceGone } from '../../electron/remote/client.ts'
import { type FollowOptions, followEvents, type ServiceEvent } from '../../electron/remote/events.ts'
import type { LogEntry } from '../../shared/log-entry.ts'
import { buildApi, entry, token } from '../api/api-under-test.ts'

/** Waits a hundredth of what is asked, so that pauses between tries do not make the suite slow. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }

async function serve(past: readonly LogEntry[] = []) {
  const built = buildApi({ clock: systemClock, past })
  const server = await serveApi(built.api, 0)
  const end = async (served: ApiServer) => {
    built.events.close()
    await served.close()
  }
  onTestFinished(() => end(server))
  return { ...built, address: `http://127.0.0.1:${server.port}`, end: () => end(server) }
}

function follow(options: Partial<FollowOptions> & Pick<FollowOptions, 'locate'>) {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const states: string[] = []
  const events = followEvents({
    kinds: ['log'],
    signal: stopping.signal,
    clock: hasty,
    onConnection: (state) => states.push(state),
    ...options,
  })
  const take = async (count: number): Promise<readonly ServiceEvent[]> => {
    const taken: ServiceEvent[] = []
    while (taken.length < count) {
      const next = await events.next()
      if (next.done) break
      taken.push(next.value)
    }
    return taken
  }
  return { take, states, stop: () => stopping.abort(), events }
}

const messages = (events: readonly ServiceEvent[]) =>
  events.map((event) => (event.name === 'log' ? event.data.message : event.name))

describe('following a service', () => {
  it('gives its events as they come, the kinds that were asked for', async () => {
    const { address, service, logs } = await serve()
    const { take } = follow({ locate: async () => ({ address, token }), kinds: ['status', 'log'], level: 'warning' })
    const [first] = await take(1)
    expect(first).toEqual({ name: 'status', data: service.snapshot() })
    logs.write(entry(1, 'info'))
    logs.write(entry(2, 'error'))
    expect(messages(await take(1))).toEqual(['Line 2'])
  })

  it('gives the last lines of the log first, and then each once', async () => {
    const { address, logs } = await serve([entry(1), entry(2), entry(3)])
    const { take } = follow({ locate: async () => ({ address, token }), lines: 2 })
    expect(messages(await take(2))).toEqual(['Line 2', 'Line 3'])
    logs.write(entry(4))
    expect(messages(await take(1))).toEqual(['Line 4'])
  })

  it('goes on after a broken connection, without gap and without repetition', async () => {
    const { address, logs } = await serve([entry(1)])
    const cut: (() => void)[] = []
    const proxy = createServer((request, response) => {
      void (async () => {
        const answer = await fetch(`${address}${request.url}`, { headers: request.headers as Record<string, string> })
        response.writeHead(answer.status, { 'content-type': 'text/event-stream' })
        cut.push(() => response.destroy())
        for await (const chunk of answer.body ?? []) response.write(chunk)
      })().catch(() => response.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const { port } = proxy.address() as AddressInfo
    const followed = follow({ locate: async () => ({ address: `http://127.0.0.1:${port}`, token }), lines: 1 })
    expect(messages(await followed.take(1))).toEqual(['Line 1'])
    for (let round = 2; round < 8; round += 2) {
      cut.pop()?.()
      logs.write(entry(round))
      logs.write(entry(round + 1))
      expect(messages(await followed.take(2))).toEqual([`Line ${round}`, `Line ${round + 1}`])
    }
    expect(followed.states.slice(0, 3)).toEqual(['connected', 'lost', 'connected'])
  })

  it('survives a restart on another port with another token', async () => {
    const first = await serve([entry(1)])
    let where: { readonly address: string; readonly token: string } | null = { address: first.address, token }
    const { take, states } = follow({
      locate: async () => {
        if (where === null) throw new ServiceGone(null, 'Mailtide is not running', {})
        return where
      },
      lines: 1,
      patienceMs: 60_000,
    })
    expect(messages(await take(1))).toEqual(['Line 1'])
    where = null
    await first.end()
    const next = take(1)
    const second = await serve([])
    second.rules.token = 'the-token-of-the-next-run'
    where = { address: second.address, token: second.rules.token }
    while (second.events.readers() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    second.logs.write(entry(2))
    expect(messages(await next)).toEqual(['Line 2'])
    expect(states).toEqual(['connected', 'lost', 'connected'])
  })

  it('ends quietly when it is told to, whatever it is doing', async () => {
    const { address, events } = await serve()
    const waiting = follow({ locate: async () => ({ address, token }) })
    const next = waiting.take(1)
    while (events.readers() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    waiting.stop()
    expect(await next).toEqual([])
    const looking = follow({
      locate: async () => {
        throw new ServiceGone(null, 'Mailtide is not running', {})
      },
      patienceMs: 1_000_000,
    })
    const found = looking.take(1)
    looking.stop()
    expect(await found).toEqual([])
    while (events.readers() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('lets the connection go when nobody wants its events any more', async () => {
    const { address, events } = await serve([entry(1)])
    const { take, events: followed } = follow({ locate: async () => ({ address, token }), lines: 1 })
    await take(1)
    await followed.return()
    while (events.readers() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  })
})

describe('says why it cannot', () => {
  it('when the service has ended and does not come back', async () => {
    const { address, end } = await serve([entry(1)])
    const { take, states } = follow({ locate: async () => ({ address, token }), lines: 1 })
    await take(1)
    await end()
    await expect(take(1)).rejects.toMatchObject({ code: 'not_running' })
    expect(states).toEqual(['connected', 'lost'])
  })

  it('when the token is missing, wrong, or replaced meanwhile', async () => {
    const { address, rules, logs } = await serve([entry(1)])
    for (const wrong of [null, 'wrong']) {
      const { take } = follow({ locate: async () => ({ address, token: wrong }) })
      await expect(take(1)).rejects.toMatchObject({ code: 'forbidden', remedy: expect.stringContaining('api-token') })
    }
    const { take } = follow({ locate: async () => ({ address, token }), lines: 1 })
    await take(1)
    rules.token = 'another'
    logs.write(entry(2))
    await expect(take(1)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('when an event is not what this version expects', async () => {
    const other = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: tomorrow\ndata: 1\n\nevent: log\ndata: {"at":5}\n\n')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      other.closeAllConnections()
      other.close()
    })
    const { port } = other.address() as AddressInfo
    const { take } = follow({ locate: async () => ({ address: `http://127.0.0.1:${port}`, token }) })
    await expect(take(1)).rejects.toMatchObject({ code: 'bad_answer' })
  })

  it('when what answers there is another program', async () => {
    const other = createServer((_, response) => response.writeHead(404).end('<html>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      other.close()
    })
    const { port } = other.address() as AddressInfo
    const { take } = follow({ locate: async () => ({ address: `http://127.0.0.1:${port}`, token }) })
    await expect(take(1)).rejects.toMatchObject({ code: 'bad_answer' })
  })
})

it('a connection that is silent for longer than heartbeats is given up for a new one', async () => {
  let asked = 0
  const dead = createServer((_, response) => {
    asked++
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(
      asked === 1 ? 'id: a.1.0.0\n: alive\n\n' : 'event: lost\ndata: {"kind":"log","count":1,"reason":"too_slow"}\n\n',
    )
  })
  await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    dead.closeAllConnections()
    dead.close()
  })
  const { port } = dead.address() as AddressInfo
  const { take, states } = follow({ locate: async () => ({ address: `http://127.0.0.1:${port}`, token }) })
  expect((await take(1))[0]).toMatchObject({ name: 'lost' })
  expect(states).toEqual(['connected', 'lost', 'connected'])
})
