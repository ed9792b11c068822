import { rmSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom, type Random } from '../../electron/demo/random.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { SimulatedMailbox, Simulator } from '../../electron/demo/types.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { Disk } from '../support/power/disk.ts'
import { readRecording, record } from '../support/power/record.ts'
import { recover } from '../support/power/recover.ts'
import type { TraceEvent } from '../support/power/trace.ts'
import { command } from './child.ts'
import { type Count, inRounds } from './rounds.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

const EMAIL = 'ada@example.test'
const mailtide = new URL('../../build/mailtide.mjs', import.meta.url).pathname
const FIRST_DOWNLOAD_DONE = /Sync completed for/
/** Cuts of one recorded life. */
const PER_LIFE = 100

export interface PowerOptions {
  readonly cuts: number
  readonly mails: number
  /** How long the recorded life goes on after its first download, while the mailbox changes. */
  readonly restAfterMs: number
  readonly seed: number
}

/**
 * Records the system calls of the product while it downloads and follows a mailbox, cuts the power at random moments of that, and has each
 * folder that is left opened and synced again: it must come to equal the mailbox by itself.
 */
export const soakPower = (count: Count, say: (text: string) => void): Promise<Tally> =>
  inRounds(
    {
      what: 'power cuts',
      most: PER_LIFE,
      run: (cuts, seed) => cutOneLife({ cuts, mails: 600, restAfterMs: 65_000, seed }, say),
    },
    count,
    say,
  )

/** One recorded life, cut at several moments. */
export async function cutOneLife(options: PowerOptions, say: (text: string) => void): Promise<Tally> {
  const { seed } = options
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-power-'))
  const home = join(folder, 'home')
  const simulator = await startSimulator({ seed, dials: { latency: [1, 20] } })
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: options.mails, seed })
  const random = createRandom('power', seed)
  try {
    const env = environment(home, simulator)
    const token = join(folder, 'token.json')
    await writeFile(token, JSON.stringify(simulator.authorizedUser(EMAIL)))
    await command(['accounts', 'import-token', token], env)
    // What was there before the recording is taken as safely on the disk.
    const before = join(folder, 'before')
    await cp(home, before, { recursive: true })
    const events = await recordLife({ ...options, folder, home, env, mailbox, random })
    simulator.dials.latency = [0, 0]
    say(`power: recorded ${events.length} changes, seed ${seed}`)
    return await cutAll({ events, cuts: options.cuts, before, home, folder, simulator, mailbox, random, seed }, say)
  } finally {
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const environment = (home: string, simulator: Simulator): NodeJS.ProcessEnv => ({
  ...process.env,
  MAILTIDE_HOME: home,
  MAILTIDE_PORT: '0',
  MAILTIDE_PACING: 'off',
  MAILTIDE_MIN_FREE_BYTES: '0',
  MAILTIDE_GMAIL_ROOT_URL: simulator.url,
  MAILTIDE_OAUTH_URL: simulator.oauthUrl,
  MAILTIDE_RESYNC_AFTER_MINUTES: '0',
  MAILTIDE_INTERVAL_MINUTES: '1',
})

interface Life extends PowerOptions {
  readonly folder: string
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  readonly mailbox: SimulatedMailbox
  readonly random: Random
}

async function recordLife({ folder, home, env, mailbox, random, restAfterMs }: Life): Promise<TraceEvent[]> {
  const trace = join(folder, 'trace')
  const life = record([mailtide, 'run'], env, trace)
  const timer = setInterval(() => randomChange(mailbox, random), 200)
  const ended = await Promise.race([life.ended, hasDownloaded(home).then(() => delay(restAfterMs, undefined))])
  clearInterval(timer)
  if (ended !== undefined) throw new Error(`The recorded life ended by itself (${ended}): ${life.output()}`)
  life.stop()
  await life.ended
  const events = readRecording(trace, home)
  rmSync(trace)
  return events
}

/** Resolves when the log tells of the first whole sync. */
async function hasDownloaded(home: string): Promise<void> {
  for (;;) {
    const text = await readFile(dataPaths(home).logFile, 'utf8').catch(() => '')
    if (FIRST_DOWNLOAD_DONE.test(text)) return
    await delay(100)
  }
}

interface Cuts {
  readonly events: readonly TraceEvent[]
  readonly cuts: number
  readonly before: string
  readonly home: string
  readonly folder: string
  readonly simulator: Simulator
  readonly mailbox: SimulatedMailbox
  readonly random: Random
  readonly seed: number
}

async function cutAll(
  { events, cuts, before, home, folder, simulator, mailbox, random, seed }: Cuts,
  say: (text: string) => void,
): Promise<Tally> {
  const disk = new Disk(before, home)
  const moments = chooseMoments(events, cuts, random)
  let total = NOTHING
  let at = 0
  for (const [index, moment] of moments.entries()) {
    for (; at < moment; at++) disk.apply(events[at]!)
    const left = join(folder, `cut-${index}`)
    const { kept, dropped, torn } = disk.cut(createRandom('cut', seed, index), left)
    const tally = await recover({ home: left, email: EMAIL, simulator, mailbox }, (text) =>
      say(
        `cut ${index} of seed ${seed}, at ${moment} of ${events.length}, ${kept} kept, ${dropped} dropped, ${torn} torn: ${text}`,
      ),
    )
    total = addTallies(total, tally)
    await rm(left, { recursive: true, force: true })
  }
  return total
}

/** Half of them anywhere; half next to a promise or a change of names, where most can go wrong. */
function chooseMoments(events: readonly TraceEvent[], cuts: number, random: Random): number[] {
  const delicate = events.flatMap(({ kind }, index) =>
    ['sync-begin', 'sync-end', 'rename', 'unlink', 'truncate'].includes(kind) ? [index, index + 1] : [],
  )
  const moments = Array.from({ length: cuts }, (_, index) =>
    index % 2 === 0 ? random.int(events.length + 1) : random.pick(delicate),
  )
  return moments.sort((a, b) => a - b)
}
