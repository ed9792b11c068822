import { isAbort } from '../../../shared/errors.ts'
import type { Clock, Log } from '../../ports.ts'
import type { Session } from '../transactions.ts'
import type { PgliteDb } from './client.ts'

export interface UpkeepOptions {
  readonly clock: Clock
  readonly log: Log
  readonly walBytesAtOpen: number
}

const mb = 1024 ** 2
/** A checkpoint follows this much log: it then stays near `max_wal_size`. */
const walLimitBytes = 64 * mb
/** Opened with more than this (after a crash, say): checkpoint first. */
const walLimitAtOpen = 256 * mb
/** Asking for the log's position costs a third of a millisecond; a chunk of mails leaves a megabyte. */
const writesPerLook = 5
const roundMs = 60_000

interface TableRow extends Record<string, unknown> {
  readonly name: string
  readonly live: number
  readonly dead: number
}

/**
 * What a server's background processes would do, which the embedded one lacks: checkpoints by amount of log and by
 * time, ANALYZE when a table grew, VACUUM when a tenth of it is dead.
 */
export function createUpkeep({ clock, log, walBytesAtOpen }: UpkeepOptions) {
  const stopping = new AbortController()
  let writes = 0
  let unflushed = false
  let checkpointLsn: string | null = null
  const analyzedAt = new Map<string, number>()

  const checkpoint = async (query: (text: string) => Promise<{ rows: { lsn?: unknown }[] }>) => {
    unflushed = false
    await query('checkpoint')
    const { rows } = await query('select pg_current_wal_insert_lsn()::text as lsn')
    checkpointLsn = String(rows[0]?.lsn)
  }

  const afterWrite = async (session: Session) => {
    unflushed = true
    if (++writes % writesPerLook !== 0) return
    const query = (text: string) => session.query(text, [])
    const { rows } = await session.query<{ lsn: string; bytes: number }>(
      `select pg_current_wal_insert_lsn()::text as lsn,
              pg_wal_lsn_diff(pg_current_wal_insert_lsn(), coalesce($1::pg_lsn, pg_current_wal_insert_lsn()))::float8 as bytes`,
      [checkpointLsn],
    )
    checkpointLsn ??= rows[0]?.lsn ?? null
    if ((rows[0]?.bytes ?? 0) >= walLimitBytes) await checkpoint(query)
  }

  const round = async (db: PgliteDb) => {
    if (unflushed) await checkpoint((text) => db.query(text))
    const { rows } = await db.query<TableRow>(
      `select format('%I.%I', schemaname, relname) as name, n_live_tup as live, n_dead_tup as dead
       from pg_stat_user_tables`,
    )
    for (const { name, live, dead } of rows) {
      if (stopping.signal.aborted) return
      const before = analyzedAt.get(name) ?? 0
      if (dead > 1000 && dead > live / 10) {
        await db.query(`vacuum (analyze) ${name}`)
        analyzedAt.set(name, live)
      } else if (live > 1000 && live > before * 1.2) {
        await db.query(`analyze ${name}`)
        analyzedAt.set(name, live)
      }
    }
  }

  const run = async (db: PgliteDb) => {
    if (walBytesAtOpen > walLimitAtOpen) await checkpoint((text) => db.query(text))
    while (!stopping.signal.aborted) {
      await clock.sleep(roundMs, stopping.signal)
      try {
        await round(db)
      } catch (error) {
        // A round lost to a restart of the worker is made up by the next
        if (!stopping.signal.aborted) log.warning('Database upkeep was cut short', { reason: messageOf(error) })
      }
    }
  }

  return {
    afterWrite,
    start(db: PgliteDb): void {
      run(db.as('maintenance')).catch((error) => {
        if (!isAbort(error)) log.warning('Database upkeep ended', { reason: messageOf(error) })
      })
    },
    stop: () => stopping.abort(),
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
