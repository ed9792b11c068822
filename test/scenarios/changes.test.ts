import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'

/** One service for all: each test has an account of its own. Drafts settle and retries come without a wait. */
let harness: Harness
beforeAll(async () => {
  harness = await startHarness({
    messages: 1,
    skipsWaits: true,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600 },
  })
})
afterEach(() => {
  Object.assign(harness.settings, { onRemoteDelete: 'keep' })
  Object.assign(harness.simulator.dials, { freshNotFoundMs: 0 })
})
afterAll(() => harness.close())

describe('an incremental sync', () => {
  it('costs one request and two units when nothing is new', async () => {
    const account = await harness.add({ messages: 30 })
    await account.sync()
    await harness.settle()
    harness.simulator.resetStats()
    await account.sync()
    const { byMethod, units, requests } = harness.simulator.stats()
    expect(byMethod).toEqual({ 'history.list': 1 })
    expect({ units, requests }).toEqual({ units: 2, requests: 1 })
  })

  it.each([1, 2, 3])('follows a day of random changes, seed %s', async (seed) => {
    const account = await harness.add({ messages: 40, seed })
    await account.sync()
    const random = createRandom('changes', seed)
    for (let round = 0; round < 4; round++) {
      for (let change = 0; change < 30; change++) randomChange(account.mailbox, random)
      await account.sync()
      expect(await account.differences()).toEqual(NO_DIFFERENCES)
    }
  })

  it('keeps what Gmail deleted, marked, with its original', async () => {
    const account = await harness.add({ messages: 20 })
    await account.sync()
    const [first] = account.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    account.mailbox.remove(first.id)
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    expect(account.account()).toMatchObject({ messages_stored: 20, messages_deleted: 1 })
  })

  it('removes what Gmail deleted, original too, when the person chose so', async () => {
    Object.assign(harness.settings, { onRemoteDelete: 'purge' })
    const account = await harness.add({ messages: 20 })
    await account.sync()
    const [first] = account.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    account.mailbox.remove(first.id)
    await account.sync()
    expect(account.account()).toMatchObject({ messages_stored: 19, messages_deleted: 0 })
    const { raw } = harness.built().store
    let originals = 0
    for await (const _id of raw.list(account.account().id as Parameters<typeof raw.list>[0])) originals++
    expect(originals).toBe(19)
  })

  it('learns the name of a new label and of a renamed one', async () => {
    const account = await harness.add({ messages: 5 })
    await account.sync()
    const [first] = account.mailbox.messages()
    if (first === undefined) throw new Error('The mailbox is empty')
    const label = account.mailbox.createLabel('Engines')
    account.mailbox.relabel(first.id, [label], [])
    await account.sync()
    const names = async (): Promise<unknown> => {
      const { rows } = await harness
        .built()
        .store.db.query('select name from mail.labels where account = $1 and label_id = $2', [account.email, label])
      return rows
    }
    expect(await names()).toEqual([{ name: 'Engines' }])
    account.mailbox.renameLabel(label, 'Analytical engines')
    account.mailbox.relabel(first.id, ['STARRED'], [])
    await account.sync()
    expect(await names()).toEqual([{ name: 'Analytical engines' }])
  })

  it('keeps one copy of a draft that is saved again and again', async () => {
    const account = await harness.add({ messages: 5 })
    await account.sync()
    let draft = account.mailbox.saveDraft(Buffer.from('Subject: d\r\n\r\nT\r\n'))
    for (let save = 0; save < 20; save++) {
      draft = account.mailbox.saveDraft(Buffer.from(`Subject: d\r\n\r\nTyping ${save}\r\n`), draft.id)
    }
    harness.simulator.resetStats()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    expect(account.account()).toMatchObject({ messages_stored: 6, messages_deleted: 0 })
    expect(harness.simulator.stats().byMethod['messages.get']).toBe(1)
  })

  it('waits for fresh mail that answers 404 at first, and does not call it deleted', async () => {
    const account = await harness.add({ messages: 5 })
    await account.sync()
    Object.assign(harness.simulator.dials, { freshNotFoundMs: 9_000 })
    account.mailbox.add({ raw: Buffer.from('Subject: to myself\r\n\r\nHere\r\n') })
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    expect(account.account()).toMatchObject({ messages_stored: 6, messages_deleted: 0 })
  })
})

describe('expired history', () => {
  it('is repaired by comparing, without downloading anything twice', async () => {
    const account = await harness.add({ messages: 100 })
    await account.sync()
    const random = createRandom('expired')
    for (let change = 0; change < 40; change++) randomChange(account.mailbox, random)
    account.mailbox.add({ raw: Buffer.from('Subject: while away\r\n\r\nHere\r\n') })
    account.mailbox.expireHistory()
    harness.simulator.resetStats()
    const stored = account.account().messages_stored
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
    const { rows } = await harness
      .built()
      .store.db.query<{ all: number }>('select count(*) as all from mailtide.message where account_id = $1', [
        account.account().id,
      ])
    const raws = harness.simulator.stats().byMethod['messages.get'] ?? 0
    // Every get but those of new messages only asked whether an unlisted one still exists.
    expect((rows[0]?.all ?? 0) - stored).toBeLessThanOrEqual(raws)
  })

  it('never marks half a mailbox as deleted because a listing came back short', async () => {
    const account = await harness.add({ messages: 210 })
    await account.sync()
    for (const mail of account.mailbox.messages().slice(0, 180)) account.mailbox.remove(mail.id)
    account.mailbox.expireHistory()
    await harness.built().service.syncNow(account.email)
    expect(await account.rest(({ state }) => state === 'error')).toMatchObject({
      state: 'error',
      code: 'mass_deletion',
      messages_stored: 210,
      messages_deleted: 0,
    })
  })
})
