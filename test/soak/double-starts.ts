import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { createRandom, type Random } from '../../electron/demo/random.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import { dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { migratedTemplate } from '../support/database.ts'
import { command, type Ending, live } from './child.ts'
import { type GetLog, watchGets } from './get-log.ts'
import { type Count, inRounds } from './rounds.ts'
import { changeNowAndThen, HANGS_MS, settle } from './settle.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

const EMAIL = 'soak@example.test'
/** Starts on one installation. */
const PER_ROUND = 20
const MAILS = 400

const programs = {
  headless: [new URL('../../build/mailtide.mjs', import.meta.url).pathname, 'run'],
  desktop: [new URL('./desktop-life.ts', import.meta.url).pathname],
} as const
type Kind = keyof typeof programs

const pairs: readonly (readonly [Kind, Kind])[] = [
  ['headless', 'desktop'],
  ['headless', 'headless'],
  ['desktop', 'headless'],
  ['desktop', 'desktop'],
]
/**
 * What the two find: the lock of one that was killed, the same with its process number given to another process by now, no lock, or each
 * other alone, one of which is killed in its start.
 */
const beginnings = ['killed', 'number taken', 'stopped', 'killed in its start'] as const

/**
 * Two hosts are started on one data folder at the same moment, again and again, while the mailbox changes: one serves, the other says so and
 * ends; what is downloaded is downloaded once, and in the end store and mailbox are equal.
 */
export const soakDoubleStarts = (count: Count, say: (text: string) => void): Promise<Tally> =>
  inRounds({ what: 'double starts', most: PER_ROUND, run: (some, seed) => startRound(some, seed, say) }, count, say)

async function startRound(starts: number, round: number, say: (text: string) => void): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-double-'))
  const home = join(folder, 'home')
  const simulator = await startSimulator({ seed: round, dials: { latency: [5, 20] } })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: MAILS, seed: round })
  const gets = watchGets()
  const random = createRandom('double starts', round)
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    MAILTIDE_HOME: home,
    MAILTIDE_PORT: '0',
    MAILTIDE_PACING: 'off',
    MAILTIDE_MIN_FREE_BYTES: '0',
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
    MAILTIDE_RESYNC_AFTER_MINUTES: '0',
    MAILTIDE_INTERVAL_MINUTES: '1',
  }
  const lives: Host[] = []
  let changes: { stop(): void } | undefined
  try {
    const { db } = await prepareDataFolder(home)
    await cp(await migratedTemplate(), db, { recursive: true })
    const token = join(folder, 'token.json')
    await writeFile(token, JSON.stringify(simulator.authorizedUser(EMAIL)))
    await command(['accounts', 'import-token', token], env)
    changes = changeNowAndThen(mailbox, random)
    const faults: string[] = []
    for (let start = 0; start < starts; start++) {
      const beginning = beginnings[start % beginnings.length]!
      const [one, other] = pairs[(start + Math.floor(start / pairs.length)) % pairs.length]!
      const fault = (what: string): void => void faults.push(`start ${start} of round ${round}, ${beginning}: ${what}`)
      await end(lives.splice(0), beginning === 'stopped' ? 'SIGTERM' : 'SIGKILL', fault)
      gets.killed()
      if (beginning === 'number taken') await giveNumberAway(home)
      lives.push(
        ...(await startTwo([one, other], {
          home,
          env,
          random,
          gets,
          fault,
          mayKill: beginning === 'killed in its start',
        })),
      )
    }
    changes.stop()
    await end(lives.splice(0), 'SIGTERM', (what) => faults.push(what))
    gets.killed()
    for (const fault of faults) say(fault)
    const settled = await settle(await live(home, env), { home }, mailbox, say)
    return addTallies(settled, { ...NOTHING, crashed: faults.length, doubled: gets.doubled })
  } finally {
    changes?.stop()
    for (const { child } of lives) child.kill('SIGKILL')
    gets.close()
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Host {
  readonly kind: Kind
  readonly child: ReturnType<typeof spawn>
  readonly ended: Promise<Ending>
  hasEnded(): boolean
  output(): string
}

function startHost(kind: Kind, env: NodeJS.ProcessEnv): Host {
  const child = spawn(process.execPath, programs[kind], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-4_000)
    })
  }
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    kind,
    child,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => text,
  }
}

interface Contest {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly random: Random
  readonly gets: GetLog
  readonly fault: (what: string) => void
  /** One of them is killed while it starts. */
  readonly mayKill: boolean
}

/** Gives the one that serves in the end. */
async function startTwo(kinds: readonly Kind[], { home, env, random, gets, fault, mayKill }: Contest): Promise<Host[]> {
  const hosts: Host[] = []
  for (const kind of kinds) {
    hosts.push(startHost(kind, env))
    if (random.chance(0.5)) await delay(random.int(400))
  }
  if (mayKill) {
    await delay(random.int(2_500))
    const victim = random.pick(hosts)
    victim.child.kill('SIGKILL')
    await victim.ended
    gets.killed()
    // The other one may have seen it alive, and have ended: then whoever started it starts it again.
    const other = hosts.find((host) => host !== victim)
    const isLost =
      other !== undefined && (await Promise.race([serves(home, other).then(() => false), other.ended.then(() => true)]))
    if (isLost) {
      checkRefusal(other, fault)
      hosts.push(startHost(other.kind, env))
    }
    hosts.splice(hosts.indexOf(victim), 1)
  }
  const alive = hosts.filter((host) => !host.hasEnded())
  const winner = await Promise.race([
    ...alive.map((host) => serves(home, host).then(() => host)),
    delay(HANGS_MS, null, { ref: false }),
  ])
  if (winner === null) {
    fault(`nobody serves: ${hosts.map((host) => `${host.kind}: ${host.output()}`).join('\n')}`)
    return hosts
  }
  for (const host of hosts.filter((each) => each !== winner)) {
    const ending = await Promise.race([host.ended, delay(HANGS_MS, null, { ref: false })])
    if (ending === null) fault(`the ${host.kind} goes on beside the ${winner.kind}: ${host.output()}`)
    else checkRefusal(host, fault)
  }
  // A second one would have taken its place by now.
  if (winner.hasEnded()) fault(`the ${winner.kind} that served has ended: ${winner.output()}`)
  else await serves(home, winner)
  return hosts
}

function checkRefusal(host: Host, fault: (what: string) => void): void {
  const { exitCode } = host.child
  if (exitCode !== 1 || !host.output().includes('Service is already running'))
    fault(`the ${host.kind} that was refused ended with ${exitCode} and said: ${host.output()}`)
}

/** Resolves when this very process answers; never if it does not. */
async function serves(home: string, { child, hasEnded }: Host): Promise<void> {
  while (!hasEnded()) {
    const text = await readFile(dataPaths(home).service, 'utf8').catch(() => '')
    const file = /"pid":\s*(?<pid>\d+).*"port":\s*(?<port>\d+)/s.exec(text)?.groups
    if (Number(file?.['pid']) === child.pid) {
      const url = `http://127.0.0.1:${file?.['port']}/api/v1/background-sync/status`
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(() => null)
      if (answer?.ok === true) return
    }
    await delay(30)
  }
  await new Promise<never>(() => undefined)
}

async function end(
  hosts: readonly Host[],
  signal: 'SIGTERM' | 'SIGKILL',
  fault: (what: string) => void,
): Promise<void> {
  for (const { kind, child, ended, output, hasEnded } of hosts) {
    if (hasEnded()) continue
    child.kill(signal)
    const ending = await Promise.race([ended, delay(HANGS_MS, null, { ref: false })])
    if (signal === 'SIGTERM' && ending?.code !== 0)
      fault(`the ${kind} did not stop: ${JSON.stringify(ending)} ${output()}`)
    child.kill('SIGKILL')
    await ended
  }
}

/** The lock of the dead one names a process that lives, and that is another. */
async function giveNumberAway(home: string): Promise<void> {
  const { lock } = dataPaths(home)
  const text = await readFile(lock, 'utf8').catch(() => null)
  if (text === null) return
  const record = JSON.parse(text) as Record<string, unknown>
  await writeFile(lock, JSON.stringify({ ...record, pid: process.pid }))
}
