import { afterEach, describe, expect, it } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import type { Dials } from '../../electron/demo/types.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(() => harness.close())

/** Quota pauses last up to a minute, and there are many. Much faster, and real answers would seem to take minutes. */
const SCALE = 60
const quick = (dials: Partial<Dials>, messages = 120) => ({
  messages,
  dials,
  clock: scaledClock(SCALE),
  timeScale: SCALE,
  settings: { intervalMinutes: 1440 },
})

const every5percent: Partial<Dials> = {
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
  freshNotFoundMs: 3_000,
}

describe('a hostile Gmail', { timeout: 120_000 }, () => {
  it.each<[string, Partial<Dials>, messages?: number]>([
    ['answers 5xx', { serverError: 0.2 }],
    ['resets connections', { reset: 0.2 }],
    ['cuts answers short', { cut: 0.2 }],
    ['answers 200 with nonsense', { garbage: 0.2 }],
    ['finds too many requests at once', { tooMany: 0.2, maxConcurrent: 3 }],
    ['claims that the quota is used up', { spuriousQuota: 0.05 }],
    ['refuses good tokens', { unauthorized: 0.1 }],
    ['lets page tokens expire', { pageTokenExpired: 0.3, mostPerPage: 20 }],
    ['repeats itself in history', { historyQuirks: 0.5 }],
    ['deletes between list and get', { deletedBetween: 0.2 }],
    // Each time it is told to, the account waits twice as long.
    ['names a time to come back', { userRate: 0.03, userRateMs: 40_000 }, 80],
    ['compresses', { gzip: true }],
  ])('that %s loses nothing', async (_name, dials, messages) => {
    harness = await startHarness(quick(dials, messages))
    await harness.sync()
    const random = createRandom('faults')
    for (let change = 0; change < 30; change++) randomChange(harness.mailbox, random)
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    const [dial = ''] = Object.keys(dials)
    // Compressing is no fault that comes and goes.
    expect(dial === 'gzip' ? 1 : harness.simulator.stats().faults[dial]).toBeGreaterThan(0)
  })

  it('with every fault at once at 5 % loses nothing', async () => {
    harness = await startHarness(quick(every5percent, 150))
    await harness.sync()
    const random = createRandom('all faults')
    for (let round = 0; round < 3; round++) {
      for (let change = 0; change < 20; change++) randomChange(harness.mailbox, random)
      await harness.sync()
    }
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('that revokes the token stops the account, says so, and keeps mail and checkpoint', async () => {
    harness = await startHarness(quick({}))
    await harness.sync()
    harness.mailbox.revoke()
    harness.simulator.advance(2 * 3_600_000)
    harness.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.restart()
    await harness.built().service.start()
    await harness.built().service.syncNow()
    const { accounts } = await harness.until((snapshot) => snapshot.accounts[0]?.state === 'needs_reauth')
    expect(accounts[0]).toMatchObject({ state: 'needs_reauth', messages_stored: 120 })
    harness.mailbox.signIn()
    await harness.built().service.importToken(harness.simulator.authorizedUser(harness.mailbox.email))
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('whose mailbox is switched off is asked again a day later, not at once', async () => {
    harness = await startHarness(quick({}))
    harness.mailbox.refuse('mailbox_off')
    await harness.built().service.start()
    const { accounts } = await harness.until((snapshot) => snapshot.accounts[0]?.state === 'error')
    expect(accounts[0]).toMatchObject({ state: 'error', code: 'mailbox_off' })
  })
})
