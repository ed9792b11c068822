import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { createRandom, type Random } from '../../electron/demo/random.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import type { Db } from '../../electron/store/db.ts'
import { openPostgres } from '../../electron/store/postgres.ts'
import type { Installation } from '../bench/verify.ts'
import { createServerDatabase, openTestFolder, silentLog } from '../support/database.ts'
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts'
import { command, type Life, live } from './child.ts'
import { type GetLog, watchGets } from './get-log.ts'
import { type Count, inRounds } from './rounds.ts'
import { changeNowAndThen, HANGS_MS, settle } from './settle.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

const EMAIL = 'soak@example.test'
/** Kills on one installation: about half fall into the first download. */
const PER_ROUND = 40
const MAILS = 2_000

/**
 * Kills the product with SIGKILL at random moments, in first downloads and in incremental passes, while the mailbox changes; at the end of
 * each round store and mailbox must be equal.
 */
export const soakKills = (count: Count, say: (text: string) => void): Promise<Tally> =>
  inRounds({ what: 'kills', most: PER_ROUND, run: (some, seed) => killRound(some, seed, embedded, say) }, count, say)

/** The same with the database on a PostgreSQL server, which dies now and then too: in the midst of a life, or with it. */
export async function soakKillsOnPostgres(count: Count, say: (text: string) => void): Promise<Tally> {
  const missing = postgresMissing()
  if (missing !== null) {
    say(`kills on PostgreSQL: ${missing}`)
    return NOTHING
  }
  const server = await startPostgres()
  const run = async (some: number, seed: number): Promise<Tally> => {
    const { own, drop } = await createServerDatabase(server.url)
    try {
      return await killRound(some, seed, onServer(server, own, seed % 2 === 0 ? 'files' : 'postgres'), say)
    } finally {
      await drop()
    }
  }
  try {
    return await inRounds({ what: 'kills on PostgreSQL', most: PER_ROUND, run }, count, say)
  } finally {
    await server.stop()
  }
}

/** The database that a round kills its lives on. */
interface Base {
  /** Unset: all is in the data folder. */
  readonly server?: Required<Pick<Installation, 'databaseUrl' | 'rawStore'>>
  /** What a dead life had committed. */
  stored(home: string): Promise<ReadonlySet<string>>
  /** The server dies and is started again; absent where there is none. */
  crash?(): Promise<void>
}

const embedded: Base = { stored: storedIn }

const onServer = (server: PostgresServer, databaseUrl: string, rawStore: 'files' | 'postgres'): Base => ({
  server: { databaseUrl, rawStore },
  stored: async () => {
    const db = await openPostgres({ url: databaseUrl, log: silentLog })
    try {
      return await storedMessages(db)
    } finally {
      await db.close()
    }
  },
  crash: server.restart,
})

async function killRound(kills: number, round: number, base: Base, say: (text: string) => void): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-soak-'))
  const home = join(folder, 'home')
  // Slow enough that the first download outlives a dozen kills.
  const simulator = await startSimulator({ seed: round, dials: { latency: [20, 60] } })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: MAILS, seed: round })
  const gets = watchGets()
  const random = createRandom('kills', round)
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    MAILTIDE_HOME: home,
    MAILTIDE_PORT: '0',
    MAILTIDE_PACING: 'off',
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
    // Every start catches up, however recent the last sync.
    MAILTIDE_RESYNC_AFTER_MINUTES: '0',
    MAILTIDE_INTERVAL_MINUTES: '1',
    ...(base.server === undefined
      ? {}
      : { DATABASE_URL: base.server.databaseUrl, MAILTIDE_RAW_STORE: base.server.rawStore }),
  }
  const changes = changeNowAndThen(mailbox, random)
  try {
    const token = join(folder, 'token.json')
    await writeFile(token, JSON.stringify(simulator.authorizedUser(EMAIL)))
    await command(['accounts', 'import-token', token], env)
    let tally = NOTHING
    for (let kill = 0; kill < kills; kill++) {
      const life = await live(home, env)
      if (base.crash !== undefined && random.chance(0.15)) {
        await delay(random.int(3_000))
        await base.crash()
        // What was not committed then is asked for again, by a life that goes on.
        gets.killed(await base.stored(home))
      }
      tally = addTallies(tally, await killOnce(life, gets, random, say))
      if (base.crash !== undefined && random.chance(0.15)) await base.crash()
      gets.killed(await base.stored(home))
    }
    changes.stop()
    return addTallies(tally, await settle(await live(home, env), { home, ...base.server }, mailbox, say), {
      ...NOTHING,
      doubled: gets.doubled,
    })
  } finally {
    changes.stop()
    gets.close()
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Read from a copy: the next life must find the folder as it was left. */
async function storedIn(home: string): Promise<ReadonlySet<string>> {
  const copy = await mkdtemp(join(tmpdir(), 'mailtide-copy-'))
  try {
    const dir = join(copy, 'db')
    await cp(dataPaths(home).db, dir, { recursive: true })
    const db = await openTestFolder(dir)
    try {
      return await storedMessages(db)
    } finally {
      await db.close()
    }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function storedMessages(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>('select message_id as id from mailtide.message_version')
  return new Set(rows.map(({ id }) => id))
}

/** Lets a life go on for a random while, from its start or from its first download, and kills it. */
async function killOnce(life: Life, gets: GetLog, random: Random, say: (text: string) => void): Promise<Tally> {
  const afterStart = random.chance(0.3)
  const span = 50 + random.int(2_950)
  const startedBy = Date.now() + HANGS_MS
  // From progress on: its first download, or — when nothing is to be downloaded — its first status.
  while (!afterStart && gets.inLife === 0 && !life.hasEnded() && Date.now() < startedBy) {
    if ((await life.status())?.state === 'idle') break
    await delay(20)
  }
  const hung = Date.now() >= startedBy
  await Promise.race([delay(span), life.ended])
  const crashed = life.hasEnded()
  life.child.kill('SIGKILL')
  await life.ended
  if (crashed || hung) say(`A life ${crashed ? 'ended by itself' : 'did not get going'}: ${life.output()}`)
  return { ...NOTHING, crashed: crashed ? 1 : 0, hung: hung ? 1 : 0 }
}
