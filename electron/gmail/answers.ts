import { AppError } from '../../shared/errors.ts'
import { type LabelId, labelId, type MessageId, messageId, threadId } from '../../shared/ids.ts'
import type {
  GmailLabel,
  HistoryChange,
  HistoryPage,
  HistoryRecord,
  ListedMessage,
  ListPage,
  MessageFacts,
  Profile,
} from './types.ts'

/**
 * Every answer is checked here before anything believes it. Fields that Gmail leaves out when empty (`messages`,
 * `history`, `labelIds`) are normal, and null is the same (https://protobuf.dev/programming-guides/json/#field-presence); a wrong type
 * where ids and places are told, or text instead of JSON (a cut answer), is `AppError('bad_answer')`. What only describes a message (its
 * date, its preview) is taken as far as it can be read: no mail is left out for that.
 */
type Fields = Readonly<Record<string, unknown>>

const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null

const bad = (what: string): AppError => new AppError('bad_answer', `Gmail's answer is not valid: ${what}`)

function fields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw bad(typeof value === 'string' ? `${what} is not JSON` : `${what} is missing`)
}

function list(value: unknown, what: string): readonly unknown[] {
  if (isAbsent(value)) return []
  if (Array.isArray(value)) return value
  throw bad(`${what} is not a list`)
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value
  throw bad(`${what} is not text`)
}

/** Ids become file names and rows: nothing but Google's alphabet passes. Real ones are 16 hex digits. */
function id(value: unknown, what: string): string {
  if (typeof value === 'string' && /^[\w-]{1,128}$/.test(value)) return value
  throw bad(`${what} is not an id`)
}

/** A decimal of any length: Gmail's are uint64, those of stand-ins are longer. */
function decimal(value: unknown, what: string): bigint {
  if (typeof value === 'string' && /^\d{1,100}$/.test(value)) return BigInt(value)
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value)
  throw bad(`${what} is not a number`)
}

/** How many there are, as Gmail counts: a hint, of which nothing is stored. 0 when it is no count. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}

function labelIds(value: unknown): readonly LabelId[] {
  const ids = list(value, 'labelIds').filter((entry) => !isAbsent(entry) && entry !== '')
  return ids.map((entry) => {
    if (typeof entry === 'string' && entry.length <= 255) return labelId(entry)
    throw bad('a label id is not text')
  })
}

function pageToken(value: unknown): string | null {
  return isAbsent(value) || value === '' ? null : text(value, 'nextPageToken')
}

/** `users.getProfile`. */
export function readProfile(answer: unknown): Profile {
  const data = fields(answer, 'the profile')
  const email = text(data['emailAddress'], 'emailAddress')
  // It goes into logs, titles and terminals: nothing in it may be obeyed rather than shown.
  if (!/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(email)) throw bad('emailAddress is not an address')
  return {
    email,
    messagesTotal: count(data['messagesTotal']),
    historyId: decimal(data['historyId'], 'historyId'),
  }
}

/** `users.labels.list`. Every mailbox has INBOX and its kin: a list without any label is a cut answer, which must not take all names away. */
export function readLabels(answer: unknown): readonly GmailLabel[] {
  const labels = list(fields(answer, 'the list of labels')['labels'], 'labels')
  if (labels.length === 0) throw bad('it lists no label')
  return labels.map((entry) => {
    const label = fields(entry, 'a label')
    const color = isAbsent(label['color']) ? {} : fields(label['color'], 'a label colour')
    const shade = (name: string): string | null => (isAbsent(color[name]) ? null : text(color[name], name))
    const [known] = labelIds([label['id']])
    if (known === undefined) throw bad('a label has no id')
    return {
      id: known,
      name: isAbsent(label['name']) ? known : text(label['name'], 'the name of a label'),
      type: label['type'] === 'system' ? 'system' : 'user',
      textColor: shade('textColor'),
      backgroundColor: shade('backgroundColor'),
    }
  })
}

/** `users.labels.get`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels#Label */
export function readLabelTotal(answer: unknown): number {
  return count(fields(answer, 'the label')['messagesTotal'])
}

/** `users.messages.list`. */
export function readListPage(answer: unknown): ListPage {
  const data = fields(answer, 'the list of messages')
  return {
    messages: list(data['messages'], 'messages').map((entry) => readIds(entry)),
    nextPageToken: pageToken(data['nextPageToken']),
  }
}

/** A thread is named after its first message; where a stand-in leaves the thread out, the message is its own. */
function readIds(value: unknown): ListedMessage {
  const message = fields(value, 'a message')
  const own = id(message['id'], 'the id of a message')
  return {
    id: messageId(own),
    threadId: threadId(isAbsent(message['threadId']) ? own : id(message['threadId'], 'threadId')),
  }
}

/** `users.history.list`, in Gmail's order. */
export function readHistoryPage(answer: unknown): HistoryPage {
  const data = fields(answer, 'the page of history')
  return {
    records: list(data['history'], 'history').map(readRecord),
    nextPageToken: pageToken(data['nextPageToken']),
    mailboxHistoryId: decimal(data['historyId'], 'historyId'),
  }
}

/**
 * One record's changes: added, then labels, then deleted, for a message that came and went in one record is gone.
 * `messages[]` only repeats ids and is not read.
 */
function readRecord(value: unknown): HistoryRecord {
  const record = fields(value, 'a history record')
  const changes: HistoryChange[] = []
  for (const { message, labels } of entries(record, 'messagesAdded')) {
    changes.push({ kind: 'added', ...readIds(message), labelIds: labels })
  }
  for (const { message, delta } of entries(record, 'labelsAdded')) {
    changes.push({ kind: 'labels', ...readIds(message), added: delta, removed: [] })
  }
  for (const { message, delta } of entries(record, 'labelsRemoved')) {
    changes.push({ kind: 'labels', ...readIds(message), added: [], removed: delta })
  }
  for (const { message } of entries(record, 'messagesDeleted')) changes.push({ kind: 'deleted', ...readIds(message) })
  return { historyId: decimal(record['id'], 'the id of a history record'), changes }
}

interface Entry {
  readonly message: Fields
  /** The message's labels as the entry tells them, often not at all. */
  readonly labels: readonly LabelId[]
  /** The labels that came or went. */
  readonly delta: readonly LabelId[]
}

function entries(record: Fields, kind: string): readonly Entry[] {
  return list(record[kind], kind).map((value) => {
    const entry = fields(value, kind)
    const message = fields(entry['message'], `the message of ${kind}`)
    return { message, labels: labelIds(message['labelIds']), delta: labelIds(entry['labelIds']) }
  })
}

/** What `users.messages.get` says beside the bytes. Throws when the answer is about another message. */
export function readFacts(answer: unknown, expected: MessageId): MessageFacts {
  const data = fields(answer, 'the message')
  const ids = readIds(data)
  if (ids.id !== expected) throw bad('it is about another message')
  return {
    ...ids,
    labelIds: labelIds(data['labelIds']),
    historyId: decimal(data['historyId'], 'historyId'),
    internalDate: milliseconds(data['internalDate']),
    snippet: typeof data['snippet'] === 'string' ? data['snippet'] : '',
  }
}

const LAST_MOMENT = 8.64e15

/** A time since 1970, brought into what a `Date` can hold; 0 when it is none. */
function milliseconds(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d{1,30}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || Number.isNaN(number)) return 0
  return Math.min(LAST_MOMENT, Math.max(-LAST_MOMENT, Math.trunc(number)))
}
