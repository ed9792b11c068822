import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { foreignPage, nothingPage, type Page, pageHeaders, pageHtml } from './oauth-pages.ts'

/** A place on this computer to which Google sends the browser back. */
export interface Loopback {
  /** `http://127.0.0.1:<port>/` */
  readonly redirectUri: string
  /** Listens no longer. A browser whose hit is being worked on still gets its page. Safe to call twice. */
  close(): void
}

/** Browsers need one or two connections; a port scan must not get more. */
const MOST_CONNECTIONS = 16
const HEAD_MS = 10_000
const MAX_HEAD_BYTES = 16_384

/**
 * Listens on a free port of 127.0.0.1 for one redirect: Google asks for the address rather than `localhost`, which firewalls and name
 * resolution can lead elsewhere (https://developers.google.com/identity/protocols/oauth2/native-app#redirect-uri_loopback). `take` is asked
 * of each request for the page `/` whether it is the one; the first for which it gives a page to come ends the listening. Everything else is
 * answered and changes nothing. Rejects when no port can be had.
 */
export async function listenForRedirect(take: (params: URLSearchParams) => Promise<Page> | null): Promise<Loopback> {
  const server = createServer({
    headersTimeout: HEAD_MS,
    requestTimeout: HEAD_MS,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: MAX_HEAD_BYTES,
    keepAlive: false,
  })
  server.maxConnections = MOST_CONNECTIONS
  let host = ''
  let isTaken = false
  const close = (): void => {
    server.close()
    server.closeIdleConnections()
    if (!isTaken) server.closeAllConnections()
  }
  server.on('request', (request, response) => {
    const page = answerTo(request, host, take)
    if (!(page instanceof Promise)) return send(response, page)
    isTaken = true
    close()
    response.on('close', () => server.closeAllConnections())
    void page.then((done) => send(response, done))
    return undefined
  })
  server.on('clientError', (_, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
  server.on('error', () => undefined)
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { redirectUri: `http://${host}/`, close }
}

function answerTo(
  request: IncomingMessage,
  host: string,
  take: (params: URLSearchParams) => Promise<Page> | null,
): Page | Promise<Page> {
  const url = URL.parse(request.url ?? '', `http://${host}`)
  // A name that was rebound to this computer, a proxy's request, a form, an icon.
  if (request.headers.host !== host || url?.host !== host || request.method !== 'GET' || url.pathname !== '/') {
    return nothingPage
  }
  return (isNavigation(request) ? take(url.searchParams) : null) ?? foreignPage
}

/** Google's redirect moves the whole page; what a script, picture or frame of another page asks for does not: https://web.dev/articles/fetch-metadata */
function isNavigation({ headers }: IncomingMessage): boolean {
  const isOwnPage = (headers['sec-fetch-dest'] ?? 'document') === 'document'
  return isOwnPage && (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate' && headers.origin === undefined
}

function send(response: ServerResponse, page: Page): void {
  response.on('error', () => undefined)
  response.writeHead(page.status, pageHeaders)
  response.end(pageHtml(page))
}
