import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddling, rawIdOf as idOf } from '../support/meddling.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
const { between, close } = createMeddling()
afterEach(async () => {
  await harness.close()
  close()
})

const quick = { clock: scaledClock(60), settings: { intervalMinutes: 1440 } }

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
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    let asked = 0
    harness = await startHarness({
      ...quick,
      messages: 10,
      wrapUrl: (target) =>
        between(target, async (path) => {
          if (idOf(path) !== undefined && ++asked > 3) await released
          return false
        }),
    })
    await harness.built().service.start()
    await harness.until(({ accounts }) => accounts[0]?.messages_stored === 3)
    expect(harness.account()).toMatchObject({ state: 'backfilling', messages_waiting: 7 })
    release()
    await harness.until(({ accounts }) => accounts[0]?.state === 'up_to_date')
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('one false 404 loses no message of the first download', async () => {
    const lied = new Set<string>()
    harness = await startHarness({
      ...quick,
      messages: 40,
      wrapUrl: (url) =>
        between(url, (path, response) => {
          const id = idOf(path)
          if (id === undefined || lied.has(id) || lied.size >= 10) return false
          lied.add(id)
          return notFound(response)
        }),
    })
    await harness.sync()
    expect(lied.size).toBe(10)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('a label that changes while its message is on the way ends as Gmail has it', async () => {
    let changed = false
    harness = await startHarness({
      ...quick,
      messages: 30,
      wrapUrl: (url) =>
        between(url, async (path) => {
          const id = idOf(path)
          // Every answer after the first is slow, so that a pass of history runs beside the download.
          if (id !== undefined && changed) await new Promise((resolve) => setTimeout(resolve, 700))
          return false
        }),
    })
    const started = harness.until(({ accounts }) => accounts[0]?.backfill?.listing_complete ?? false)
    await harness.built().service.start()
    await started
    changed = true
    for (const mail of harness.mailbox.messages()) harness.mailbox.relabel(mail.id, ['STARRED'], ['UNREAD'])
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('one message whose connection always breaks is listed as a failure and holds up nobody', async () => {
    let victim: string | undefined
    harness = await startHarness({
      ...quick,
      messages: 25,
      wrapUrl: (url) =>
        between(url, (path, response) => {
          const id = idOf(path)
          victim ??= id
          if (id === undefined || id !== victim) return false
          response.destroy()
          return true
        }),
    })
    await harness.built().service.start()
    const { accounts } = await harness.until(
      ({ state, accounts: [first] }) => state === 'idle' && first?.state === 'up_to_date',
    )
    expect(accounts[0]).toMatchObject({ messages_stored: 24, messages_failed: 1, backfill: null })
    const { rows } = await harness.built().store.db.query('select gmail_id, stage from mail.sync_failures')
    expect(rows).toEqual([{ gmail_id: victim, stage: 'download' }])
  })

  it('a mailbox whose size is a multiple of the batch size is up to date when its last message is stored', async () => {
    harness = await startHarness({ ...quick, messages: 60, settings: { intervalMinutes: 1440, batchSize: 20 } })
    await harness.built().service.start()
    const { accounts } = await harness.until(
      ({ state, accounts: [first] }) => state === 'idle' && first?.last_synced_at !== null,
    )
    expect(accounts[0]).toMatchObject({ state: 'up_to_date', messages_stored: 60, backfill: null })
  })

  it('a label deleted while history expired takes its members’ label with it', async () => {
    harness = await startHarness({ ...quick, messages: 30 })
    const label = harness.mailbox.createLabel('Soon gone')
    for (const mail of harness.mailbox.messages().slice(0, 5)) harness.mailbox.relabel(mail.id, [label], [])
    await harness.sync()
    harness.mailbox.deleteLabel(label)
    harness.mailbox.expireHistory()
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('a label whose name Postgres could not take is stored all the same', async () => {
    harness = await startHarness({ ...quick, messages: 5 })
    const label = harness.mailbox.createLabel('a\u0000b\ud800c')
    await harness.sync()
    const { rows } = await harness.built().store.db.query('select name from mail.labels where label_id = $1', [label])
    expect(rows).toEqual([{ name: 'ab\ufffdc' }])
  })

  it('a listing that came back empty by mistake marks nothing as deleted, and is believed no longer than that', async () => {
    let lies = false
    harness = await startHarness({
      ...quick,
      messages: 210,
      wrapUrl: (url) =>
        between(url, (path, response) => {
          if (!lies || !/\/messages\?/.test(path)) return false
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"resultSizeEstimate":0}')
          return true
        }),
    })
    await harness.sync()
    harness.mailbox.expireHistory()
    lies = true
    await harness.built().service.syncNow()
    const wrong = await harness.until(({ accounts }) => accounts[0]?.state === 'error')
    expect(wrong.accounts[0]).toMatchObject({ code: 'mass_deletion', messages_deleted: 0 })
    lies = false
    harness.mailbox.add({ raw: Buffer.from('Subject: after all\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})
