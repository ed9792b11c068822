import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../../electron/demo/generator.ts'
import { randomChange } from '../../../electron/demo/live-changes.ts'
import { createRandom, type Random } from '../../../electron/demo/random.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { SimulatedMailbox } from '../../../electron/demo/types.ts'
import { prepareDataFolder } from '../../../electron/platform/data-folder.ts'
import { accountId } from '../../../shared/ids.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { compareMailbox, countDifferences } from '../compare-mailbox.ts'
import { migratedTemplate } from '../database.ts'
import { scaledClock } from '../scaled-clock.ts'
import { type Ballast, createBallast } from './ballast.ts'
import { type Running, startOn } from './running.ts'

export interface FullDiskOptions {
  /** A file system of its own, empty, with 300 MB or more. */
  readonly disk: string
  readonly fills: number
  readonly seed: number
  readonly mails: number
}

export interface FullDiskResult {
  readonly lost: number
  readonly crashed: number
  readonly hung: number
  readonly faults: readonly string[]
  /** How many fills there were of each kind. */
  readonly happened: Readonly<Record<Moment, number>>
  /** How often the status named the disk while it was full. */
  readonly told: number
}

/** What goes on while the disk fills. */
export const MOMENTS = ['download', 'settings', 'start', 'snapshot', 'verification'] as const
export type Moment = (typeof MOMENTS)[number]

const EMAIL = 'ada@example.test'
/** Half a minute, after which the product tries again, passes in less than a tenth of a second. */
const SCALE = 400
const RESERVE = 16 * 1024 * 1024
/** Real time: a slow machine is no hang. */
const HANGS_MS = 120_000
const CHANGES = 25

/**
 * The product on a disk that somebody else fills at random moments, and frees again: it must go on by itself, with nothing lost, and say
 * meanwhile how it is.
 */
export async function liveOnFullDisk({ disk, fills, seed, mails }: FullDiskOptions): Promise<FullDiskResult> {
  const random = createRandom('full disk', seed)
  const ballast = createBallast(disk)
  const simulator = await startSimulator({ seed })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: mails, seed })
  const env = {
    MAILTIDE_HOME: join(disk, 'data'),
    MAILTIDE_PACING: 'off',
    MAILTIDE_MIN_FREE_BYTES: String(RESERVE),
    MAILTIDE_SNAPSHOT_HOURS: '0',
    MAILTIDE_INTERVAL_MINUTES: '1',
    MAILTIDE_RESYNC_AFTER_MINUTES: '0',
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
  }
  const paths = await prepareDataFolder(env.MAILTIDE_HOME)
  cpSync(await migratedTemplate(), paths.db, { recursive: true })
  const clock = scaledClock(SCALE, seed)
  const happened = { download: 0, settings: 0, start: 0, snapshot: 0, verification: 0 }
  const faults: string[] = []
  const counts = { lost: 0, crashed: 0, hung: 0, told: 0 }
  let running: Running = await startOn(env, clock)
  await running.service.importToken(simulator.authorizedUser(EMAIL))
  await running.service.start()

  const fillOnce = async (fill: number): Promise<void> => {
    // The first comes into the first download; each moment has its turn.
    const moment = MOMENTS[fill % MOMENTS.length]!
    happened[moment]++
    const say = (what: string): void => void faults.push(`fill ${fill} of seed ${seed}, ${moment}: ${what}`)
    const leave = random.pick([0, 0, random.int(300_000), Math.floor(RESERVE / 2)])
    for (let left = CHANGES; left > 0; left--) randomChange(mailbox, random)
    running = await MEETINGS[moment]({ running, ballast, leave, random, clock, env, say })
    await delay(random.int(1_200))
    const { state, accounts } = running.service.snapshot()
    if (accounts.some((account) => account.state === 'waiting' && account.reason === 'disk')) counts.told++
    if (state === 'failed') {
      counts.crashed++
      say(`the service failed: ${JSON.stringify(running.service.snapshot().failure)}`)
    }
    ballast.free()
    const isWell = await comesToRest(running.service)
    if (!isWell) {
      counts.hung++
      say(`it does not go on: ${JSON.stringify(running.service.snapshot())}`)
    }
    counts.lost += await differences(running, mailbox, say)
    checkFiles(running, fill, say)
  }

  try {
    for (let fill = 0; fill < fills && counts.hung === 0; fill++) await fillOnce(fill)
    await running.close()
  } catch (error) {
    counts.crashed++
    faults.push(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  } finally {
    ballast.free()
    await simulator.close()
  }
  return { ...counts, faults, happened }
}

interface Meeting {
  readonly running: Running
  readonly ballast: Ballast
  readonly leave: number
  readonly random: Random
  readonly clock: Parameters<typeof startOn>[1]
  readonly env: Readonly<Record<string, string>>
  readonly say: (what: string) => void
}

/** Fills the disk while the product is at it; gives what runs then. */
const MEETINGS: Readonly<Record<Moment, (meeting: Meeting) => Promise<Running>>> = {
  download: async ({ running, ballast, leave, random }) => {
    await running.service.syncNow()
    await delay(random.int(250))
    ballast.fill(leave)
    return running
  },
  settings: async ({ running, ballast, leave, random, say }) => {
    ballast.fill(leave)
    const before = running.settings().errorsPerHour
    const wanted = before + 1 + random.int(5)
    const refused = await refusal(running.service.changeSettings({ errorsPerHour: wanted }))
    const now = running.settings().errorsPerHour
    if (refused === null ? now !== wanted : refused !== 'disk' || now !== before)
      say(`a setting was ${refused ?? 'changed'}: ${before}, ${wanted} was wanted, and now it is ${now}`)
    return running
  },
  start: async ({ running, ballast, leave, clock, env, say }) => {
    await running.close()
    ballast.fill(leave)
    try {
      const next = await startOn(env, clock)
      await next.service.start()
      return next
    } catch (error) {
      const refused = await refusal(Promise.reject(error))
      if (refused !== 'disk') say(`a start on a full disk ends with ${String(error)}`)
    }
    // Whoever started it, or the system, tries again when there is room.
    ballast.free()
    const next = await startOn(env, clock)
    await next.service.start()
    return next
  },
  snapshot: async ({ running, ballast, leave, random, say }) => {
    const { snapshots } = running.store
    if (snapshots === null) throw new Error('A database of our own has snapshots')
    const taken = snapshots.take({ reason: 'schedule', keep: 1, reserveBytes: RESERVE })
    const refused = refusal(taken)
    await delay(random.int(150))
    ballast.fill(leave)
    const why = await refused
    if (why !== null && why !== 'disk' && why !== 'store') say(`a snapshot ends with ${why}`)
    return running
  },
  verification: async ({ running, ballast, leave, random, say }) => {
    const why = await refusal(running.service.verify({ repair: true, deep: 10, local: false }))
    if (why !== null) say(`a verification is refused: ${why}`)
    await delay(random.int(250))
    ballast.fill(leave)
    return running
  },
}

/** Null when it is done; otherwise the code of the error, which is ours. */
async function refusal(work: Promise<unknown>): Promise<string | null> {
  try {
    await work
    return null
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    return typeof code === 'string' ? code : String(error)
  }
}

/** By itself, with everything downloaded, and after one more whole cycle still. */
async function comesToRest(service: Running['service']): Promise<boolean> {
  await service.verified()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const giveUp = setTimeout(() => resolve(false), HANGS_MS)
  let cycles: number | null = null
  const stop = service.subscribe(({ state, total_cycles, accounts: [account] }: Snapshot) => {
    cycles ??= total_cycles
    const isStill = state === 'idle' && account?.state === 'up_to_date'
    // The cycle under way may have begun before the last change, and so may the one that it was told of with.
    if (isStill && account.messages_waiting + account.messages_failed === 0 && total_cycles > cycles + 1) resolve(true)
  })
  try {
    return await promise
  } finally {
    clearTimeout(giveUp)
    stop()
  }
}

async function differences({ service, store }: Running, mailbox: SimulatedMailbox, say: (what: string) => void) {
  const [account] = service.snapshot().accounts
  if (account === undefined) throw new Error('The account is gone')
  const found = await compareMailbox(mailbox, { db: store.db, raw: store.raw, account: accountId(account.id) })
  const count = countDifferences(found)
  if (count > 0) say(`the copy differs: ${JSON.stringify(found)}`)
  return count
}

/** The log goes on, and the settings are whole. */
function checkFiles({ log, paths }: Running, fill: number, say: (what: string) => void): void {
  const line = `There is room again after fill ${fill}`
  log.info(line)
  if (!readFileSync(paths.logFile, 'utf8').includes(line)) say('the log does not go on')
  try {
    JSON.parse(readFileSync(paths.settings, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') say(`the settings are damaged: ${String(error)}`)
  }
}
