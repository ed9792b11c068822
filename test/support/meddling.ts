import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Answers a request itself, and says so, or leaves it to the simulator. */
export type Meddle = (path: string, response: ServerResponse) => boolean | Promise<boolean>

export type Answered = (path: string, response: ServerResponse) => void | Promise<void>

export interface Meddling {
  /**
   * Stands between the service and the simulator: answers what `meddle` says it answered, passes everything else on. What the simulator
   * answered is passed on after `answered`.
   */
  between(target: string, meddle: Meddle, answered?: Answered): Promise<string>
  /** Ends all of them. */
  close(): void
}

export function createMeddling(): Meddling {
  const servers: Server[] = []
  return {
    between: async (target, meddle, answered) => {
      const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
        const pass = async (): Promise<void> => {
          if ((await meddle(incoming.url ?? '', response)) || response.destroyed) return
          const forward = request(
            new URL(incoming.url ?? '', target),
            { method: incoming.method, headers: incoming.headers },
            async (answer) => {
              // An answer that breaks off breaks off for the service as well.
              answer.on('error', () => response.destroy())
              if (answered === undefined) {
                response.writeHead(answer.statusCode ?? 500, answer.headers)
                answer.pipe(response)
                return
              }
              // The simulator is done with it before anybody waits.
              const body = await buffer(answer).catch(() => null)
              if (body === null) return
              await answered(incoming.url ?? '', response)
              response.writeHead(answer.statusCode ?? 500, answer.headers).end(body)
            },
          )
          forward.on('error', () => response.destroy())
          incoming.pipe(forward)
        }
        void pass()
      })
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    },
    close: () => {
      for (const server of servers.splice(0)) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

/** The message whose bytes a request asks for. */
export const rawIdOf = (path: string): string | undefined => /\/messages\/([^/?]+)\?.*format=raw/.exec(path)?.[1]
