import type { Call, Route } from './context.ts'
import { notFound } from './errors.ts'
import type { Label } from './labels.ts'
import { checkParams } from './params.ts'

/** `users.getProfile`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile */
export const getProfile: Route = (_, { mailbox, params }) => {
  checkParams(params, [])
  return {
    emailAddress: mailbox.email,
    messagesTotal: mailbox.size,
    threadsTotal: mailbox.threads.size,
    historyId: String(mailbox.history.current()),
  }
}

const hidden = new Set(['CHAT', 'CATEGORY_PERSONAL', 'UNREAD', 'STARRED', 'YELLOW_STAR'])

function labelJson({ id, name, type }: Label): object {
  if (type === 'user') return { id, name, messageListVisibility: 'show', labelListVisibility: 'labelShow', type }
  return {
    id,
    name,
    ...(hidden.has(id) ? {} : { messageListVisibility: 'hide', labelListVisibility: 'labelShow' }),
    type,
  }
}

/** `users.labels.list`: no counts here. */
export const listLabels: Route = (_, { mailbox, params }) => {
  checkParams(params, [])
  return { labels: mailbox.labelTable.all().map(labelJson) }
}

/** `users.labels.get`: with counts. */
export const getLabel: Route = (_, { mailbox, params, path }: Call) => {
  checkParams(params, [])
  const label = mailbox.labelTable.get(path[0] ?? '')
  if (label === undefined) throw notFound()
  const carrying = mailbox.order.filter((entry) => entry.labelIds.includes(label.id))
  const unread = carrying.filter((entry) => entry.labelIds.includes('UNREAD'))
  const threads = (entries: typeof carrying): number => new Set(entries.map((entry) => entry.threadId)).size
  return {
    ...labelJson(label),
    messagesTotal: carrying.length,
    messagesUnread: unread.length,
    threadsTotal: threads(carrying),
    threadsUnread: threads(unread),
  }
}

const sendAs = (email: string): object => ({ sendAsEmail: email, displayName: '', isPrimary: true, isDefault: true })

/** `users.settings.sendAs.get` */
export const getSendAs: Route = (_, { mailbox, path }) => {
  if (path[0]?.toLowerCase() !== mailbox.email.toLowerCase()) throw notFound()
  return sendAs(mailbox.email)
}

/** Settings a sync may look at, as a fresh account has them. */
export const settings: Readonly<Record<string, Route>> = {
  'settings/autoForwarding': () => ({ enabled: false }),
  'settings/imap': () => ({ enabled: true, autoExpunge: true, expungeBehavior: 'archive' }),
  'settings/language': () => ({ displayLanguage: 'en' }),
  'settings/pop': () => ({ accessWindow: 'disabled', disposition: 'leaveInInbox' }),
  'settings/vacation': () => ({ enableAutoReply: false }),
  'settings/filters': () => ({}),
  'settings/forwardingAddresses': () => ({}),
  'settings/delegates': () => ({}),
  'settings/cse/identities': () => ({}),
  'settings/cse/keypairs': () => ({}),
  'settings/sendAs': (_, { mailbox }) => ({ sendAs: [sendAs(mailbox.email)] }),
}
