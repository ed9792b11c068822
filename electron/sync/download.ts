import { AppError, asAppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { nextDue, PRIORITY, type QueueItem, type QueuePriority } from '../store/queue.ts'
import { type ChunkOutcome, type CommittedChunk, commitChunk } from './commit.ts'
import type { SyncDeps } from './deps.ts'
import { concernOf, messageFate } from './plan-failure.ts'

/** A turn commits in chunks of at most so many messages, or so much text, or when the oldest has waited so long. */
const CHUNK_MESSAGES = 50
const CHUNK_TEXT = 8_000_000
const CHUNK_AGE_MS = 3_000
/** With fewer in hand, more of the queue is read while these are taken: else everyone would wait behind a commit for the next. */
const LOW = CHUNK_MESSAGES
/** Chunks that may wait for their commit while the next is fetched. */
const CHUNKS_AHEAD = 2
/** After so many messages failed in a row, Gmail is asked whether it answers at all: the failure may not be the messages'. */
const FAILURES_IN_A_ROW = 6
/** So many in a row cannot be the messages', whatever else Gmail answers. */
const FAILURES_AT_MOST = 30

export interface DownloadResult {
  readonly stored: number
  readonly failed: number
}

export interface DownloadOptions {
  /** Messages to take at most, unless `goesOn` says otherwise. */
  readonly limit: number
  /** Asked when so many were taken: whether as many again may follow. Ending and beginning anew would leave Gmail idle for a moment. */
  readonly goesOn: () => boolean
  /** The least urgent messages that are taken; asked before each, since it changes meanwhile. */
  readonly lowest: () => QueuePriority
  readonly signal: AbortSignal
  readonly onCommit: (chunk: CommittedChunk) => void
}

/**
 * Empties the queue, up to `limit` messages: fetches several at once, commits in chunks. A message that fails keeps its row with the
 * reason; a failure of the account ends the download after what is ready has been committed, and is thrown.
 */
export async function download(deps: SyncDeps, account: AccountId, options: DownloadOptions): Promise<DownloadResult> {
  const inner = new AbortController()
  const signal = AbortSignal.any([options.signal, inner.signal])
  const source = createSource(deps, account, options)
  const sink = createSink(deps, account, source.release, options.onCommit)
  let failure: unknown
  let failuresInARow = 0

  const fetchOne = async (item: QueueItem): Promise<ChunkOutcome> => {
    try {
      const priority = item.priority === PRIORITY.live ? 'live' : 'backfill'
      const prepared = await deps.gmail.raw(item.id, priority, signal, (body) =>
        deps.mail.prepare(account, item.id, body),
      )
      failuresInARow = 0
      return { kind: 'prepared', item, prepared }
    } catch (error) {
      if (signal.aborted) throw error
      await isItTheMessage(error)
      return { kind: 'fate', item, fate: messageFate(error, item, deps.clock.now(), deps.clock.random()) }
    }
  }

  /** Returns when the failure is the message's own; throws it when it is the account's. */
  const isItTheMessage = async (error: unknown): Promise<void> => {
    const concern = concernOf(error)
    if (concern === 'account') throw error
    failuresInARow++
    if (failuresInARow >= FAILURES_AT_MOST) {
      throw new AppError('server', 'Gmail fails on every message at the moment', { cause: error })
    }
    // What may be either is the message's when Gmail answers otherwise.
    if (concern === 'either' || failuresInARow % FAILURES_IN_A_ROW === 0) await deps.gmail.profile(signal)
  }

  const worker = async (): Promise<void> => {
    try {
      while (!signal.aborted) {
        const item = await source.take()
        if (item === null) return
        await sink.add(await fetchOne(item))
      }
    } catch (error) {
      // The first failure is the one to tell; those that follow are only its echo through the inner signal.
      failure ??= error
      inner.abort()
    }
  }
  // More than Gmail's concurrency limit, so that reading and committing never leave it idle.
  const workers = deps.settings.maxConcurrency + 4
  await Promise.all(Array.from({ length: workers }, worker))
  try {
    await sink.flush()
  } catch (error) {
    failure ??= error
  }
  if (failure !== undefined) throw failure
  if (options.signal.aborted) throw new AppError('aborted', 'The download was asked to stop')
  return sink.totals()
}

interface Source {
  /** The next message, or null when the limit is reached or nothing is due. */
  take(): Promise<QueueItem | null>
  /** The message is no longer in flight. */
  release(id: MessageId): void
}

function createSource(
  deps: SyncDeps,
  account: AccountId,
  { limit: batch, goesOn, lowest }: Pick<DownloadOptions, 'limit' | 'goesOn' | 'lowest'>,
): Source {
  const inFlight = new Set<MessageId>()
  let pending: QueueItem[] = []
  let limit = batch
  let taken = 0
  let drained = false
  let refilling: Promise<void> | null = null

  const readMore = async (): Promise<void> => {
    const want = Math.min(CHUNK_MESSAGES, limit - taken - pending.length)
    if (want <= 0) return
    const more = await nextDue(deps.db, account, {
      now: deps.clock.now(),
      limit: want,
      inFlight: [...inFlight, ...pending.map(({ id }) => id)],
      lowest: lowest(),
    })
    if (more.length === 0) drained = true
    pending.push(...more)
  }
  const refill = (): Promise<void> => {
    refilling ??= readMore().finally(() => {
      refilling = null
    })
    return refilling
  }

  const isFull = (): boolean => {
    if (taken >= limit && !drained && goesOn()) limit += batch
    return taken >= limit
  }

  return {
    take: async () => {
      if (isFull()) return null
      // What was read before may have to wait by now.
      pending = pending.filter(({ priority }) => priority <= lowest())
      while (pending.length === 0) {
        if (drained || isFull()) return null
        await refill()
      }
      const item = pending.shift()
      if (item === undefined || taken >= limit) return null
      taken++
      inFlight.add(item.id)
      // What makes it fail is told to whoever has nothing left to take.
      if (pending.length < LOW && !drained) refill().catch(() => undefined)
      return item
    },
    release: (id) => inFlight.delete(id),
  }
}

interface Sink {
  add(outcome: ChunkOutcome): Promise<void>
  flush(): Promise<void>
  totals(): { stored: number; failed: number }
}

function createSink(
  deps: SyncDeps,
  account: AccountId,
  release: (id: MessageId) => void,
  onCommit: (chunk: CommittedChunk) => void,
): Sink {
  let ready: ChunkOutcome[] = []
  let text = 0
  /** Ends the wait for the ready chunk to become old. */
  let ageing: AbortController | null = null
  let stored = 0
  let failed = 0
  /** Chunks handed over and not yet committed. */
  const committing = new Set<Promise<void>>()
  let last: Promise<void> = Promise.resolve()

  const commit = async (
    chunk: readonly ChunkOutcome[],
    synced: Promise<number>,
    before: Promise<void>,
  ): Promise<void> => {
    try {
      await before
      const generation = await durable(synced)
      const committed = await commitChunk(deps, account, chunk, generation)
      stored += committed.stored
      failed += committed.failed
      onCommit(committed)
    } finally {
      for (const outcome of chunk) release(outcome.item.id)
    }
  }
  /** The worker whose originals are durable; none when it was replaced in the middle of making them so. */
  const durable = async (synced: Promise<number>): Promise<number | null> => {
    try {
      return await synced
    } catch (error) {
      if (asAppError(error).code !== 'bad_answer') throw error
      return null
    }
  }
  /** What is ready is committed also when nothing follows it for a while: Gmail may make us wait for a minute. */
  const startAgeing = (): void => {
    const stop = new AbortController()
    ageing = stop
    deps.clock.sleep(CHUNK_AGE_MS, stop.signal).then(
      () => {
        if (!stop.signal.aborted) handOver()
      },
      () => undefined,
    )
  }
  /** Hands the ready chunk over. Originals are made durable while the chunk before is still being written. */
  const handOver = (): void => {
    ageing?.abort()
    ageing = null
    if (ready.length === 0) return
    const chunk = ready
    ready = []
    text = 0
    const synced = deps.ensureSpace().then(() => deps.mail.flush())
    // After a failed commit those behind it fail as well: the turn ends, and takes up everything again.
    last = commit(chunk, synced, last)
    committing.add(last)
    // Each is awaited below; until then a failure must not count as unhandled.
    for (const promise of [synced, last]) promise.catch(() => undefined)
  }
  const settle = async (most: number): Promise<void> => {
    for (const done of committing) {
      if (committing.size <= most) return
      await done
      committing.delete(done)
    }
  }

  return {
    add: async (outcome) => {
      if (ready.length === 0) startAgeing()
      ready.push(outcome)
      if (outcome.kind === 'prepared')
        text += outcome.prepared.message.json.length + (outcome.prepared.packed?.length ?? 0)
      if (ready.length >= CHUNK_MESSAGES || text >= CHUNK_TEXT) handOver()
      // Whoever waits here holds back its own next fetch, which bounds what is in memory.
      await settle(CHUNKS_AHEAD)
    },
    flush: async () => {
      handOver()
      await settle(0)
    },
    totals: () => ({ stored, failed }),
  }
}
