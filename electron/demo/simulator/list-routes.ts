import type { Call, Context, ListPosition, Route } from './context.ts'
import { type Entry, lowerBound } from './entry.ts'
import { forbiddenByScope, invalidPageToken, notFound } from './errors.ts'
import { reference, snippetFor } from './message-json.ts'
import { boolean, checkParams, maxResults } from './params.ts'
import { parseQuery } from './query.ts'

type Filter = (entry: Entry) => boolean

/** Which messages a listing holds. Spam and trash stay out unless asked for, be it by label. */
function filterOf(call: Call): Filter {
  const labels = call.params.getAll('labelIds')
  const known = new Set(call.mailbox.labels().map((label) => label.id))
  if (labels.some((label) => !known.has(label))) throw notFound()
  const query = parseQuery(call.params.get('q') ?? '')
  if (call.params.get('q') && call.scopes.length === 1 && call.scopes[0]?.endsWith('/gmail.metadata'))
    throw forbiddenByScope("Metadata scope does not support 'q' parameter")
  const everywhere =
    boolean(call.params, 'includeSpamTrash') || query.everywhere || labels.includes('SPAM') || labels.includes('TRASH')
  return (entry) =>
    (everywhere || !(entry.labelIds.includes('SPAM') || entry.labelIds.includes('TRASH'))) &&
    labels.every((label) => entry.labelIds.includes(label)) &&
    query.matches(entry)
}

function position(context: Context, call: Call): ListPosition | null {
  const token = call.params.get('pageToken')
  if (token === null || token === '') return null
  const state = context.listTokens.read(token)
  if (state === undefined || call.dice.roll('pageTokenExpired', context.dials.pageTokenExpired))
    throw invalidPageToken()
  return state
}

interface Page {
  readonly entries: Entry[]
  readonly nextPageToken: string | undefined
  readonly seen: number
}

/** One page, newest first. A token names the last row given, so that arrivals do not disturb it; or a mere offset. */
function page(context: Context, call: Call, keep: Filter): Page {
  const { order } = call.mailbox
  const limit = Math.min(maxResults(call.params), context.dials.mostPerPage || Number.POSITIVE_INFINITY)
  const from = position(context, call)
  const byOffset = context.dials.shiftingPages
  let index = from === null || byOffset ? order.length - 1 : lowerBound(order, from) - 1
  let skip = byOffset ? (from?.offset ?? 0) : 0
  const entries: Entry[] = []
  let more = false
  for (; index >= 0; index--) {
    const entry = order[index] as Entry
    if (!keep(entry)) continue
    if (skip > 0) {
      skip--
      continue
    }
    if (entries.length === limit) {
      more = true
      break
    }
    entries.push(entry)
  }
  const last = entries.at(-1)
  const seen = (from?.offset ?? 0) + entries.length
  return {
    entries,
    seen,
    nextPageToken:
      more && last !== undefined
        ? context.listTokens.give({ internalDate: last.internalDate, id: last.id, offset: seen })
        : undefined,
  }
}

/** Gmail's estimate is far off, and so is this one. */
const estimate = ({ seen, nextPageToken }: Page): number => (nextPageToken === undefined ? seen : seen + 201)

const next = (token: string | undefined): object => (token === undefined ? {} : { nextPageToken: token })

/** `users.messages.list`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/list */
export const listMessages: Route = (context, call) => {
  checkParams(call.params, ['maxResults', 'pageToken', 'q', 'labelIds', 'includeSpamTrash'])
  const found = page(context, call, filterOf(call))
  return {
    ...(found.entries.length === 0 ? {} : { messages: found.entries.map(reference) }),
    ...next(found.nextPageToken),
    resultSizeEstimate: estimate(found),
  }
}

/** `users.threads.list`: a thread stands where its newest matching message does. */
export const listThreads: Route = (context, call) => {
  checkParams(call.params, ['maxResults', 'pageToken', 'q', 'labelIds', 'includeSpamTrash'])
  const keep = filterOf(call)
  const newest: Filter = (entry) =>
    keep(entry) &&
    (call.mailbox.threads.get(entry.threadId) ?? []).every(
      (other) => other === entry || !keep(other) || isOlder(other, entry),
    )
  const found = page(context, call, newest)
  const threads = found.entries.map((entry) => ({
    id: entry.threadId,
    snippet: snippetFor(entry),
    historyId: threadHistory(call, entry),
  }))
  return {
    ...(threads.length === 0 ? {} : { threads }),
    ...next(found.nextPageToken),
    resultSizeEstimate: estimate(found),
  }
}

const isOlder = (a: Entry, b: Entry): boolean => lowerBound([a], b) === 1

const threadHistory = (call: Call, entry: Entry): string =>
  String(Math.max(...(call.mailbox.threads.get(entry.threadId) ?? [entry]).map((other) => other.historyId)))

/** `users.drafts.list` */
export const listDrafts: Route = (context, call) => {
  checkParams(call.params, ['maxResults', 'pageToken', 'q', 'includeSpamTrash'])
  const byMessage = new Map([...call.mailbox.draftIds].map(([draft, message]) => [message, draft]))
  const keep = filterOf(call)
  const found = page(context, call, (entry) => byMessage.has(entry.id) && keep(entry))
  return {
    ...(found.entries.length === 0
      ? {}
      : { drafts: found.entries.map((entry) => ({ id: byMessage.get(entry.id), message: reference(entry) })) }),
    ...next(found.nextPageToken),
    resultSizeEstimate: estimate(found),
  }
}
