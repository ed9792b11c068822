import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Log } from '../ports.ts'
import type { MailWorker, PreparedMessage } from './deps.ts'
import type { MailReply, MailRequest, MailWorkerData } from './mail-protocol.ts'

export interface MailWorkerOptions extends Pick<MailWorkerData, 'rawFolder'> {
  /** See `MailWorkerData`. Default false. */
  readonly marked?: boolean
  readonly log: Log
  /** Reading one mail may take so long; then the worker is replaced and the mail is kept unread. Default 20 s. */
  readonly watchdogMs?: number
}

interface Waiting {
  readonly request: MailRequest
  readonly resolve: (prepared: PreparedMessage | null) => void
  readonly reject: (error: AppError) => void
}

const WATCHDOG_MS = 20_000
/** The watchdog looks so often within its time, and bites when it saw the same mail each time: a program that stood still is seen once. */
const LOOKS = 8
const MOST_SEQ = 2 ** 31 - 1
/** A mail whose reading needs more than this ends its worker, not the program. */
const MOST_HEAP_MB = 1024

/** The worker lies beside this file: TypeScript from source, JavaScript when bundled. */
const workerUrl = new URL(`./mail-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/**
 * Starts the mail worker, and another one whenever reading a mail hangs or the thread dies. What was in its hands is answered with
 * `bad_answer`, so that the caller fetches it again; the mail that was being read is then stored unread.
 */
export function startMailWorker(options: MailWorkerOptions): MailWorker {
  const { log, watchdogMs = WATCHDOG_MS, rawFolder, marked = false } = options
  const waiting = new Map<number, Waiting>()
  /** Mails whose reading ended a worker: never read again while the program runs. */
  const unreadable = new Set<string>()
  let seq = 0
  let generation = 0
  let closed = false
  let reading = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  let watchdog: NodeJS.Timeout | undefined
  /** Null after it was replaced, until something is asked: one that cannot start must not be started over and over for nothing. */
  let worker: Worker | null = start()

  function start(): Worker {
    reading = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const started = new Worker(workerUrl, {
      workerData: { rawFolder, marked, reading } satisfies MailWorkerData,
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
    const guilty = Atomics.load(reading, 0)
    worker = null
    const lost = [...waiting.values()]
    waiting.clear()
    for (const { request, reject } of lost) {
      if (request.seq === guilty && request.kind !== 'flush') unreadable.add(`${request.account}/${request.id}`)
      reject(new AppError('bad_answer', 'The mail worker was replaced while it had this message; it is fetched again'))
    }
    broken.terminate().catch((error: unknown) => log.warning(`The old mail worker did not end: ${String(error)}`))
  }

  function receive(message: MailReply): void {
    const entry = waiting.get(message.seq)
    if (entry === undefined) return
    waiting.delete(message.seq)
    if (message.kind === 'failed') {
      const { code, remedy, action } = message
      entry.reject(new AppError(code, message.message, { ...(remedy === undefined ? {} : { remedy }), action }))
    } else if (message.kind === 'done' || message.prepared === null) entry.resolve(null)
    else entry.resolve({ ...message.prepared, generation })
  }

  /** Runs while something waits. */
  function watch(): void {
    let seen = 0
    let times = 0
    watchdog ??= setInterval(() => {
      if (waiting.size === 0) {
        clearInterval(watchdog)
        watchdog = undefined
        return
      }
      const now = Atomics.load(reading, 0)
      times = now !== 0 && now === seen ? times + 1 : 0
      seen = now
      if (times < LOOKS || worker === null) return
      times = 0
      replace(worker, 'reading a mail took too long; its original is kept and it is listed as a failure')
    }, watchdogMs / LOOKS).unref()
  }

  const next = (): number => {
    seq = seq === MOST_SEQ ? 1 : seq + 1
    return seq
  }

  function ask(request: MailRequest, transfer: ArrayBuffer[] = []): Promise<PreparedMessage | null> {
    if (closed) return Promise.reject(new AppError('aborted', 'The mail worker is closed'))
    return new Promise((resolve, reject) => {
      worker ??= start()
      waiting.set(request.seq, { request, resolve, reject })
      worker.postMessage(request, transfer)
      watch()
    })
  }

  const isUnreadable = (account: AccountId, id: MessageId): boolean => unreadable.has(`${account}/${id}`)

  return {
    prepare: async (account, id, body) => {
      const request = { kind: 'prepare', seq: next(), account, id, body, skipParse: isUnreadable(account, id) } as const
      const prepared = await ask(request, ownBuffer(body))
      if (prepared === null) throw new AppError('bug', 'The mail worker prepared nothing')
      return prepared
    },
    reread: (account, id, packed) =>
      ask({ kind: 'reread', seq: next(), account, id, packed, skipParse: isUnreadable(account, id) }),
    flush: async () => {
      const asked = generation
      try {
        await ask({ kind: 'flush', seq: next() })
      } catch (error) {
        // What was lost may be another account's, whose own flush will not hear of it: nothing prepared until now counts as durable.
        if (generation === asked) generation++
        throw error
      }
      // As of the answer: a flush that failed meanwhile may have lost what this one was asked for.
      return generation
    },
    close: async () => {
      closed = true
      clearInterval(watchdog)
      for (const { reject } of waiting.values()) reject(new AppError('aborted', 'The mail worker is closed'))
      waiting.clear()
      await worker?.terminate()
    },
  }
}

/** The memory behind the body may be moved to the worker only if nothing else lives in it (small Buffers share a pool). */
function ownBuffer(body: Uint8Array): ArrayBuffer[] {
  const { buffer } = body
  return buffer instanceof ArrayBuffer && body.byteLength === buffer.byteLength ? [buffer] : []
}
