import { windowFile } from '../../shared/window-files.ts'

/** The scheme under which the window's own files are served, and the one host there is. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'bundle'
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`

/** Whether an address is one of the app's own. */
export function isAppAddress(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === ''
}

/** The names on the way to a file within the folder; null for an address that leads to none. */
export function pathIn(address: string): readonly string[] | null {
  const { host, pathname } = new URL(address)
  if (host !== APP_HOST) return null
  return windowFile(pathname)
}

/** Whether a frame is the outermost one of the app's own page: one within it may hold what is not ours. */
export function isOwnPage(frame: { readonly url: string; readonly parent: object | null } | null): boolean {
  return frame !== null && frame.parent === null && isAppAddress(frame.url)
}
