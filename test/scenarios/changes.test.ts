import { afterEach, describe, expect, it } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(() => harness.close())

/** Time passes 60 times as fast, so that drafts settle and retries come while the test waits. */
const fast = () => ({ clock: scaledClock(60), settings: { intervalMinutes: 1440 } })

describe('an incremental sync', () => {
  it('costs one request and two units when nothing is new', async () => {
    harness = await startHarness({ messages: 30 })
    await harness.sync()
    harness.simulator.resetStats()
    await harness.sync()
    const { byMethod, units, requests } = harness.simulator.stats()
    expect(byMethod).toEqual({ 'history.list': 1 })
    expect({ units, requests }).toEqual({ units: 2, requests: 1 })
  })

  it.each([1, 2, 3])('follows a day of random changes, seed %s', async (seed) => {
    harness = await startHarness({ messages: 60, seed, ...fast() })
    await harness.sync()
    const random = createRandom('changes', seed)
    for (let round = 0; round < 4; round++) {
      for (let change = 0; change < 30; change++) randomChange(harness.mailbox, random)
      await harness.sync()
      expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    }
  })

  it('keeps what Gmail deleted, marked, with its original', async () => {
    harness = await startHarness({ messages: 20 })
    await harness.sync()
    const [first] = harness.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    harness.mailbox.remove(first.id)
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.account()).toMatchObject({ messages_stored: 20, messages_deleted: 1 })
  })

  it('removes what Gmail deleted, original too, when the person chose so', async () => {
    harness = await startHarness({ messages: 20, settings: { onRemoteDelete: 'purge' } })
    await harness.sync()
    const [first] = harness.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    harness.mailbox.remove(first.id)
    await harness.sync()
    expect(harness.account()).toMatchObject({ messages_stored: 19, messages_deleted: 0 })
    const { raw } = harness.built().store
    let originals = 0
    for await (const _id of raw.list(harness.account().id as Parameters<typeof raw.list>[0])) originals++
    expect(originals).toBe(19)
  })

  it('learns the name of a new label and of a renamed one', async () => {
    harness = await startHarness({ messages: 5 })
    await harness.sync()
    const [first] = harness.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    const label = harness.mailbox.createLabel('Engines')
    harness.mailbox.relabel(first.id, [label], [])
    await harness.sync()
    const names = async (): Promise<unknown> => {
      const { rows } = await harness.built().store.db.query('select name from mail.labels where label_id = $1', [label])
      return rows
    }
    expect(await names()).toEqual([{ name: 'Engines' }])
    harness.mailbox.renameLabel(label, 'Analytical engines')
    harness.mailbox.relabel(first.id, ['STARRED'], [])
    await harness.sync()
    expect(await names()).toEqual([{ name: 'Analytical engines' }])
  })

  it('keeps one copy of a draft that is saved again and again', async () => {
    harness = await startHarness({ messages: 5, ...fast() })
    await harness.sync()
    let draft = harness.mailbox.saveDraft(Buffer.from('Subject: d\r\n\r\nT\r\n'))
    for (let save = 0; save < 20; save++) {
      draft = harness.mailbox.saveDraft(Buffer.from(`Subject: d\r\n\r\nTyping ${save}\r\n`), draft.id)
    }
    harness.simulator.resetStats()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.account()).toMatchObject({ messages_stored: 6, messages_deleted: 0 })
    expect(harness.simulator.stats().byMethod['messages.get']).toBe(1)
  })

  it('waits for fresh mail that answers 404 at first, and does not call it deleted', async () => {
    harness = await startHarness({
      messages: 5,
      clock: scaledClock(20),
      timeScale: 20,
      dials: { freshNotFoundMs: 9_000 },
    })
    await harness.sync()
    harness.mailbox.add({ raw: Buffer.from('Subject: to myself\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.account()).toMatchObject({ messages_stored: 6, messages_deleted: 0 })
  })
})

describe('expired history', () => {
  it('is repaired by comparing, without downloading anything twice', async () => {
    harness = await startHarness({ messages: 150, ...fast() })
    await harness.sync()
    const random = createRandom('expired')
    for (let change = 0; change < 60; change++) randomChange(harness.mailbox, random)
    harness.mailbox.add({ raw: Buffer.from('Subject: while away\r\n\r\nHere\r\n') })
    harness.mailbox.expireHistory()
    harness.simulator.resetStats()
    const stored = harness.account().messages_stored
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    const { rows } = await harness
      .built()
      .store.db.query<{ all: number }>('select count(*) as all from mailtide.message')
    const raws = harness.simulator.stats().byMethod['messages.get'] ?? 0
    // Every get but those of new messages only asked whether an unlisted one still exists.
    expect((rows[0]?.all ?? 0) - stored).toBeLessThanOrEqual(raws)
  })

  it('in the middle of a first download is repaired as well', async () => {
    harness = await startHarness({ messages: 300, dials: { latency: 3 } })
    const { service } = harness.built()
    await service.start()
    await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 50)
    await service.stop()
    harness.mailbox.add({ raw: Buffer.from('Subject: in between\r\n\r\nHere\r\n') })
    const [, second] = harness.mailbox.messages()
    if (second !== undefined) harness.mailbox.remove(second.id)
    harness.mailbox.expireHistory()
    await harness.restart()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('never marks half a mailbox as deleted because a listing came back short', async () => {
    harness = await startHarness({ messages: 240 })
    await harness.sync()
    for (const mail of harness.mailbox.messages().slice(0, 200)) harness.mailbox.remove(mail.id)
    harness.mailbox.expireHistory()
    await harness.built().service.syncNow()
    const { accounts } = await harness.until((snapshot) => snapshot.accounts[0]?.state === 'error')
    expect(accounts[0]).toMatchObject({
      state: 'error',
      code: 'mass_deletion',
      messages_stored: 240,
      messages_deleted: 0,
    })
  })
})
