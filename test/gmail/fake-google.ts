import http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface FakeGoogle {
  /** With a slash at the end. */
  readonly url: string
  /** Requests as they came: method, path with query, headers, body. */
  readonly requests: readonly Seen[]
  close(): Promise<void>
}

export interface Seen {
  readonly method: string
  readonly url: URL
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export type Answering = (request: Seen, response: http.ServerResponse, count: number) => void | Promise<void>

/** A throw-away server that answers as the test says; `count` begins at 1. */
export async function fakeGoogle(answer: Answering): Promise<FakeGoogle> {
  const requests: Seen[] = []
  const server = http.createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const seen = {
        method: incoming.method ?? '',
        url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
        headers: incoming.headers,
        body: Buffer.concat(parts).toString('utf8'),
      }
      requests.push(seen)
      void answer(seen, response, requests.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Google pretty-prints. */
export function json(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
  response.end(`${JSON.stringify(body, null, 2)}\n`)
}
