import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { createCodec } from '../page/codec.ts'
import type { FromPage, ToPage } from '../page/worlds.ts'
import { standInFor } from './strict.ts'

type Handler = Parameters<Electron.IpcMain['handle']>[1]

const codec = createCodec()
const handlers = new Map<string, Handler>()

class IpcMain extends EventEmitter {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    handlers.set(channel, handler)
  }
  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...args) => {
      handlers.delete(channel)
      return handler(event, ...args)
    })
  }
  removeHandler(channel: string): void {
    handlers.delete(channel)
  }
}

const implementation = new IpcMain()
export const ipcMain = standInFor<Electron.IpcMain>()('ipcMain', implementation)

/** Gives a message of a page to whoever listens; the answer, if it waits for one. `event` says who sent it. */
export async function deliver(
  message: Exclude<FromPage, { readonly type: 'preload-error' }>,
  event: Electron.IpcMainInvokeEvent,
): Promise<ToPage | null> {
  const { channel } = message
  const args = codec.decode(message.args) as unknown[]
  if (message.type === 'send') {
    event.sender.emit('ipc-message', event, channel, ...args)
    implementation.emit(channel, event, ...args)
    return null
  }
  const { id } = message
  try {
    const handler = handlers.get(channel)
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    return { type: 'reply', id, value: codec.encode(await handler(event, ...args)) }
  } catch (error) {
    // Electron strips an error to its text.
    return { type: 'reply', id, error: `Error invoking remote method '${channel}': ${String(error)}` }
  }
}
