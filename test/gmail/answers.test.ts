import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFacts, readHistoryPage, readLabels, readListPage, readProfile } from '../../electron/gmail/answers.ts'
import { AppError } from '../../shared/errors.ts'
import { messageId } from '../../shared/ids.ts'

const bad = expect.objectContaining({ code: 'bad_answer' })

describe('the profile', () => {
  const profile = {
    emailAddress: 'ada@example.com',
    messagesTotal: 7,
    threadsTotal: 5,
    historyId: '184467440737095516150',
  }
  it('is read, a history id of any length included', () => {
    expect(readProfile(profile)).toEqual({
      email: 'ada@example.com',
      messagesTotal: 7,
      historyId: 184467440737095516150n,
    })
  })
  it.each([
    {},
    null,
    [],
    'cut short {"emailAdd',
    5,
    { ...profile, historyId: '-1' },
    { ...profile, historyId: '1e9' },
    { ...profile, emailAddress: 'ada' },
    { ...profile, emailAddress: 'ada\u001b]0;title\u0007@example.com' },
    { ...profile, emailAddress: 'ada@\u202emoc.elpmaxe' },
  ])('refuses %j', (answer) => {
    expect(() => readProfile(answer)).toThrow(bad)
  })
})

describe('the list of messages', () => {
  it('may be empty, without the field', () => {
    expect(readListPage({ resultSizeEstimate: 0 })).toEqual({ messages: [], nextPageToken: null })
    expect(readListPage({ messages: [], nextPageToken: '' })).toEqual({ messages: [], nextPageToken: null })
    expect(readListPage({ messages: null, nextPageToken: null })).toEqual({ messages: [], nextPageToken: null })
  })
  it('gives ids in order and the next page', () => {
    const answer = { messages: [{ id: 'b', threadId: 'a' }, { id: 'a' }], nextPageToken: '123' }
    expect(readListPage(answer)).toEqual({
      messages: [
        { id: 'b', threadId: 'a' },
        { id: 'a', threadId: 'a' },
      ],
      nextPageToken: '123',
    })
  })
  it.each([
    '{"messages":[{"id":',
    '<html>',
    { messages: {} },
    { messages: [{}] },
    { messages: [{ id: '../../etc' }] },
    { messages: [{ id: '' }] },
    { messages: [null] },
    { nextPageToken: 5 },
  ])('refuses %j', (answer) => {
    expect(() => readListPage(answer)).toThrow(bad)
  })
})

describe('labels', () => {
  it('are read with their colours', () => {
    const answer = {
      labels: [
        { id: 'INBOX', name: 'INBOX', type: 'system' },
        {
          id: 'Label_1',
          name: 'a/b \u0007',
          type: 'user',
          color: { textColor: '#ffffff', backgroundColor: '#000000' },
        },
        { id: 'Label_2', name: '' },
      ],
    }
    expect(readLabels(answer)).toEqual([
      { id: 'INBOX', name: 'INBOX', type: 'system', textColor: null, backgroundColor: null },
      { id: 'Label_1', name: 'a/b \u0007', type: 'user', textColor: '#ffffff', backgroundColor: '#000000' },
      { id: 'Label_2', name: '', type: 'user', textColor: null, backgroundColor: null },
    ])
  })
  it('without a name are called by their id', () => {
    expect(readLabels({ labels: [{ id: 'Label_3' }, { id: 'Label_4', name: null, color: null }] })).toMatchObject([
      { id: 'Label_3', name: 'Label_3' },
      { id: 'Label_4', name: 'Label_4', textColor: null },
    ])
  })
  it.each(['x', {}, { labels: [] }, { labels: [{ name: 'a' }] }, { labels: [{ id: 'a', name: 'a', color: 5 }] }])(
    'refuse %j',
    (answer) => {
      expect(() => readLabels(answer)).toThrow(bad)
    },
  )
})

describe('a page of history', () => {
  it('may hold nothing, with and without a next page', () => {
    expect(readHistoryPage({ historyId: '9' })).toEqual({ records: [], nextPageToken: null, mailboxHistoryId: 9n })
    expect(readHistoryPage({ historyId: '9', nextPageToken: 't' })).toEqual({
      records: [],
      nextPageToken: 't',
      mailboxHistoryId: 9n,
    })
  })

  it('may say null for what is not there', () => {
    const message = { id: 'a', threadId: null, labelIds: null }
    const none = { messagesAdded: null, messagesDeleted: null, labelsAdded: null, labelsRemoved: null }
    const history = [
      { id: '10', ...none },
      { id: '11', ...none, labelsAdded: [{ message, labelIds: null }] },
    ]
    expect(readHistoryPage({ historyId: '12', nextPageToken: null, history })).toEqual({
      mailboxHistoryId: 12n,
      nextPageToken: null,
      records: [
        { historyId: 10n, changes: [] },
        { historyId: 11n, changes: [{ kind: 'labels', id: 'a', threadId: 'a', added: [], removed: [] }] },
      ],
    })
  })

  it("keeps Gmail's order, and in one record what was added before what was relabelled before what was deleted", () => {
    const answer = {
      historyId: '30',
      history: [
        {
          id: '10',
          messages: [{ id: 'x', threadId: 'x' }],
          messagesDeleted: [{ message: { id: 'a', threadId: 't' } }],
          labelsRemoved: [{ message: { id: 'a', threadId: 't', labelIds: [] }, labelIds: ['UNREAD'] }],
          labelsAdded: [{ message: { id: 'a', threadId: 't' }, labelIds: ['STARRED', 'Label_1'] }],
          messagesAdded: [
            { message: { id: 'a', threadId: 't', labelIds: ['INBOX'] } },
            { message: { id: 'a', threadId: 't' } },
          ],
        },
        { id: '11', messages: [{ id: 'b', threadId: 'b' }] },
        { id: '25', labelsAdded: [{ message: { id: 'c' } }] },
      ],
    }
    expect(readHistoryPage(answer)).toEqual({
      mailboxHistoryId: 30n,
      nextPageToken: null,
      records: [
        {
          historyId: 10n,
          changes: [
            { kind: 'added', id: 'a', threadId: 't', labelIds: ['INBOX'] },
            { kind: 'added', id: 'a', threadId: 't', labelIds: [] },
            { kind: 'labels', id: 'a', threadId: 't', added: ['STARRED', 'Label_1'], removed: [] },
            { kind: 'labels', id: 'a', threadId: 't', added: [], removed: ['UNREAD'] },
            { kind: 'deleted', id: 'a', threadId: 't' },
          ],
        },
        { historyId: 11n, changes: [] },
        { historyId: 25n, changes: [{ kind: 'labels', id: 'c', threadId: 'c', added: [], removed: [] }] },
      ],
    })
  })

  it.each([
    '{"history":[{"id":"1"',
    {},
    { historyId: '1', history: {} },
    { historyId: '1', history: [{}] },
    { historyId: '1', history: [{ id: '2', messagesAdded: [{}] }] },
    { historyId: '1', history: [{ id: '2', messagesAdded: [{ message: {} }] }] },
    { historyId: '1', history: [{ id: '2', labelsAdded: [{ message: { id: 'a' }, labelIds: [5] }] }] },
  ])('refuses %j', (answer) => {
    expect(() => readHistoryPage(answer)).toThrow(bad)
  })
})

describe('the facts of a message', () => {
  const answer = { id: 'a1', threadId: 't1', historyId: '5', internalDate: '1700000000000', snippet: 's &amp; t' }
  const read = (changed: object) => readFacts({ ...answer, ...changed }, messageId('a1'))
  it('have no labels where Gmail names none', () => {
    expect(read({})).toEqual({
      id: 'a1',
      threadId: 't1',
      labelIds: [],
      historyId: 5n,
      internalDate: 1_700_000_000_000,
      snippet: 's &amp; t',
    })
  })
  it.each([{ snippet: undefined }, { snippet: null }, { snippet: 7 }])('may have no preview: %j', (changed) => {
    expect(read(changed).snippet).toBe('')
  })
  it.each([
    ['-86400000', -86_400_000],
    [5, 5],
    ['99999999999999999999', 8.64e15],
    [-1e300, -8.64e15],
    ['yesterday', 0],
    [null, 0],
    [undefined, 0],
  ])('may have any date: %j', (internalDate, expected) => {
    expect(read({ internalDate }).internalDate).toBe(expected)
  })
  it.each([
    [null, []],
    [['INBOX', null, ''], ['INBOX']],
  ])('may have holes in the labels: %j', (labelIds, expected) => {
    expect(read({ labelIds }).labelIds).toEqual(expected)
  })
  it('need a history id: it decides which copy is newer', () => {
    expect(() => read({ historyId: undefined })).toThrow(bad)
  })
  it('must be about the message asked for', () => {
    expect(() => readFacts(answer, messageId('a2'))).toThrow(bad)
  })
})

it('whatever JSON comes, an answer is read or refused, never anything else', () => {
  const readers = [
    readProfile,
    readLabels,
    readListPage,
    readHistoryPage,
    (answer: unknown) => readFacts(answer, messageId('a')),
  ]
  const shaped = fc.dictionary(
    fc.constantFrom(
      'id',
      'history',
      'messages',
      'labels',
      'historyId',
      'labelIds',
      'emailAddress',
      'nextPageToken',
      'messagesAdded',
      'name',
    ),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), shaped), (answer) => {
      for (const read of readers) {
        try {
          read(answer)
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }
    }),
    { numRuns: 300 },
  )
})
