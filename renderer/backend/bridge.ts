import type { z } from 'zod'
import type { Bridge, BridgeEvent } from '../../shared/bridge.ts'
import { type OperationName, operations } from '../../shared/contract.ts'
import { type DesktopOperationName, DesktopState, desktopOperations } from '../../shared/desktop.ts'
import { type EventKind, LostNotice } from '../../shared/documents.ts'
import { words } from '../words/words.ts'
import {
  type Backend,
  type Connection,
  type Desktop,
  type EventOf,
  type Input,
  type Output,
  ownProblem,
  problemOf,
  type SubscribeOptions,
} from './backend.ts'
import { checkedEvent, checkedInput, checkedOutput, notOurs, toldProblem, unanswered } from './check.ts'

/** The bridge, which is on the window in the desktop app and in no browser. */
export const bridgeOf = (window: object): Bridge | null => (window as { readonly mailtide?: Bridge }).mailtide ?? null

/** The backend of the desktop app, by the bridge that its preload puts on the window. */
export function createBridgeBackend(bridge: Bridge): Backend {
  const ask = async (name: OperationName | DesktopOperationName, input: unknown): Promise<unknown> => {
    const reply = await bridge.call(name, input).catch(() => {
      throw unanswered()
    })
    if (!reply.ok) throw toldProblem(reply.problem)
    return reply.value
  }
  const desktop: Desktop = {
    call: async (name, input) => {
      const row = desktopOperations[name]
      const output = (row.output as z.ZodType).safeParse(await ask(name, checkedInput(row, input)))
      if (!output.success) throw notOurs()
      return output.data as never
    },
    subscribe: (listener) =>
      bridge.subscribe({ kinds: ['desktop'] }, (events) => {
        for (const event of events) if (event.name === 'desktop') listener(DesktopState.parse(event.data))
      }),
  }
  return {
    desktop,
    shell: {
      openUrl: async (url) => {
        await desktop.call('openUrl', { url })
      },
      copyText: async (text) => {
        await desktop.call('copyText', { text })
        return true
      },
      saveText: async (name, text) => (await desktop.call('saveText', { name, text })).saved,
    },
    call: async <N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>> =>
      checkedOutput(name, await ask(name, checkedInput(operations[name], input))),
    subscribe: (kind, listener, options = {}) => follow(bridge, kind, listener, options),
    retryNow: () => undefined,
    giveToken: null,
  }
}

/** One kind of event, and how the app stands with the service meanwhile. */
function follow<K extends EventKind>(
  bridge: Bridge,
  kind: K,
  listener: (data: EventOf<K>) => void,
  { level, lines, onConnection, onLost }: SubscribeOptions,
): () => void {
  const take = (event: BridgeEvent): void => {
    if (event.name === 'desktop') onConnection?.(connectionOf(DesktopState.parse(event.data)))
    else if (event.name === 'lost') onLost?.(LostNotice.parse(event.data))
    else if (event.name === kind) listener(checkedEvent(kind, event.data))
  }
  onConnection?.({ state: 'connecting' })
  return bridge.subscribe(
    {
      kinds: onConnection === undefined ? [kind] : [kind, 'desktop'],
      ...(level === undefined ? {} : { level }),
      ...(lines === undefined ? {} : { lines }),
    },
    (events) => {
      for (const event of events) {
        try {
          take(event)
        } catch (error) {
          onConnection?.({ state: 'refused', problem: problemOf(error) })
        }
      }
    },
  )
}

/** What the app says of its service, as a connection. */
function connectionOf({ service, problem, doing }: DesktopState): Connection {
  const { gone, goneRemedy, none, noneRemedy } = words.frame.problem
  switch (service) {
    case 'own':
    case 'attached':
      return { state: 'connected' }
    case 'starting':
      return { state: 'connecting', ...(doing === null ? {} : { doing }) }
    case 'lost':
      return { state: 'lost', retryAt: null }
    case 'gone':
      return { state: 'refused', problem: problem ?? ownProblem('not_running', gone, goneRemedy).problem }
    case 'failed':
      return { state: 'refused', problem: problem ?? ownProblem('bug', none, noneRemedy).problem }
  }
}
