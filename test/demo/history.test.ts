import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { fill, mail, refusal, type Simulated, simulated } from './simulated.ts'

type Client = Simulated['client']

async function history(client: Client, startHistoryId: string, options: { maxResults?: number } = {}) {
  const pages = []
  let pageToken: string | undefined
  do {
    const { data } = await client.users.history.list({
      userId: 'me',
      startHistoryId,
      ...options,
      ...(pageToken === undefined ? {} : { pageToken }),
    })
    pages.push(data)
    pageToken = data.nextPageToken ?? undefined
  } while (pageToken !== undefined)
  return pages
}

const records = (pages: Awaited<ReturnType<typeof history>>) => pages.flatMap((page) => page.history ?? [])
const now = (mailbox: Simulated['mailbox']): string => String(mailbox.historyId())

describe('history.list', () => {
  it('gives only the history id when there is nothing new', async () => {
    const { client, mailbox } = await simulated()
    const { data } = await client.users.history.list({ userId: 'me', startHistoryId: now(mailbox) })
    expect(data).toEqual({ historyId: now(mailbox) })
  })

  it('tells of an arrival with the labels of the message', async () => {
    const { client, mailbox } = await simulated()
    const start = now(mailbox)
    const { id, threadId, historyId } = mailbox.add({ raw: mail() })
    const pages = await history(client, start)
    expect(records(pages)).toEqual([
      {
        id: String(historyId),
        messages: [{ id, threadId }],
        messagesAdded: [{ message: { id, threadId, labelIds: ['INBOX', 'UNREAD'] } }],
      },
    ])
    expect(pages[0]?.historyId).toBe(String(historyId))
  })

  it('gives the delta beside the message and the labels after the change inside it', async () => {
    const { client, mailbox } = await simulated()
    const { id, threadId } = mailbox.add({ raw: mail() })
    const start = now(mailbox)
    mailbox.relabel(id, ['STARRED', 'INBOX'], [])
    const [record] = records(await history(client, start))
    expect(record?.labelsAdded).toEqual([
      { message: { id, threadId, labelIds: ['INBOX', 'UNREAD', 'STARRED'] }, labelIds: ['STARRED'] },
    ])
    expect(mailbox.get(id)?.historyId).toBe(BigInt(record?.id ?? 0))
  })

  it('writes nothing for a change that changes nothing', async () => {
    const { mailbox } = await simulated()
    const { id } = mailbox.add({ raw: mail() })
    const start = mailbox.historyId()
    mailbox.relabel(id, ['INBOX'], ['STARRED'])
    expect(mailbox.historyId()).toBe(start)
  })

  it('shows trash and untrash as labels, and only real deletion as deletion', async () => {
    const { client, mailbox } = await simulated()
    const { id } = mailbox.add({ raw: mail(), labelIds: ['INBOX'] })
    const start = now(mailbox)
    mailbox.trash(id)
    mailbox.untrash(id)
    mailbox.remove(id)
    const all = records(await history(client, start))
    const labels = (key: 'labelsAdded' | 'labelsRemoved') =>
      all.flatMap((record) => record[key] ?? []).map((entry) => entry.labelIds)
    expect(labels('labelsAdded')).toEqual([['TRASH']])
    expect(labels('labelsRemoved')).toEqual([['INBOX'], ['TRASH']])
    expect(all.flatMap((record) => record.messagesDeleted ?? [])).toHaveLength(1)
    expect(all.at(-1)?.messagesDeleted?.[0]?.message?.id).toBe(id)
  })

  it('shows a saved draft as a new message and a deleted one', async () => {
    const { client, mailbox } = await simulated()
    const one = mailbox.saveDraft(mail('a'))
    const start = now(mailbox)
    const two = mailbox.saveDraft(mail('b'), one.id)
    const sent = mailbox.sendDraft(two.id)
    const all = records(await history(client, start))
    expect(all.flatMap((record) => record.messagesAdded ?? []).map((entry) => entry.message?.id)).toEqual([
      two.id,
      sent.id,
    ])
    expect(all.flatMap((record) => record.messagesDeleted ?? []).map((entry) => entry.message?.id)).toEqual([
      one.id,
      two.id,
    ])
    expect(sent.labelIds).toEqual(['SENT'])
    expect(mailbox.drafts()).toEqual([])
  })

  it('floods history with one record for each message when a label is deleted, and says nothing of labels made or renamed', async () => {
    const { client, mailbox } = await simulated()
    const label = mailbox.createLabel('Old')
    for (let i = 0; i < 5; i++) mailbox.add({ raw: mail(), labelIds: [label] })
    const start = now(mailbox)
    mailbox.renameLabel(label, 'Older')
    mailbox.createLabel('New')
    expect(records(await history(client, start))).toEqual([])
    mailbox.deleteLabel(label)
    const all = records(await history(client, start))
    expect(all.map((record) => record.labelsRemoved?.[0]?.labelIds)).toEqual(Array.from({ length: 5 }, () => [label]))
    expect(mailbox.labels().some(({ id }) => id === label)).toBe(false)
  })

  it('ascends with gaps and pages completely', async () => {
    const { client, mailbox } = await simulated()
    const start = now(mailbox)
    const ids = Array.from({ length: 23 }, () => mailbox.add({ raw: mail() }).id)
    const pages = await history(client, start, { maxResults: 5 })
    expect(pages.map((page) => page.history?.length)).toEqual([5, 5, 5, 5, 3])
    expect(records(pages).map((record) => record.messages?.[0]?.id)).toEqual(ids)
    const numbers = records(pages).map((record) => BigInt(record.id ?? 0))
    expect(numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0n))).toBe(true)
    expect(numbers.some((number, at) => at > 0 && number - (numbers[at - 1] ?? 0n) > 1n)).toBe(true)
  })

  it('knows the types in the singular and refuses the plural', async () => {
    const { client, mailbox } = await simulated()
    const start = now(mailbox)
    mailbox.relabel(mailbox.add({ raw: mail() }).id, ['STARRED'], [])
    const list = (historyTypes: string[]) =>
      client.users.history.list({ userId: 'me', startHistoryId: start, historyTypes })
    expect((await list(['labelAdded'])).data.history).toHaveLength(1)
    expect((await list(['messageAdded', 'labelAdded'])).data.history).toHaveLength(2)
    expect((await list(['messageDeleted'])).data.history).toBeUndefined()
    const { status, body } = await refusal(list(['messagesAdded']))
    expect([status, body.error.status]).toEqual([400, 'INVALID_ARGUMENT'])
  })

  it('keeps to a label when asked', async () => {
    const { client, mailbox } = await simulated()
    const start = now(mailbox)
    mailbox.add({ raw: mail(), labelIds: ['SENT'] })
    mailbox.add({ raw: mail(), labelIds: ['INBOX'] })
    const { data } = await client.users.history.list({ userId: 'me', startHistoryId: start, labelId: 'SENT' })
    expect(data.history).toHaveLength(1)
  })

  it('answers 404 to a start it has forgotten and goes on from a new profile', async () => {
    const { client, mailbox } = await simulated()
    mailbox.add({ raw: mail() })
    const start = now(mailbox)
    mailbox.expireHistory()
    for (const old of ['1', start]) {
      const { status, body } = await refusal(client.users.history.list({ userId: 'me', startHistoryId: old }))
      expect([status, body.error.errors[0]?.reason]).toEqual([404, 'notFound'])
    }
    const profile = (await client.users.getProfile({ userId: 'me' })).data.historyId ?? ''
    mailbox.add({ raw: mail() })
    expect(records(await history(client, profile))).toHaveLength(1)
  })

  it('has forgotten how loaded mail arrived, so the cursor of a message is too old', async () => {
    const { client, mailbox } = await simulated()
    fill(mailbox, 3)
    const cursor = String(mailbox.messages()[0]?.historyId)
    expect((await refusal(client.users.history.list({ userId: 'me', startHistoryId: cursor }))).status).toBe(404)
    expect(records(await history(client, now(mailbox)))).toEqual([])
  })

  it('answers 400 to a start that is missing or no number', async () => {
    const { fetchApi } = await simulated()
    for (const query of [
      '',
      '?startHistoryId=',
      '?startHistoryId=abc',
      '?startHistoryId=-1',
      '?startHistoryId=99999999999999999999',
    ]) {
      const answer = await fetchApi(`gmail/v1/users/me/history${query}`)
      const { error } = (await answer.json()) as { error: { message: string } }
      expect([answer.status, error.message]).toEqual([400, 'Missing/invalid parameter: startHistoryId'])
    }
  })

  it('with quirks gives empty pages with a token, records twice and messages without labels, but loses nothing', async () => {
    const { client, mailbox } = await simulated({ dials: { historyQuirks: 1 } })
    const start = now(mailbox)
    const ids = Array.from({ length: 120 }, () => mailbox.add({ raw: mail() }).id)
    const pages = await history(client, start, { maxResults: 10 })
    expect(pages.some((page) => page.history === undefined && page.nextPageToken !== undefined)).toBe(true)
    const added = records(pages).flatMap((record) => record.messagesAdded ?? [])
    expect(new Set(added.map((entry) => entry.message?.id))).toEqual(new Set(ids))
    expect(added.length).toBeGreaterThan(ids.length)
    expect(added.some((entry) => entry.message?.labelIds === undefined)).toBe(true)
    const tokens = pages.map((page) => page.nextPageToken)
    expect(new Set(tokens).size).toBe(tokens.length)
  })
})

describe('any day in a mailbox', () => {
  it('can be followed from history alone: ids and labels come out equal, whatever the page size and quirks', async () => {
    const { client, mailbox, simulator } = await simulated()
    fillMailbox(mailbox, { count: 60, seed: 2 })
    const property = fc.asyncProperty(
      fc.integer(),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 0.5, 1),
      async (seed, maxResults, quirks) => {
        simulator.dials.historyQuirks = quirks
        const labels = new Map(mailbox.messages().map((message) => [message.id, new Set(message.labelIds)]))
        const start = now(mailbox)
        const random = createRandom(seed)
        for (let i = 0; i < 25; i++) randomChange(mailbox, random)
        for (const record of records(await history(client, start, { maxResults }))) {
          for (const { message } of record.messagesAdded ?? [])
            labels.set(message?.id ?? '', new Set(mailbox.get(message?.id ?? '')?.labelIds))
          for (const { message, labelIds } of record.labelsAdded ?? [])
            for (const label of labelIds ?? []) labels.get(message?.id ?? '')?.add(label)
          for (const { message, labelIds } of record.labelsRemoved ?? [])
            for (const label of labelIds ?? []) labels.get(message?.id ?? '')?.delete(label)
          for (const { message } of record.messagesDeleted ?? []) labels.delete(message?.id ?? '')
        }
        const followed = [...labels].map(([id, set]) => `${id} ${[...set].sort()}`).sort()
        expect(followed).toEqual(
          mailbox
            .messages()
            .map(({ id, labelIds }) => `${id} ${labelIds.toSorted()}`)
            .sort(),
        )
      },
    )
    await fc.assert(property, { numRuns: 30 })
  })
})
