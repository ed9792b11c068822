import { setTimeout as delay } from 'node:timers/promises'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom, type Random } from '../../electron/demo/random.ts'
import type { Dials } from '../../electron/demo/types.ts'
import { countDifferences } from '../support/compare-mailbox.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

/** Pauses for quota last up to a minute, and with these dials there are many. */
const SCALE = 400
const HANGS_MS = 120_000

const faults: Partial<Dials> = {
  serverError: 0.05,
  reset: 0.05,
  cut: 0.05,
  garbage: 0.05,
  tooMany: 0.05,
  spuriousQuota: 0.05,
  unauthorized: 0.05,
  pageTokenExpired: 0.05,
  historyQuirks: 0.05,
  exhausted: 0.05,
  deletedBetween: 0.05,
  shiftingPages: true,
  freshNotFoundMs: 3_000,
}

/** Random histories: for each seed a mailbox lives on while it is synced, every fault at 5 %; in the end store and mailbox must be equal. */
export async function soakSeeds(seeds: number, say: (text: string) => void): Promise<Tally> {
  let total = NOTHING
  for (let seed = 1; seed <= seeds; seed++) {
    total = addTallies(total, await oneSeed(seed, say))
    if (seed % 10 === 0 || seed === seeds) say(`seeds: ${seed} of ${seeds} ${JSON.stringify(total)}`)
  }
  return total
}

async function oneSeed(seed: number, say: (text: string) => void): Promise<Tally> {
  const random = createRandom('seed', seed)
  const harness = await startHarness({
    messages: 20 + random.int(200),
    seed,
    dials: faults,
    clock: scaledClock(SCALE, seed),
    timeScale: SCALE,
    settings: { intervalMinutes: 1440, batchSize: random.pick([25, 100, 1000]) },
  })
  try {
    // A late loser of the race is told by its own timeout.
    const history = liveThrough(harness, random).then(
      () => 'done' as const,
      (error: unknown) => error,
    )
    const limit = new AbortController()
    const ended = await Promise.race([
      history,
      delay(HANGS_MS, 'hung' as const, { signal: limit.signal }).catch(() => 'done' as const),
    ])
    limit.abort()
    if (ended === 'hung') {
      say(`seed ${seed} hangs: ${JSON.stringify(harness.built().service.snapshot().accounts)}`)
      return { ...NOTHING, hung: 1 }
    }
    if (ended !== 'done') {
      say(`seed ${seed} failed: ${ended instanceof Error ? ended.stack : String(ended)}`)
      return { ...NOTHING, crashed: 1 }
    }
    const bugs = harness.built().service.snapshot().errors_by_kind['bug'] ?? 0
    const differences = await harness.differences()
    const lost = countDifferences(differences)
    if (lost > 0) say(`seed ${seed} differs: ${JSON.stringify(differences)}`)
    return { ...NOTHING, lost, crashed: bugs }
  } finally {
    await harness.close()
  }
}

/** Changes and syncs in turn, some changes while a sync runs; now and then a restart, or a history that Gmail forgets. */
async function liveThrough(harness: Harness, random: Random): Promise<void> {
  for (let round = 3 + random.int(5); round > 0; round--) {
    for (let left = random.int(25); left > 0; left--) randomChange(harness.mailbox, random)
    if (random.chance(0.1)) harness.mailbox.expireHistory()
    const syncing = harness.sync()
    for (let left = random.int(10); left > 0; left--) {
      await delay(random.int(20))
      randomChange(harness.mailbox, random)
    }
    await syncing
    if (random.chance(0.15)) await harness.restart()
  }
  await harness.sync()
}
