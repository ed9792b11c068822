import { cpSync, existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Dials, SimulatedMailbox, Simulator } from '../../electron/demo/types.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { plainBox } from '../../electron/platform/secret-boxes.ts'
import type { Clock, Log, StartDemoGmail, Surroundings } from '../../electron/ports.ts'
import { type BuiltService, createService } from '../../electron/service/create-service.ts'
import { accountId } from '../../shared/ids.ts'
import { defaultSettings, type Settings } from '../../shared/settings.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { compareMailbox, type Differences } from './compare-mailbox.ts'
import { emptyTemplate, migratedTemplate } from './database.ts'
import { plantMailbox } from './plant-mailbox.ts'
import { silentLog } from './silent-log.ts'
import { nowhere } from './surroundings.ts'

export interface HarnessOptions {
  readonly messages?: number
  readonly seed?: number
  readonly dials?: Partial<Dials>
  readonly settings?: Partial<Settings>
  readonly clock?: Clock
  readonly timeScale?: number
  readonly log?: Log
  readonly surroundings?: Surroundings
  readonly startDemoGmail?: StartDemoGmail
  /** Something between the service and the simulator: takes its address and gives the one to use. */
  readonly wrapUrl?: (url: string) => Promise<string>
  /** A database of its own there, instead of the embedded one. */
  readonly databaseUrl?: string
}

/** The whole service against a simulated Gmail, in this process, on a real store in a temp folder. */
export interface Harness {
  readonly simulator: Simulator
  readonly mailbox: SimulatedMailbox
  readonly home: string
  readonly settings: Settings
  readonly built: () => BuiltService
  readonly account: () => AccountSnapshot
  /** Starts syncing if it is not, asks for a sync, and resolves when the account is up to date with nothing left to download. */
  sync(): Promise<void>
  /** Resolves with the first snapshot, from now on, that satisfies the test. */
  until(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Closes the service and opens it again on the same folder, as after a restart. */
  restart(): Promise<void>
  differences(): Promise<Differences>
  close(): Promise<void>
}

export const EMAIL = 'ada@example.test'

export const NO_DIFFERENCES: Differences = {
  missing: [],
  extra: [],
  wrongLabels: [],
  wrongBytes: [],
  wrongFacts: [],
  notDeleted: [],
  wrongCounters: [],
}

export interface BuildOptions {
  readonly home: string
  readonly rootUrl: string
  readonly oauthUrl: string
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly databaseUrl: string | undefined
  readonly surroundings?: Surroundings | undefined
  readonly startDemoGmail?: StartDemoGmail | undefined
  /** Throws once the folder is not this service's any more. */
  readonly assertOwned?: () => void
}

/** The service as a host builds it, on a data folder that begins with an empty, migrated database. */
export async function buildService(options: BuildOptions): Promise<BuiltService> {
  const paths = await prepareDataFolder(options.home)
  if (options.databaseUrl === undefined && !existsSync(paths.db)) {
    cpSync(await migratedTemplate(), paths.db, { recursive: true })
  }
  return createService({
    paths,
    env: {
      MAILTIDE_GMAIL_ROOT_URL: options.rootUrl,
      MAILTIDE_OAUTH_URL: options.oauthUrl,
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
    },
    settings: () => options.settings,
    changeSettings: () => undefined,
    changeKeptSettings: () => undefined,
    clock: options.clock,
    log: options.log,
    tokens: createTokenStore(paths.credentials, plainBox, silentLog),
    clients: createClientStore(paths.clients, plainBox, silentLog),
    surroundings: options.surroundings ?? nowhere,
    ...(options.startDemoGmail === undefined ? {} : { startDemoGmail: options.startDemoGmail }),
    host: { kind: 'test', pid: process.pid, port: null, data_folder: paths.home },
    version: '0.0.0',
    restartedUnexpectedly: false,
    assertOwned: options.assertOwned ?? (() => undefined),
    templateDir: await emptyTemplate(),
  })
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const clock = options.clock ?? systemClock
  const simulator = await startSimulator({
    seed: options.seed ?? 1,
    ...(options.timeScale === undefined ? {} : { timeScale: options.timeScale }),
  })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: options.messages ?? 100, seed: options.seed ?? 1 })
  const home = await mkdtemp(join(tmpdir(), 'mailtide-harness-'))
  const settings: Settings = {
    ...defaultSettings,
    pacing: 'off',
    minFreeBytes: 0,
    snapshotHours: 0,
    ...options.settings,
  }
  const rootUrl = (await options.wrapUrl?.(simulator.url)) ?? simulator.url
  const build = (): Promise<BuiltService> =>
    buildService({
      home: join(home, 'data'),
      rootUrl,
      oauthUrl: simulator.oauthUrl,
      settings,
      clock,
      log: options.log ?? silentLog,
      databaseUrl: options.databaseUrl,
      surroundings: options.surroundings,
      startDemoGmail: options.startDemoGmail,
    })
  let built = await build()
  await built.service.importToken(simulator.authorizedUser(EMAIL))
  // Only now: adding an account is not what faults are for here.
  Object.assign(simulator.dials, options.dials)

  const account = (): AccountSnapshot => {
    const [first] = built.service.snapshot().accounts
    if (first === undefined) throw new Error('There is no account')
    return first
  }
  const until = (what: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
    const { promise, resolve } = Promise.withResolvers<Snapshot>()
    const stop = built.service.subscribe((snapshot) => {
      if (what(snapshot)) resolve(snapshot)
    })
    return promise.finally(stop)
  }
  return {
    simulator,
    mailbox,
    home,
    settings,
    built: () => built,
    account,
    until,
    sync: async () => {
      const before = account().last_synced_at
      if (!built.service.snapshot().running) await built.service.start()
      // Not every start finds the account due.
      await built.service.syncNow()
      await until(({ accounts, state }) => {
        const [first] = accounts
        return (
          state === 'idle' &&
          first?.last_synced_at !== before &&
          first?.state === 'up_to_date' &&
          first.messages_waiting + first.messages_failed === 0
        )
      })
    },
    restart: async () => {
      await built.service.close()
      built = await build()
    },
    differences: () =>
      compareMailbox(mailbox, { db: built.store.db, raw: built.store.raw, account: accountId(account().id) }),
    close: async () => {
      await built.service.close()
      plantMailbox(mailbox)
      await simulator.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
