import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import type { Bridge } from '../shared/bridge.ts'
import { channels } from './desktop/channels.ts'

/** What a page has and Node has not. */
declare function requestAnimationFrame(callback: () => void): number

/** A page that is not drawn (hidden, covered) is told at this pace, in milliseconds. */
const HIDDEN_PACE_MS = 1_000

/** Names this document: a page that is loaded again is another one. */
const documentId = crypto.randomUUID()
const listeners = new Map<number, Parameters<Bridge['subscribe']>[1]>()
let last = 0

/** The app sends nothing more before the page has drawn what it got: a page that is slow or hidden piles nothing up. */
function askForMore(id: number): void {
  let isAsked = false
  const ask = (): void => {
    if (isAsked) return
    isAsked = true
    clearTimeout(timer)
    if (listeners.has(id)) ipcRenderer.send(channels.more, documentId, id)
  }
  const timer = setTimeout(ask, HIDDEN_PACE_MS)
  requestAnimationFrame(ask)
}

ipcRenderer.on(
  channels.events,
  (_event: IpcRendererEvent, of: string, id: number, events: Parameters<Parameters<Bridge['subscribe']>[1]>[0]) => {
    if (of !== documentId) return
    try {
      listeners.get(id)?.(events)
    } finally {
      askForMore(id)
    }
  },
)
ipcRenderer.send(channels.hello, documentId)

const bridge: Bridge = {
  call: (name, input) => ipcRenderer.invoke(channels.call, name, input),
  subscribe: (request, listener) => {
    const id = ++last
    listeners.set(id, listener)
    ipcRenderer.send(channels.subscribe, documentId, id, request)
    return () => {
      if (listeners.delete(id)) ipcRenderer.send(channels.unsubscribe, documentId, id)
    }
  },
}
contextBridge.exposeInMainWorld('mailtide', bridge)
