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
  /** Runs while the mail is being read. */
  timer: NodeJS.Timeout | undefined
}

const WATCHDOG_MS = 20_000
/** A mail whose reading needs more than this ends its worker, not the program. */
const MOST_HEAP_MB = 1024

/** The worker lies beside this file: TypeScript from source, JavaScript when bundled. */
const workerUrl = new URL(`./mail-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/**
 * Starts the mail worker and replaces it whenever reading a mail hangs or the thread dies. What was in its hands is answered with
 * `bad_answer`, so that the caller fetches it again; the mail that was being read is then stored unread.
 */
export function startMailWorker(options: MailWorkerOptions): MailWorker {
  const { log, watchdogMs = WATCHDOG_MS, ...data } = options
  const waiting = new Map<number, Waiting>()
  /** Mails whose reading ended a worker: never read again while the program runs. */
  const unreadable = new Set<string>()
  let seq = 0
  let generation = 0
  let closed = false
  let worker = start()

  function start(): Worker {
    const started = new Worker(workerUrl, {
      workerData: data satisfies MailWorkerData,
      name: 'mailtide-mail',
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    })
    started.on('message', (message: MailReply) => receive(message))
    started.on('error', (error) => replace(started, `it failed: ${error.message}`))
    started.on('exit', () => replace(started, 'it ended'))
    return started
  }

  function replace(broken: Worker, why: string): void {
    if (closed || broken !== worker) return
    log.warning(`The mail worker was replaced, because ${why}`)
    generation++
    worker = start()
    const lost = [...waiting.values()]
    waiting.clear()
    for (const { request, reject, timer } of lost) {
      if (timer !== undefined && request.kind !== 'flush') unreadable.add(`${request.account}/${request.id}`)
      clearTimeout(timer)
      reject(new AppError('bad_answer', 'The mail worker was replaced while it had this message; it is fetched again'))
    }
    broken.terminate().catch((error: unknown) => log.warning(`The old mail worker did not end: ${String(error)}`))
  }

  function receive(message: MailReply): void {
    const entry = waiting.get(message.seq)
    if (entry === undefined) return
    if (message.kind === 'reading') {
      entry.timer = setTimeout(() => setImmediate(() => hung(entry)), watchdogMs)
      return
    }
    clearTimeout(entry.timer)
    entry.timer = undefined
    if (message.kind === 'read') return
    waiting.delete(message.seq)
    if (message.kind === 'failed') entry.reject(new AppError(message.code, message.message))
    else if (message.kind === 'done' || message.prepared === null) entry.resolve(null)
    else entry.resolve({ ...message.prepared, generation })
  }

  /** Looks once more after the answers that already wait were heard: the whole program may have stood still, not the worker. */
  function hung(entry: Waiting): void {
    if (entry.timer === undefined) return
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
      const flushed = generation
      await ask({ kind: 'flush', seq: ++seq })
      return flushed
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
