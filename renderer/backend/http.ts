import { type OperationName, operations, requestOf } from '../../shared/contract.ts'
import type { EventKind } from '../../shared/documents.ts'
import type { Backend, EventOf, Input, Output, SubscribeOptions } from './backend.ts'
import { browserShell } from './browser-shell.ts'
import { checkedInput, checkedOutput, toldProblem, unanswered } from './check.ts'
import { openStream, type Stream } from './events.ts'
import { askWithKey, createSessionKeys } from './session-keys.ts'

export interface HttpOptions {
  /** Where the service is; the page's own origin when absent. */
  readonly base?: string
  /** Where the API token is kept as long as this page lives. */
  readonly tokens: { read(): string | null; write(token: string): void }
}

/** Adding an account asks Google; everything else is answered at once. */
const PATIENCE_MS = 60_000

/** The backend of a browser: the service's HTTP API, with a key made of the token as a header. */
export function createHttpBackend({ base = '', tokens }: HttpOptions): Backend {
  const streams = new Set<Stream>()
  const keys = createSessionKeys(base, tokens.read)

  const call = async <N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>> => {
    const row = operations[name]
    const { url, body } = requestOf(row, checkedInput(row, input))
    const response = await askWithKey(keys, (authorization) =>
      fetch(`${base}${url}`, {
        method: row.method,
        headers: { ...authorization, ...(body === null ? {} : { 'content-type': 'application/json' }) },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => {
        throw unanswered()
      }),
    )
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw toldProblem(answer)
    return checkedOutput(name, answer)
  }
  const retryNow = (): void => {
    for (const stream of streams) stream.retryNow()
  }

  return {
    desktop: null,
    shell: browserShell,
    call,
    subscribe: <K extends EventKind>(kind: K, listener: (data: EventOf<K>) => void, options: SubscribeOptions = {}) => {
      const stream = openStream({
        ...options,
        base,
        keys,
        kinds: [kind],
        // The stream passes on what it was asked for, and has checked it.
        onEvent: (_, data) => listener(data as EventOf<K>),
      })
      streams.add(stream)
      return () => {
        streams.delete(stream)
        stream.close()
      }
    },
    retryNow,
    giveToken: (token) => {
      tokens.write(token)
      retryNow()
    },
  }
}
