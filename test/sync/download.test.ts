import { expect, it } from 'vitest'
import type { Gmail } from '../../electron/gmail/types.ts'
import type { Db } from '../../electron/store/db.ts'
import { PRIORITY } from '../../electron/store/queue.ts'
import type { MailWorker, SyncDeps } from '../../electron/sync/deps.ts'
import { type DownloadResult, download } from '../../electron/sync/download.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const ada = accountId('ada')

interface Queue {
  /** How often it was read. */
  reads(): number
  /** What was read from it, in this order. */
  readonly given: readonly string[]
  /** From the next read on it cannot be read. */
  breaks(): void
  readonly db: Db
}

const idsOf = (messages: number): string[] => Array.from({ length: messages }, (_, n) => `m${n}`)

/** A queue of so many messages; what is in flight is left out, as the real one does. */
function queueOf(messages: number): Queue {
  let reads = 0
  let broken = false
  const given: string[] = []
  const query = async (_sql: string, params: readonly unknown[]): Promise<unknown> => {
    reads++
    if (broken) throw new AppError('store', 'The database is away')
    const inFlight = new Set(params[2] as readonly string[])
    const ids = idsOf(messages)
      .filter((id) => !inFlight.has(id))
      .slice(0, params[3] as number)
    given.push(...ids)
    const rows = ids.map((id) => ({
      message_id: id,
      thread_id: id,
      priority: PRIORITY.backfill,
      attempts: 0,
      error_code: null,
      queued_at: new Date(0),
    }))
    return { rows, affected: rows.length }
  }
  return {
    reads: () => reads,
    given,
    breaks: () => {
      broken = true
    },
    db: { query } as unknown as Db,
  }
}

/** Starts a download whose fetches all wait for `answer`, four at once. */
function start(queue: Queue, answer: Promise<never>): { asked: string[]; result: Promise<DownloadResult> } {
  const asked: string[] = []
  const gmail: Partial<Gmail> = {
    raw: async (id) => {
      asked.push(id)
      return await answer
    },
  }
  const mail: Partial<MailWorker> = { flush: async () => 0 }
  const deps = {
    db: queue.db,
    gmail,
    mail,
    clock: createFakeClock(),
    log: silentLog,
    settings: { maxConcurrency: 0 },
    ensureSpace: async () => undefined,
  } as unknown as SyncDeps
  const result = download(deps, ada, {
    limit: 1_000,
    goesOn: () => false,
    lowest: () => PRIORITY.backfill,
    signal: new AbortController().signal,
    onCommit: () => undefined,
  })
  return { asked, result }
}

it('reads more of the queue while messages are fetched, and nothing twice', async () => {
  const queue = queueOf(70)
  const answer = Promise.withResolvers<never>()
  const { asked, result } = start(queue, answer.promise)
  // The first fifty, and the rest while the first four are still on their way.
  await expect.poll(queue.reads).toBe(2)
  expect(asked).toEqual(['m0', 'm1', 'm2', 'm3'])
  expect(queue.given).toEqual(idsOf(70))
  answer.reject(new AppError('aborted', 'enough'))
  await expect(result).rejects.toMatchObject({ code: 'aborted' })
})

it('goes on with what is in hand when reading ahead fails, and tells the failure once nothing is left', async () => {
  const queue = queueOf(4)
  const answer = Promise.withResolvers<never>()
  const { asked, result } = start(queue, answer.promise)
  queue.breaks()
  await expect.poll(queue.reads).toBe(2)
  expect(asked).toEqual(['m0', 'm1', 'm2', 'm3'])
  answer.reject(new AppError('gone', 'Deleted meanwhile'))
  await expect(result).rejects.toMatchObject({ code: 'store', message: 'The database is away' })
})
