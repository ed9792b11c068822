/** Mails found on disk, brought into the order and the shape of a Gmail mailbox. */
import { hashOf } from './random.ts'
import { headerOf, parseMime } from './simulator/mime.ts'

export interface FoundMail {
  /** Gmail's id where it is known. */
  readonly id?: string
  readonly threadId?: string
  /** Milliseconds since 1970. */
  readonly date: number
  /** Where it came from; tells mails of the same second apart. */
  readonly source: string
  readonly messageId: string
  readonly references: readonly string[]
  readonly labelIds: readonly string[]
  readonly labelNames: readonly string[]
  readonly read: () => Uint8Array
}

export type ArrangedMail = FoundMail & { readonly id: string; readonly threadId: string }

const OLDEST = Date.UTC(1985, 0, 1)
const DAY_MS = 86_400_000

/** A date that a mail can have come at; null for nonsense. */
function plausible(text: string): number | null {
  const at = Date.parse(text.replaceAll(/\([^()]*\)/g, '').trim())
  return Number.isFinite(at) && at > OLDEST && at < Date.now() + DAY_MS ? Math.floor(at / 1_000) * 1_000 : null
}

/** What the head of a mail says about its date and its thread. The newest Received line tells when it came. */
export function factsOf(head: Uint8Array, otherwise: number): Pick<FoundMail, 'date' | 'messageId' | 'references'> {
  const { headers } = parseMime(head)
  const received = headerOf(headers, 'received').split(';').at(-1) ?? ''
  const date = plausible(received) ?? plausible(headerOf(headers, 'date')) ?? Math.floor(otherwise / 1_000) * 1_000
  const ids = (name: string): string[] => headerOf(headers, name).match(/<[^<>\s]+>/g) ?? []
  return {
    date,
    messageId: ids('message-id')[0] ?? '',
    references: [...ids('references'), ...ids('in-reply-to')],
  }
}

const bySystemName: Readonly<Record<string, string>> = {
  inbox: 'INBOX',
  sent: 'SENT',
  draft: 'DRAFT',
  drafts: 'DRAFT',
  spam: 'SPAM',
  trash: 'TRASH',
  unread: 'UNREAD',
  starred: 'STARRED',
  important: 'IMPORTANT',
  chat: 'CHAT',
  'category personal': 'CATEGORY_PERSONAL',
  'category social': 'CATEGORY_SOCIAL',
  'category promotions': 'CATEGORY_PROMOTIONS',
  'category updates': 'CATEGORY_UPDATES',
  'category forums': 'CATEGORY_FORUMS',
}
/** Takeout's words for the absence of a label. */
const noLabels = new Set(['opened', 'archived'])

/** Takeout's label names, told apart into Gmail's own labels and the person's. Names in other languages count as the person's. */
export function systemLabels(names: readonly string[]): { labelIds: string[]; labelNames: string[] } {
  const labelIds: string[] = []
  const labelNames: string[] = []
  for (const name of names) {
    const id = bySystemName[name.toLowerCase()]
    if (id !== undefined) labelIds.push(id)
    else if (!noLabels.has(name.toLowerCase())) labelNames.push(name)
  }
  return { labelIds, labelNames }
}

const validId = (id: string | undefined): id is string =>
  id !== undefined && /^[0-9a-f]{1,16}$/.test(id) && BigInt(`0x${id}`) < 1n << 63n

/**
 * Oldest first, each with an id (its own, or one made of date and source) and a thread (its own, or that of the first mail
 * it refers to). A Gmail id that comes twice is taken once.
 */
export function arrange(mails: readonly FoundMail[]): ArrangedMail[] {
  const taken = new Set(mails.map((mail) => mail.id))
  const seen = new Set<string>()
  const threads = new Map<string, string>()
  const arranged: ArrangedMail[] = []
  for (const mail of mails.toSorted((a, b) => a.date - b.date)) {
    let id = mail.id
    if (validId(id)) {
      if (seen.has(id)) continue
    } else {
      let number = (BigInt(mail.date) << 20n) | BigInt(hashOf(mail.source) & 0xfffff)
      while (taken.has(number.toString(16))) number += 1n
      id = number.toString(16)
      taken.add(id)
    }
    seen.add(id)
    const known = mail.references.map((reference) => threads.get(reference)).find((thread) => thread !== undefined)
    const threadId = validId(mail.threadId) ? mail.threadId : (known ?? id)
    if (mail.messageId !== '') threads.set(mail.messageId, threads.get(mail.messageId) ?? threadId)
    arranged.push({ ...mail, id, threadId })
  }
  return arranged
}
