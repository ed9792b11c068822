import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents, type WebFrameMain } from 'electron'
import { BridgeSubscription } from '../../shared/bridge.ts'
import { dispatch, type Handlers, type OperationName, operations, type Reply, replyTo } from '../../shared/contract.ts'
import { type DesktopHandlers, type DesktopOperationName, desktopOperations } from '../../shared/desktop.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import { isOwnPage } from './app-address.ts'
import { channels } from './channels.ts'
import { type BridgeEvents, openSubscription, type Subscription } from './subscriptions.ts'

export interface BridgeOptions {
  readonly handlers: Handlers
  readonly desktopHandlers: DesktopHandlers
  readonly events: BridgeEvents
  readonly log: Log
  /** Whether a frame may speak to the app; else the outermost frame of the app's own page alone. */
  readonly isAllowed?: (frame: WebFrameMain | null) => boolean
}

/** Far more than the window has, so that only a page gone wrong meets it. */
const MOST_SUBSCRIPTIONS = 32

/** One document in a window, and what it listens to. */
interface Listening {
  readonly document: string
  readonly subscriptions: Map<number, Subscription>
}

/**
 * The app's end of the bridge: answers the operations of the contract and the app's own, and pushes events to the pages that asked. Whoever
 * is not the app's own page is refused. A page that goes away, crashes or is loaded again leaves nothing behind.
 */
export function connectBridge(options: BridgeOptions): { close(): void } {
  const { events, log, isAllowed = isOwnPage } = options
  const pages = new Map<WebContents, Listening>()
  const isTrusted = ({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    if (isAllowed(senderFrame)) return true
    // Without a frame it is the last word of a page that has gone.
    if (senderFrame === null) return false
    log.warning('A page that is not the app’s own tried to speak to the app: it was refused')
    return false
  }
  const forget = (contents: WebContents): void => {
    for (const subscription of pages.get(contents)?.subscriptions.values() ?? []) subscription.close()
    pages.get(contents)?.subscriptions.clear()
  }

  /** What this document of the window listens to. */
  const listeningOf = (contents: WebContents, document: string): Listening => {
    const known = pages.get(contents)
    if (known?.document === document) return known
    if (known === undefined) {
      contents.once('destroyed', () => {
        forget(contents)
        pages.delete(contents)
      })
      contents.on('render-process-gone', () => forget(contents))
    } else forget(contents)
    const fresh: Listening = { document, subscriptions: new Map() }
    pages.set(contents, fresh)
    return fresh
  }

  const subscribe = (contents: WebContents, document: string, id: number, request: unknown): void => {
    const { subscriptions } = listeningOf(contents, document)
    const parsed = BridgeSubscription.safeParse(request)
    if (!parsed.success || subscriptions.has(id) || subscriptions.size >= MOST_SUBSCRIPTIONS) {
      log.warning('A page asked for events that it cannot have', {
        detail: parsed.success ? `${subscriptions.size} subscriptions` : toProblem(parsed.error).detail,
      })
      return
    }
    const send = (batch: unknown): void => {
      if (!contents.isDestroyed()) contents.send(channels.events, document, id, batch)
    }
    subscriptions.set(id, openSubscription(parsed.data, events, send))
  }

  /** Registers a listener of messages that name a document; the way to take it away. */
  const listen = (
    channel: string,
    listener: (contents: WebContents, document: string, id: number, more: unknown) => void,
  ): (() => void) => {
    const heard = (event: IpcMainEvent, document: unknown, id: unknown, more: unknown): void => {
      if (typeof document !== 'string' || document.length > 100 || !isTrusted(event)) return
      listener(event.sender, document, Number.isSafeInteger(id) ? (id as number) : 0, more)
    }
    ipcMain.on(channel, heard)
    return () => {
      ipcMain.off(channel, heard)
    }
  }

  ipcMain.handle(channels.call, async (event, name: unknown, input: unknown): Promise<Reply> => {
    if (isTrusted(event)) return await answer(options, String(name), input)
    return refusal(new AppError('forbidden', 'Only Mailtide’s own window can ask this'))
  })
  const stops = [
    listen(channels.hello, (contents, document) => listeningOf(contents, document)),
    listen(channels.subscribe, subscribe),
    listen(channels.unsubscribe, (contents, document, id) => {
      const { subscriptions } = listeningOf(contents, document)
      subscriptions.get(id)?.close()
      subscriptions.delete(id)
    }),
    listen(channels.more, (contents, document, id) => listeningOf(contents, document).subscriptions.get(id)?.more()),
  ]
  return {
    close: () => {
      ipcMain.removeHandler(channels.call)
      for (const stop of stops.splice(0)) stop()
      for (const contents of pages.keys()) forget(contents)
      pages.clear()
    },
  }
}

const refusal = (error: AppError): Reply => ({ ok: false, problem: toProblem(error) })

async function answer(options: BridgeOptions, name: string, input: unknown): Promise<Reply> {
  const { handlers, desktopHandlers, log } = options
  const report = (error: unknown): void => {
    if (error instanceof AppError) return
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error('A request of the window failed because of a bug', { operation: name, error: text })
  }
  if (Object.hasOwn(operations, name)) return await dispatch(handlers, name as OperationName, input, report)
  if (Object.hasOwn(desktopOperations, name)) {
    const own = name as DesktopOperationName
    const handler = desktopHandlers[own] as (input: unknown) => Promise<unknown>
    return await replyTo(desktopOperations[own].input, handler, input, report)
  }
  return refusal(new AppError('not_found', `Mailtide cannot do '${name.slice(0, 100)}'`, { remedy: 'Start it again' }))
}
