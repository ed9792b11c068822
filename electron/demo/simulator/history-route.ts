import type { Call, Context, HistoryPosition, Route } from './context.ts'
import { invalidPageToken, notFound } from './errors.ts'
import type { HistoryEntry } from './history.ts'
import { checkParams, choice, historyId, maxResults } from './params.ts'

const kinds = ['messageAdded', 'messageDeleted', 'labelAdded', 'labelRemoved'] as const
type Kind = (typeof kinds)[number]

function kindsOf(entry: HistoryEntry): Kind[] {
  if (entry.kind === 'added') return ['messageAdded']
  if (entry.kind === 'deleted') return ['messageDeleted']
  return [
    ...(entry.labelsAdded.length > 0 ? (['labelAdded'] as const) : []),
    ...(entry.labelsRemoved.length > 0 ? (['labelRemoved'] as const) : []),
  ]
}

/** A record as Gmail shows it: the delta beside the message, the labels after the change inside it. */
function recordJson(entry: HistoryEntry, types: readonly Kind[], quirk: 'none' | 'bare' | 'twice'): object {
  const reference = { id: entry.messageId, threadId: entry.threadId }
  const labels = quirk === 'bare' || entry.labelIds.length === 0 ? {} : { labelIds: entry.labelIds }
  const message = { ...reference, ...labels }
  const wanted = kindsOf(entry).filter((kind) => types.includes(kind))
  const times = <T>(item: T): T[] => (quirk === 'twice' ? [item, item] : [item])
  return {
    id: String(entry.id),
    messages: [reference],
    ...(wanted.includes('messageAdded') ? { messagesAdded: times({ message }) } : {}),
    ...(wanted.includes('messageDeleted') ? { messagesDeleted: times({ message }) } : {}),
    ...(wanted.includes('labelAdded') ? { labelsAdded: [{ message, labelIds: entry.labelsAdded }] } : {}),
    ...(wanted.includes('labelRemoved') ? { labelsRemoved: [{ message, labelIds: entry.labelsRemoved }] } : {}),
  }
}

function position(context: Context, call: Call, start: number): HistoryPosition {
  const token = call.params.get('pageToken')
  if (token === null || token === '') return { index: start, afterEmpty: false }
  const state = context.historyTokens.read(token)
  if (state === undefined || call.dice.roll('pageTokenExpired', context.dials.pageTokenExpired))
    throw invalidPageToken()
  return state
}

/** `users.history.list`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list */
export const listHistory: Route = (context, call) => {
  const { params, mailbox, dice } = call
  checkParams(params, ['startHistoryId', 'maxResults', 'pageToken', 'labelId', 'historyTypes'])
  const limit = Math.min(maxResults(params), context.dials.mostPerPage || Number.POSITIVE_INFINITY)
  const asked = params.getAll('historyTypes').map((text) => choice(text, 'history_types', kinds))
  const types = asked.length === 0 ? kinds : asked
  const startId = historyId(params.get('startHistoryId'), 'startHistoryId')
  const start = startId > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : mailbox.history.after(Number(startId))
  if (start === undefined) throw notFound()
  const from = position(context, call, start)
  const labelId = params.get('labelId')
  const now = String(mailbox.history.current())

  const quirky = dice.roll('historyQuirks', context.dials.historyQuirks)
  if (quirky && !from.afterEmpty && from.index < mailbox.history.length && dice.detail('empty page') < 0.4)
    return { nextPageToken: context.historyTokens.give({ index: from.index, afterEmpty: true }), historyId: now }

  const records: object[] = []
  let index = from.index
  for (; index < mailbox.history.length && records.length < limit; index++) {
    const entry = mailbox.history.at(index) as HistoryEntry
    if (labelId !== null && !entry.labelIds.includes(labelId) && !entry.labelsRemoved.includes(labelId)) continue
    if (!kindsOf(entry).some((kind) => types.includes(kind))) continue
    const chance = quirky ? dice.detail(`record ${entry.id}`) : 1
    const quirk = chance < 0.15 ? 'bare' : chance < 0.3 ? 'twice' : 'none'
    records.push(recordJson(entry, types, quirk))
    // A record that comes again, on this page or as the first of the next one.
    if (quirky && chance > 0.85 && chance < 0.95 && records.length < limit)
      records.push(recordJson(entry, types, 'none'))
    if (quirky && chance > 0.95 && records.length === limit && limit > 1) index--
  }
  return {
    ...(records.length === 0 ? {} : { history: records }),
    ...(index < mailbox.history.length
      ? { nextPageToken: context.historyTokens.give({ index, afterEmpty: false }) }
      : {}),
    historyId: now,
  }
}
