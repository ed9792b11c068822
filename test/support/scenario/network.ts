import dns from 'node:dns'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import tls from 'node:tls'
import { type Certified, selfSigned } from './certificate.ts'

/** What is wrong with the way to Google. */
export type NetworkTrouble = 'cut' | 'slow' | 'no DNS' | 'TLS interception' | 'captive portal'

/** The network between the product and the simulated Google: real TLS, in whose way a test can put what real networks do. */
export interface Network {
  readonly url: string
  /** From now on; null: all is well. */
  set(trouble: NetworkTrouble | null): void
  close(): Promise<void>
}

const SLOW_MS = 15
const page = '<!DOCTYPE html><html><title>Free Wi-Fi</title><body>Sign in to go online</body></html>'

/** `onRequest` hears of each request that reaches Google, before it does. One network at a time in a process. */
export async function startNetwork(target: string, onRequest: () => void): Promise<Network> {
  const own = selfSigned('mailtide test')
  const gateway = selfSigned('a gateway that looks into everything')
  const trusted = tls.getCACertificates('default')
  tls.setDefaultCACertificates([own.cert])
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()
  let trouble: NetworkTrouble | null = null

  const server = createServer(own, (incoming, response) => {
    if (trouble === 'captive portal') {
      incoming.resume()
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': page.length }).end(page)
      return
    }
    pass(target, agent, incoming, response, trouble === 'slow' ? SLOW_MS : 0, onRequest)
  })
  server.on('connection', (socket: Socket) => {
    if (trouble === 'cut') return void socket.destroy()
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A client that does not trust us, or that we cut off, is no mistake of the server.
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const restoreDns = answerForLocalhost(() => trouble !== 'no DNS')
  const present = (certified: Certified): void => server.setSecureContext(certified)

  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    set: (next) => {
      trouble = next
      present(next === 'TLS interception' ? gateway : own)
      // Connections from before would not notice.
      for (const socket of sockets) socket.destroy()
    },
    close: async () => {
      restoreDns()
      tls.setDefaultCACertificates(trusted)
      for (const socket of sockets) socket.destroy()
      agent.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function pass(
  target: string,
  agent: Agent,
  incoming: IncomingMessage,
  response: ServerResponse,
  slowMs: number,
  onRequest: () => void,
): void {
  const go = async (): Promise<void> => {
    if (slowMs > 0) await delay(slowMs)
    onRequest()
    const { method, headers, url = '/' } = incoming
    const forward = request(new URL(url, target), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      pipeline(answer, response, (error) => {
        // An answer that was cut off is passed on as one.
        if (error) response.destroy()
      })
    })
    forward.on('error', () => response.destroy())
    response.once('close', () => forward.destroy())
    incoming.pipe(forward)
  }
  go().catch(() => response.destroy())
}

/** Looks up `localhost` as a name on the internet is looked up: it is found only while the network works. */
function answerForLocalhost(isFound: () => boolean): () => void {
  type Callback = (error: NodeJS.ErrnoException | null, address?: unknown, family?: number) => void
  type Lookup = (name: string, options: dns.LookupOptions, callback: Callback) => void
  const resolver = dns as unknown as { lookup: Lookup }
  const { lookup } = resolver
  resolver.lookup = (name, options, callback) => {
    if (name !== 'localhost') return lookup(name, options, callback)
    setImmediate(() => {
      if (!isFound()) callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }))
      else if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    })
  }
  return () => {
    resolver.lookup = lookup
  }
}
