import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest, ServerResponse } from 'node:http'
import type { Worker } from 'node:worker_threads'

/** What goes on in this process beside the waiting for time: requests from and to it, files, and questions to its worker threads. */
export interface AtWork {
  isBusy(): boolean
  /** Changes whenever something began. */
  begun(): number
  /** Resolves when a request or a question ends, but no later than after so many real milliseconds: files end unheard. */
  ended(mostMs: number): Promise<void>
  close(): void
}

const held = new Set<ServerResponse>()

/** Nobody is at work on this request until `released`, at either end: time may pass for who waits for its answer. */
export async function asIfNotAsked(response: ServerResponse, released: Promise<void>): Promise<void> {
  held.add(response)
  await released
  held.delete(response)
}

const isHeld = (end: ClientRequest | ServerResponse): boolean =>
  'writeHead' in end
    ? held.has(end)
    : [...held].some(({ socket }) => socket !== null && socket.remotePort === end.socket?.localPort)

/** Both threads of the product number their questions, and answer each one once. */
const numberOf = (message: unknown): number | null => {
  const { id, seq } = message as { readonly id?: unknown; readonly seq?: unknown }
  return typeof id === 'number' ? id : typeof seq === 'number' ? seq : null
}

/** Sees the servers and threads that are used from now on. */
export function seeWork(): AtWork {
  const asked = new Map<Worker, Set<number>>()
  const requests = new Set<ClientRequest | ServerResponse>()
  let begun = 0
  let wake = (): void => undefined
  const follow = (end: ClientRequest | ServerResponse): void => {
    requests.add(end)
    begun++
    end.once('close', () => {
      requests.delete(end)
      wake()
    })
  }
  const onServed = (message: unknown): void => follow((message as { readonly response: ServerResponse }).response)
  const onAsked = (message: unknown): void => follow((message as { readonly request: ClientRequest }).request)
  const onThread = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker }
    const open = new Set<number>()
    asked.set(worker, open)
    const post = worker.postMessage.bind(worker)
    worker.postMessage = (question, ...rest) => {
      const number = numberOf(question)
      if (number !== null) open.add(number)
      begun++
      post(question, ...rest)
    }
    worker.on('message', (answer) => {
      open.delete(numberOf(answer) ?? Number.NaN)
      wake()
    })
    worker.once('exit', () => {
      asked.delete(worker)
      wake()
    })
  }
  subscribe('http.server.request.start', onServed)
  subscribe('http.client.request.created', onAsked)
  subscribe('worker_threads', onThread)
  return {
    isBusy: () =>
      [...requests].some((end) => !isHeld(end)) ||
      [...asked.values()].some((open) => open.size > 0) ||
      process.getActiveResourcesInfo().some((name) => /Req|ConnectWrap|WriteWrap/.test(name)),
    begun: () => begun,
    ended: (mostMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, mostMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    close: () => {
      unsubscribe('http.server.request.start', onServed)
      unsubscribe('http.client.request.created', onAsked)
      unsubscribe('worker_threads', onThread)
    },
  }
}
