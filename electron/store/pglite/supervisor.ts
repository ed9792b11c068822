import type { AppError } from '../../../shared/errors.ts'
import { asAppError } from '../../../shared/errors.ts'
import type { Clock } from '../../ports.ts'
import { storeError } from '../faults.ts'
import type { Connection } from './connection.ts'

/** Told to the host each time the worker died. */
export interface Fault {
  readonly error: AppError
  /** True when it will not be opened again: every call fails from now on. */
  readonly final: boolean
}

export interface SupervisorOptions {
  open(): Promise<Connection>
  /** False while the disk is so full that opening would fail: it is not tried then, and not counted. Knows nothing of quotas. */
  hasSpace(): Promise<boolean>
  readonly clock: Clock
  onFault(fault: Fault): void
}

const maxReopens = 3
const windowMs = 10 * 60_000
/** An opening costs seconds of the processor: while the disk stays full, whoever asks sooner after the last one is told the same. */
const fullDiskHoldsMs = 10_000

/**
 * Keeps one connection open: after a fault it waits for the old thread's exit (two openers of a folder corrupt it) and
 * opens the folder again, up to 3 times in 10 minutes, and never more than 3 times without success however long they
 * take; then the database is failed for good. A full disk is no such fault: it is tried again at the next request that
 * finds space, and where space is found and cannot be used, every ten seconds.
 */
export function createSupervisor({ open, hasSpace, clock, onFault }: SupervisorOptions) {
  let connection: Connection | null = null
  let opening: Promise<Connection> | null = null
  let diskError: AppError | null = null
  /** When it was last opened after it met a full disk, well or not: where there seems to be space, the next write may meet that again. */
  let triedAt = Number.NEGATIVE_INFINITY
  let failed: AppError | null = null
  let restarts = 0
  let reopens: number[] = []
  /** Since the last one that succeeded. */
  let failedOpenings = 0

  const fault = (error: AppError, final: boolean) => {
    if (final) failed = error
    onFault({ error, final })
  }

  const adopt = (opened: Connection): Connection => {
    connection = opened
    diskError = null
    failedOpenings = 0
    void opened.ended.then((reason) => {
      if (connection === opened) connection = null
      if (reason === null) return
      if (reason.code === 'disk') diskError = reason
      fault(reason, false)
      get().catch(() => undefined) // at once, so that the next person to ask does not wait
    })
    return opened
  }

  const reopen = async (): Promise<Connection> => {
    for (;;) {
      if (failed !== null) throw failed
      if (diskError !== null && !(await hasSpace())) throw diskError
      const now = clock.monotonic()
      if (diskError !== null) {
        if (now - triedAt < fullDiskHoldsMs) throw diskError
        triedAt = now
      }
      reopens = reopens.filter((at) => now - at < windowMs)
      if (diskError === null) {
        if (Math.max(reopens.length, failedOpenings) >= maxReopens) {
          const final = storeError(
            'The database failed again and again and stays closed',
            'Look at the log for the reason, then start Mailtide again',
          )
          fault(final, true)
          throw final
        }
        reopens.push(now)
      }
      restarts++
      try {
        return adopt(await open())
      } catch (error) {
        const reason = asAppError(error)
        if (reason.code === 'disk') {
          diskError = reason
          throw reason
        }
        diskError = null
        failedOpenings++
        fault(reason, false)
      }
    }
  }

  const get = async (): Promise<Connection> => {
    if (failed !== null) throw failed
    if (connection?.alive) return connection
    if (connection !== null) await connection.ended
    if (failed !== null) throw failed
    if (connection?.alive) return connection
    opening ??= reopen().finally(() => {
      opening = null
    })
    return opening
  }

  return {
    /** The first opening: its failure is the caller's, not a fault. */
    start: async () => adopt(await open()),
    get,
    /** Closes cleanly and opens anew, to give memory back. */
    async recycle(limitMs: number): Promise<void> {
      const old = connection
      if (old === null || !old.alive) return
      connection = null
      opening ??= old
        .close(limitMs)
        .then(open)
        .then(adopt)
        .finally(() => {
          opening = null
        })
      await opening
    },
    /** No more openings; gives the live connection, when there is one, to be closed. */
    async stop(error: AppError): Promise<Connection | null> {
      failed ??= error
      await opening?.catch(() => undefined)
      return connection
    },
    get current() {
      return connection
    },
    get restarts() {
      return restarts
    },
  }
}
