import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import type { Dials } from '../../electron/demo/types.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'

/** One service for all: each test has an account of its own, whose first download and changes meet the faults. */
let harness: Harness
let calm: Dials
beforeAll(async () => {
  harness = await startHarness({
    messages: 1,
    skipsWaits: true,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600 },
  })
  calm = { ...harness.simulator.dials }
})
afterAll(() => harness.close())

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

/** Turns the dials for as long as `work` takes. */
async function under<T>(dials: Partial<Dials>, work: () => Promise<T>): Promise<T> {
  Object.assign(harness.simulator.dials, dials)
  try {
    return await work()
  } finally {
    Object.assign(harness.simulator.dials, calm)
  }
}

describe('a hostile Gmail', () => {
  it.each<[string, Partial<Dials>]>([
    ['answers 5xx', { serverError: 0.2 }],
    ['resets connections', { reset: 0.2 }],
    ['cuts answers short', { cut: 0.2 }],
    ['answers 200 with nonsense', { garbage: 0.2 }],
    ['finds too many requests at once', { tooMany: 0.2, maxConcurrent: 3 }],
    ['claims that the quota is used up', { spuriousQuota: 0.05 }],
    ['refuses good tokens', { unauthorized: 0.1 }],
    ['lets page tokens expire', { pageTokenExpired: 0.3, mostPerPage: 10 }],
    ['repeats itself in history', { historyQuirks: 0.5 }],
    ['deletes between list and get', { deletedBetween: 0.2 }],
    ['names a time to come back', { userRate: 0.05, userRateMs: 40_000 }],
    ['compresses', { gzip: true }],
  ])('that %s loses nothing', async (_name, dials) => {
    const account = await harness.add({ messages: 60 })
    harness.simulator.resetStats()
    await under(dials, async () => {
      await account.sync()
      const random = createRandom('faults')
      for (let change = 0; change < 30; change++) randomChange(account.mailbox, random)
      await account.sync()
    })
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    const [dial = ''] = Object.keys(dials)
    // Compressing is no fault that comes and goes.
    expect(dial === 'gzip' ? 1 : harness.simulator.stats().faults[dial]).toBeGreaterThan(0)
  })

  it('with every fault at once at 5 % loses nothing', async () => {
    const account = await harness.add({ messages: 100 })
    await under(every5percent, async () => {
      await account.sync()
      const random = createRandom('all faults')
      for (let round = 0; round < 3; round++) {
        for (let change = 0; change < 20; change++) randomChange(account.mailbox, random)
        await account.sync()
      }
    })
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('that revokes the token stops the account, says so, and keeps mail and checkpoint', async () => {
    const account = await harness.add({ messages: 20 })
    await account.sync()
    account.mailbox.revoke()
    harness.simulator.advance(2 * 3_600_000)
    account.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.restart()
    await harness.built().service.start()
    await harness.built().service.syncNow(account.email)
    expect(await account.rest(({ state }) => state === 'needs_reauth')).toMatchObject({ messages_stored: 20 })
    account.mailbox.signIn()
    await harness.built().service.importToken(harness.simulator.authorizedUser(account.email))
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('whose mailbox is switched off is asked again a day later, not at once', async () => {
    const account = await harness.add({ messages: 5 })
    account.mailbox.refuse('mailbox_off')
    await harness.built().service.start()
    const stopped = await account.rest(({ state }) => state === 'error')
    expect(stopped).toMatchObject({ state: 'error', code: 'mailbox_off' })
  })
})
