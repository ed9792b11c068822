import type { Codec } from './codec.ts'
import type { CreateEndpoint } from './endpoint.ts'

/** What a preload may see of the process. */
export interface PreloadEnvironment {
  readonly isolated: boolean
  readonly sandbox: boolean
  readonly platform: string
  readonly arch: string
  readonly versions: Readonly<Record<string, string | undefined>>
}

/** What travels from a page to the app, as JSON; `args` is text of the codec. */
export type FromPage =
  | { readonly type: 'send'; readonly channel: string; readonly args: string }
  | { readonly type: 'invoke'; readonly id: number; readonly channel: string; readonly args: string }
  | { readonly type: 'preload-error'; readonly message: string }

/** What travels from the app to a page. */
export type ToPage =
  | { readonly type: 'event'; readonly channel: string; readonly args: string }
  | { readonly type: 'reply'; readonly id: number; readonly value: string }
  | { readonly type: 'reply'; readonly id: number; readonly error: string }

/** Runs in the world of the page before its own scripts: receives what the preload exposes, deep-frozen. Source text runs in pages. */
export function mainWorld(token: string, createEndpoint: CreateEndpoint): void {
  if (window !== window.top) return
  const endpoint = createEndpoint(token, 'main', 'preload')
  const freeze = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    for (const item of Object.values(value)) freeze(item)
    return Object.freeze(value)
  }
  endpoint.on('expose', (message) => {
    const { key, api } = message as { readonly key: string; readonly api: unknown }
    Object.defineProperty(window, key, { value: freeze(endpoint.inward(api)), enumerable: true })
  })
}

/** Runs in the isolated world: the `electron`, `require` and `process` of a sandboxed preload. Source text runs in pages. */
export function preloadWorld(
  token: string,
  createEndpoint: CreateEndpoint,
  createCodec: () => Codec,
  environment: PreloadEnvironment,
  run: (require: unknown, process: unknown, module: unknown, exports: unknown) => void,
): void {
  if (window !== window.top) return
  type Listener = (event: unknown, ...args: unknown[]) => void
  const globals = globalThis as unknown as Record<string, unknown>
  const binding = globals['standInPost'] as (text: string) => void
  delete globals['standInPost']
  const { encode, decode } = createCodec()
  const post = (message: FromPage): void => binding(JSON.stringify(message))
  const listeners = new Map<string, Listener[]>()
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0

  const on = (channel: string, listener: Listener): unknown => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
    return ipcRenderer
  }
  const off = (channel: string, listener: Listener): unknown => {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter((each) => each !== listener),
    )
    return ipcRenderer
  }
  const ipcRenderer = {
    on,
    off,
    addListener: on,
    removeListener: off,
    once: (channel: string, listener: Listener): unknown => {
      const once: Listener = (...args) => {
        off(channel, once)
        listener(...args)
      }
      return on(channel, once)
    },
    removeAllListeners: (channel?: string): unknown => {
      if (channel === undefined) listeners.clear()
      else listeners.delete(channel)
      return ipcRenderer
    },
    listenerCount: (channel: string): number => (listeners.get(channel) ?? []).length,
    send: (channel: string, ...args: unknown[]): void => post({ type: 'send', channel, args: encode(args) }),
    invoke: async (channel: string, ...args: unknown[]): Promise<unknown> => {
      const id = ++last
      const message: FromPage = { type: 'invoke', id, channel, args: encode(args) }
      return await new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject })
        post(message)
      })
    },
    sendSync: (): never => {
      throw new Error('stand-in: ipcRenderer.sendSync is not implemented')
    },
    postMessage: (): never => {
      throw new Error('stand-in: ipcRenderer.postMessage is not implemented')
    },
  }
  globals['standInReceive'] = (text: string): void => {
    const message = JSON.parse(text) as ToPage
    if (message.type === 'event') {
      const args = decode(message.args) as unknown[]
      for (const listener of listeners.get(message.channel) ?? []) listener({ sender: ipcRenderer, ports: [] }, ...args)
      return
    }
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if ('error' in message) waiting?.reject(new Error(message.error))
    else waiting?.resolve(decode(message.value))
  }

  const endpoint = environment.isolated ? createEndpoint(token, 'preload', 'main') : null
  const contextBridge = {
    exposeInMainWorld: (key: string, api: unknown): void => {
      if (endpoint === null) throw new Error('contextBridge API can only be used when contextIsolation is enabled')
      if (key in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
      Object.defineProperty(window, key, { value: true })
      endpoint.fire('expose', { key, api: endpoint.outward(api) })
    },
  }
  const modules: Readonly<Record<string, unknown>> = { electron: { contextBridge, ipcRenderer } }
  const require = (name: string): unknown => {
    const found = modules[name.replace(/^electron\/(renderer|common)$/, 'electron')]
    if (found === undefined) throw new Error(`module not found: ${name}`)
    return found
  }
  const process = Object.freeze({
    type: 'renderer',
    platform: environment.platform,
    arch: environment.arch,
    versions: environment.versions,
    sandboxed: environment.sandbox,
    contextIsolated: environment.isolated,
    argv: [],
    env: {},
  })
  const module = { exports: {} }
  try {
    run(require, process, module, module.exports)
  } catch (error) {
    post({ type: 'preload-error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
