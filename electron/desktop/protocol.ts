import { protocol, type Session } from 'electron'
import { windowFileType, windowHeaders } from '../../shared/window-files.ts'
import { readWindowFrom } from '../platform/window-folder.ts'
import { APP_SCHEME, pathIn } from './app-address.ts'

/** Before `ready`: gives the scheme an origin, and the rules of secure pages. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the files of a folder to the windows of a session, at `app://bundle/`. */
export function serveApp(session: Session, folder: string): void {
  const read = readWindowFrom(folder)
  session.protocol.handle(APP_SCHEME, (request) => fileFor(request, read))
}

async function fileFor(request: Request, read: ReturnType<typeof readWindowFrom>): Promise<Response> {
  if (request.method !== 'GET') return refusal(405, 'Only reading is possible here', { allow: 'GET' })
  const path = pathIn(request.url)
  const bytes = path === null ? null : await read(path)
  if (path === null || bytes === null) return refusal(404, 'There is nothing at this address')
  return new Response(bytes, { headers: { ...windowHeaders, 'content-type': windowFileType(path.at(-1) ?? '') } })
}

const refusal = (status: number, text: string, more: Readonly<Record<string, string>> = {}): Response =>
  new Response(text, { status, headers: { ...windowHeaders, ...more, 'content-type': 'text/plain; charset=utf-8' } })
