import { createParser } from 'eventsource-parser'
import { documents, EndNotice, type EventKind, LostNotice } from '../../shared/documents.ts'
import { type Connection, needsToken, type ProblemError, problemOf, type SubscribeOptions } from './backend.ts'
import { checkedEvent, toldProblem } from './check.ts'
import { askWithKey, type SessionKeys } from './session-keys.ts'

export interface StreamOptions extends SubscribeOptions {
  /** Where the service is; the page's own origin when empty. */
  readonly base: string
  readonly keys: SessionKeys
  readonly kinds: readonly EventKind[]
  readonly onEvent: (kind: EventKind, data: unknown) => void
}

export interface Stream {
  /** Connects now instead of waiting. */
  retryNow(): void
  close(): void
}

/** The service says something every 15 seconds; a connection silent for longer than this is dead. */
const SILENCE_MS = 45_000
/** Before each try; the last one holds from then on. */
const RETRY_MS = [1_000, 2_000, 5_000]
/** Far more than a snapshot of hundreds of accounts takes. */
const LONGEST_EVENT = 16 * 1024 * 1024

/**
 * Follows the service's server-sent events by fetch, since `EventSource` cannot send a key. Connects again by itself, going on after the
 * last event; waits for `retryNow` when the token is refused, for asking again would not help.
 */
export function openStream(options: StreamOptions): Stream {
  const closed = new AbortController()
  let after: string | null = null
  let wake: (() => void) | null = null
  let failures = 0

  const tell = (connection: Connection): void => {
    if (!closed.signal.aborted) options.onConnection?.(connection)
  }
  const read = async (): Promise<void> => {
    const quiet = new AbortController()
    const response = await askWithKey(options.keys, (authorization) =>
      fetch(`${options.base}${documents.events.path}?${queryOf(options)}`, {
        signal: AbortSignal.any([closed.signal, quiet.signal]),
        redirect: 'error',
        headers: {
          accept: documents.events.mediaType,
          ...authorization,
          ...(after === null ? {} : { 'last-event-id': after }),
        },
      }),
    )
    if (!response.ok || response.body === null) throw toldProblem(await response.json().catch(() => null))
    tell({ state: 'connected' })
    failures = 0
    const parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onId: (id) => {
        after = id
      },
      onEvent: ({ event, data }) => take(event, data),
    })
    let silence: ReturnType<typeof setTimeout> | undefined
    const hear = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => quiet.abort(), SILENCE_MS)
    }
    try {
      hear()
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        hear()
        parser.feed(text)
      }
    } finally {
      clearTimeout(silence)
    }
  }

  const take = (name: string | undefined, data: string): void => {
    const kind = options.kinds.find((wanted) => wanted === name)
    if (kind !== undefined) options.onEvent(kind, checkedEvent(kind, JSON.parse(data)))
    else if (name === 'lost') options.onLost?.(LostNotice.parse(JSON.parse(data)))
    // A service that restarts knows its events anew; one that refuses us says why at the next try.
    else if (name === 'end' && EndNotice.parse(JSON.parse(data)).reason === 'forbidden') after = null
  }

  const follow = async (): Promise<void> => {
    tell({ state: 'connecting' })
    while (!closed.signal.aborted) {
      let refusal: ProblemError['problem'] | null = null
      try {
        await read()
      } catch (error) {
        const problem = problemOf(error)
        if (needsToken(problem)) refusal = problem
      }
      if (closed.signal.aborted) return
      const delay = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!
      failures += 1
      if (refusal === null) tell({ state: 'lost', retryAt: new Date(Date.now() + delay) })
      else tell({ state: 'refused', problem: refusal })
      await new Promise<void>((resolve) => {
        wake = resolve
        if (refusal === null) setTimeout(resolve, delay)
      })
    }
  }

  void follow()
  return {
    retryNow: () => wake?.(),
    close: () => {
      closed.abort()
      wake?.()
    },
  }
}

function queryOf({ kinds, level, lines }: StreamOptions): string {
  const query = new URLSearchParams({ kinds: kinds.join(',') })
  if (level !== undefined) query.set('level', level)
  if (lines !== undefined) query.set('lines', String(lines))
  return query.toString()
}
