import type { AppError } from '../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'
import type { Db, RequestClass, Row, SqlValue } from '../db.ts'
import type { Session, SessionResult } from '../transactions.ts'
import { inTransaction, refuseInsideTransaction } from '../transactions.ts'
import { refuseUnanswerable, refuseUnanswerableScript } from '../unanswerable.ts'
import { embeddedValueLimit, encodeParams } from '../wire-types.ts'
import type { Connection, Request } from './connection.ts'
import { ConnectionLost, closedError } from './connection.ts'
import type { Job } from './request-queue.ts'
import { createRequestQueue } from './request-queue.ts'
import type { createSupervisor } from './supervisor.ts'

export type WatchdogMs = Readonly<Record<RequestClass, number>>
export const watchdogMs: WatchdogMs = { interactive: 10_000, batch: 60_000, maintenance: 30 * 60_000 }

export interface PgliteStats {
  /** How often the worker was opened again after a fault. */
  readonly restarts: number
  /** A commit was seen to reach the disk. When false the store must not be called durable. */
  readonly durable: boolean
  readonly heapBytes: number
  readonly waiting: number
}

export interface PgliteDb extends Db {
  stats(): PgliteStats
  /** Checkpoints and copies the data folder to `target`, while no other request runs. */
  copyTo(target: string): Promise<void>
  as(requestClass: RequestClass): PgliteDb
}

export interface ClientOptions {
  readonly supervisor: ReturnType<typeof createSupervisor>
  readonly clock: Clock
  readonly watchdogMs: WatchdogMs
  /** The worker is opened anew when idle with more WebAssembly memory than this. */
  readonly heapLimitBytes: number
  /** How long `close` waits for the running request, and again for the database. */
  readonly closeLimitMs: number
  sizeBytes(): Promise<number>
  /** Called between requests after one that may have written: the place for a checkpoint. */
  afterWrite(session: Session): Promise<void>
  /** Called by `close`, before the instance closes. */
  beforeClose(): void
  afterClose(): void
}

/** The embedded database as a `Db`: one connection, one queue, the most urgent request first. */
export function createClient(options: ClientOptions): PgliteDb {
  const { supervisor, clock, heapLimitBytes, closeLimitMs } = options
  const queue = createRequestQueue()
  let pumping: Promise<void> | null = null
  let closing: Promise<void> | null = null
  let lastReady = supervisor.current?.ready
  let running: RequestClass | null = null

  const sessionOf = (connection: Connection, requestClass: RequestClass): Session => {
    const ask = (request: Request) => reasonGiven(connection.request(request, options.watchdogMs[requestClass]))
    return {
      valueLimit: embeddedValueLimit,
      get alive() {
        return connection.alive
      },
      query: async <R extends Row>(text: string, params: readonly (string | Uint8Array | null)[]) => {
        refuseUnanswerable(text)
        return (await ask({ kind: 'query', text, params })) as SessionResult<R>
      },
      script: async (sql) => {
        refuseUnanswerableScript(sql)
        await ask({ kind: 'script', sql })
      },
    }
  }

  const pump = async () => {
    for (let job = queue.next(clock.monotonic()); job !== undefined; job = queue.next(clock.monotonic())) {
      running = job.requestClass
      await job.run()
      running = null
      if (queue.length === 0) await shed()
    }
  }
  const shed = async () => {
    const heap = supervisor.current?.heapBytes ?? 0
    if (heap > heapLimitBytes && closing === null) await supervisor.recycle(closeLimitMs).catch(() => undefined)
  }
  const startPump = () => {
    pumping ??= pump().finally(() => {
      pumping = null
      if (queue.length > 0) startPump()
    })
  }

  const enqueue = <T>(
    requestClass: RequestClass,
    wrote: (value: T) => boolean,
    work: (session: Session, connection: Connection) => Promise<T>,
  ): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      refuseInsideTransaction(queue)
      if (closing !== null) throw closedError()
      const job: Job = {
        requestClass,
        queuedAt: clock.monotonic(),
        refuse: reject,
        async run() {
          try {
            const connection = await supervisor.get()
            lastReady = connection.ready
            const session = sessionOf(connection, requestClass)
            const value = await work(session, connection)
            resolve(value)
            if (!wrote(value)) return
            // A checkpoint takes what the disk takes: ended as if it hung, it would begin anew, and end the database for good.
            running = 'maintenance'
            await options.afterWrite(sessionOf(connection, 'maintenance')).catch(() => undefined)
          } catch (error) {
            reject(error)
          }
        },
      }
      queue.push(job)
      startPump()
    })

  const view = (requestClass: RequestClass): PgliteDb => ({
    kind: 'pglite',
    query: async <R extends Row>(text: string, params: readonly SqlValue[] = []) => {
      const values = encodeParams(params, embeddedValueLimit)
      return await enqueue(requestClass, isWrite, (session) => session.query<R>(text, values))
    },
    transaction: (work) =>
      enqueue(
        requestClass,
        () => true,
        (session) => inTransaction(queue, session, options.watchdogMs[requestClass], work),
      ),
    script: (sql) => view(requestClass).transaction((tx) => tx.script(sql)),
    copyTo: (target) =>
      enqueue(
        'maintenance',
        () => false,
        async (_, connection) => {
          await reasonGiven(connection.request({ kind: 'copy', target }, options.watchdogMs.maintenance))
        },
      ),
    as: view,
    // One owner by its folder lock
    claim: async () => async () => undefined,
    isInUpkeep: () => running === 'maintenance',
    sizeBytes: options.sizeBytes,
    stats: () => ({
      restarts: supervisor.restarts,
      durable: (supervisor.current?.ready ?? lastReady)?.durable ?? false,
      heapBytes: supervisor.current?.heapBytes ?? 0,
      waiting: queue.length,
    }),
    close: () => {
      closing ??= close()
      return closing
    },
  })

  const close = async () => {
    options.beforeClose()
    const error: AppError = closedError()
    for (const job of queue.drain()) job.refuse(error)
    await finishedWithin(pumping, closeLimitMs)
    const connection = await supervisor.stop(error)
    // What still runs is ended with the thread: unfinished transactions never happened
    if (pumping === null) await connection?.close(closeLimitMs)
    else await connection?.terminate()
    options.afterClose()
  }

  return view('batch')
}

/** Whoever asked hears why the connection was lost. */
async function reasonGiven<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof ConnectionLost ? error.error : error
  }
}

function isWrite({ command }: SessionResult): boolean {
  return !['SELECT', 'SHOW', 'CHECKPOINT'].includes(command)
}

async function finishedWithin(work: Promise<void> | null, limitMs: number): Promise<void> {
  if (work === null) return
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs)
    }),
  ])
  clearTimeout(timer)
}
