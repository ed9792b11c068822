import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from '../../electron/store/db.ts'
import { countDifferences } from '../support/compare-mailbox.ts'
import { type Harness, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'
import { NOTHING, type Tally } from './tally.ts'

/** The worker may be opened again three times in ten minutes: they must pass between the faults. */
const SCALE = 400
const TEN_MINUTES_MS = 610_000 / SCALE
/** Messages that are synced between two faults, at least. */
const BETWEEN = 20
const HANGS_MS = 120_000

const convert = (encoding: string): string => `select convert_from('\\x41'::bytea, '${encoding}')`
const endless = 'with recursive r as (select 1 as n union all select n from r) select count(*) from r'

/** Each way of losing the worker: conversions that the build lacks trap inside and look like success; the last hangs. */
const triggers: readonly ((db: Db) => Promise<unknown>)[] = [
  ...['WIN1252', 'WIN1251', 'LATIN2', 'LATIN9', 'KOI8R', 'SJIS'].map(
    (encoding) => (db: Db) => db.query(convert(encoding)),
  ),
  (db) => db.transaction((sql) => sql.query(convert('WIN1252'))),
  (db) => db.script(`select 1; ${convert('WIN1252')}; select 2`),
  (db) => db.as('interactive').query(endless),
]

/** One download during which the database's worker traps or hangs `count` times; then store and mailbox must be equal. */
export async function soakTraps(count: number, say: (text: string) => void): Promise<Tally> {
  const harness = await startHarness({
    messages: (count + 2) * BETWEEN,
    clock: scaledClock(SCALE),
    settings: { intervalMinutes: 1440, batchSize: 100 },
    dials: { latency: 5 },
  })
  try {
    const gets = (): number => harness.simulator.stats().byMethod['messages.get'] ?? 0
    const met = await liveThrough(harness, count, say)
    const { state } = harness.built().service.snapshot()
    const differences = await harness.differences()
    const lost = countDifferences(differences)
    if (lost > 0) say(`after ${count} faults the store differs: ${JSON.stringify(differences)}`)
    say(`traps: ${met} of ${count} met, ${gets()} downloads of ${harness.mailbox.size}, service ${state}`)
    return { ...NOTHING, lost, crashed: state === 'failed' || met < count ? 1 : 0 }
  } finally {
    await harness.close()
  }
}

/** Gives how many of the faults really were ones. */
async function liveThrough(harness: Harness, count: number, say: (text: string) => void): Promise<number> {
  const { service, store } = harness.built()
  await service.start()
  let met = 0
  for (let fault = 0; fault < count; fault++) {
    await within(harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= (fault + 1) * BETWEEN))
    const trigger = triggers[fault % triggers.length]!
    await trigger(store.db).catch(() => met++)
    await delay(TEN_MINUTES_MS)
    if ((fault + 1) % 5 === 0) say(`traps: ${fault + 1} of ${count}`)
  }
  await within(harness.until(({ accounts, state }) => state === 'idle' && accounts[0]?.state === 'up_to_date'))
  await harness.sync()
  return met
}

async function within<T>(work: Promise<T>): Promise<T> {
  const limit = new AbortController()
  const late = delay(HANGS_MS, null, { signal: limit.signal }).then(() => {
    throw new Error('The sync did not go on after a fault of the database')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    limit.abort()
  }
}
