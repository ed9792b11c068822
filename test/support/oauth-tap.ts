import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between the product and the OAuth endpoints and notes every secret that passes: what a log could have got hold of. */
export interface OAuthTap {
  /** With a slash at the end. */
  readonly url: string
  /** By what they are: `refresh_token`, `code_verifier`, ... */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>
  close(): void
}

const names = ['refresh_token', 'access_token', 'client_secret', 'code', 'code_verifier', 'assertion']

export async function tapOAuth(target: string): Promise<OAuthTap> {
  const seen = new Map(names.map((name) => [name, new Set<string>()]))
  const note = (entries: Iterable<readonly [string, unknown]>): void => {
    for (const [name, value] of entries) if (typeof value === 'string') seen.get(name)?.add(value)
  }
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = []
    incoming.on('data', (part: Buffer) => parts.push(part))
    incoming.on('end', () => {
      const body = Buffer.concat(parts)
      note(new URLSearchParams(body.toString('utf8')))
      const url = new URL((incoming.url ?? '/').slice(1), target)
      const forward = request(url, { method: incoming.method, headers: incoming.headers }, (answer) => {
        const answered: Buffer[] = []
        answer.on('data', (part: Buffer) => answered.push(part))
        answer.on('end', () => {
          const text = Buffer.concat(answered)
          note(Object.entries(jsonOf(text.toString('utf8'))))
          if (answer.headers.location !== undefined) note(new URL(answer.headers.location).searchParams)
          response.writeHead(answer.statusCode ?? 500, answer.headers).end(text)
        })
      })
      forward.on('error', () => response.destroy())
      forward.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
