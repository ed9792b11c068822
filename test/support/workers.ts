import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { cpSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { SimulatedMailbox } from '../../electron/demo/types.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { type OpenStore, openStore } from '../../electron/store/open-store.ts'
import type { AccountId } from '../../shared/ids.ts'
import { defaultSettings } from '../../shared/settings.ts'
import { type Life, live } from '../soak/child.ts'
import { IN_FLIGHT } from '../soak/get-log.ts'
import { compareMailbox, countDifferences } from './compare-mailbox.ts'
import { createServerDatabase } from './database.ts'
import { buildService } from './harness.ts'
import { silentLog } from './silent-log.ts'

export interface WorkersOptions {
  /** A server on which a database may be made. */
  readonly serverUrl: string
  readonly seed: number
  readonly accounts: number
  readonly mails: number
  /** Workers are killed or frozen one after the other for so long; the first download may go on beyond that. */
  readonly seconds: number
  /** At most so many; none: three workers in peace. */
  readonly ends: number
  readonly say?: (text: string) => void
}

export interface WorkersResult {
  readonly kills: number
  readonly freezes: number
  /** Originals asked for again though no kill explains it. */
  readonly doubled: number
  /** Differences between the mailboxes and their copies in the end. */
  readonly lost: number
  readonly crashed: number
  readonly hung: number
  /** How long accounts of a dead worker lay still, at most, in milliseconds; null when none was in its hands. */
  readonly longestTakeoverMs: number | null
  readonly faults: readonly string[]
}

const WORKERS = 3
const TAKEOVER_MS = 60_000
const HANGS_MS = 180_000
const POLL_MS = 200
/** The seed of the product's advisory locks. */
const LOCKS = 7_214_551_022

/** Three headless workers share accounts in one database, while they are killed and frozen at random and the mailboxes change. */
export async function runWorkers(options: WorkersOptions): Promise<WorkersResult> {
  const { serverUrl, seed, accounts, mails, say = () => undefined } = options
  const random = createRandom('workers', seed)
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-workers-'))
  const { own: databaseUrl, drop } = await createServerDatabase(serverUrl)
  // Slow enough that downloads outlive some kills.
  const simulator = await startSimulator({ seed, dials: { latency: [10, 30] } })
  const mailboxes = Array.from({ length: accounts }, (_, at) => simulator.addMailbox(`ada${at}@example.test`))
  for (const [at, mailbox] of mailboxes.entries()) fillMailbox(mailbox, { count: mails, seed: seed * 100 + at })
  const fetches = watchFetches(mailboxes)
  const faults: string[] = []
  let crashed = 0
  let hung = 0
  let kills = 0
  let freezes = 0
  let longestTakeoverMs: number | null = null

  const homes = Array.from({ length: WORKERS }, (_, at) => join(folder, `worker-${at}`))
  await signIn(homes, mailboxes, { databaseUrl, rootUrl: simulator.url, oauthUrl: simulator.oauthUrl }, simulator)
  const lives: (Life | null)[] = homes.map(() => null)
  const envOf = (home: string): NodeJS.ProcessEnv => ({
    ...process.env,
    MAILTIDE_HOME: home,
    MAILTIDE_PORT: '0',
    MAILTIDE_PACING: 'off',
    MAILTIDE_RAW_STORE: 'postgres',
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
    MAILTIDE_RESYNC_AFTER_MINUTES: '0',
    MAILTIDE_INTERVAL_MINUTES: '1',
    MAILTIDE_AUDIT_DAYS: '0',
    DATABASE_URL: databaseUrl,
  })
  const begin = async (at: number): Promise<void> => {
    const home = homes[at] ?? ''
    lives[at] = await live(home, envOf(home))
  }
  const store = await openStore({
    paths: dataPaths(join(folder, 'looker')),
    databaseUrl,
    rawStore: 'postgres',
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
  })

  /** Kills or freezes one, waits until others work on what it had, and brings it back. */
  const end = async (): Promise<void> => {
    const at = random.int(WORKERS)
    const life = lives[at]
    if (life === null || life === undefined) return
    if (life.hasEnded()) {
      crashed++
      faults.push(`A worker ended by itself: ${life.output()}`)
      return begin(at)
    }
    const freezing = random.chance(0.25)
    const before = await claims(store)
    life.child.kill(freezing ? 'SIGSTOP' : 'SIGKILL')
    fetches.explain(IN_FLIGHT)
    if (freezing) freezes++
    else kills++
    const began = performance.now()
    const took = await takeover(store, before, freezing)
    if (took === null)
      faults.push(`Accounts were not taken over within a minute after a ${freezing ? 'freeze' : 'kill'}`)
    else if (took > 0) longestTakeoverMs = Math.max(longestTakeoverMs ?? 0, performance.now() - began)
    say(
      `workers: ${kills} kills, ${freezes} freezes, taken over after ${took === null ? 'never' : `${took.toFixed(0)} ms`}`,
    )
    if (freezing) life.child.kill('SIGCONT')
    else {
      await life.ended
      await begin(at)
    }
  }

  const changes = setInterval(() => {
    for (let left = random.int(4); left > 0; left--) randomChange(random.pick(mailboxes), random)
  }, 300)
  try {
    await Promise.all(homes.map((_, at) => begin(at)))
    // Until each of them works.
    await settled(async () => (await claims(store)).length > 0, HANGS_MS)
    const until = performance.now() + options.seconds * 1_000
    while (performance.now() < until && kills + freezes < options.ends) {
      await delay(500 + random.int(4_000))
      await end()
    }
    clearInterval(changes)
    const stoppedAt = new Date()
    await Promise.all(lives.map((life) => life?.syncNow()))
    const isOver = await settled(() => isAtRest(store, stoppedAt), HANGS_MS)
    if (!isOver) {
      hung++
      faults.push(`It does not come to rest: ${JSON.stringify((await lives[0]?.status())?.accounts).slice(0, 2_000)}`)
    }
    for (const life of lives) {
      // One that was begun again a moment ago has nothing to end in order yet.
      await settled(async () => (await life?.status().catch(() => undefined)) !== undefined, HANGS_MS)
      life?.child.kill('SIGTERM')
      const ending = await Promise.race([life?.ended, delay(20_000, null)])
      if (ending?.code === 0) continue
      crashed++
      faults.push(`A worker did not end well: ${JSON.stringify(ending)} ${life?.output()}`)
    }
    const lost = await differences(store, mailboxes, faults)
    return { kills, freezes, doubled: fetches.doubled(), lost, crashed, hung, longestTakeoverMs, faults }
  } finally {
    clearInterval(changes)
    for (const life of lives) life?.child.kill('SIGKILL')
    await Promise.all(lives.map((life) => life?.ended))
    fetches.close()
    await store.close()
    await drop()
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each worker has the credentials in its own folder: one signs in, the others get a copy. */
async function signIn(
  homes: readonly string[],
  mailboxes: readonly SimulatedMailbox[],
  at: { readonly databaseUrl: string; readonly rootUrl: string; readonly oauthUrl: string },
  simulator: { authorizedUser(email: string): unknown },
): Promise<void> {
  const [first = '', ...others] = homes
  const { service } = await buildService({
    ...at,
    home: first,
    settings: { ...defaultSettings, pacing: 'off', minFreeBytes: 0, rawStore: 'postgres' },
    clock: systemClock,
    log: silentLog,
  })
  try {
    for (const { email } of mailboxes) await service.importToken(simulator.authorizedUser(email))
  } finally {
    await service.close()
  }
  const from = dataPaths(first).credentials
  for (const home of others) {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    cpSync(from, dataPaths(home).credentials, { recursive: true })
  }
}

interface Claim extends Record<string, unknown> {
  readonly account: AccountId
  readonly pid: number
}

/** Which session has which account. */
async function claims({ db }: OpenStore): Promise<readonly Claim[]> {
  const { rows } = await db.query<Claim>(
    `select a.id as account, l.pid from mailtide.account a
     join pg_locks l on l.locktype = 'advisory' and l.granted
       and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended(a.id, ${LOCKS})`,
  )
  return rows
}

interface Progress {
  readonly stored: number
  readonly syncedAt: number
}

async function progressOf({ db }: OpenStore): Promise<ReadonlyMap<AccountId, Progress>> {
  const { rows } = await db.query<{ id: AccountId; stored: number; synced: Date | null }>(
    `select c.account_id as id, c.last_synced_at as synced,
       (select count(*) from mailtide.message m where m.account_id = c.account_id) as stored
     from mailtide.checkpoint c`,
  )
  return new Map(rows.map(({ id, stored, synced }) => [id, { stored, syncedAt: synced?.getTime() ?? 0 }]))
}

/**
 * Milliseconds until every account that the dead worker had is worked on again; 0 when it had none, null when that takes longer than a
 * minute. Whose they were is seen by whose session ended; a frozen worker's is one that holds its claims still, as do living ones in long turns, which
 * go on.
 */
async function takeover(store: OpenStore, before: readonly Claim[], isFrozen: boolean): Promise<number | null> {
  const began = performance.now()
  // What the server notices at once, and what the others had in hand and finish.
  await delay(isFrozen ? 1_500 : 300)
  // Read before the claims: what a living worker ends between the two is claimed no more, and not waited for.
  const start = await progressOf(store)
  const still = await claims(store)
  const sessions = new Set(still.map(({ pid }) => pid))
  const isLeft = ({ account, pid }: Claim): boolean =>
    isFrozen ? still.some((each) => each.account === account && each.pid === pid) : !sessions.has(pid)
  const left = new Map(before.filter(isLeft).map(({ account, pid }) => [account, pid]))
  if (left.size === 0) return 0
  while (performance.now() - began < TAKEOVER_MS) {
    const now = await progressOf(store)
    const present = await claims(store)
    for (const [account, pid] of left) {
      const then = start.get(account)
      const is = now.get(account)
      const moved = is !== undefined && then !== undefined && (is.stored > then.stored || is.syncedAt > then.syncedAt)
      if (moved || present.some((each) => each.account === account && each.pid !== pid)) left.delete(account)
    }
    if (left.size === 0) return performance.now() - began
    await delay(POLL_MS)
  }
  return null
}

async function isAtRest({ db }: OpenStore, since: Date): Promise<boolean> {
  const { rows } = await db.query<{ left: number }>(
    `select (select count(*) from mailtide.fetch_queue)
       + (select count(*) from mailtide.checkpoint where last_synced_at is null or last_synced_at <= $1) as left`,
    [since],
  )
  return rows[0]?.left === 0
}

async function settled(isSo: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const until = performance.now() + limitMs; performance.now() < until; await delay(POLL_MS)) {
    if (await isSo()) return true
  }
  return false
}

async function differences(
  store: OpenStore,
  mailboxes: readonly SimulatedMailbox[],
  faults: string[],
): Promise<number> {
  const { rows } = await store.db.query<{ id: AccountId; email: string }>('select id, email from mailtide.account')
  let lost = Math.abs(rows.length - mailboxes.length)
  for (const mailbox of mailboxes) {
    const account = rows.find(({ email }) => email === mailbox.email)?.id
    if (account === undefined) continue
    const found = await compareMailbox(mailbox, { db: store.db, raw: store.raw, account })
    lost += countDifferences(found)
    if (countDifferences(found) > 0) faults.push(`${mailbox.email} differs: ${JSON.stringify(found).slice(0, 2_000)}`)
  }
  return lost
}

/** Counts how often originals are asked for, at the simulator. */
function watchFetches(mailboxes: readonly SimulatedMailbox[]) {
  const ids = mailboxes.flatMap((mailbox) => mailbox.messages().map(({ id }) => id))
  if (new Set(ids).size !== ids.length)
    throw new Error('Two mailboxes share a message id: it could not be told whose was asked for')
  const asked = new Set<string>()
  let again = 0
  let explained = 0
  const onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    const [, id, query] = /\/messages\/([0-9a-f]+)\?(.*)$/.exec(request.url ?? '') ?? []
    if (id === undefined || query === undefined || !query.includes('format=raw')) return
    if (asked.has(id)) again++
    asked.add(id)
  }
  subscribe('http.server.request.start', onRequest)
  return {
    explain: (most: number) => {
      explained += most
    },
    doubled: () => Math.max(0, again - explained),
    close: () => unsubscribe('http.server.request.start', onRequest),
  }
}
