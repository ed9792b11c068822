import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import type { Worker } from 'node:worker_threads'

/** What goes on in this process beside the waiting for time: requests to its HTTP servers, files, and questions to its worker threads. */
export interface AtWork {
  isBusy(): boolean
  /** Changes whenever something began. */
  begun(): number
  close(): void
}

/** Both threads of the product number their questions, and answer each one once. */
const numberOf = (message: unknown): number | null => {
  const { id, seq } = message as { readonly id?: unknown; readonly seq?: unknown }
  return typeof id === 'number' ? id : typeof seq === 'number' ? seq : null
}

/** Sees the servers and threads that are used from now on. */
export function seeWork(): AtWork {
  const asked = new Map<Worker, Set<number>>()
  let requests = 0
  let begun = 0
  const onRequest = (message: unknown): void => {
    const { response } = message as { readonly response: ServerResponse }
    requests++
    begun++
    response.once('close', () => {
      requests--
    })
  }
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
    worker.on('message', (answer) => open.delete(numberOf(answer) ?? Number.NaN))
    worker.once('exit', () => asked.delete(worker))
  }
  subscribe('http.server.request.start', onRequest)
  subscribe('worker_threads', onThread)
  return {
    isBusy: () =>
      requests > 0 ||
      [...asked.values()].some((open) => open.size > 0) ||
      process.getActiveResourcesInfo().some((name) => /Req|ConnectWrap|WriteWrap/.test(name)),
    begun: () => begun,
    close: () => {
      unsubscribe('http.server.request.start', onRequest)
      unsubscribe('worker_threads', onThread)
    },
  }
}
