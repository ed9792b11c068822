import type { Call, Context, Route } from './context.ts'
import { bytesOf, type Entry } from './entry.ts'
import { forbiddenByScope, notFound } from './errors.ts'
import { wants } from './fields.ts'
import { base64url, type MessageFormat, messageFormats, messageJson } from './message-json.ts'
import { checkParams, choice, messageId } from './params.ts'
import { attachmentJson, fullPayload, metadataPayload } from './payload.ts'

function formatOf(call: Call, formats: readonly MessageFormat[] = messageFormats): MessageFormat {
  const format = choice((call.params.get('format') ?? 'full').toLowerCase(), 'format', formats)
  const metadataOnly = call.scopes.length > 0 && call.scopes.every((scope) => scope.endsWith('/gmail.metadata'))
  if (metadataOnly && (format === 'full' || format === 'raw'))
    throw forbiddenByScope(`Metadata scope doesn't allow format ${format.toUpperCase()}`)
  return format
}

/** A message in a format. */
function formatted(context: Context, call: Call, entry: Entry, format: MessageFormat): object {
  if (format === 'minimal') return messageJson(entry, {}, {})
  if (format === 'raw')
    return messageJson(entry, {}, wants(call.params.get('fields'), 'raw') ? { raw: base64url(bytesOf(entry)) } : {})
  const bytes = bytesOf(entry)
  const payload =
    format === 'metadata'
      ? metadataPayload(bytes, call.params.getAll('metadataHeaders'))
      : fullPayload(bytes, entry.id, { now: context.clock.now(), call: context.stats.requests })
  return messageJson(entry, { payload }, {})
}

/** The message of a path, or 404: unknown, deleted just now by the dial, or so fresh that Gmail does not find it yet. */
function find(context: Context, call: Call, id: string): Entry {
  const { dials, clock } = context
  const entry = call.mailbox.entries.get(messageId(id))
  if (entry === undefined) throw notFound()
  if (entry.arrivedAt !== null && clock.now() < entry.arrivedAt + dials.freshNotFoundMs) throw notFound()
  if (call.dice.roll('deletedBetween', dials.deletedBetween)) {
    call.mailbox.remove(entry.id)
    throw notFound()
  }
  return entry
}

/** `users.messages.get`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/get */
export const getMessage: Route = (context, call) => {
  checkParams(call.params, ['format', 'metadataHeaders'])
  const format = formatOf(call)
  return formatted(context, call, find(context, call, call.path[0] ?? ''), format)
}

/** `users.messages.attachments.get` */
export const getAttachment: Route = (context, call) => {
  checkParams(call.params, [])
  const entry = find(context, call, call.path[0] ?? '')
  return attachmentJson(bytesOf(entry), entry.id, call.path[1] ?? '', context.clock.now())
}

/** `users.threads.get`: all messages of the thread, oldest first. */
export const getThread: Route = (context, call) => {
  checkParams(call.params, ['format', 'metadataHeaders'])
  const format = formatOf(call, ['full', 'metadata', 'minimal'])
  const thread = call.mailbox.threads.get(messageId(call.path[0] ?? ''))
  if (thread === undefined) throw notFound()
  const messages = thread.toSorted((a, b) => a.internalDate - b.internalDate)
  return {
    id: thread[0]?.threadId,
    historyId: String(Math.max(...thread.map((entry) => entry.historyId))),
    messages: messages.map((entry) => formatted(context, call, entry, format)),
  }
}

/** `users.drafts.get` */
export const getDraft: Route = (context, call) => {
  checkParams(call.params, ['format'])
  const format = formatOf(call)
  const id = call.path[0] ?? ''
  const entry = call.mailbox.entries.get(call.mailbox.draftIds.get(id) ?? '')
  if (entry === undefined) throw notFound()
  return { id, message: formatted(context, call, entry, format) }
}
