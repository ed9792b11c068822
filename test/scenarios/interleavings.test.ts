import type { ServerResponse } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { defaultSettings } from '../../shared/settings.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'
import { rawIdOf as idOf } from '../support/meddling.ts'
import { asIfNotAsked } from '../support/sign-ins/at-work.ts'

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
afterEach(() => meddler.meddle(null))
afterAll(async () => {
  await harness.close()
  meddler.close()
})

const notFound = (response: ServerResponse): boolean => {
  const error = {
    code: 404,
    message: 'Requested entity was not found.',
    errors: [{ message: 'Requested entity was not found.', domain: 'global', reason: 'notFound' }],
    status: 'NOT_FOUND',
  }
  response.writeHead(404, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify({ error }))
  return true
}
describe('between list, get, history and commit', () => {
  it('what has arrived is committed while Gmail holds back the rest', async () => {
    const account = await harness.add({ messages: 10 })
    const release = meddler.holdAfter(3)
    await harness.built().service.start()
    await harness.until(() => account.account().messages_stored === 3)
    expect(account.account()).toMatchObject({ state: 'backfilling', messages_waiting: 7 })
    release()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('one false 404 loses no message of the first download', async () => {
    const account = await harness.add({ messages: 40 })
    const lied = new Set<string>()
    meddler.meddle((path, response) => {
      const id = idOf(path)
      if (id === undefined || lied.has(id) || lied.size >= 10) return false
      lied.add(id)
      return notFound(response)
    })
    await account.sync()
    expect(lied.size).toBe(10)
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('a label that changes while its message is on the way ends as Gmail has it', async () => {
    const account = await harness.add({ messages: 30 })
    // Gmail has answered with the labels of then; before that arrives all change, and history is read.
    const { promise: historyRead, resolve } = Promise.withResolvers<void>()
    let late = 0
    meddler.meddle(null, async (path, response) => {
      if (path.includes('/history?') && late > 0) return resolve()
      if (idOf(path) === undefined) return
      if (++late === 1)
        for (const { id } of account.mailbox.messages()) account.mailbox.relabel(id, ['STARRED'], ['UNREAD'])
      await asIfNotAsked(response, historyRead)
    })
    await account.sync()
    expect(late).toBeGreaterThanOrEqual(30)
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('one message whose connection always breaks is listed as a failure and holds up nobody', async () => {
    const account = await harness.add({ messages: 25 })
    let victim: string | undefined
    meddler.meddle((path, response) => {
      const id = idOf(path)
      victim ??= id
      if (id === undefined || id !== victim) return false
      response.destroy()
      return true
    })
    await harness.built().service.start()
    const resting = await account.rest(({ state }) => state === 'up_to_date')
    expect(resting).toMatchObject({ messages_stored: 24, messages_failed: 1, backfill: null })
    const { rows } = await harness.built().store.db.query('select gmail_id, stage from mail.sync_failures')
    expect(rows).toEqual([{ gmail_id: victim, stage: 'download' }])
    meddler.meddle(null)
    await account.sync()
  })

  it('a mailbox whose size is a multiple of the batch size is up to date when its last message is stored', async () => {
    Object.assign(harness.settings, { batchSize: 20 })
    const account = await harness.add({ messages: 60 })
    await harness.built().service.start()
    const resting = await account.rest(({ last_synced_at }) => last_synced_at !== null)
    expect(resting).toMatchObject({ state: 'up_to_date', messages_stored: 60, backfill: null })
    Object.assign(harness.settings, { batchSize: defaultSettings.batchSize })
  })

  it('a label deleted while history expired takes its members’ label with it', async () => {
    const account = await harness.add({ messages: 30 })
    const label = account.mailbox.createLabel('Soon gone')
    for (const mail of account.mailbox.messages().slice(0, 5)) account.mailbox.relabel(mail.id, [label], [])
    await account.sync()
    account.mailbox.deleteLabel(label)
    account.mailbox.expireHistory()
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })

  it('a label whose name Postgres could not take is stored all the same', async () => {
    const account = await harness.add({ messages: 5 })
    const label = account.mailbox.createLabel('a\u0000b\ud800c')
    await account.sync()
    const { rows } = await harness
      .built()
      .store.db.query('select name from mail.labels where account = $1 and label_id = $2', [account.email, label])
    expect(rows).toEqual([{ name: 'ab\ufffdc' }])
  })

  it('a listing that came back empty by mistake marks nothing as deleted, and is believed no longer than that', async () => {
    const account = await harness.add({ messages: 210 })
    await account.sync()
    account.mailbox.expireHistory()
    meddler.meddle((path, response) => {
      if (!/\/messages\?/.test(path)) return false
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"resultSizeEstimate":0}')
      return true
    })
    await harness.built().service.syncNow(account.email)
    const wrong = await account.rest(({ state }) => state === 'error')
    expect(wrong).toMatchObject({ code: 'mass_deletion', messages_deleted: 0 })
    meddler.meddle(null)
    account.mailbox.add({ raw: Buffer.from('Subject: after all\r\n\r\nHere\r\n') })
    await account.sync()
    expect(await account.differences()).toEqual(NO_DIFFERENCES)
  })
})
