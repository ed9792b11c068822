import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whether it answered by itself. */
export type Meddle = (path: string, response: ServerResponse) => boolean | Promise<boolean>

export interface Between {
  /** With a slash at the end. */
  readonly url: string
  close(): void
}

/** The id of the message whose bytes are asked for. */
export const idOf = (path: string): string | undefined => /\/messages\/([^/?]+)\?.*format=raw/.exec(path)?.[1]

/** Stands between the service and the simulator: answers what `meddle` says it answered, passes everything else on. */
export async function startBetween(target: string, meddle: Meddle): Promise<Between> {
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const pass = async (): Promise<void> => {
      if (await meddle(incoming.url ?? '', response)) return
      const forward = request(
        new URL(incoming.url ?? '', target),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          // An answer that breaks off must break off for the service as well.
          answer.on('error', () => response.destroy())
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(response)
        },
      )
      forward.on('error', () => response.destroy())
      incoming.pipe(forward)
    }
    void pass()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
