import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import { portOwner } from './port-owner.ts'

export interface ApiServer {
  readonly port: number
  /** Stops taking requests, gives running ones a moment, and closes every connection. Safe to call twice. */
  close(): Promise<void>
}

/** How long running requests may take to end when the server closes. */
const GRACE_MS = 1_000

/**
 * Serves the API on this computer's own addresses: 127.0.0.1 is required, [::1] is tried. Port 0 takes a free one.
 * Throws `port_in_use`, saying who has it where the system tells; it never picks another port by itself.
 */
export async function serveApi(app: Hono, port: number): Promise<ApiServer> {
  const first = httpServer(app)
  await listen(first, '127.0.0.1', port).catch(async (error: unknown) => {
    throw await explain(error, port)
  })
  const bound = (first.address() as AddressInfo).port
  const second = httpServer(app)
  // Without IPv6, or with another program on that address, the service is still whole.
  const hasSecond = await listen(second, '::1', bound).then(
    () => true,
    () => false,
  )
  const servers = hasSecond ? [first, second] : [first]
  let closing: Promise<void> | undefined
  return {
    port: bound,
    close: () => {
      closing ??= Promise.all(servers.map(closeServer)).then(() => undefined)
      return closing
    },
  }
}

function httpServer(app: Hono): Server {
  const server = createServer(
    // Slow or silent clients must not hold connections for ever.
    { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384 },
    getRequestListener(app.fetch, { errorHandler: unreadable, overrideGlobalObjects: false }),
  )
  server.maxConnections = 256
  return server
}

/** What is no HTTP request to a host never reaches the app. */
const unreadable = () =>
  new Response(
    JSON.stringify({
      type: 'urn:mailtide:problem:bad_input',
      title: 'The request is not valid',
      status: 400,
      code: 'bad_input',
    }),
    { status: 400, headers: { 'Content-Type': 'application/problem+json' } },
  )

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(timer)
}

async function explain(error: unknown, port: number): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const how = 'choose another: MAILTIDE_PORT=8001, --port 8001, or apiPort in settings.json'
  if (code === 'EADDRINUSE') {
    const owner = await portOwner(port)
    const who = owner === null ? 'another program' : `pid ${owner.pid}${owner.name === '' ? '' : ` (${owner.name})`}`
    return new AppError('port_in_use', `Port ${port} is in use by ${who}`, {
      remedy: `End that program, or ${how}`,
      cause: error,
    })
  }
  if (code !== 'EACCES') return error
  return new AppError('bad_settings', `Your user may not listen on port ${port}`, {
    remedy: `Ports below 1024 are the system's; ${how}`,
    cause: error,
  })
}
