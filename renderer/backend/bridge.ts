import type { OperationName, Reply } from '../../shared/contract.ts'
import type { EventKind } from '../../shared/documents.ts'
import type { LogLevel } from '../../shared/log-entry.ts'
import { type Backend, type EventOf, type Input, type Output, problemOf, type SubscribeOptions } from './backend.ts'
import { checkedEvent, checkedInput, checkedOutput, toldProblem, unanswered } from './check.ts'

/** What the desktop's preload puts on the window: the contract's two verbs, and nothing else. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Reply>
  subscribe(
    kind: EventKind,
    listener: (data: unknown) => void,
    options?: { readonly level?: LogLevel; readonly lines?: number },
  ): () => void
}

declare global {
  interface Window {
    readonly mailtide?: Bridge
  }
}

/** The backend of the desktop: the service lives in the same program, so there is always a connection. */
export function createBridgeBackend(bridge: Bridge): Backend {
  const call = async <N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>> => {
    const asked = checkedInput(name, input)
    const reply = await bridge.call(name, asked).catch(() => {
      throw unanswered()
    })
    if (!reply.ok) throw toldProblem(reply.problem)
    return checkedOutput(name, reply.value)
  }
  return {
    shell: {
      // The desktop refuses to open a window and gives https addresses to the browser.
      openUrl: (url) => void window.open(url, '_blank', 'noopener'),
      openDataFolder: null,
    },
    call,
    subscribe: <K extends EventKind>(
      kind: K,
      listener: (data: EventOf<K>) => void,
      { onConnection, onLost: _onLost, ...asked }: SubscribeOptions = {},
    ) => {
      onConnection?.({ state: 'connecting' })
      let hasHeard = false
      const end = bridge.subscribe(
        kind,
        (data) => {
          try {
            const event = checkedEvent(kind, data)
            if (!hasHeard) onConnection?.({ state: 'connected' })
            hasHeard = true
            listener(event)
          } catch (error) {
            hasHeard = false
            onConnection?.({ state: 'refused', problem: problemOf(error) })
          }
        },
        asked,
      )
      return end
    },
    retryNow: () => undefined,
    giveToken: null,
  }
}
