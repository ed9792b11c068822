import { createParser } from 'eventsource-parser'
import type { z } from 'zod'
import { documents, type EventKind, type EventName, eventData } from '../../shared/documents.ts'
import { AppError, type ErrorCode, isAbort } from '../../shared/errors.ts'
import type { LogLevel } from '../../shared/log-entry.ts'
import type { Clock } from '../ports.ts'
import { notRunning, problemOf } from './client.ts'

/** One event of the service, as it was sent. `end` never arrives: it only makes the client look for the service again. */
export type ServiceEvent = {
  readonly [Name in Exclude<EventName, 'end'>]: {
    readonly name: Name
    readonly data: z.output<(typeof eventData)[Name]>
  }
}[Exclude<EventName, 'end'>]

export interface FollowOptions {
  /**
   * Where the service is. Asked before each connection, since a restart can change the port and the token; throws
   * `not_running` when there is none, as `connectTo` does.
   */
  readonly locate: () => Promise<{ readonly address: string; readonly token: string | null }>
  readonly kinds: readonly EventKind[]
  readonly level?: LogLevel
  /** How many past log lines come first. */
  readonly lines?: number
  /** Ends the following quietly. */
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>
  /** How long to look for a service that went away, in milliseconds; 0 looks once. */
  readonly patienceMs?: number
  /** Told when a connection is lost and when there is one again, for whoever shows it. */
  readonly onConnection?: (state: 'connected' | 'lost') => void
}

/** The service says something every 15 seconds; a connection silent for longer than this is dead. */
const SILENCE_MS = 45_000
const RETRY_MS = 1_000
/** Far more than a snapshot of hundreds of accounts takes. */
const LONGEST_EVENT = 16 * 1024 * 1024

/**
 * Follows a service: events as they come, over broken connections and restarts, each once. Ends when the signal fires.
 * Throws `not_running` when the service has gone and not come back within the patience, and whatever the service answers
 * to a request it does not serve: `forbidden` without the token, `bad_input`.
 */
export async function* followEvents(options: FollowOptions): AsyncGenerator<ServiceEvent, void, undefined> {
  const { clock, signal, patienceMs = 0 } = options
  const follower: Follower = { after: null, isConnected: false, hasHeard: false }
  let missedSince: number | null = null
  while (!signal.aborted) {
    follower.hasHeard = false
    try {
      for await (const event of oneConnection(options, follower)) yield event
    } catch (error) {
      const mayPass = error instanceof AppError && passing.includes(error.code)
      if (!mayPass && !signal.aborted) throw error
      if (!follower.isConnected && !signal.aborted) {
        missedSince ??= clock.monotonic()
        if (clock.monotonic() - missedSince >= patienceMs) throw error
      }
    }
    if (follower.isConnected) {
      follower.isConnected = false
      missedSince = clock.monotonic()
      options.onConnection?.('lost')
    }
    // Whoever takes the connection and says nothing would be asked without a pause.
    if (!follower.hasHeard) await quietly(clock.sleep(RETRY_MS, signal))
  }
}

/** What can be over at the next try. */
const passing: readonly ErrorCode[] = ['not_running', 'network', 'concurrency', 'store', 'aborted']

interface Follower {
  /** The id of the last event. */
  after: string | null
  /** Whether the present connection was answered. */
  isConnected: boolean
  /** Whether it said anything. */
  hasHeard: boolean
}

/** The events of one connection. Ends when it breaks; throws when there is none. */
async function* oneConnection(options: FollowOptions, follower: Follower): AsyncGenerator<ServiceEvent> {
  const { address, token } = await options.locate()
  const dead = new AbortController()
  const signal = AbortSignal.any([options.signal, dead.signal])
  const response = await ask(`${address}${documents.events.path}?${queryOf(options)}`, {
    signal,
    headers: {
      accept: documents.events.mediaType,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(follower.after === null ? {} : { 'last-event-id': follower.after }),
    },
  })
  if (!response.ok || response.body === null) {
    throw problemOf(await response.json().catch(() => null), response.status)
  }
  follower.isConnected = true
  options.onConnection?.('connected')
  const arrived: ServiceEvent[] = []
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onId: (id) => {
      follower.after = id
      follower.hasHeard = true
    },
    onEvent: ({ event, data }) => {
      const read = readEvent(event, data)
      if (read !== null) arrived.push(read)
    },
  })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const read = await withinSilence(reader.read(), options.clock, dead)
      if (read === null || read.done) return
      parser.feed(read.value)
      yield* arrived.splice(0)
    }
  } finally {
    dead.abort()
    await reader.cancel().catch(() => undefined)
  }
}

/** Events of a kind that a later version may send are passed over. */
function readEvent(name: string | undefined, data: string): ServiceEvent | null {
  if (name !== 'status' && name !== 'cycle' && name !== 'log' && name !== 'lost') return null
  try {
    return { name, data: eventData[name].parse(JSON.parse(data)) } as ServiceEvent
  } catch (error) {
    throw new AppError('bad_answer', `Mailtide sent an event that this command does not understand: ${name}`, {
      remedy: 'Use the same version of the command and the service',
      cause: error,
    })
  }
}

function queryOf({ kinds, level, lines }: FollowOptions): string {
  const query = new URLSearchParams({ kinds: kinds.join(',') })
  if (level !== undefined) query.set('level', level)
  if (lines !== undefined) query.set('lines', String(lines))
  return query.toString()
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error' })
  } catch (error) {
    throw notRunning(error)
  }
}

/** What was read; null when the connection broke, or nothing came for so long that it must be dead. */
async function withinSilence<T>(
  reading: Promise<T>,
  clock: FollowOptions['clock'],
  dead: AbortController,
): Promise<T | null> {
  const enough = new AbortController()
  const silence = clock.sleep(SILENCE_MS, AbortSignal.any([enough.signal, dead.signal])).then(() => null)
  try {
    return await Promise.race([reading, silence])
  } catch {
    // However it broke, the answer is to connect again and go on from the last id.
    return null
  } finally {
    enough.abort()
    await quietly(silence)
  }
}

/** Waits for a sleep that may be cut short. */
async function quietly(sleep: Promise<unknown>): Promise<void> {
  try {
    await sleep
  } catch (error) {
    if (!isAbort(error)) throw error
  }
}
