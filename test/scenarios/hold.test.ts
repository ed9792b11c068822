import { afterEach, describe, expect, it } from 'vitest'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { fakeSurroundings } from '../support/surroundings.ts'

let harness: Harness
afterEach(() => harness.close())

describe('a first download that the person wants held back on battery', () => {
  it('is listed but not fetched while the computer runs on battery, lets new mail through, and goes on at the plug', async () => {
    const surroundings = fakeSurroundings({ battery: true })
    harness = await startHarness({ messages: 60, surroundings, settings: { backfillOnBattery: false } })
    const { service } = harness.built()
    await service.start()
    const held = await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'waiting')
    expect(held.accounts[0]).toMatchObject({
      state: 'waiting',
      reason: 'battery',
      message: expect.stringContaining('runs on battery'),
      remedy: expect.stringContaining('backfillOnBattery'),
      messages_stored: 0,
      messages_waiting: 60,
      last_synced_at: null,
      backfill: { done: 0, total: 60, listing_complete: true },
    })
    expect(held).toMatchObject({ alerts: [], error_count: 0 })

    harness.mailbox.add({ raw: Buffer.from('Subject: on the train\r\n\r\nHere\r\n') })
    await service.syncNow()
    const fresh = await harness.until(
      ({ state, accounts }) =>
        state === 'idle' && accounts[0]?.messages_stored === 1 && accounts[0].state === 'waiting',
    )
    expect(fresh.accounts[0]).toMatchObject({ messages_waiting: 60, backfill: { done: 0, total: 60 } })

    surroundings.now = { battery: false, metered: false }
    surroundings.tell()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
    expect(harness.account()).toMatchObject({ messages_stored: 61, backfill: null })
    expect(harness.account().last_synced_at).not.toBeNull()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('stops in its midst when the plug is pulled, also over a restart, and goes on when the setting is changed', async () => {
    const surroundings = fakeSurroundings()
    harness = await startHarness({
      messages: 150,
      surroundings,
      dials: { latency: 20 },
      settings: { backfillOnBattery: false, maxConcurrency: 2 },
    })
    await harness.built().service.start()
    await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 10)
    surroundings.now = { battery: true, metered: false }
    surroundings.tell()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'waiting')
    const stored = harness.account().messages_stored
    expect(stored).toBeLessThan(150)

    await harness.restart()
    await harness.built().service.start()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'waiting')
    expect(harness.account()).toMatchObject({ reason: 'battery', messages_stored: stored })

    Object.assign(harness.settings, { backfillOnBattery: true })
    await harness.built().service.changeSettings({ backfillOnBattery: true })
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('stays held back when the mailbox must be listed anew, and what is new in it comes all the same', async () => {
    const surroundings = fakeSurroundings({ battery: true })
    harness = await startHarness({ messages: 60, surroundings, settings: { backfillOnBattery: false } })
    await harness.built().service.start()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'waiting')
    harness.mailbox.add({ raw: Buffer.from('Subject: unheard of\r\n\r\nHere\r\n') })
    harness.mailbox.expireHistory()
    await harness.built().service.syncNow()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.messages_stored === 1)
    expect(harness.account()).toMatchObject({ state: 'waiting', reason: 'battery', messages_waiting: 60 })
    surroundings.now = { battery: false, metered: false }
    surroundings.tell()
    await harness.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('holds nothing back that was wholly downloaded once', async () => {
    const surroundings = fakeSurroundings()
    harness = await startHarness({ messages: 20, surroundings, settings: { backfillOnBattery: false } })
    await harness.sync()
    surroundings.now = { battery: true, metered: true }
    surroundings.tell()
    harness.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(harness.account()).toMatchObject({ state: 'up_to_date', messages_stored: 21 })
  })
})
