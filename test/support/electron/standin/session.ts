import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { app } from './app.ts'
import { protocol } from './schemes.ts'
import { record } from './state.ts'
import { standInFor } from './strict.ts'

type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0]
type Permission = Parameters<NonNullable<RequestHandler>>[1]

let onRequest: RequestHandler = null
let onCheck: CheckHandler = null

class Session extends EventEmitter {
  readonly protocol = protocol
  setPermissionRequestHandler(handler: RequestHandler): void {
    onRequest = handler
  }
  setPermissionCheckHandler(handler: CheckHandler): void {
    onCheck = handler
  }
  setDevicePermissionHandler(): void {
    record('session.setDevicePermissionHandler')
  }
  setSpellCheckerEnabled(enable: boolean): void {
    record('session.setSpellCheckerEnabled', enable)
  }
  async clearCache(): Promise<void> {
    record('session.clearCache')
  }
  async clearStorageData(): Promise<void> {
    record('session.clearStorageData')
  }
  isPersistent(): boolean {
    return true
  }
}

const theSession = standInFor<Electron.Session>()('session', new Session())

export const session = standInFor<typeof Electron.session>()('session', {
  get defaultSession(): Electron.Session {
    if (!app.isReady()) throw new Error('Session can only be received when app is ready')
    return theSession
  },
})

/** What a page that asks for a permission, and one that looks whether it has it, is told. Without handlers Electron allows all. */
export async function permissionAnswers(
  contents: Electron.WebContents,
  permission: string,
): Promise<{ readonly request: boolean; readonly check: boolean }> {
  const { request, check } = { request: onRequest, check: onCheck }
  const asked = permission as Permission
  const details = { isMainFrame: true, requestingUrl: contents.getURL() }
  return {
    request:
      request === null ||
      (await new Promise<boolean>((answer) => request(contents, asked, answer, details as Electron.PermissionRequest))),
    check:
      check === null ||
      check(
        contents,
        asked as Parameters<NonNullable<CheckHandler>>[1],
        contents.getURL(),
        details as Electron.PermissionCheckHandlerHandlerDetails,
      ),
  }
}
