import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import type { DemoGmailOptions, StartDemoGmail } from '../../electron/ports.ts'

export interface DemoStarts {
  readonly start: StartDemoGmail
  /** Every Gmail that was started, in order, and how it was asked for. */
  readonly started: readonly {
    readonly simulator: Simulator
    readonly options: DemoGmailOptions
    /** Ends it, as `close` does. */
    readonly end: () => Promise<void>
  }[]
  /** How many run now. */
  running(): number
  /** From now on it cannot be started, for this reason; null: it can. */
  refuse(why: string | null): void
}

/** The demo's Gmail in the test's own thread, without its pauses, where the test lets things happen. */
export function demoStarts(messages: number): DemoStarts {
  const started: DemoStarts['started'][number][] = []
  let running = 0
  let refusal: string | null = null
  return {
    started,
    running: () => running,
    refuse: (why) => {
      refusal = why
    },
    start: async (options) => {
      if (refusal !== null) throw new Error(refusal)
      const simulator = await startSimulator({ seed: 5, historyFrom: Date.now() })
      fillMailbox(simulator.addMailbox(options.email), { count: messages, seed: 5, until: options.since.getTime() })
      running++
      const { client_id, client_secret, refresh_token } = simulator.authorizedUser(options.email)
      const { promise, resolve } = Promise.withResolvers<void>()
      const end = async (): Promise<void> => {
        running--
        await simulator.close()
        resolve()
      }
      started.push({ simulator, options, end })
      return {
        rootUrl: simulator.url,
        oauthUrl: simulator.oauthUrl,
        credential: { client_id, client_secret, refresh_token, scopes: [] },
        ended: promise,
        close: end,
      }
    },
  }
}
