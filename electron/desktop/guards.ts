import type { App, Session } from 'electron'
import type { Log } from '../ports.ts'
import { isAppAddress } from './app-address.ts'

export interface GuardOptions {
  /** Opens a page in the person's own browser; throws for one that nothing in Mailtide leads to. */
  readonly openExternal: (address: string) => Promise<void>
  readonly log: Log
}

/**
 * Keeps every page of the app where it is: it goes to no other address, opens no window, holds no `<webview>`. What it would have opened is
 * offered to `openExternal`.
 */
export function guardContents(app: App, { openExternal, log }: GuardOptions): void {
  const stop = (event: { preventDefault(): void }, what: string, address: string): void => {
    event.preventDefault()
    log.warning(`A page of the app tried to ${what}: it was stopped`, { scheme: schemeOf(address) })
  }
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url).catch(() => log.warning('A page was not opened in the browser', { scheme: schemeOf(url) }))
      return { action: 'deny' }
    })
    // Of frames: none of the app's pages has one that may go anywhere.
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) stop(event, 'load another page in a frame', event.url)
    })
    contents.on('will-navigate', (event) => {
      if (!isAppAddress(event.url)) stop(event, 'leave', event.url)
    })
    contents.on('will-redirect', (event) => {
      if (!isAppAddress(event.url)) stop(event, 'be led elsewhere', event.url)
    })
    contents.on('will-attach-webview', (event, _preferences, { src = '' }) => stop(event, 'hold a <webview>', src))
  })
}

/** What would open the pages of the app, and with them all mail, to any program of any user of the computer: it asks for no token. */
const debugging = ['remote-debugging-port', 'remote-debugging-pipe'] as const

/**
 * An installed app is no place for developers' tools, however it is started. Before `ready`, when Electron looks for these switches
 * (https://www.electronjs.org/docs/latest/api/command-line#commandlineremoveswitchswitch); those of Node are refused by a fuse.
 */
export function refuseDebugging({ isPackaged, commandLine }: Pick<App, 'isPackaged' | 'commandLine'>): void {
  if (!isPackaged) return
  for (const name of debugging) commandLine.removeSwitch(name)
}

/** Pages get no camera, no place, no notifications: nothing that a person would be asked for, and nobody is asked. */
export function refusePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}

/** All that the log may hold of an address: it can come out of a mail. */
const schemeOf = (address: string): string => (URL.canParse(address) ? new URL(address).protocol : 'none')
