import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError } from '../../shared/errors.ts'
import type { QueryResult, Row, SqlValue, Tx } from './db.ts'
import { storeError } from './faults.ts'
import type { WireValue } from './wire-types.ts'
import { encodeParams } from './wire-types.ts'

/** A result as a driver has it: with the command tag's first word. */
export interface SessionResult<R extends Row = Row> extends QueryResult<R> {
  readonly command: string
}

/** One connection of a driver while somebody holds it. */
export interface Session {
  /** False when the connection is lost: there is nothing to roll back then. */
  readonly alive: boolean
  /** The longest value it takes. */
  readonly valueLimit: number
  query<R extends Row = Row>(text: string, params: readonly WireValue[]): Promise<SessionResult<R>>
  script(sql: string): Promise<void>
}

interface Open {
  readonly owner: object
  active: boolean
}
const current = new AsyncLocalStorage<Open>()

/**
 * Refuses a request to the whole database from inside a transaction on it: the embedded database has one connection,
 * which that transaction holds, so the request would wait for itself.
 */
export function refuseInsideTransaction(owner: object): void {
  const open = current.getStore()
  if (open?.active === true && open.owner === owner) {
    throw new AppError('bug', 'Inside a transaction, use the Sql it gives: the database itself waits for its end')
  }
}

/**
 * Runs `work` between BEGIN and COMMIT on a session that nobody else uses meanwhile. Rolls back when it throws, or when
 * it lets `idleLimitMs` pass between two statements, since everybody else waits for it.
 */
export async function inTransaction<T>(
  owner: object,
  session: Session,
  idleLimitMs: number,
  work: (sql: Tx) => Promise<T>,
): Promise<T> {
  await session.query('begin', [])
  const open: Open = { owner, active: true }
  const watch = watchIdle(idleLimitMs)
  const use = async <V>(statement: () => Promise<V>): Promise<V> => {
    if (!open.active) throw new AppError('bug', 'The transaction has ended')
    watch.pause()
    try {
      return await statement()
    } finally {
      if (open.active) watch.restart()
    }
  }
  const sql: Tx = {
    query: <R extends Row>(text: string, params: readonly SqlValue[] = []) =>
      use(() => session.query<R>(text, encodeParams(params, session.valueLimit))),
    script: (text) => use(() => session.script(text)),
  }
  try {
    watch.restart()
    const result = await Promise.race([current.run(open, () => work(sql)), watch.expired])
    open.active = false
    watch.pause()
    const { command } = await session.query('commit', [])
    // COMMIT of a transaction in which a statement failed is answered by ROLLBACK, without an error
    if (command !== 'COMMIT') {
      throw storeError(
        'A transaction was undone: one of its statements had failed',
        'Try again; if it happens every time, report it',
      )
    }
    return result
  } catch (error) {
    open.active = false
    watch.pause()
    if (session.alive) await session.query('rollback', []).catch(() => undefined)
    throw error
  }
}

function watchIdle(limitMs: number) {
  let timer: NodeJS.Timeout | undefined
  let expire: (error: AppError) => void = () => undefined
  const expired = new Promise<never>((_, reject) => {
    expire = reject
  })
  expired.catch(() => undefined)
  return {
    expired,
    pause: () => clearTimeout(timer),
    restart: () => {
      clearTimeout(timer)
      timer = setTimeout(
        () =>
          expire(
            storeError(
              'A transaction was undone: it held the database without using it',
              'Try again; if it happens every time, report it',
            ),
          ),
        limitMs,
      )
    },
  }
}
