import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryChange, HistoryRecord } from '../../electron/gmail/types.ts'
import type { StoredVersion } from '../../electron/store/messages.ts'
import { mentionedIds, planHistory } from '../../electron/sync/plan-history.ts'
import { type LabelId, labelId, type MessageId, messageId, threadId } from '../../shared/ids.ts'

const t1 = threadId('t1')
const added = (id: string, ...labels: string[]): HistoryChange => ({
  kind: 'added',
  id: messageId(id),
  threadId: t1,
  labelIds: labels.map(labelId),
})
const deleted = (id: string): HistoryChange => ({ kind: 'deleted', id: messageId(id), threadId: t1 })
const labels = (id: string, plus: string[], minus: string[]): HistoryChange => ({
  kind: 'labels',
  id: messageId(id),
  threadId: t1,
  added: plus.map(labelId),
  removed: minus.map(labelId),
})
const record = (historyId: bigint, ...changes: HistoryChange[]): HistoryRecord => ({ historyId, changes })
const have = (id: string, historyId: bigint, isDeleted = false): [MessageId, StoredVersion] => [
  messageId(id),
  { historyId, deleted: isDeleted },
]
const all = { includeSpamTrash: true }

describe('planHistory', () => {
  it('downloads a new message once, though history tells of it twice', () => {
    const plan = planHistory([record(5n, added('a'), added('a')), record(6n, added('a'))], new Map(), all)
    expect(plan.download.map((item) => item.id)).toEqual(['a'])
  })

  it('downloads nothing that was deleted again', () => {
    const plan = planHistory([record(5n, added('a')), record(6n, deleted('a'))], new Map(), all)
    expect(plan).toMatchObject({ download: [], markDeleted: ['a'] })
  })

  it('fetches a message whose labels change and that is not stored, instead of losing it', () => {
    const plan = planHistory([record(5n, labels('a', ['STARRED'], []))], new Map(), all)
    expect(plan.download).toEqual([
      { id: 'a', threadId: 't1', why: 'repair', isDraft: false, historyId: 5n, isBack: false },
    ])
    expect(plan.relabel).toEqual([])
  })

  it('applies only label changes newer than the stored copy, the last word on each label', () => {
    const records = [
      record(5n, labels('a', ['OLD'], [])),
      record(7n, labels('a', ['X', 'Y'], ['UNREAD'])),
      record(8n, labels('a', [], ['X'])),
    ]
    const plan = planHistory(records, new Map([have('a', 6n)]), all)
    expect(plan.relabel).toEqual([{ id: 'a', historyId: 8n, added: ['Y'], removed: ['X', 'UNREAD'] }])
  })

  it('fetches what it holds for deleted and history speaks of again', () => {
    for (const change of [added('a'), labels('a', ['X'], [])]) {
      const plan = planHistory([record(9n, change)], new Map([have('a', 3n, true)]), all)
      expect(plan).toMatchObject({ download: [{ id: 'a', historyId: 9n, isBack: true }], relabel: [], markDeleted: [] })
    }
  })

  it('fetches what comes back after its deletion in the same page', () => {
    const records = [record(8n, deleted('a'), deleted('b')), record(9n, added('a'), added('b'))]
    const plan = planHistory(records, new Map([have('a', 3n)]), all)
    expect(plan.markDeleted).toEqual(['a', 'b'])
    expect(plan.download.map(({ id, isBack }) => [id, isBack])).toEqual([
      ['a', true],
      ['b', true],
    ])
  })

  it('leaves a tombstone alone that only older records speak of', () => {
    const records = [record(2n, added('a')), record(3n, labels('a', ['X'], []))]
    expect(planHistory(records, new Map([have('a', 3n, true)]), all)).toMatchObject({ download: [], relabel: [] })
  })

  it('knows a copy that is newer than a deletion to have outlived it', () => {
    expect(planHistory([record(8n, deleted('a'))], new Map([have('a', 9n)]), all).markDeleted).toEqual([])
    expect(planHistory([record(9n, deleted('a'))], new Map([have('a', 9n)]), all).markDeleted).toEqual(['a'])
  })

  it('lets drafts settle', () => {
    expect(planHistory([record(5n, added('d', 'DRAFT'))], new Map(), all).download[0]?.isDraft).toBe(true)
  })

  it('leaves spam and trash out when the person says so, and fetches what is taken out of them', () => {
    const without = { includeSpamTrash: false }
    expect(planHistory([record(5n, added('s', 'SPAM'))], new Map(), without).download).toEqual([])
    const rescued = planHistory([record(6n, labels('s', ['INBOX'], ['SPAM']))], new Map(), without)
    expect(rescued.download.map((item) => item.id)).toEqual(['s'])
  })

  it('takes records in the order of their ids, whatever order they come in', () => {
    const records = [
      record(8n, labels('a', [], ['X'])),
      record(7n, labels('a', ['X', 'Y'], [])),
      record(9n, deleted('b')),
      record(6n, added('b')),
    ]
    const plan = planHistory(records, new Map([have('a', 3n)]), all)
    expect(plan.relabel).toEqual([{ id: 'a', historyId: 8n, added: ['Y'], removed: ['X'] }])
    expect(plan).toMatchObject({ download: [], markDeleted: ['b'] })
  })
})

/** The store in miniature: what a plan does to it. */
interface Mini {
  readonly messages: Map<MessageId, { labels: Set<LabelId>; historyId: bigint; deleted: boolean }>
  readonly queue: Set<MessageId>
}

function apply(store: Mini, records: readonly HistoryRecord[]): void {
  const ids = mentionedIds(records)
  const versions = new Map(
    ids.flatMap((id) => {
      const message = store.messages.get(id)
      return message ? [[id, { historyId: message.historyId, deleted: message.deleted }] as const] : []
    }),
  )
  const plan = planHistory(records, versions, all)
  for (const change of plan.relabel) {
    const message = store.messages.get(change.id)
    if (message === undefined) throw new Error('A label change for a message that is not stored')
    for (const label of change.added) message.labels.add(label)
    for (const label of change.removed) message.labels.delete(label)
    message.historyId = change.historyId
  }
  for (const id of plan.markDeleted) {
    store.queue.delete(id)
    const message = store.messages.get(id)
    if (message) message.deleted = true
  }
  for (const { id } of plan.download) store.queue.add(id)
}

const plain = (store: Mini): unknown => ({
  queue: [...store.queue].sort(),
  messages: [...store.messages]
    .map(([id, message]) => ({
      id,
      deleted: message.deleted,
      labels: message.deleted ? [] : [...message.labels].sort(),
    }))
    .sort((a, b) => a.id.localeCompare(b.id)),
})

const someIds = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const someLabels = fc.uniqueArray(fc.constantFrom('INBOX', 'UNREAD', 'STARRED', 'L1'), { maxLength: 2 })
const someChange = fc.oneof(
  fc.tuple(someIds, someLabels).map(([id, names]) => added(id, ...names)),
  fc.tuple(someIds, someLabels, someLabels).map(([id, plus, minus]) =>
    labels(
      id,
      plus,
      minus.filter((name) => !plus.includes(name)),
    ),
  ),
  someIds.map(deleted),
)
const order = { added: 0, labels: 1, deleted: 2 }
/** In one record changes come in this order, as answers are read. Ids may come back after a deletion. */
const someHistory = fc
  .array(fc.array(someChange, { minLength: 1, maxLength: 3 }), { maxLength: 20 })
  .map((groups) =>
    groups.map((changes, index) =>
      record(BigInt(10 + index * 3), ...changes.toSorted((x, y) => order[x.kind] - order[y.kind])),
    ),
  )
const startStore = (): Mini => ({
  messages: new Map([
    [messageId('a'), { labels: new Set([labelId('INBOX')]), historyId: 5n, deleted: false }],
    [messageId('b'), { labels: new Set([labelId('UNREAD')]), historyId: 22n, deleted: false }],
  ]),
  queue: new Set(),
})

describe('history applied to a store', () => {
  it('gives the same result for any split into pages', () => {
    fc.assert(
      fc.property(someHistory, fc.array(fc.nat(20), { maxLength: 5 }), (history, cuts) => {
        const whole = startStore()
        apply(whole, history)
        const paged = startStore()
        const edges = [0, ...[...cuts].sort((x, y) => x - y).filter((cut) => cut < history.length), history.length]
        for (let at = 1; at < edges.length; at++) apply(paged, history.slice(edges[at - 1], edges[at]))
        expect(plain(paged)).toEqual(plain(whole))
      }),
    )
  })

  it('gives the same result for any order of the records in a page', () => {
    fc.assert(
      fc.property(
        someHistory.chain((history) =>
          fc.tuple(
            fc.constant(history),
            fc.shuffledSubarray(history, { minLength: history.length, maxLength: history.length }),
          ),
        ),
        ([history, shuffled]) => {
          const whole = startStore()
          apply(whole, history)
          const mixed = startStore()
          apply(mixed, shuffled)
          expect(plain(mixed)).toEqual(plain(whole))
        },
      ),
    )
  })

  it('gives the same result when a pass is repeated from any page on', () => {
    fc.assert(
      fc.property(someHistory, fc.nat(20), (history, cut) => {
        const once = startStore()
        apply(once, history)
        const again = startStore()
        apply(again, history.slice(0, cut))
        apply(again, history)
        expect(plain(again)).toEqual(plain(once))
      }),
    )
  })
})
