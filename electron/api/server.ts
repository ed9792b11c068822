import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { AppError, type Problem } from '../../shared/errors.ts'
import { type Connections, createConnections } from './connections.ts'
import { portOwner } from './port-owner.ts'
import { PROBLEM_TYPE, problem, RETRY_AFTER_SECONDS } from './problems.ts'

export interface ApiServer {
  readonly port: number
  /** Another program has the port at [::1]: whoever says `localhost` may be talking to it, and give it the token. */
  readonly isSharedByName: boolean
  /** Stops taking requests, gives running ones a moment, and closes every connection. Safe to call twice. */
  close(): Promise<void>
}

export interface ServerLimits {
  /** Milliseconds until a request's head, and all of it, must have come. */
  readonly headMs: number
  readonly requestMs: number
  /** Milliseconds after which a connection is cut on which nothing moves: a client that does not read its answer. */
  readonly silenceMs: number
  readonly connections: number
}

/** Silence is longer than the heartbeat of events and the longest answer that we wait for. */
const usualLimits: ServerLimits = { headMs: 10_000, requestMs: 30_000, silenceMs: 90_000, connections: 256 }

/** How long running requests may take to end when the server closes. */
const GRACE_MS = 1_000
/** How long a refused client may take to read why. */
const LINGER_MS = 500
const MAX_HEAD_BYTES = 16_384

/**
 * Serves the API on this computer's own addresses: 127.0.0.1 is required, [::1] is tried. Port 0 takes a free one.
 * Throws `port_in_use`, saying who has it where the system tells; it never picks another port by itself.
 */
export async function serveApi(app: Hono, port: number, limits: ServerLimits = usualLimits): Promise<ApiServer> {
  const connections = createConnections(limits.connections, (socket) => sendRaw(socket, tooMany))
  const newServer = (): Server => httpServer(app, limits, connections)
  const first = newServer()
  await listen(first, '127.0.0.1', port).catch(async (error: unknown) => {
    throw await explain(error, port)
  })
  const bound = (first.address() as AddressInfo).port
  const second = newServer()
  // Without IPv6, or with another program on that address, the service is still whole.
  const refused = await listen(second, '::1', bound).then(
    () => null,
    (error: unknown) => errorCode(error) ?? 'unknown',
  )
  const servers = refused === null ? [first, second] : [first]
  let closing: Promise<void> | undefined
  return {
    port: bound,
    isSharedByName: refused === 'EADDRINUSE',
    close: () => {
      closing ??= Promise.all(servers.map(closeServer)).then(() => undefined)
      return closing
    },
  }
}

function httpServer(app: Hono, limits: ServerLimits, connections: Connections): Server {
  const server = createServer({
    // Slow or silent clients must not hold connections for ever.
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headMs / 2),
    keepAliveTimeout: 5_000,
    maxHeaderSize: MAX_HEAD_BYTES,
    // Node's own answer has no body; ours says what is wrong.
    requireHostHeader: false,
  })
  server.setTimeout(limits.silenceMs)
  // A connection that the system could not give us (no file handle is left) must not end the service: unheard, the event would.
  server.on('error', () => undefined)
  connections.watch(server)
  const answerBy = getRequestListener(app.fetch, { errorHandler: unreadable, overrideGlobalObjects: false })
  server.on('request', (request, response) => {
    if (hostsOf(request) === 1) void answerBy(request, response)
    else send(response, badHost)
  })
  server.on('connect', (_, socket) => sendRaw(socket, noProxy))
  server.on('checkExpectation', (_, response) => send(response, badExpectation))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const isAnswered = connections.answering(socket as Socket)?.headersSent === true
    if (isAnswered || error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else sendRaw(socket, clientProblems[error.code ?? ''] ?? unreadableProblem)
  })
  return server
}

/** How many `Host` headers there are: https://www.rfc-editor.org/rfc/rfc9112#section-3.2 asks for one. */
const hostsOf = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length

/** Answers what the app is not asked about. */
function send(response: ServerResponse, document: Problem): void {
  response.writeHead(document.status, headersOf(document)).end(JSON.stringify(document))
}

/** Answers what never becomes a request, and closes the connection. */
function sendRaw(socket: Duplex, document: Problem): void {
  const head = Object.entries(headersOf(document)).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => socket.destroy())
  // Closed at once, with the client still sending, the system would throw the answer away.
  socket.on('end', () => socket.destroy())
  socket.resume()
  socket.end(
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status]}\r\n${head.join('')}\r\n${JSON.stringify(document)}`,
    () => setTimeout(() => socket.destroy(), LINGER_MS).unref(),
  )
}

const headersOf = (document: Problem): Record<string, string> => ({
  'Content-Type': PROBLEM_TYPE,
  'Content-Length': String(Buffer.byteLength(JSON.stringify(document))),
  'Cache-Control': 'no-store',
  Connection: 'close',
  ...(document.status === 405 ? { Allow: 'GET, HEAD, POST, PATCH, DELETE' } : {}),
  ...(document.code === 'concurrency' ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {}),
})

const unreadableProblem = problem(400, 'bad_input', 'The request is not valid HTTP')
const badHost = problem(400, 'bad_input', 'A request has exactly one Host header')
const noProxy = problem(405, 'bad_input', 'CONNECT is not possible here', 'Mailtide is not a proxy')
const badExpectation = problem(417, 'bad_input', 'What the header Expect asks for is not possible here')
const tooMany = problem(503, 'concurrency', 'Too many connections are being served', 'Try again in a moment')
/** By Node's and its parser's codes: https://nodejs.org/docs/latest-v24.x/api/http.html#event-clienterror */
const clientProblems: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: problem(431, 'bad_input', `The head of the request is longer than ${MAX_HEAD_BYTES} bytes`),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: problem(413, 'bad_input', 'The chunks of the request carry too much beside data'),
  ERR_HTTP_REQUEST_TIMEOUT: problem(408, 'bad_input', 'The request took too long to arrive', 'Send it again'),
}

/** What names no proper address never reaches the app. */
const unreadable = () =>
  new Response(JSON.stringify(unreadableProblem), { status: 400, headers: { 'Content-Type': PROBLEM_TYPE } })

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

const errorCode = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

async function explain(error: unknown, port: number): Promise<unknown> {
  const code = errorCode(error)
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
  return new AppError('bad_settings', `You may not listen on port ${port}`, {
    remedy: `Ports below 1024 are the system's; ${how}`,
    cause: error,
  })
}
