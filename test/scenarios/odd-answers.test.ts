import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { type Change, changedAnswers } from '../support/changed-answers.ts'
import { type Harness, type HarnessOptions, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(async () => {
  await harness.close()
})

const start = async (options: HarnessOptions, change: Change): Promise<void> => {
  harness = await startHarness({
    clock: scaledClock(60),
    settings: { intervalMinutes: 1440 },
    ...options,
    wrapUrl: changedAnswers(change),
  })
}
const someMail = (): Uint8Array => harness.mailbox.messages()[0]?.raw ?? new Uint8Array()
const isListing = (call: string): boolean => /\/messages\?/.test(call) && !call.includes('labelIds=')
const isListingOfLabel = (call: string): boolean => /\/messages\?/.test(call) && call.includes('labelIds=')
const isGet = (call: string): boolean => /\/messages\/[^?]+\?/.test(call)

describe('a listing that is not the whole mailbox', () => {
  it('is not believed when it is empty and Gmail counts messages', async () => {
    let lies = 1
    await start({ messages: 20 }, (answer, call) => (isListing(call) && lies-- > 0 ? {} : answer))
    await harness.sync()
    expect(harness.account().messages_stored).toBe(20)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('is listed again when a page in the middle names no next one', async () => {
    let listed = 0
    await start({ messages: 30, dials: { mostPerPage: 10 } }, (answer, call) => {
      if (!isListing(call) || ++listed !== 2) return answer
      const { nextPageToken: _cut, ...last } = answer
      return last
    })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('hides no new mail and takes no label away when history has expired', async () => {
    let lies = 0
    let liesOfLabels = false
    await start({ messages: 20 }, (answer, call) => {
      const lie = isListing(call) ? lies-- > 0 : liesOfLabels && isListingOfLabel(call)
      return lie ? {} : answer
    })
    await harness.sync()
    harness.mailbox.add({ raw: someMail() })
    harness.mailbox.expireHistory()
    lies = 1
    liesOfLabels = true
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})

it('a message that Gmail lists late, after its history id moved, comes with the first sync a minute later', async () => {
  let late = ''
  // By the world's clock, so that the minute is not over by itself.
  await start({ messages: 15, clock: systemClock }, (answer, call) => {
    if (!isListing(call) || late === '') return answer
    const messages = answer['messages'] as readonly { readonly id: string }[]
    return { ...answer, messages: messages.filter(({ id }) => id !== late) }
  })
  const misses = async (id: string): Promise<void> => {
    late = id
    await harness.sync()
    expect((await harness.differences()).missing).toEqual([late])
    late = ''
    harness.simulator.resetStats()
    await harness.sync()
    expect(harness.simulator.stats().byMethod).toEqual({ 'history.list': 1 })
    const { db } = harness.built().store
    await db.query(`update mailtide.checkpoint set listing_ended_at = listing_ended_at - interval '61 seconds'`)
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    harness.simulator.resetStats()
    await harness.sync()
    expect(harness.simulator.stats().byMethod).toEqual({ 'history.list': 1 })
  }
  await misses(harness.mailbox.messages()[0]?.id ?? '')
  const { id } = harness.mailbox.add({ raw: someMail() })
  harness.mailbox.expireHistory()
  await misses(id)
})

it('messages of which Gmail tells odd things are stored like any other', async () => {
  const odd: object[] = [
    { snippet: null, sizeEstimate: null },
    { sizeEstimate: -5 },
    { sizeEstimate: 1e300 },
    { internalDate: '99999999999999999' },
    { internalDate: 'yesterday' },
    { labelIds: [null, ''] },
  ]
  await start({ messages: odd.length }, (answer, call) => (isGet(call) ? { ...answer, ...odd.pop() } : answer))
  await harness.sync()
  expect(harness.account()).toMatchObject({ messages_stored: 6, messages_failed: 0 })
  expect((await harness.differences()).wrongBytes).toEqual([])
})

it('a list without any label takes no name away', async () => {
  let lies = 0
  await start({ messages: 5 }, (answer, call) => (/\/labels\?/.test(call) && lies-- > 0 ? {} : answer))
  await harness.sync()
  harness.mailbox.renameLabel(harness.mailbox.createLabel('Before'), 'After')
  harness.mailbox.add({ raw: someMail() })
  lies = 1
  await harness.sync()
  const { rows } = await harness.built().store.db.query('select label_id from mail.labels where removed_at is not null')
  expect(rows).toEqual([])
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})

it('a message that Gmail speaks of again after its deletion is live again', async () => {
  await start({ messages: 6 }, (answer) => answer)
  await harness.sync()
  const [first, second, third] = harness.mailbox.messages()
  if (first === undefined || second === undefined || third === undefined) throw new Error('The mailbox is empty')
  harness.mailbox.remove(first.id)
  await harness.sync()
  expect(harness.account().messages_deleted).toBe(1)
  // One comes back later, one in the same page of history, and one is deleted for good after it came back.
  harness.mailbox.add({ ...first, labelIds: ['INBOX', 'STARRED'] })
  for (const mail of [second, third]) {
    harness.mailbox.remove(mail.id)
    harness.mailbox.add(mail)
  }
  harness.mailbox.remove(third.id)
  await harness.sync()
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  expect(harness.account()).toMatchObject({ messages_stored: 6, messages_deleted: 1, messages_waiting: 0 })
})

it('labels that could not be listed keep no mail waiting, and are listed once they can be', async () => {
  let lies = 0
  await start({ messages: 5 }, (answer, call) => (/\/labels\?/.test(call) && lies-- > 0 ? {} : answer))
  await harness.sync()
  const label = harness.mailbox.createLabel('Engines')
  harness.mailbox.add({ raw: someMail(), labelIds: ['INBOX', label] })
  // The tries of the turn that meets them, and of the one after.
  lies = 15
  await harness.sync()
  expect(harness.account().messages_stored).toBe(6)
  expect(lies).toBeLessThan(0)
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})
