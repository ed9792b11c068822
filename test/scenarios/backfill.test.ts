import { afterEach, describe, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'

let harness: Harness
afterEach(() => harness.close())

describe('a first sync', () => {
  it('leaves store and mailbox equal in ids, labels and bytes, each message fetched once', async () => {
    harness = await startHarness({ messages: 400 })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.simulator.stats().byMethod['messages.get']).toBe(400)
    expect(harness.account()).toMatchObject({
      state: 'up_to_date',
      messages_stored: 400,
      backfill: null,
      last_error: null,
    })
    const { rows } = await harness.built().store.db.query('select count(*) as failures from mail.sync_failures')
    expect(rows).toEqual([{ failures: 0 }])
  })

  it('takes turns of the batch size and goes on until nothing is left', async () => {
    harness = await startHarness({ messages: 260, settings: { batchSize: 100 } })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.built().service.snapshot().last_cycle).toMatchObject({ accounts: 1, emails: 260, errors: 0 })
  })

  it('goes on after a restart without fetching a stored message again', async () => {
    harness = await startHarness({ messages: 350, dials: { latency: 2 } })
    const { service } = harness.built()
    await service.start()
    await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 100)
    await service.stop()
    const stored = harness.account().messages_stored
    expect(stored).toBeLessThan(350)
    const fetched = harness.simulator.stats().byMethod['messages.get'] ?? 0
    await harness.restart()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    const again = (harness.simulator.stats().byMethod['messages.get'] ?? 0) - fetched
    expect(again).toBe(350 - stored)
  })

  it('keeps the history id taken before the listing through a restart, so that nothing in between is lost', async () => {
    harness = await startHarness({ messages: 300, dials: { latency: 2 } })
    const { service } = harness.built()
    await service.start()
    await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 100)
    await service.stop()
    const [newest, second] = harness.mailbox.messages()
    const oldest = harness.mailbox.messages().at(-1)
    if (newest === undefined || second === undefined || oldest === undefined) throw new Error('The mailbox is empty')
    harness.mailbox.relabel(newest.id, ['STARRED'], [])
    harness.mailbox.remove(second.id)
    harness.mailbox.relabel(oldest.id, ['STARRED'], [])
    harness.mailbox.add({ raw: Buffer.from('Subject: in between\r\n\r\nHere\r\n') })
    await harness.restart()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('misses nothing when pages shift under the listing', async () => {
    harness = await startHarness({ messages: 1100, dials: { shiftingPages: true, latency: 15 } })
    const { service } = harness.built()
    const removing = harness.until(({ current }) => current?.phase === 'listing')
    await service.start()
    await removing
    for (const mail of harness.mailbox.messages().slice(0, 40)) harness.mailbox.remove(mail.id)
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('takes its turns with other accounts in batches, and goes on without a break when nobody waits', async () => {
    harness = await startHarness({ messages: 60, settings: { batchSize: 10, intervalMinutes: 1440 } })
    const { service } = harness.built()
    const bob = harness.simulator.addMailbox('bob@example.test')
    fillMailbox(bob, { count: 20, seed: 2 })
    await service.importToken(harness.simulator.authorizedUser('bob@example.test'))
    const seen: number[][] = []
    service.subscribe(({ accounts }) => seen.push(accounts.map(({ messages_stored }) => messages_stored)))
    await service.start()
    await harness.until(
      ({ state, accounts }) => state === 'idle' && accounts.every((each) => each.state === 'up_to_date'),
    )
    // While bob waits, ada is never more than her batch ahead of him.
    for (const [ada = 0, other = 0] of seen) if (other < 20) expect(ada).toBeLessThanOrEqual(other + 10)
    expect(seen.at(-1)).toEqual([60, 20])
    // Three turns beside bob's, and one for all the rest; each begins by reading history.
    expect(harness.simulator.stats().byMethod['history.list']).toBeLessThanOrEqual(7)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})
