import { describe, expect, it } from 'vitest'
import { ADA, fill, listAll, mail, refusal, simulated } from './simulated.ts'

describe('getProfile', () => {
  it('gives address, counts and a history id in decimal digits', async () => {
    const { client, mailbox } = await simulated()
    fill(mailbox, 3)
    const { data } = await client.users.getProfile({ userId: 'me' })
    expect(data).toEqual({
      emailAddress: ADA,
      messagesTotal: 3,
      threadsTotal: 3,
      historyId: String(mailbox.historyId()),
    })
  })

  it('answers to the own address and denies delegation for another', async () => {
    const { client } = await simulated()
    expect((await client.users.getProfile({ userId: ADA })).data.emailAddress).toBe(ADA)
    const { status, body } = await refusal(client.users.getProfile({ userId: 'eve@example.test' }))
    expect([status, body.error.errors[0]?.reason]).toEqual([403, 'forbidden'])
    expect(body.error.message).toBe('Delegation denied for eve@example.test')
  })

  it('follows the account when its address changes', async () => {
    const { client, mailbox, simulator } = await simulated()
    mailbox.rename('ada.new@example.test')
    expect((await client.users.getProfile({ userId: 'me' })).data.emailAddress).toBe('ada.new@example.test')
    expect(simulator.mailbox('ada.new@example.test')).toBe(mailbox)
    expect(() => simulator.mailbox(ADA)).toThrow('no mailbox')
  })
})

describe('messages.list', () => {
  it('lists 1,203 mails in pages of 500, each once, newest first', async () => {
    const { client, mailbox } = await simulated()
    fill(mailbox, 1_203)
    const pages = await listAll(client)
    expect(pages.map((page) => page.length)).toEqual([500, 500, 203])
    expect(pages.flat()).toEqual(mailbox.messages().map((message) => message.id))
  })

  it('gives 100 rows by default, at most 500, and refuses what is no number', async () => {
    const { client, mailbox, fetchApi } = await simulated()
    fill(mailbox, 700)
    expect((await client.users.messages.list({ userId: 'me' })).data.messages).toHaveLength(100)
    expect((await client.users.messages.list({ userId: 'me', maxResults: 5_000 })).data.messages).toHaveLength(500)
    expect((await fetchApi('gmail/v1/users/me/messages?maxResults=many')).status).toBe(400)
  })

  it('leaves out the messages field when there are none', async () => {
    const { client } = await simulated()
    expect((await client.users.messages.list({ userId: 'me' })).data).toEqual({ resultSizeEstimate: 0 })
  })

  it('keeps spam and trash out unless asked, by flag or by label', async () => {
    const { client, mailbox } = await simulated()
    mailbox.add({ raw: mail(), labelIds: ['SPAM'] })
    mailbox.add({ raw: mail(), labelIds: ['TRASH'] })
    const inbox = mailbox.add({ raw: mail(), labelIds: ['INBOX', 'STARRED'] })
    expect((await listAll(client)).flat()).toEqual([inbox.id])
    expect((await listAll(client, { includeSpamTrash: true })).flat()).toHaveLength(3)
    expect((await listAll(client, { labelIds: ['TRASH'] })).flat()).toHaveLength(1)
    expect((await listAll(client, { labelIds: ['INBOX', 'STARRED'] })).flat()).toEqual([inbox.id])
    expect((await listAll(client, { labelIds: ['INBOX', 'SENT'] })).flat()).toEqual([])
  })

  it('gives an estimate that is not the total', async () => {
    const { client, mailbox } = await simulated()
    fill(mailbox, 950)
    const { data } = await client.users.messages.list({ userId: 'me', maxResults: 500 })
    expect(data.resultSizeEstimate).not.toBe(950)
  })

  it('refuses a page token it never gave', async () => {
    const { client } = await simulated()
    const { status, body } = await refusal(
      client.users.messages.list({ userId: 'me', pageToken: '12345678901234567890' }),
    )
    expect([status, body.error.message, body.error.errors[0]?.reason]).toEqual([
      400,
      'Invalid pageToken',
      'invalidArgument',
    ])
  })

  it('goes on where it was when mail arrives or goes between two pages', async () => {
    const { client, mailbox } = await simulated()
    fill(mailbox, 10)
    const before = mailbox.messages().map((message) => message.id)
    const first = (await client.users.messages.list({ userId: 'me', maxResults: 4 })).data
    mailbox.add({ raw: mail() })
    mailbox.remove(before[3] ?? '')
    const rest = await client.users.messages.list({ userId: 'me', pageToken: first.nextPageToken ?? '' })
    expect(rest.data.messages?.map((message) => message.id)).toEqual(before.slice(4))
  })

  it('repeats a row after an arrival and skips one after a deletion when the dial shifts pages', async () => {
    const { client, mailbox, simulator } = await simulated({ dials: { shiftingPages: true } })
    fill(mailbox, 10)
    const before = mailbox.messages().map((message) => message.id)
    const next = async (token: string) =>
      (await client.users.messages.list({ userId: 'me', pageToken: token })).data.messages?.map((message) => message.id)
    const first = (await client.users.messages.list({ userId: 'me', maxResults: 4 })).data.nextPageToken ?? ''
    const { id } = mailbox.add({ raw: mail() })
    expect(await next(first)).toEqual(before.slice(3))
    mailbox.remove(id)
    mailbox.remove(before[0] ?? '')
    expect(await next(first)).toEqual(before.slice(5))
    expect(simulator.stats().byMethod['messages.list']).toBe(3)
  })
})

describe('messages.get', () => {
  const nasty = Buffer.concat([mail('h\u00e9', 'a'), Buffer.from([0, 0xff, 0xfe, 10, 13])])

  it('gives the exact bytes as padded base64url, sizeEstimate before raw', async () => {
    const { mailbox, fetchApi } = await simulated()
    for (const extra of [0, 1, 2]) {
      const raw = Buffer.concat([nasty, Buffer.alloc(extra, 0x3e)])
      const { id } = mailbox.add({ raw, labelIds: [] })
      const answer = (await (await fetchApi(`gmail/v1/users/me/messages/${id}?format=raw`)).json()) as {
        raw: string
        sizeEstimate: number
      }
      expect(Object.keys(answer)).toEqual([
        'id',
        'threadId',
        'snippet',
        'sizeEstimate',
        'raw',
        'historyId',
        'internalDate',
      ])
      expect(answer.raw).toMatch(/^[\w-]*={0,2}$/)
      expect(answer.raw.length % 4).toBe(0)
      expect(Buffer.from(answer.raw, 'base64url')).toEqual(raw)
      expect(answer.sizeEstimate).toBe(raw.length)
    }
  })

  it('leaves out labelIds when there are none and escapes the snippet', async () => {
    const { client, mailbox } = await simulated()
    const { id, historyId } = mailbox.add({
      raw: mail('x', 'Tom & <b>'),
      labelIds: [],
      internalDate: 1_700_000_000_000,
    })
    const { data } = await client.users.messages.get({ userId: 'me', id, format: 'minimal' })
    expect(data).toEqual({
      id,
      threadId: id,
      snippet: 'Tom &amp; &lt;b&gt;',
      sizeEstimate: mail('x', 'Tom & <b>').length,
      historyId: String(historyId),
      internalDate: '1700000000000',
    })
  })

  it('matches metadataHeaders by exact case', async () => {
    const { client, mailbox } = await simulated()
    const { id } = mailbox.add({ raw: mail('One') })
    const headers = async (...metadataHeaders: string[]) =>
      (await client.users.messages.get({ userId: 'me', id, format: 'metadata', metadataHeaders })).data.payload?.headers
    expect(await headers('Subject')).toEqual([{ name: 'Subject', value: 'One' }])
    expect(await headers('SUBJECT')).toBeUndefined()
    expect(await headers()).toHaveLength(4)
  })

  it('answers 400 to what is no id and 404 to an id it does not know', async () => {
    const { client } = await simulated()
    const get = (id: string) => refusal(client.users.messages.get({ userId: 'me', id }))
    for (const id of ['hello', '8000000000000000', 'ffffffffffffffffffff']) {
      const { status, body } = await get(id)
      expect([status, body.error.message, body.error.errors[0]?.reason]).toEqual([
        400,
        'Invalid id value',
        'invalidArgument',
      ])
    }
    const { status, body } = await get('7fffffffffffffff')
    expect(status).toBe(404)
    expect(body).toEqual({
      error: {
        code: 404,
        message: 'Requested entity was not found.',
        errors: [{ message: 'Requested entity was not found.', domain: 'global', reason: 'notFound' }],
        status: 'NOT_FOUND',
      },
    })
  })

  it('gives only the fields of a mask and refuses a mask with a mistyped field', async () => {
    const { client, mailbox } = await simulated()
    const { id } = mailbox.add({ raw: mail() })
    const get = (fields: string) => client.users.messages.get({ userId: 'me', id, format: 'full', fields })
    expect((await get('id,payload(headers(name))')).data).toEqual({
      id,
      payload: { headers: [{ name: 'From' }, { name: 'To' }, { name: 'Subject' }, { name: 'X-Odd' }] },
    })
    expect((await get('payload/mimeType,payload/partId')).data).toEqual({
      payload: { partId: '', mimeType: 'text/plain' },
    })
    expect((await refusal(get('id,snipet'))).status).toBe(400)
    expect((await refusal(get('id('))).status).toBe(400)
  })

  it('refuses a parameter that the method does not have', async () => {
    const { fetchApi } = await simulated()
    expect((await fetchApi('gmail/v1/users/me/messages?max_results=5')).status).toBe(400)
  })
})

describe('labels', () => {
  it('lists names without counts and counts in the label itself', async () => {
    const { client, mailbox } = await simulated()
    const work = mailbox.createLabel('Work')
    mailbox.add({ raw: mail(), labelIds: [work, 'UNREAD'] })
    mailbox.add({ raw: mail(), labelIds: [work] })
    const listed = (await client.users.labels.list({ userId: 'me' })).data.labels ?? []
    expect(listed.find((label) => label.id === work)).toEqual({
      id: work,
      name: 'Work',
      type: 'user',
      messageListVisibility: 'show',
      labelListVisibility: 'labelShow',
    })
    expect(listed.map((label) => label.id)).toEqual(expect.arrayContaining(['INBOX', 'CHAT', 'CATEGORY_FORUMS']))
    expect((await client.users.labels.get({ userId: 'me', id: work })).data).toMatchObject({
      messagesTotal: 2,
      messagesUnread: 1,
    })
    expect((await refusal(client.users.labels.get({ userId: 'me', id: 'Label_99' }))).status).toBe(404)
  })

  it('refuses a second label of the same name', async () => {
    const { mailbox } = await simulated()
    mailbox.createLabel('Work')
    expect(() => mailbox.createLabel('work')).toThrow('conflict')
  })
})

describe('threads and drafts', () => {
  it('lists threads by their newest message and gives all messages of one', async () => {
    const { client, mailbox } = await simulated()
    const first = mailbox.add({ raw: mail('A'), internalDate: 1_000_000 })
    mailbox.add({ raw: mail('B'), internalDate: 2_000_000 })
    mailbox.add({ raw: mail('Re: A'), threadId: first.id, internalDate: 3_000_000 })
    const { data } = await client.users.threads.list({ userId: 'me' })
    expect(data.threads).toHaveLength(2)
    expect(data.threads?.[0]?.id).toBe(first.id)
    const thread = (await client.users.threads.get({ userId: 'me', id: first.id, format: 'minimal' })).data
    expect(thread.messages?.map((message) => message.internalDate)).toEqual(['1000000', '3000000'])
  })

  it('keeps the draft id and changes the message id at each save', async () => {
    const { client, mailbox } = await simulated()
    const one = mailbox.saveDraft(mail('Draft'))
    const two = mailbox.saveDraft(mail('Draft, longer'), one.id)
    expect(two.id).not.toBe(one.id)
    expect(two.threadId).toBe(one.threadId)
    const { data } = await client.users.drafts.list({ userId: 'me' })
    expect(data.drafts).toEqual([{ id: mailbox.drafts()[0]?.id, message: { id: two.id, threadId: two.threadId } }])
    const draft = (await client.users.drafts.get({ userId: 'me', id: data.drafts?.[0]?.id ?? '', format: 'minimal' }))
      .data
    expect(draft.message?.labelIds).toEqual(['DRAFT'])
    expect((await refusal(client.users.messages.get({ userId: 'me', id: one.id }))).status).toBe(404)
  })
})
