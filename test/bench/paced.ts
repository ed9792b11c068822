import { setTimeout as delay } from 'node:timers/promises'
import type { LazyMail } from '../../electron/demo/types.ts'
import { startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'

/** The service at Gmail's quota, its clock and the simulator's running equally fast. */
export interface PacedRun {
  readonly table: 'new' | 'old'
  /** Units that Gmail accepted in the measured minutes, of all that the table allows. */
  readonly share_of_ceiling: number
  readonly units_per_minute: number
  readonly messages_per_minute: number
  /** From the first call on, the learning included. */
  readonly quota_errors: number
  readonly learning_seconds: number
  readonly minutes_measured: number
}

export interface PacedOptions {
  readonly table: 'new' | 'old'
  readonly minutes: number
  readonly timeScale: number
}

const ceiling = { new: 6_000, old: 15_000 }
/** After the learning error the pacer lets Gmail's minute pass; then another one until the rolling minute is an ordinary one. */
const SETTLE_MS = 125_000
/** Gets a minute at the ceiling. */
const perMinute = { new: 300, old: 3_000 }

/** Small mails, so that the machine is not what limits: it is not measured here. */
function* smallMails(count: number): Iterable<LazyMail> {
  for (let at = 0; at < count; at++) {
    const raw = Buffer.from(`From: a@example.test\r\nSubject: Mail ${at}\r\n\r\nA short text, number ${at}.\r\n`)
    yield { internalDate: 1_700_000_000_000 + at * 60_000, labelIds: ['INBOX'], read: () => raw }
  }
}

export async function benchPaced({ table, minutes, timeScale }: PacedOptions): Promise<PacedRun> {
  const harness = await startHarness({
    messages: 0,
    clock: scaledClock(timeScale),
    timeScale,
    dials: { quota: table },
    settings: { pacing: 'gmail', intervalMinutes: 1440 },
  })
  try {
    // Enough for learning, settling and measuring, and some left so that the queue never runs dry.
    harness.mailbox.load(smallMails(Math.ceil(perMinute[table] * (minutes + 6))))
    const { simulator } = harness
    const begun = simulator.now()
    await harness.built().service.start()
    while (harness.account().quota.table === 'unknown') await delay(5)
    const learned = simulator.now()
    await delay(SETTLE_MS / timeScale)
    const from = { at: simulator.now(), ...simulator.stats() }
    await delay((minutes * 60_000) / timeScale)
    const to = { at: simulator.now(), ...simulator.stats() }
    if (harness.account().messages_waiting === 0) throw new Error('The mailbox was empty before the time was over')
    const span = (to.at - from.at) / 60_000
    const gets = (stats: typeof from): number => stats.byMethod['messages.get'] ?? 0
    return {
      table,
      share_of_ceiling: (to.units - from.units) / span / ceiling[table],
      units_per_minute: (to.units - from.units) / span,
      messages_per_minute: (gets(to) - gets(from)) / span,
      quota_errors: to.quotaErrors,
      learning_seconds: (learned - begun) / 1000,
      minutes_measured: span,
    }
  } finally {
    await harness.close()
  }
}
