import { cpSync, existsSync } from 'node:fs'
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
import { skipWaits } from './skip-waits.ts'
import { nowhere } from './surroundings.ts'
import { removeFolder, tempFolder } from './temp-folder.ts'

export interface HarnessOptions {
  readonly messages?: number
  readonly seed?: number
  readonly dials?: Partial<Dials>
  readonly settings?: Partial<Settings>
  readonly clock?: Clock
  readonly timeScale?: number
  /**
   * In place of a clock: time passes for the service and for Gmail alike, and only while somebody waits for the harness and nobody has
   * anything to do but sleep. Waits of hours cost nothing, and a slow machine is no late answer.
   */
  readonly skipsWaits?: boolean
  readonly log?: Log
  readonly surroundings?: Surroundings
  readonly startDemoGmail?: StartDemoGmail
  /** Something between the service and the simulator: takes its address and gives the one to use. */
  readonly wrapUrl?: (url: string) => Promise<string>
  /** A database of its own there, instead of the embedded one. */
  readonly databaseUrl?: string
  /** Told what is done before the service is there. */
  readonly onDoing?: (doing: string) => void
}

/** An account of the service, and the mailbox that it copies. */
export interface HarnessAccount {
  readonly email: string
  readonly mailbox: SimulatedMailbox
  readonly account: () => AccountSnapshot
  /** Starts syncing if it is not, asks for a sync, and resolves when the account is up to date with nothing left to download. */
  sync(): Promise<void>
  /** Resolves once the account, from now on, is as the test wants it, and the service at rest. */
  rest(what: (account: AccountSnapshot) => boolean): Promise<AccountSnapshot>
  differences(): Promise<Differences>
}

/** The whole service against a simulated Gmail, in this process, on a real store in a temp folder. */
export interface Harness extends HarnessAccount {
  readonly simulator: Simulator
  readonly home: string
  readonly settings: Settings
  readonly built: () => BuiltService
  /**
   * The same service, for another account with a mailbox of its own, not synced yet: the service is stopped. For tests that need no
   * service of their own, it costs a tenth of one.
   */
  add(options?: { readonly messages?: number; readonly seed?: number }): Promise<Harness>
  /** Resolves with the first snapshot, from now on, that satisfies the test. */
  until(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Waits for something else of the service; its waits are skipped too. */
  during<T>(work: Promise<T>): Promise<T>
  /** Lets so much time pass, where waits are skipped. */
  pass(ms: number): Promise<void>
  /** Closes the service and opens it again on the same folder, as after a restart. */
  restart(): Promise<void>
  /** From now on the first download is long ago: the newest page of its listing needs no second look. */
  settle(): Promise<void>
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
  readonly onDoing?: ((doing: string) => void) | undefined
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
    onDoing: options.onDoing,
    templateDir: await emptyTemplate(),
  })
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const seed = options.seed ?? 1
  const timeScale = options.skipsWaits === true ? 0 : options.timeScale
  const simulator = await startSimulator({ seed, ...(timeScale === undefined ? {} : { timeScale }) })
  const calm: Readonly<Dials> = { ...simulator.dials }
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: options.messages ?? 100, seed })
  const time = options.skipsWaits === true ? skipWaits(simulator, seed) : null
  const during: <T>(work: Promise<T>) => Promise<T> = time?.during ?? ((work) => work)
  const home = tempFolder('harness')
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
      clock: time?.clock ?? options.clock ?? systemClock,
      log: options.log ?? silentLog,
      databaseUrl: options.databaseUrl,
      surroundings: options.surroundings,
      startDemoGmail: options.startDemoGmail,
      onDoing: options.onDoing,
    })
  let built = await during(build())
  time?.follow(built.service)
  await during(built.service.importToken(simulator.authorizedUser(EMAIL)))
  // Only now: adding an account is not what faults are for here.
  Object.assign(simulator.dials, options.dials)

  const until = (what: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
    const { promise, resolve } = Promise.withResolvers<Snapshot>()
    const stop = built.service.subscribe((snapshot) => {
      if (what(snapshot)) resolve(snapshot)
    })
    return during(promise).finally(stop)
  }
  const mailboxes = [mailbox]
  const accountOf = (of: SimulatedMailbox): HarnessAccount => {
    const { email } = of
    const find = ({ accounts }: Snapshot) => accounts.find((each) => each.email === email)
    const account = (): AccountSnapshot => {
      const found = find(built.service.snapshot())
      if (found === undefined) throw new Error(`There is no account ${email}`)
      return found
    }
    const rest = async (what: (account: AccountSnapshot) => boolean): Promise<AccountSnapshot> => {
      const snapshot = await until((told) => {
        const found = find(told)
        return told.state === 'idle' && found !== undefined && what(found)
      })
      return find(snapshot) ?? account()
    }
    return {
      email,
      mailbox: of,
      account,
      rest,
      sync: async () => {
        const before = account().last_synced_at
        // Two syncs at one moment could not be told apart.
        await time?.pass(1_000)
        if (!built.service.snapshot().running) await built.service.start()
        // Not every start finds the account due.
        await built.service.syncNow(mailboxes.length > 1 ? email : undefined)
        await rest(
          ({ last_synced_at, state, messages_waiting, messages_failed }) =>
            last_synced_at !== before && state === 'up_to_date' && messages_waiting + messages_failed === 0,
        )
      },
      differences: () =>
        compareMailbox(of, { db: built.store.db, raw: built.store.raw, account: accountId(account().id) }),
    }
  }
  const shared: Omit<Harness, keyof HarnessAccount> = {
    simulator,
    home,
    settings,
    built: () => built,
    until,
    during,
    pass: async (ms) => await time?.pass(ms),
    add: async (more = {}) => {
      const added = simulator.addMailbox(EMAIL.replace('@', `${mailboxes.length + 1}@`))
      fillMailbox(added, { count: more.messages ?? 100, seed: more.seed ?? seed + mailboxes.length })
      mailboxes.push(added)
      if (built.service.snapshot().running) await during(built.service.stop())
      const dials = { ...simulator.dials }
      Object.assign(simulator.dials, calm)
      await during(built.service.importToken(simulator.authorizedUser(added.email)))
      Object.assign(simulator.dials, dials)
      return { ...shared, ...accountOf(added) }
    },
    restart: async () => {
      await during(built.service.close())
      built = await during(build())
      time?.follow(built.service)
    },
    settle: async () => {
      await built.store.db.query('update mailtide.checkpoint set listing_ended_at = null')
    },
    close: async () => {
      await during(built.service.close())
      time?.close()
      for (const each of mailboxes) plantMailbox(each)
      await simulator.close()
      removeFolder(home)
    },
  }
  return { ...shared, ...accountOf(mailbox) }
}
