import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished } from 'vitest'
import { listeningInodes } from '../../electron/api/port-owner.ts'
import { serveApi } from '../../electron/api/server.ts'
import { AppError } from '../../shared/errors.ts'
import { isReached } from '../support/is-reached.ts'

async function serve(app = new Hono().get('/', (context) => context.text('here')), port = 0) {
  const server = await serveApi(app, port)
  onTestFinished(() => server.close())
  return server
}

it('answers on this computer, also by IPv6 where there is any', async () => {
  const { port } = await serve()
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  const six = await fetch(`http://[::1]:${port}/`).catch(() => null)
  if (six !== null) expect(await six.text()).toBe('here')
})

it.skipIf(process.platform !== 'linux')('is not to be reached from the network', async () => {
  const { port } = await serve()
  expect([await isReached('127.0.0.1', port), await isReached('127.0.0.2', port)]).toEqual([true, false])
})

describe('a port that is taken', () => {
  it('is an error that names its owner and the way to another port; no other is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      other.close()
    })
    const { port } = other.address() as AddressInfo
    const error = await serveApi(new Hono(), port).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'port_in_use', remedy: expect.stringMatching(/MAILTIDE_PORT.*apiPort/) })
    const owner = process.platform === 'linux' ? `pid ${process.pid}` : ''
    expect((error as AppError).message).toContain(`Port ${port} is in use by ${owner}`)
  })

  it('on IPv6 alone does not matter, but is told: a name may lead to the other program', async () => {
    const other = createServer()
    const hasSix = await new Promise<boolean>((resolve) => {
      other.once('error', () => resolve(false))
      other.listen({ port: 0, host: '::1', ipv6Only: true }, () => resolve(true))
    })
    if (!hasSix) return
    onTestFinished(() => {
      other.close()
    })
    const { port } = other.address() as AddressInfo
    const server = await serve(undefined, port)
    expect(await (await fetch(`http://127.0.0.1:${server.port}/`)).text()).toBe('here')
    expect(server.isSharedByName).toBe(true)
    expect((await serve()).isSharedByName).toBe(false)
  })
})

it('a connection that the system could not give does not end the service', async () => {
  const listening: EventEmitter[] = []
  const note = (message: unknown) => void listening.push((message as { readonly server: EventEmitter }).server)
  subscribe('tracing:net.server.listen:asyncStart', note)
  onTestFinished(() => void unsubscribe('tracing:net.server.listen:asyncStart', note))
  const { port } = await serve()
  expect(listening.length).toBeGreaterThan(0)
  for (const server of listening) server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
})

it('closes although a client holds an answer open, and can be closed twice', async () => {
  const app = new Hono().get(
    '/',
    () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('first')) })),
  )
  const server = await serveApi(app, 0)
  const response = await fetch(`http://127.0.0.1:${server.port}/`)
  const reading = response.text().catch(() => 'cut')
  await Promise.all([server.close(), server.close()])
  expect(await reading).toBe('cut')
  await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow()
})

it('finds listening sockets of a port in the tables of Linux', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0 100 0 0 10 0',
    '   1: 0100007F:1F40 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0 100 0 0 10 0',
    '   2: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4244 1 0 100 0 0 10 0',
  ].join('\n')
  expect(listeningInodes(table, 8000)).toEqual(['4242'])
  expect(listeningInodes('', 8000)).toEqual([])
})
