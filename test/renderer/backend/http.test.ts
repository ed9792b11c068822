import { createServer } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type ApiServer, serveApi } from '../../../electron/api/server.ts'
import { type Connection, needsToken, ProblemError } from '../../../renderer/backend/backend.ts'
import { createHttpBackend } from '../../../renderer/backend/http.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { buildApi, entry, token } from '../../api/api-under-test.ts'
import { adaAccount } from '../../api/fake-service.ts'

/** The window's backend on the real API, whose service syncs nothing. */
async function start(given: string | null = token) {
  const built = buildApi()
  const servers: ApiServer[] = [await serveApi(built.api, 0)]
  const { port } = servers[0]!
  let kept = given
  const backend = createHttpBackend({
    base: `http://127.0.0.1:${port}`,
    tokens: {
      read: () => kept,
      write: (text) => {
        kept = text
      },
    },
  })
  const stop = async () => {
    built.events.close()
    await servers.pop()?.close()
  }
  onTestFinished(stop)
  return { ...built, backend, port, stop }
}

const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('it went well'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ProblemError)
      return (error as ProblemError).problem
    },
  )

function listen(backend: Awaited<ReturnType<typeof start>>['backend']) {
  const snapshots: Snapshot[] = []
  const connections: Connection[] = []
  const end = backend.subscribe('status', (snapshot) => snapshots.push(snapshot), {
    onConnection: (connection) => connections.push(connection),
  })
  onTestFinished(end)
  return { snapshots, connections, end, states: () => connections.map(({ state }) => state) }
}

it('asks what the contract has, and gets what it says', async () => {
  const { backend, service } = await start()
  expect((await backend.call('accountsList', {})).accounts).toEqual([adaAccount])
  await backend.call('start', { interval_minutes: 7 })
  await backend.call('accountsChange', { id: 'ada1', paused: true })
  expect(service.calls).toEqual(['interval 7', 'pause ada1'])
})

it('tells a refusal with its remedy, and refuses by itself what the contract does not allow', async () => {
  const { backend, service } = await start()
  expect(await problemOf(backend.call('syncNow', { account: 'nobody@example.com' }))).toMatchObject({
    code: 'not_found',
    remedy: 'See mailtide accounts list',
  })
  expect(await problemOf(backend.call('start', { interval_minutes: 0 }))).toMatchObject({ code: 'bad_input' })
  expect(service.calls).toEqual([])
})

it('tells when nobody answers', async () => {
  const { backend, stop } = await start()
  await stop()
  expect(await problemOf(backend.call('storage', {}))).toMatchObject({
    code: 'network',
    title: 'Mailtide does not answer',
  })
})

it('looks without a token, says when one is needed, and goes on when it is given', async () => {
  const { backend } = await start(null)
  const { snapshots } = listen(backend)
  await vi.waitFor(() => expect(snapshots.length).toBe(1))
  expect(needsToken(await problemOf(backend.call('settings', {})))).toBe(true)
  backend.giveToken?.(token)
  expect((await backend.call('settings', {})).settings.interval_minutes).toBe(5)
})

it('hears the present snapshot first, then every change', async () => {
  const { backend, service, events } = await start()
  const { snapshots, states } = listen(backend)
  events.attach(service)
  await vi.waitFor(() => expect(snapshots.map(({ state }) => state)).toEqual(['idle']))
  service.publish({ state: 'syncing' })
  await vi.waitFor(() => expect(snapshots.map(({ state }) => state)).toEqual(['idle', 'syncing']))
  expect(states()).toEqual(['connecting', 'connected'])
})

it('hears log lines of the level it asks for, past ones first', async () => {
  const { backend, logs } = await start()
  const lines: string[] = []
  onTestFinished(backend.subscribe('log', ({ message }) => lines.push(message), { level: 'warning', lines: 5 }))
  await vi.waitFor(() => expect(logs.listeners()).toBe(1))
  logs.write(entry(1, 'info'))
  logs.write(entry(2, 'error'))
  await vi.waitFor(() => expect(lines).toEqual(['Line 2']))
})

it('says that the connection is lost and when it is tried again, and comes back by itself', async () => {
  const first = await start()
  const { snapshots, connections, states } = listen(first.backend)
  first.events.attach(first.service)
  await vi.waitFor(() => expect(snapshots.length).toBe(1))
  await first.stop()
  await vi.waitFor(() => expect(connections.at(-1)).toMatchObject({ state: 'lost', retryAt: expect.any(Date) }))
  const second = buildApi()
  second.events.attach(second.service)
  second.service.publish({ state: 'stopped', running: false })
  const server = await serveApi(second.api, first.port)
  onTestFinished(async () => {
    second.events.close()
    await server.close()
  })
  await vi.waitFor(() => {
    first.backend.retryNow()
    expect(states().at(-1)).toBe('connected')
  })
  await vi.waitFor(() => expect(snapshots.map(({ state }) => state)).toEqual(['idle', 'stopped']))
})

it('waits for the right token instead of asking again and again with the wrong one', async () => {
  const built = await start('not-the-token')
  built.rules.requireToken = true
  const { connections, snapshots } = listen(built.backend)
  built.events.attach(built.service)
  await vi.waitFor(() => expect(connections.at(-1)).toMatchObject({ state: 'refused', problem: { status: 401 } }))
  built.backend.giveToken?.(token)
  await vi.waitFor(() => expect(snapshots.length).toBe(1))
})

it('leaves nothing behind when nobody listens any more', async () => {
  const { backend, events } = await start()
  const { end, states } = listen(backend)
  await vi.waitFor(() => expect(states().at(-1)).toBe('connected'))
  expect(events.readers()).toBe(1)
  end()
  await vi.waitFor(() => expect(events.readers()).toBe(0))
})

it('goes on with a service that was restarted, though that takes no key of the one before', async () => {
  const first = await start()
  expect((await first.backend.call('accountsList', {})).accounts).toEqual([adaAccount])
  await first.stop()
  const second = buildApi()
  const server = await serveApi(second.api, first.port)
  onTestFinished(async () => {
    second.events.close()
    await server.close()
  })
  expect((await first.backend.call('accountsList', {})).accounts).toEqual([adaAccount])
  await first.backend.call('accountsChange', { id: 'ada1', paused: true })
  expect(second.service.calls).toEqual(['pause ada1'])
})

it('never sends the token, least of all to another program that has the port after the service', async () => {
  const { backend, port, stop } = await start()
  listen(backend)
  await backend.call('accountsList', {})
  await stop()
  const heard: string[] = []
  const stranger = createServer((request, response) => {
    heard.push(JSON.stringify([request.url, request.rawHeaders]))
    response.writeHead(request.url?.startsWith('/api/v1/token/proof') === true ? 200 : 401)
    response.end(JSON.stringify({ session: 's'.repeat(43), proof: 'p'.repeat(43) }))
  })
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => {
    stranger.closeAllConnections()
    stranger.close()
  })
  expect(needsToken(await problemOf(backend.call('accountsList', {})))).toBe(true)
  backend.retryNow()
  // By the call, and then by the stream of events.
  await vi.waitFor(() => expect(heard.filter((line) => line.includes('/token/proof')).length).toBeGreaterThan(1))
  expect(heard.join('\n')).not.toContain(token)
})
