/** Puts a whole mail together: a cover, a kind, the bytes. */
import type { Random } from '../random.ts'
import { alternative, type Content, invitation, newsletter, reply, textContent, withFiles } from './content.ts'
import { words } from './encode.ts'
import { type Cover, headLines } from './head.ts'
import { domains, type Language } from './languages.ts'
import { type OddMail, oddMail } from './odd.ts'
import { letter } from './text.ts'

export type MailKind = 'reply' | 'letter' | 'newsletter' | 'files' | 'invitation' | 'big' | 'odd'

/** How often each kind comes, in thousandths. */
const shares: readonly (readonly [MailKind, number])[] = [
  ['reply', 310],
  ['letter', 240],
  ['newsletter', 268],
  ['files', 119],
  ['invitation', 20],
  ['big', 3],
  ['odd', 40],
]

export function pickKind(random: Random): MailKind {
  let left = random.int(1_000)
  for (const [kind, share] of shares) {
    left -= share
    if (left < 0) return kind
  }
  return 'reply'
}

export interface MailPlan {
  readonly kind: MailKind
  readonly language: Language
  /** The owner's address. */
  readonly owner: string
  /** Sent or drafted by the owner. */
  readonly own: boolean
  readonly subject: string
  readonly date: Date
  readonly messageId: string
  readonly references: readonly string[]
}

const zones = ['+0000', '+0100', '+0200', '-0700', '-0500', '+0530', '+0900']

function contentOf(random: Random, plan: MailPlan): OddMail {
  const { language } = plan
  const usual = (content: Content): OddMail => ({ content })
  switch (plan.kind) {
    case 'reply':
      return usual(reply(random, language, `On ${plan.date.toUTCString()}, ${plan.owner} wrote:\n`))
    case 'letter':
      return usual(alternative(random, language))
    case 'newsletter':
      return usual(newsletter(random, language))
    case 'files':
      return usual(withFiles(random, language, 6_000 + Math.floor(random.next() ** 3 * 420_000)))
    case 'big':
      return usual(withFiles(random, language, 900_000 + Math.floor(random.next() ** 2 * 3_000_000)))
    case 'invitation':
      return usual(invitation(random, language, plan.date))
    case 'odd':
      return oddMail(random)
  }
}

function coverOf(random: Random, plan: MailPlan, subject: string | null): Cover {
  const domain = random.pick(domains)
  const other = `p${random.int(400)}@${domain}`
  const name = words(random.pick(plan.language.people))
  const named = `${name} <${other}>`
  const crowd = random.chance(0.15)
    ? `,\r\n ${Array.from({ length: 1 + random.int(5) }, () => `q${random.int(90)}@example.org`).join(',\r\n ')}`
    : ''
  return {
    own: plan.own,
    from: plan.own ? plan.owner : named,
    to: `${plan.own ? named : plan.owner}${crowd}`,
    sender: plan.own ? plan.owner : other,
    receiver: plan.own ? other : plan.owner,
    domain,
    subject,
    date: plan.date,
    zone: random.pick(zones),
    messageId: plan.messageId,
    references: plan.references,
  }
}

/** The bytes of a mail. */
export function composeMail(random: Random, plan: MailPlan): Buffer {
  const odd = contentOf(random, plan)
  const subject = odd.subject === undefined ? words(plan.subject) : odd.subject
  const lines = headLines(random, coverOf(random, plan, subject))
  const head = [...(odd.head?.(lines) ?? lines), ...odd.content.lines].join('\r\n')
  const mail = `${head}\r\n\r\n${odd.content.body}`
  return Buffer.from(odd.whole?.(mail) ?? mail, 'latin1')
}

/** A draft as it grows under the hand: the text is of the length given. */
export function composeDraft(random: Random, plan: MailPlan, paragraphs: number): Buffer {
  const lines = headLines(random, coverOf(random, { ...plan, own: true }, words(plan.subject)))
  const content = textContent(random, { ...plan.language, legacy: null }, letter(random, plan.language, paragraphs))
  return Buffer.from(`${[...lines, ...content.lines].join('\r\n')}\r\n\r\n${content.body}`, 'latin1')
}
