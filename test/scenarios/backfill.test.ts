import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { defaultSettings } from '../../shared/settings.ts'
import { type Harness, type HarnessAccount, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'

/** One service for all: each test has an account of its own. */
let harness: Harness
const meddler = createMeddler()
beforeAll(async () => {
  harness = await startHarness({
    messages: 1,
    skipsWaits: true,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600 },
    wrapUrl: meddler.wrapUrl,
  })
  await harness.sync()
})
afterEach(() => {
  meddler.meddle(null)
  Object.assign(harness.settings, { batchSize: defaultSettings.batchSize })
})
afterAll(async () => {
  await harness.close()
  meddler.close()
})

const gets = () => harness.simulator.stats().byMethod['messages.get'] ?? 0

/** Stops the first download when so many messages are stored, with the others asked for. */
async function stopAfter(account: HarnessAccount, count: number): Promise<void> {
  const { service } = harness.built()
  const release = meddler.holdAfter(count)
  await service.start()
  await harness.until(() => account.account().messages_stored === count)
  await service.stop()
  release()
  expect(account.account().messages_stored).toBe(count)
}

describe('a first sync', () => {
  it('leaves store and mailbox equal in ids, labels and bytes, each message fetched once', async () => {
    const account = await harness.add({ messages: 200 })
    harness.simulator.resetStats()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    expect(gets()).toBe(200)
    expect(account.account()).toMatchObject({
      state: 'up_to_date',
      messages_stored: 200,
      backfill: null,
      last_error: null,
    })
    const { rows } = await harness.built().store.db.query('select count(*) as failures from mail.sync_failures')
    expect(rows).toEqual([{ failures: 0 }])
  })

  it('takes turns of the batch size and goes on until nothing is left', async () => {
    Object.assign(harness.settings, { batchSize: 20 })
    const account = await harness.add({ messages: 52 })
    await harness.built().service.start()
    await account.rest(({ state }) => state === 'up_to_date')
    expect(harness.built().service.snapshot().last_cycle).toMatchObject({ accounts: 1, emails: 52, errors: 0 })
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('goes on after a restart without fetching a stored message again', async () => {
    const account = await harness.add({ messages: 60 })
    await stopAfter(account, 25)
    await harness.restart()
    harness.simulator.resetStats()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    expect(gets()).toBe(60 - 25)
  })

  it('keeps the history id taken before the listing through a restart, so that nothing in between is lost', async () => {
    const account = await harness.add({ messages: 60 })
    await stopAfter(account, 20)
    const { mailbox } = account
    const [newest, second] = mailbox.messages()
    const oldest = mailbox.messages().at(-1)
    if (newest === undefined || second === undefined || oldest === undefined) throw new Error('The mailbox is empty')
    mailbox.relabel(newest.id, ['STARRED'], [])
    mailbox.remove(second.id)
    mailbox.relabel(oldest.id, ['STARRED'], [])
    mailbox.add({ raw: Buffer.from('Subject: in between\r\n\r\nHere\r\n') })
    await harness.restart()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('in whose midst history expires is repaired as well', async () => {
    const account = await harness.add({ messages: 60 })
    await stopAfter(account, 20)
    account.mailbox.add({ raw: Buffer.from('Subject: in between\r\n\r\nHere\r\n') })
    const [, second] = account.mailbox.messages()
    account.mailbox.remove(second?.id ?? '')
    account.mailbox.expireHistory()
    await harness.restart()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('misses nothing when pages shift under the listing', async () => {
    const account = await harness.add({ messages: 150 })
    Object.assign(harness.simulator.dials, { shiftingPages: true, mostPerPage: 50 })
    let pages = 0
    meddler.meddle((path) => {
      // Those of the first page go: as many of the next move up into it, where nobody looks again.
      if (/\/messages\?/.test(path) && ++pages === 2)
        for (const { id } of account.mailbox.messages().slice(0, 20)) account.mailbox.remove(id)
      return false
    })
    await account.sync()
    Object.assign(harness.simulator.dials, { shiftingPages: false, mostPerPage: 0 })
    expect(pages).toBeGreaterThan(2)
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('takes its turns with other accounts in batches, and goes on without a break when nobody waits', async () => {
    Object.assign(harness.settings, { batchSize: 10 })
    const big = await harness.add({ messages: 60 })
    const small = await harness.add({ messages: 20 })
    const { service } = harness.built()
    const seen: [number, number][] = []
    const stop = service.subscribe(({ accounts }) => {
      const storedOf = ({ email }: HarnessAccount) => accounts.find((each) => each.email === email)?.messages_stored
      seen.push([storedOf(big) ?? 0, storedOf(small) ?? 0])
    })
    harness.simulator.resetStats()
    await service.start()
    await big.rest(({ state }) => state === 'up_to_date' && small.account().state === 'up_to_date')
    stop()
    // While the other waits, the first is never more than her batch ahead of it.
    for (const [ahead, other] of seen) if (other < 20) expect(ahead).toBeLessThanOrEqual(other + 10)
    expect(seen.at(-1)).toEqual([60, 20])
    // Three turns beside the other's, and one for all the rest; each begins by reading history.
    expect(harness.simulator.stats().byMethod['history.list']).toBeLessThanOrEqual(7)
    expect(await big.differences()).toEqual(NO_DIFFERENCES)
  })
})
