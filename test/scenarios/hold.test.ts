import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../electron/ports.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'
import { silentLog } from '../support/silent-log.ts'
import { fakeSurroundings } from '../support/surroundings.ts'

/** One service on one computer for all: each test has an account of its own. */
let computer: Harness
let harness: Harness
const surroundings = fakeSurroundings()
const meddler = createMeddler()
const heard: string[] = []
const log: Log = { ...silentLog, info: (message) => void heard.push(message), named: () => log }
const runOn = (what: { battery: boolean; metered: boolean }): void => {
  surroundings.now = what
  surroundings.tell()
}
beforeAll(async () => {
  computer = await startHarness({
    messages: 1,
    skipsWaits: true,
    surroundings,
    log,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600 },
    wrapUrl: meddler.wrapUrl,
  })
  await computer.sync()
})
beforeEach(() => Object.assign(computer.settings, { backfillOnBattery: false }))
afterAll(async () => {
  await computer.close()
  meddler.close()
})

const isHeld = ({ state }: { readonly state: string }): boolean => state === 'waiting'
const isDone = ({ state }: { readonly state: string }): boolean => state === 'up_to_date'

describe('a first download that the person wants held back on battery', () => {
  it('is listed but not fetched while the computer runs on battery, lets new mail through, and goes on at the plug', async () => {
    runOn({ battery: true, metered: false })
    harness = await computer.add({ messages: 30 })
    const { service } = harness.built()
    await service.start()
    expect(await harness.rest(isHeld)).toMatchObject({
      state: 'waiting',
      reason: 'battery',
      message: expect.stringContaining('is on battery'),
      remedy: expect.stringContaining('backfillOnBattery'),
      messages_stored: 0,
      messages_waiting: 30,
      last_synced_at: null,
      backfill: { done: 0, total: 30, listing_complete: true },
    })
    expect(service.snapshot()).toMatchObject({ alerts: [], error_count: 0 })

    harness.mailbox.add({ raw: Buffer.from('Subject: on the train\r\n\r\nHere\r\n') })
    await service.syncNow(harness.email)
    const fresh = await harness.rest((account) => isHeld(account) && account.messages_stored === 1)
    expect(fresh).toMatchObject({ messages_waiting: 30, backfill: { done: 0, total: 30 } })

    runOn({ battery: false, metered: false })
    expect(await harness.rest(isDone)).toMatchObject({ messages_stored: 31, backfill: null })
    expect(harness.account().last_synced_at).not.toBeNull()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('stops in its midst when the plug is pulled, also over a restart, and goes on when the setting is changed', async () => {
    runOn({ battery: false, metered: false })
    harness = await computer.add({ messages: 80 })
    const release = meddler.holdAfter(10)
    await harness.built().service.start()
    await harness.until(() => harness.account().messages_stored === 10)
    runOn({ battery: true, metered: false })
    release()
    await harness.rest(isHeld)
    // What was asked for already still comes.
    const stored = harness.account().messages_stored
    expect(stored).toBeGreaterThanOrEqual(10)
    expect(stored).toBeLessThan(80)

    await harness.restart()
    await harness.built().service.start()
    expect(await harness.rest(isHeld)).toMatchObject({ reason: 'battery', messages_stored: stored })
    const told = `The first download of ${harness.email} waits (battery): ${stored} emails so far`
    await expect.poll(() => heard.filter((message) => message === told).length).toBeGreaterThanOrEqual(2)

    Object.assign(harness.settings, { backfillOnBattery: true })
    await harness.built().service.changeSettings({ backfillOnBattery: true })
    await harness.rest(isDone)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('stays held back when the mailbox must be listed anew, and what is new in it comes all the same', async () => {
    runOn({ battery: true, metered: false })
    harness = await computer.add({ messages: 30 })
    await harness.built().service.start()
    await harness.rest(isHeld)
    harness.mailbox.add({ raw: Buffer.from('Subject: unheard of\r\n\r\nHere\r\n') })
    harness.mailbox.expireHistory()
    await harness.built().service.syncNow(harness.email)
    await harness.rest(({ messages_stored }) => messages_stored === 1)
    expect(harness.account()).toMatchObject({ state: 'waiting', reason: 'battery', messages_waiting: 30 })
    runOn({ battery: false, metered: false })
    await harness.rest(isDone)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('holds nothing back that was wholly downloaded once', async () => {
    runOn({ battery: false, metered: false })
    harness = await computer.add({ messages: 20 })
    await harness.sync()
    runOn({ battery: true, metered: true })
    harness.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(harness.account()).toMatchObject({ state: 'up_to_date', messages_stored: 21 })
  })
})
