/** What happens in a mailbox while somebody lives in it: one realistic change at a time. */
import { composeDraft, composeMail, type MailPlan, pickKind } from './generator/compose.ts'
import { pickLanguage, subjectText } from './generator/text.ts'
import { labelNames } from './generator.ts'
import type { Random } from './random.ts'
import type { SimulatedMail, SimulatedMailbox } from './types.ts'

export const changeKinds = [
  'new mail',
  'reply',
  'read',
  'unread',
  'star',
  'unstar',
  'archive',
  'label',
  'trash',
  'untrash',
  'spam',
  'delete',
  'draft saved',
  'draft sent',
  'label made',
  'label renamed',
  'label deleted',
] as const
export type ChangeKind = (typeof changeKinds)[number]

/** What was done, without anything from the mail itself. */
export interface Change {
  readonly kind: ChangeKind
  /** Id of the message or label concerned. */
  readonly id: string
}

/** How often each kind is tried, of 100. */
const weights: Readonly<Record<ChangeKind, number>> = {
  'new mail': 24,
  reply: 10,
  read: 14,
  unread: 3,
  star: 4,
  unstar: 2,
  archive: 9,
  label: 6,
  trash: 5,
  untrash: 2,
  spam: 2,
  delete: 3,
  'draft saved': 8,
  'draft sent': 3,
  'label made': 2,
  'label renamed': 2,
  'label deleted': 1,
}

const MOST_LABELS = 40

function planFor(mailbox: SimulatedMailbox, random: Random, own: boolean, now: number): MailPlan {
  const language = pickLanguage(random)
  return {
    kind: pickKind(random),
    language,
    owner: mailbox.email,
    own,
    subject: subjectText(random, language),
    date: new Date(now),
    messageId: `<${random.int(1e9)}.${random.int(1e9)}@mail.example.com>`,
    references: [],
  }
}

/** Some message that fits, mostly one of the newer ones; undefined when none was found. */
function pickMessage(
  messages: readonly SimulatedMail[],
  random: Random,
  fits: (mail: SimulatedMail) => boolean,
): SimulatedMail | undefined {
  const found = messages.slice(0, 2_000).filter(fits)
  return found.length === 0 ? undefined : found[Math.floor(random.next() ** 2 * found.length)]
}

const has = (label: string) => (mail: SimulatedMail) => mail.labelIds.includes(label)
const isMail = (mail: SimulatedMail): boolean =>
  !['DRAFT', 'TRASH', 'SPAM'].some((label) => mail.labelIds.includes(label))

function freshName(mailbox: SimulatedMailbox, random: Random): string {
  const taken = new Set(mailbox.labels().map((label) => label.name.toLowerCase()))
  for (let number = 2; ; number++) {
    const base = random.pick(labelNames)
    const name = number === 2 ? base : `${base} ${number}`
    if (!taken.has(name.toLowerCase())) return name
  }
}

type Doer = (mailbox: SimulatedMailbox, random: Random, now: number) => string | undefined

/** Changes the labels of a message that fits. */
const relabels =
  (fits: (mail: SimulatedMail) => boolean, add: readonly string[], remove: readonly string[]): Doer =>
  (mailbox, random) => {
    const mail = pickMessage(mailbox.messages(), random, fits)
    if (mail !== undefined) mailbox.relabel(mail.id, add, remove)
    return mail?.id
  }

const onUserLabel =
  (work: (mailbox: SimulatedMailbox, id: string, random: Random) => void): Doer =>
  (mailbox, random) => {
    const own = mailbox.labels().filter((label) => label.type === 'user')
    if (own.length === 0) return undefined
    const { id } = random.pick(own)
    work(mailbox, id, random)
    return id
  }

const doers: Readonly<Record<ChangeKind, Doer>> = {
  'new mail': (mailbox, random, now) => {
    const plan = planFor(mailbox, random, false, now)
    const category = plan.kind === 'newsletter' ? ['CATEGORY_PROMOTIONS'] : []
    return mailbox.add({ raw: composeMail(random, plan), labelIds: ['INBOX', 'UNREAD', ...category] }).id
  },
  reply: (mailbox, random, now) => {
    const to = pickMessage(mailbox.messages(), random, isMail)
    if (to === undefined) return undefined
    const own = random.chance(0.4)
    const raw = composeMail(random, { ...planFor(mailbox, random, own, now), kind: 'reply' })
    return mailbox.add({ raw, threadId: to.threadId, labelIds: own ? ['SENT'] : ['INBOX', 'UNREAD'] }).id
  },
  read: relabels(has('UNREAD'), [], ['UNREAD']),
  unread: relabels((mail) => isMail(mail) && !has('UNREAD')(mail), ['UNREAD'], []),
  star: relabels((mail) => isMail(mail) && !has('STARRED')(mail), ['STARRED'], []),
  unstar: relabels(has('STARRED'), [], ['STARRED']),
  archive: relabels(has('INBOX'), [], ['INBOX', 'UNREAD']),
  label: (mailbox, random) => {
    const own = mailbox.labels().filter((label) => label.type === 'user')
    const mail = pickMessage(mailbox.messages(), random, isMail)
    if (own.length === 0 || mail === undefined) return undefined
    mailbox.relabel(mail.id, [random.pick(own).id], random.chance(0.3) ? ['INBOX'] : [])
    return mail.id
  },
  trash: (mailbox, random) => {
    const mail = pickMessage(mailbox.messages(), random, isMail)
    if (mail !== undefined) mailbox.trash(mail.id)
    return mail?.id
  },
  untrash: (mailbox, random) => {
    const mail = pickMessage(mailbox.messages(), random, has('TRASH'))
    if (mail !== undefined) mailbox.untrash(mail.id)
    return mail?.id
  },
  spam: relabels((mail) => isMail(mail) && has('INBOX')(mail), ['SPAM'], ['INBOX']),
  delete: (mailbox, random) => {
    const gone = pickMessage(mailbox.messages(), random, (mail) => has('TRASH')(mail) || has('SPAM')(mail))
    if (gone !== undefined) mailbox.remove(gone.id)
    return gone?.id
  },
  'draft saved': (mailbox, random, now) => {
    const drafts = mailbox.drafts()
    const previous = drafts.length > 0 && random.chance(0.7) ? random.pick(drafts).messageId : undefined
    const raw = composeDraft(random, planFor(mailbox, random, true, now), 1 + random.int(6))
    return mailbox.saveDraft(raw, previous).id
  },
  'draft sent': (mailbox, random) => {
    const drafts = mailbox.drafts()
    return drafts.length === 0 ? undefined : mailbox.sendDraft(random.pick(drafts).messageId).id
  },
  'label made': (mailbox, random) =>
    mailbox.labels().length > MOST_LABELS ? undefined : mailbox.createLabel(freshName(mailbox, random)),
  'label renamed': onUserLabel((mailbox, id, random) => mailbox.renameLabel(id, freshName(mailbox, random))),
  'label deleted': onUserLabel((mailbox, id) => mailbox.deleteLabel(id)),
}

function pickChange(random: Random): ChangeKind {
  let left = random.int(100)
  for (const kind of changeKinds) {
    left -= weights[kind]
    if (left < 0) return kind
  }
  return 'new mail'
}

/**
 * Makes one change and says which. Where the kind that came up finds nothing to work on, a new mail arrives. `now`
 * (milliseconds since 1970) is the date that new mails bear.
 */
export function randomChange(mailbox: SimulatedMailbox, random: Random, now = Date.now()): Change {
  const kind = pickChange(random)
  const id = doers[kind](mailbox, random, now)
  if (id !== undefined) return { kind, id }
  return { kind: 'new mail', id: doers['new mail'](mailbox, random, now) ?? '' }
}
