import type { MessageFacts } from '../gmail/types.ts'
import type { ParsedMessage, Person } from '../mail/types.ts'
import type { StoredAttachment } from '../store/attachments.ts'
import type { StoredMessage } from '../store/message-row.ts'
import { safeDate, safeText } from '../store/safe-text.ts'

/** Caps are for storing, not for reading: the original keeps everything. Characters, unless a name says otherwise. */
const MOST = {
  subject: 2_000,
  name: 1_000,
  address: 1_000,
  people: 10_000,
  peopleText: 64_000,
  body: 1_000_000,
  snippet: 1_000,
  header: 4_000,
  headers: 64_000,
  messageId: 2_000,
  references: 1_000,
  attachmentNames: 8_000,
  filename: 1_000,
} as const

/** Traces and signatures: bulky, of use to nobody who searches mail, and whole in the original. */
const BULKY =
  /^(received|x-received|dkim-signature|arc-.*|authentication-results|received-spf|x-google-.*|x-gm-message-state|domainkey-signature|x-ms-exchange-.*|x-microsoft-antispam.*|x-forefront-.*)$/

export interface MessageDigest {
  readonly sizeBytes: number
  /** Hex SHA-256 of the original bytes. */
  readonly sha256: string
}

/** A row of the store from what Gmail said and what the mail says. Pure. */
export function toStoredMessage(facts: MessageFacts, digest: MessageDigest, parsed: ParsedMessage): StoredMessage {
  const from = parsed.from[0]
  const names = parsed.attachments.flatMap((attachment) => attachment.filename ?? [])
  return {
    id: facts.id,
    thread_id: facts.threadId,
    history_id: facts.historyId,
    internal_date: safeDate(facts.internalDate) ?? new Date(0),
    date_header: parsed.date === null ? null : safeDate(parsed.date),
    date_raw: parsed.dateRaw === null ? null : safeText(parsed.dateRaw, MOST.name),
    from_name: safeText(from?.name ?? '', MOST.name),
    from_address: safeText(from?.address ?? '', MOST.address),
    sender_address: safeText(parsed.sender[0]?.address ?? '', MOST.address),
    reply_to_addresses: addresses(parsed.replyTo),
    to_addresses: addresses(parsed.to),
    cc_addresses: addresses(parsed.cc),
    bcc_addresses: addresses(parsed.bcc),
    people: peopleText([parsed.from, parsed.sender, parsed.to, parsed.cc, parsed.bcc, parsed.replyTo]),
    subject: safeText(parsed.subject, MOST.subject),
    snippet: safeText(unescapeSnippet(facts.snippet), MOST.snippet),
    body_text: safeText(parsed.text, MOST.body),
    attachment_names: safeText(names.join('\n'), MOST.attachmentNames),
    headers: storedHeaders(parsed),
    message_id_header: parsed.messageId === null ? null : safeText(parsed.messageId, MOST.messageId),
    in_reply_to: ids(parsed.inReplyTo),
    reference_ids: ids(parsed.references),
    size_bytes: digest.sizeBytes,
    sha256: digest.sha256,
    has_attachments: parsed.attachments.length > 0,
    parser_version: parsed.parserVersion,
    faults: [...new Set(parsed.faults.map((fault) => fault.code))],
    label_ids: facts.labelIds,
    attachments: parsed.attachments.map(
      (attachment): StoredAttachment => ({
        part: attachment.part,
        filename: attachment.filename === null ? null : safeText(attachment.filename, MOST.filename),
        mime_type: safeText(attachment.mimeType, MOST.name),
        disposition: attachment.disposition === null ? null : safeText(attachment.disposition, MOST.name),
        content_id: attachment.contentId === null ? null : safeText(attachment.contentId, MOST.messageId),
        // A chain of them inside encoded messages: cut, it would decode to something else.
        encoding: attachment.encoding,
        start_offset: attachment.range.start,
        end_offset: attachment.range.end,
        size_bytes: attachment.sizeBytes,
        sha256: attachment.sha256,
      }),
    ),
  }
}

const addresses = (people: readonly Person[]): string[] =>
  people
    .filter((person) => person.address !== '')
    .slice(0, MOST.people)
    .map((person) => safeText(person.address, MOST.address))

const ids = (list: readonly string[]): string[] =>
  list.slice(0, MOST.references).map((id) => safeText(id, MOST.messageId))

/** Everybody's names and addresses, each once, for search. An address is also given in its parts, so that "lovelace" finds ada@lovelace.org. */
function peopleText(roles: readonly (readonly Person[])[]): string {
  const words = new Set<string>()
  let length = 0
  for (const person of roles.flat()) {
    for (const word of [person.name, person.address, person.address.replace(/[^\p{L}\p{N}]+/gu, ' ')]) {
      if (word === '' || words.has(word)) continue
      length += word.length + 1
      if (length > MOST.peopleText) return safeText([...words].join('\n'), MOST.peopleText)
      words.add(word)
    }
  }
  return safeText([...words].join('\n'), MOST.peopleText)
}

function storedHeaders(parsed: ParsedMessage): [string, string][] {
  const headers: [string, string][] = []
  let length = 0
  for (const { name, value } of parsed.headers) {
    if (BULKY.test(name)) continue
    const entry: [string, string] = [safeText(name, MOST.name), safeText(value, MOST.header)]
    length += entry[0].length + entry[1].length
    if (length > MOST.headers) break
    headers.push(entry)
  }
  return headers
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Gmail gives the snippet escaped for HTML: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages */
const unescapeSnippet = (snippet: string): string =>
  snippet.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole)

/** What is stored of a mail that could not be read at all: Gmail's word and the original. */
export function unreadMessage(parserVersion: number, fault: 'parse_timeout' | 'parse_failed'): ParsedMessage {
  return {
    parserVersion,
    headers: [],
    from: [],
    sender: [],
    replyTo: [],
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    date: null,
    dateRaw: null,
    messageId: null,
    inReplyTo: [],
    references: [],
    text: '',
    html: null,
    attachments: [],
    faults: [{ code: fault, part: null }],
  }
}
