import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of one API, over all its servers. */
export interface Connections {
  /** Watches a server's connections. */
  watch(server: Server): void
  /** The answer that a connection is about to get; null when it has asked for nothing, or not wholly. */
  answering(socket: Socket): ServerResponse | null
  count(): number
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Keeps at most `most` connections. Refusing the newest, as Node's `maxConnections` does, would let any program of this
 * computer lock the owner out by opening that many and doing nothing. Instead the one goes that has been of no use for the
 * longest time: idle, still sending its request, or not reading its answer. A new one is refused only when all others are
 * being served.
 */
export function createConnections(most: number, refuse: (socket: Socket) => void): Connections {
  const connections = new Map<Socket, Exchange | null>()
  const isUseful = (socket: Socket, exchange: Exchange | null): boolean =>
    exchange?.request.complete === true && !socket.writableNeedDrain

  const makeRoom = (): boolean => {
    for (const [socket, exchange] of connections) {
      if (isUseful(socket, exchange)) continue
      connections.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }

  return {
    watch: (server) => {
      server.on('connection', (socket: Socket) => {
        if (connections.size >= most && !makeRoom()) {
          refuse(socket)
          return
        }
        connections.set(socket, null)
        socket.once('close', () => connections.delete(socket))
      })
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        const { socket } = request
        if (!connections.has(socket)) return
        connections.set(socket, { request, response })
        response.once('close', () => {
          if (connections.get(socket)?.response !== response) return
          // Whoever was served last is the last to go.
          connections.delete(socket)
          connections.set(socket, null)
        })
      })
    },
    answering: (socket) => connections.get(socket)?.response ?? null,
    count: () => connections.size,
  }
}
