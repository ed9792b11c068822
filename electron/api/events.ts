import { randomBytes } from 'node:crypto'
import type { EndNotice, EventsInput } from '../../shared/documents.ts'
import { AppError, isAbort } from '../../shared/errors.ts'
import { type LogEntry, type LogLevel, logWeight } from '../../shared/log-entry.ts'
import type { CycleSummary, Snapshot } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import type { Service } from '../service/types.ts'
import { eventText, heartbeatText, nextChunk, type ReaderState, startReading, type Told } from './event-chunks.ts'
import { createRing } from './numbered-ring.ts'

export interface EventsOptions {
  readonly clock: Clock
  readonly logs: {
    tail(lines: number, level: LogLevel): readonly LogEntry[]
    subscribe(listener: (entry: LogEntry) => void): () => void
  }
  /** Names this run in ids; made by chance otherwise. */
  readonly run?: string
  /** When this run began; the start of the process otherwise. */
  readonly since?: Date
}

/** What one reader asked for. */
export interface EventsRequest extends Pick<EventsInput, 'kinds' | 'level' | 'lines' | 'after'> {
  /** Whether it showed the API token: some places are kept for those. */
  readonly hasToken: boolean
  /** Asked before each sending; a reader that is not welcome any more is sent away. */
  readonly isWelcome: () => boolean
}

export interface Events {
  /** From now on the snapshots of this service are told; readers that came before wait for the first one. */
  attach(service: Pick<Service, 'subscribe'>): void
  /**
   * Opens a stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as bytes. It
   * makes an event only when its reader asks for one, so a reader that is slow or stuck holds nothing but its place.
   * Throws `concurrency` when too many read.
   */
  open(request: EventsRequest): ReadableStream<Uint8Array>
  /** How many read at present. */
  readers(): number
  /** Ends every stream with a last event, from which clients know to connect again. Safe to call twice. */
  close(): void
}

/** Open places, and those kept for whoever has the token: other programs of this computer must not lock the person out. */
export const MAX_READERS = 128
export const MAX_READERS_WITH_TOKEN = 160
/** A comment at this pace keeps proxies from cutting a quiet stream, and lets clients notice a dead one. */
export const HEARTBEAT_MS = 15_000
/** Readers are told of changes at most this often, since telling many of them costs; the first of a burst goes at once. */
const BURST_MS = 100
/** How long clients should wait before they connect again. */
const RETRY_MS = 2_000
const KEPT_LOGS = 5_000
/** Of all kept lines together: long ones (stacks) must not take more memory than the log itself does. */
const KEPT_CHARACTERS = 4_000_000
const KEPT_CYCLES = 1_000

interface Reader extends ReaderState {
  /** The first thing sent: it also makes the server send its headers. */
  preamble: Buffer | null
  /** A heartbeat is due. */
  isDue: boolean
  isGone: boolean
  /** Set while it waits for something to happen. */
  wake: (() => void) | null
  readonly isWelcome: () => boolean
}

/** Hands snapshots, finished cycles and log lines to any number of readers, each at its own pace. */
export function createEvents(options: EventsOptions): Events {
  const { clock, logs } = options
  const cycles = createRing<CycleSummary>(KEPT_CYCLES)
  const lines = createRing<LogEntry>(KEPT_LOGS, { most: KEPT_CHARACTERS, weightOf: logWeight })
  const run = options.run ?? randomBytes(6).toString('hex')
  const past = logs.tail(KEPT_LOGS, 'debug')
  for (const entry of past) lines.push(entry)
  const since = (options.since ?? new Date(performance.timeOrigin)).toISOString()
  const earlierLogs = past.findLastIndex((entry) => entry.at < since) + 1
  let told: Told = { run, earlierLogs, status: null, cycles, logs: lines }
  const readers = new Set<Reader>()
  const closed = new AbortController()
  const subscriptions: (() => void)[] = []

  const wakeAll = (): void => {
    for (const reader of readers) wake(reader)
  }
  const tell = createBurstGuard(clock, closed.signal, wakeAll)
  const heart = createHeart(clock, closed.signal, () => {
    for (const reader of readers) reader.isDue = true
    wakeAll()
  })

  subscriptions.push(
    logs.subscribe((entry) => {
      lines.push(entry)
      if (readers.size > 0) tell()
    }),
  )

  const leave = (reader: Reader): void => {
    reader.isGone = true
    readers.delete(reader)
    if (readers.size === 0) heart.stop()
    wake(reader)
  }

  const end = (
    reader: Reader,
    controller: ReadableStreamDefaultController<Uint8Array>,
    reason: EndNotice['reason'],
  ): void => {
    leave(reader)
    controller.enqueue(eventText('end', { reason }))
    controller.close()
  }

  const pull = async (reader: Reader, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    while (!reader.isGone) {
      if (!reader.isWelcome()) return end(reader, controller, 'forbidden')
      const chunk = nextOf(told, reader)
      if (chunk !== null) {
        controller.enqueue(chunk)
        return
      }
      if (closed.signal.aborted) return end(reader, controller, 'closing')
      await new Promise<void>((resolve) => {
        reader.wake = resolve
      })
    }
  }

  return {
    attach: (service) => {
      let last: Snapshot | null = null
      const unsubscribe = service.subscribe((snapshot) => {
        const cycle = snapshot.last_cycle
        // The last cycle of the first snapshot is an earlier run's: its readers were told, or never will be.
        if (last !== null && cycle !== null && cycle.finished_at !== last.last_cycle?.finished_at) cycles.push(cycle)
        last = snapshot
        told = { ...told, status: { revision: snapshot.revision, text: once(() => eventText('status', snapshot)) } }
        if (readers.size > 0) tell()
      })
      subscriptions.push(unsubscribe)
    },
    open: (request) => {
      if (closed.signal.aborted) throw new AppError('aborted', 'Mailtide is stopping', { remedy: 'Start it again' })
      const most = request.hasToken ? MAX_READERS_WITH_TOKEN : MAX_READERS
      if (readers.size >= most) {
        throw new AppError('concurrency', `${readers.size} programs listen to events already: no more are served`, {
          remedy: 'End some of them, or ask for the status instead',
        })
      }
      const reader: Reader = {
        ...startReading(told, request),
        preamble: Buffer.from(`retry: ${RETRY_MS}\n\n`),
        isDue: false,
        isGone: false,
        wake: null,
        isWelcome: request.isWelcome,
      }
      readers.add(reader)
      heart.start()
      return new ReadableStream<Uint8Array>(
        { pull: (controller) => pull(reader, controller), cancel: () => leave(reader) },
        // Nothing is made ahead: what waits in a buffer is old when it is read.
        { highWaterMark: 0 },
      )
    },
    readers: () => readers.size,
    close: () => {
      for (const unsubscribe of subscriptions.splice(0)) unsubscribe()
      closed.abort()
      wakeAll()
    },
  }
}

function nextOf(told: Told, reader: Reader): Buffer | null {
  const { preamble } = reader
  reader.preamble = null
  const events = nextChunk(told, reader)
  if (preamble !== null) return events === null ? preamble : Buffer.concat([preamble, events])
  if (events === null && !reader.isDue) return null
  reader.isDue = false
  return events ?? heartbeatText(reader)
}

function wake(reader: Reader): void {
  const { wake: wakeUp } = reader
  reader.wake = null
  wakeUp?.()
}

/** Calls `work` at once, and again at the end of the burst when asked meanwhile. */
function createBurstGuard(clock: Clock, signal: AbortSignal, work: () => void): () => void {
  let lastAt = Number.NEGATIVE_INFINITY
  let isPlanned = false
  const act = (): void => {
    lastAt = clock.monotonic()
    work()
  }
  const later = async (ms: number): Promise<void> => {
    const isTime = await slept(clock, ms, signal)
    isPlanned = false
    if (isTime) act()
  }
  return () => {
    if (isPlanned) return
    const wait = lastAt + BURST_MS - clock.monotonic()
    if (wait <= 0) {
      act()
      return
    }
    isPlanned = true
    void later(wait)
  }
}

function createHeart(clock: Clock, closed: AbortSignal, beat: () => void): { start(): void; stop(): void } {
  let stopper: AbortController | null = null
  const run = async (signal: AbortSignal): Promise<void> => {
    while (await slept(clock, HEARTBEAT_MS, signal)) beat()
  }
  return {
    start: () => {
      if (stopper !== null) return
      stopper = new AbortController()
      void run(AbortSignal.any([stopper.signal, closed]))
    },
    stop: () => {
      stopper?.abort()
      stopper = null
    },
  }
}

/** Whether the time passed; false when the signal came first. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (isAbort(error)) return false
    throw error
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
