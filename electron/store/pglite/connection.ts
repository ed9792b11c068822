import { Worker } from 'node:worker_threads'
import type { AppError } from '../../../shared/errors.ts'
import type { Row } from '../db.ts'
import { DamagedStore, databaseDiskFull, isFatal, PostgresFault, storeError, toStoreError } from '../faults.ts'
import type {
  WorkerAnswer,
  WorkerFailed,
  WorkerMessage,
  WorkerReady,
  WorkerRefusal,
  WorkerRequest,
  WorkerSettings,
} from './protocol.ts'

/** A request without its number, which the connection gives. */
export type Request = WorkerRequest extends infer R ? (R extends WorkerRequest ? Omit<R, 'id'> : never) : never

export interface Answer {
  readonly rows: Row[]
  readonly affected: number
  readonly command: string
}

/** The instance is lost, and with it whatever was not committed. */
export class ConnectionLost extends Error {
  readonly error: AppError
  constructor(error: AppError) {
    super(error.message)
    this.name = 'ConnectionLost'
    this.error = error
  }
}

interface Waiting {
  resolve(message: WorkerAnswer | WorkerRefusal): void
  reject(lost: ConnectionLost): void
}

/**
 * One worker thread with one open database, until it dies. It is dead for good after a watchdog ran out, a swallowed
 * trap, a panic, a full disk or an exit; `ended` then tells why, once the thread has really gone.
 */
export interface Connection {
  readonly ready: WorkerReady
  readonly alive: boolean
  /** WebAssembly memory after the last answer. It never shrinks. */
  readonly heapBytes: number
  /** Resolves when the thread has exited: with the reason, or null after `close`. */
  readonly ended: Promise<AppError | null>
  /** Rejects with `ConnectionLost` when the instance died, else as `Sql.query` does. */
  request(request: Request, watchdogMs: number): Promise<Answer>
  /** Closes the database cleanly, or ends the thread when that takes longer than this. */
  close(limitMs: number): Promise<void>
  /** Ends the thread at once: committed work is safe. Resolves when it has exited. */
  terminate(): Promise<void>
}

/** Starts the worker thread and opens the folder in it. The caller has checked the folder and holds its lock. */
export async function connect(worker: URL, settings: WorkerSettings, openLimitMs: number): Promise<Connection> {
  const thread = new Worker(worker, { workerData: settings, name: 'mailtide-store' })
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let heapBytes = 0
  let reason: AppError | null = null
  let opened = false
  let closing = false

  const exited = new Promise<void>((resolve) => {
    thread.once('exit', () => resolve())
  })
  const die = (error: AppError): ConnectionLost => {
    reason ??= error
    const lost = new ConnectionLost(reason)
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
    void thread.terminate()
    return lost
  }
  thread.on('error', (error) => die(storeError('The database worker failed', tryAgain, error)))

  const ready = await new Promise<WorkerReady>((resolve, reject) => {
    const fail = (error: AppError) => {
      clearTimeout(timer)
      die(error)
      void exited.then(() => reject(error))
    }
    const timer = setTimeout(() => fail(storeError('The database did not open in time', tryAgain)), openLimitMs)
    void exited.then(() => {
      if (!opened) fail(reason ?? storeError('The database worker ended while opening', tryAgain))
    })
    thread.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') {
        clearTimeout(timer)
        opened = true
        heapBytes = message.heapBytes
        resolve(message)
      } else if (message.kind === 'failed') fail(openFailure(message))
      else {
        heapBytes = message.heapBytes
        waiting.get(message.id)?.resolve(message)
        waiting.delete(message.id)
      }
    })
  })

  const ended = exited.then(() => {
    if (!closing) die(storeError('The database worker ended', tryAgain))
    for (const { reject } of waiting.values()) reject(new ConnectionLost(reason ?? closedError()))
    waiting.clear()
    return reason
  })

  const send = (request: Request, watchdogMs: number) =>
    new Promise<WorkerAnswer | WorkerRefusal>((resolve, reject) => {
      if (reason !== null || closing) return reject(new ConnectionLost(reason ?? closedError()))
      const id = nextId++
      // Real time on purpose: a thread that hangs does not wait for a test's clock. When this thread was the slow one,
      // the answer may already lie in the queue: one turn of the loop lets it arrive.
      const expired = () =>
        setImmediate(() => {
          if (waiting.has(id)) die(storeError('The database stopped answering and was restarted', tryAgain))
        })
      const timer = setTimeout(expired, watchdogMs)
      const settle = () => clearTimeout(timer)
      waiting.set(id, {
        resolve: (message) => {
          settle()
          resolve(message)
        },
        reject: (lost) => {
          settle()
          reject(lost)
        },
      })
      thread.postMessage({ ...request, id })
    })

  return {
    ready,
    ended,
    get alive() {
      return reason === null && !closing
    },
    get heapBytes() {
      return heapBytes
    },
    async request(request, watchdogMs) {
      const message = await send(request, watchdogMs)
      if (message.kind === 'refusal') {
        if (!isFatal(message.error)) throw toStoreError(message.error)
        const cause = new PostgresFault(message.error)
        throw die(
          message.error.code === '53100' ? databaseDiskFull(cause) : storeError('The database failed', tryAgain, cause),
        )
      }
      const { rows, affected, command } = message
      if (command === null) throw die(storeError('The database failed inside a request', tryAgain))
      return { rows, affected, command }
    },
    async close(limitMs) {
      const closed = send({ kind: 'close' }, limitMs)
      closing = true
      await closed.catch(() => undefined)
      await thread.terminate()
      await ended
    },
    async terminate() {
      closing = true
      await thread.terminate()
      await ended
    },
  }
}

const tryAgain = 'Nothing that was stored is lost; Mailtide retries the request'

export const closedError = () => storeError('The database is closed', 'Start Mailtide again')

/** What the server says when it cannot make sense of its own files, before it ends. */
const damageWords =
  /PANIC|valid checkpoint|checkpoint record|incorrect checksum|invalid page|is corrupted|required WAL directory|could not (read|open) .*(No such file|I\/O error|read only)/i

/** Turns the server's own last words into ours: its exceptions say nothing. */
function openFailure({ message, stderr, damagedPage }: WorkerFailed): AppError {
  if (damagedPage !== null) return new DamagedStore(`is damaged on the disk (${damagedPage})`)
  const words = stderr.join('\n')
  const cause = new Error([message, ...stderr.slice(-5)].join('\n'))
  if (/No space left on device/i.test(words)) return databaseDiskFull(cause)
  if (/initialized by PostgreSQL version/i.test(words)) {
    return storeError(
      'The database was made by another version of PostgreSQL',
      'Use the version of Mailtide that made it',
      cause,
    )
  }
  if (/could not create lock file|Permission denied|not writable/i.test(words)) {
    return storeError('The database folder cannot be written', 'Give your user the ownership of the data folder', cause)
  }
  if (damageWords.test(words)) return new DamagedStore('is damaged: it does not open', cause)
  return storeError(
    'The database could not be opened',
    'Start Mailtide again. If that does not help, restore a snapshot with `mailtide restore`, or run `mailtide rebuild` to make the database anew from the originals',
    cause,
  )
}
