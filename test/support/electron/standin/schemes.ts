import type Electron from 'electron'
import { app } from './app.ts'
import { record } from './state.ts'
import { standInFor } from './strict.ts'

type Handler = Parameters<Electron.Protocol['handle']>[1]

const schemes = new Map<string, Electron.Privileges>()
const handlers = new Map<string, Handler>()

/**
 * Chromium as Debian builds it knows no schemes of ours, so `app://bundle/x` travels as `https://bundle.app-scheme.test/x`: a secure
 * origin with the same rules. Product code sees its own address everywhere but in `location` inside the page.
 */
export function toChromium(url: string): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  return schemes.has(scheme) ? `https://${host}.${scheme}-scheme.test${rest}` : url
}

export function fromChromium(url: string): string {
  const match = /^https:\/\/([^/?#]*)\.([a-z][a-z0-9+-]*)-scheme\.test(?=[/?#]|$)(.*)$/i.exec(url)
  return match === null ? url : `${match[2]}://${match[1]}${match[3]}`
}

/** The origin as Chromium inside Electron spells it; `URL` in Node has none for schemes it does not know. */
export function originOf(url: string): string {
  const [origin] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url) ?? ['null']
  return origin
}

/** What the app serves at an address of its own; undefined for all others. */
export const handlerFor = (url: string): Handler | undefined => handlers.get(new URL(url).protocol.slice(0, -1))
export const isOwn = (url: string): boolean => fromChromium(url) !== url

export const protocol = standInFor<Electron.Protocol>()('protocol', {
  registerSchemesAsPrivileged: (list: Electron.CustomScheme[]) => {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    record('protocol.registerSchemesAsPrivileged', list)
    for (const { scheme, privileges } of list) schemes.set(scheme, privileges ?? {})
  },
  handle: (scheme: string, handler: Handler) => {
    if (!app.isReady()) throw new Error('stand-in: protocol.handle is called before app is ready')
    // Electron would serve it, but without an origin, storage, fetch and CSP of its own.
    if (!schemes.has(scheme)) throw new Error(`stand-in: protocol.handle: '${scheme}' was not registered before ready`)
    if (handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    handlers.set(scheme, handler)
  },
  unhandle: (scheme: string) => {
    if (!handlers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`)
  },
  isProtocolHandled: (scheme: string) => handlers.has(scheme),
})
