import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { SimulatedMailbox, Simulator } from '../../../electron/demo/types.ts'
import { openHost } from '../../../electron/open-host.ts'
import { systemClock } from '../../../electron/platform/clock.ts'
import { plainBox } from '../../../electron/platform/secret-boxes.ts'
import { accountId } from '../../../shared/ids.ts'
import { defaultSettings } from '../../../shared/settings.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { NOTHING, type Tally } from '../../soak/tally.ts'
import { compareMailbox, countDifferences } from '../compare-mailbox.ts'
import { buildService } from '../harness.ts'
import { silentLog } from '../silent-log.ts'

const HANGS_MS = 120_000

export interface Recovery {
  /** The folder as the power cut left it. */
  readonly home: string
  readonly email: string
  readonly simulator: Simulator
  readonly mailbox: SimulatedMailbox
}

/**
 * Starts the product on a folder, as a person would after a power cut, and compares when it has come to rest. Lost is what is missing or
 * different then; doubled, what was downloaded although the folder had it whole.
 */
export async function recover(
  { home, email, simulator, mailbox }: Recovery,
  say: (text: string) => void,
): Promise<Tally> {
  const gets = watchGets()
  let step = 'taking the folder'
  try {
    const host = await openHost({
      kind: 'headless',
      env: { MAILTIDE_HOME: home },
      flags: {},
      openBox: async () => plainBox,
      console: null,
    })
    try {
      step = 'opening the store'
      const built = await buildService({
        home,
        rootUrl: simulator.url,
        oauthUrl: simulator.oauthUrl,
        settings: { ...defaultSettings, pacing: 'off', minFreeBytes: 0, snapshotHours: 0, resyncAfterMinutes: 0 },
        clock: systemClock,
        log: silentLog,
        databaseUrl: undefined,
      })
      try {
        step = 'reading what is left'
        // That it gets over damage is another promise: a power cut damages nothing.
        if (built.store.recovery !== null) throw new Error(`the database ${built.store.recovery.damage}`)
        const account = built.service.snapshot().accounts.find((each) => each.email === email)
        if (account === undefined) throw new Error('the account is gone')
        const whole = new Set<string>()
        const { rows } = await built.store.db.query<{ id: string }>('select id from mailtide.message')
        for (const { id } of rows) whole.add(id)
        step = 'syncing'
        if (!(await comesToRest(built.service))) {
          say(`it does not come to rest: ${JSON.stringify(built.service.snapshot().accounts)}`)
          return { ...NOTHING, hung: 1 }
        }
        const doubled = [...gets.ids].filter((id) => whole.has(id)).length
        const copy = { db: built.store.db, raw: built.store.raw, account: accountId(account.id) }
        const differences = await compareMailbox(mailbox, copy)
        const lost = countDifferences(differences)
        if (lost > 0) say(`lost: ${JSON.stringify(differences)}`)
        if (doubled > 0) say(`${doubled} downloaded again`)
        return { ...NOTHING, lost, doubled }
      } finally {
        await built.service.close()
      }
    } finally {
      await host.close()
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
    say(`it needs a person's hands, ${step}: ${error instanceof Error ? error.message : String(error)}${cause}`)
    return { ...NOTHING, crashed: 1 }
  } finally {
    gets.close()
  }
}

interface Syncing {
  start(): Promise<unknown>
  snapshot(): Snapshot
  syncNow(): Promise<unknown>
  subscribe(listener: (snapshot: Snapshot) => void): () => void
}

/** At rest after one whole cycle, with nothing left to download. */
async function comesToRest(service: Syncing): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const giveUp = setTimeout(() => resolve(false), HANGS_MS)
  const look = ({ state, total_cycles, accounts: [account] }: Snapshot): void => {
    const isStill = state === 'idle' && account?.messages_waiting === 0 && account.messages_failed === 0
    if (isStill && account.state === 'up_to_date' && total_cycles > cyclesBefore) resolve(true)
  }
  const cyclesBefore = service.snapshot().total_cycles
  const stop = service.subscribe(look)
  await service.start()
  await service.syncNow()
  try {
    return await promise
  } finally {
    clearTimeout(giveUp)
    stop()
  }
}

function watchGets(): { readonly ids: ReadonlySet<string>; close(): void } {
  const ids = new Set<string>()
  const onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    const [, id] = /\/messages\/([0-9a-f]+)\?.*format=raw/.exec(request.url ?? '') ?? []
    if (id !== undefined) ids.add(id)
  }
  subscribe('http.server.request.start', onRequest)
  return { ids, close: () => void unsubscribe('http.server.request.start', onRequest) }
}
