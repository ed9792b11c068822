import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Log } from '../ports.ts'
import type { MailWorker, PreparedMessage } from './deps.ts'
import type { MailReply, MailRequest, MailWorkerData } from './mail-protocol.ts'

export interface MailWorkerOptions extends MailWorkerData {
  readonly log: Log
  /** Reading one mail may take so long; then the worker is replaced and the mail is kept unread. Default 20 s. */
  readonly watchdogMs?: number
}

interface Waiting {
  readonly request: MailRequest
  readonly resolve: (prepared: PreparedMessage | null) => void
  readonly reject: (error: AppError) => void
  timer: NodeJS.Timeout | undefined
}

const WATCHDOG_MS = 20_000

/** The worker lies beside this file: TypeScript from source, JavaScript when bundled. */
const workerUrl = new URL(`./mail-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/**
 * Starts the mail worker and replaces it whenever reading a mail hangs or the thread dies. What was in its hands is answered with
 * `bad_answer`, so that the caller fetches it again; the mail that hung is then stored unread.
 */
export function startMailWorker(options: MailWorkerOptions): MailWorker {
  const { log, watchdogMs = WATCHDOG_MS, ...data } = options
  const waiting = new Map<number, Waiting>()
  /** Mails whose reading hung once: never read again by this version while the program runs. */
  const unreadable = new Set<string>()
  let seq = 0
  let closed = false
  /** A worker ended with originals written and their folders not yet synced: what it prepared must not be committed. */
  let isUnsynced = false
  let worker = start()

  function start(): Worker {
    const started = new Worker(workerUrl, { workerData: data satisfies MailWorkerData, name: 'mailtide-mail' })
    started.on('message', (message: MailReply) => receive(message))
    started.on('error', (error) => replace(started, `it failed: ${error.message}`))
    started.on('exit', () => replace(started, 'it ended'))
    return started
  }

  function replace(broken: Worker, why: string): void {
    if (closed || broken !== worker) return
    log.warning(`The mail worker was replaced, because ${why}`)
    worker = start()
    isUnsynced = true
    const lost = [...waiting.values()]
    waiting.clear()
    for (const { reject, timer } of lost) {
      clearTimeout(timer)
      reject(new AppError('bad_answer', 'The mail worker was replaced while it had this message; it is fetched again'))
    }
    broken.terminate().catch((error: unknown) => log.warning(`The old mail worker did not end: ${String(error)}`))
  }

  function receive(message: MailReply): void {
    const entry = waiting.get(message.seq)
    if (entry === undefined) return
    if (message.kind === 'reading') {
      entry.timer = setTimeout(() => hung(entry), watchdogMs)
      return
    }
    waiting.delete(message.seq)
    clearTimeout(entry.timer)
    if (message.kind === 'failed') entry.reject(new AppError(message.code, message.message))
    else entry.resolve(message.kind === 'prepared' ? message.prepared : null)
  }

  function hung({ request }: Waiting): void {
    if (request.kind !== 'flush') unreadable.add(`${request.account}/${request.id}`)
    replace(worker, 'reading a mail took too long; its original is kept and it is listed as a failure')
  }

  function ask(request: MailRequest, transfer: ArrayBuffer[] = []): Promise<PreparedMessage | null> {
    if (closed) return Promise.reject(new AppError('aborted', 'The mail worker is closed'))
    return new Promise((resolve, reject) => {
      waiting.set(request.seq, { request, resolve, reject, timer: undefined })
      worker.postMessage(request, transfer)
    })
  }

  const isUnreadable = (account: AccountId, id: MessageId): boolean => unreadable.has(`${account}/${id}`)

  return {
    prepare: async (account, id, body) => {
      const request = { kind: 'prepare', seq: ++seq, account, id, body, skipParse: isUnreadable(account, id) } as const
      const prepared = await ask(request, ownBuffer(body))
      if (prepared === null) throw new AppError('bug', 'The mail worker prepared nothing')
      return prepared
    },
    reread: (account, id, packed) =>
      ask({ kind: 'reread', seq: ++seq, account, id, packed, skipParse: isUnreadable(account, id) }),
    flush: async () => {
      if (isUnsynced) {
        isUnsynced = false
        throw new AppError('bad_answer', 'The mail worker was replaced; the messages it had prepared are fetched again')
      }
      await ask({ kind: 'flush', seq: ++seq })
    },
    close: async () => {
      closed = true
      for (const { reject, timer } of waiting.values()) {
        clearTimeout(timer)
        reject(new AppError('aborted', 'The mail worker is closed'))
      }
      waiting.clear()
      await worker.terminate()
    },
  }
}

/** The memory behind the body may be moved to the worker only if nothing else lives in it (small Buffers share a pool). */
function ownBuffer(body: Uint8Array): ArrayBuffer[] {
  const { buffer } = body
  return buffer instanceof ArrayBuffer && body.byteLength === buffer.byteLength ? [buffer] : []
}
