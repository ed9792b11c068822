import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { protocol, type Session } from 'electron'
import { APP_SCHEME, pathIn } from './app-address.ts'

/** The types of the files that a build makes; anything else is bytes to no page. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Only what the build made runs, and nothing leaves or comes from elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The files are beside the app: a copy of them in a cache would only outlive an update.
  'cache-control': 'no-store',
}

/** Before `ready`: gives the scheme an origin, and the rules of secure pages. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files of a folder to the windows of a session, at `app://bundle/`. */
export function serveApp(session: Session, folder: string): void {
  session.protocol.handle(APP_SCHEME, (request) => fileFor(request, folder))
}

async function fileFor(request: Request, folder: string): Promise<Response> {
  if (request.method !== 'GET') return refusal(405, 'Only reading is possible here', { allow: 'GET' })
  const path = pathIn(request.url)
  if (path === null) return refusal(404, 'There is nothing at this address')
  try {
    const bytes = await readFile(join(folder, ...path))
    const type = types[extname(path.at(-1) ?? '')] ?? 'application/octet-stream'
    return new Response(bytes, { headers: { ...headers, 'content-type': type } })
  } catch {
    return refusal(404, 'There is nothing at this address')
  }
}

const refusal = (status: number, text: string, more: Readonly<Record<string, string>> = {}): Response =>
  new Response(text, { status, headers: { ...headers, ...more, 'content-type': 'text/plain; charset=utf-8' } })
