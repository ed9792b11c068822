/**
 * A mailbox of any size out of nothing: the same seed gives the same mails, byte for byte. Mail 0 is the newest; a larger
 * mailbox holds the smaller one and what is older.
 */
import { composeMail, type MailKind, type MailPlan, pickKind } from './generator/compose.ts'
import { pickLanguage, subjectText } from './generator/text.ts'
import { createRandom, hashOf } from './random.ts'
import type { LazyMail, SimulatedMailbox } from './types.ts'

export interface GeneratorOptions {
  readonly seed: number
  /** The owner's address, as it stands in the mails. */
  readonly email: string
  /** Milliseconds since 1970 before which the newest mail came. */
  readonly until?: number
}

export interface GeneratedMail {
  readonly id: string
  readonly threadId: string
  /** System labels by id, the person's labels by name. */
  readonly labelIds: readonly string[]
  readonly labelNames: readonly string[]
  readonly internalDate: number
  readonly raw: Uint8Array
}

export interface MailGenerator {
  /** Everything about mail `index` but its bytes: cheap. */
  envelopeAt(index: number): Omit<GeneratedMail, 'raw'>
  rawAt(index: number): Uint8Array
  /** A pure function of the options and the index. */
  mailAt(index: number): GeneratedMail
}

/** Fixed, so that a seed means the same mailbox on any day: 1 November 2026. */
const STANDARD_UNTIL = Date.UTC(2026, 10, 1)
/** 50,000 mails reach back nine years. */
const SPACING_MS = 95 * 60_000

export const labelNames: readonly string[] = [
  'Family',
  'Work',
  'Work/Projects',
  'Work/Invoices',
  'Travel',
  'Reisen & Länder',
  '重要',
  'Receipts',
  'School',
  'Lists/Postgres',
]

const nextThreadStep = (seed: number, index: number): number => {
  const random = createRandom(seed, 'thread', index)
  return random.chance(0.42) ? 1 + random.int(12) : 0
}

export function createGenerator({ seed, email, until = STANDARD_UNTIL }: GeneratorOptions): MailGenerator {
  const dateAt = (index: number): number => {
    const back = index * SPACING_MS + (hashOf(seed, 'date', index) / 4294967296) * (SPACING_MS - 2_000)
    return Math.floor((until - 1_000 - back) / 1_000) * 1_000
  }
  const idAt = (index: number): string =>
    ((BigInt(Math.max(0, dateAt(index))) << 20n) | BigInt(hashOf(seed, 'id', index) & 0xfffff)).toString(16)
  const messageIdAt = (index: number): string =>
    `<${index}.${hashOf(seed, 'message', index).toString(16)}@mail.example.com>`
  /** Indexes from the mail itself to the first one of its thread. */
  const chainAt = (index: number): number[] => {
    const chain = [index]
    for (let step = nextThreadStep(seed, index), at = index; step > 0; step = nextThreadStep(seed, at)) {
      at += step
      chain.push(at)
    }
    return chain
  }
  const kindAt = (index: number): MailKind => {
    const random = createRandom(seed, 'kind', index)
    const kind = pickKind(random)
    return chainAt(index).length > 1 && kind === 'newsletter' ? 'reply' : kind
  }
  const isOwn = (labels: readonly string[]): boolean => labels.includes('SENT') || labels.includes('DRAFT')

  const labelsAt = (index: number): { labelIds: string[]; labelNames: string[] } => {
    const random = createRandom(seed, 'labels', index)
    const kind = kindAt(index)
    const place = random.next()
    const ids: string[] = []
    if (place < 0.02) ids.push('SPAM')
    else if (place < 0.045) ids.push('TRASH')
    else if (place < 0.053) ids.push('DRAFT')
    else if (place < 0.14 && kind !== 'newsletter') ids.push('SENT')
    else if (place < 0.45) ids.push('INBOX')
    if (kind === 'newsletter' && !isOwn(ids))
      ids.push(
        random.pick([
          'CATEGORY_PROMOTIONS',
          'CATEGORY_PROMOTIONS',
          'CATEGORY_UPDATES',
          'CATEGORY_SOCIAL',
          'CATEGORY_FORUMS',
        ]),
      )
    else if (ids.includes('INBOX') && random.chance(0.5)) ids.push('CATEGORY_PERSONAL')
    if (!isOwn(ids) && random.chance(0.12)) ids.push('UNREAD')
    if (random.chance(0.04)) ids.push('STARRED')
    if (!ids.includes('SPAM') && random.chance(0.2)) ids.push('IMPORTANT')
    const names = random.chance(0.22) ? [random.pick(labelNames)] : []
    if (names.length > 0 && random.chance(0.1)) names.push(random.pick(labelNames))
    return { labelIds: ids, labelNames: [...new Set(names)] }
  }

  const envelopeAt = (index: number): Omit<GeneratedMail, 'raw'> => ({
    id: idAt(index),
    threadId: idAt(chainAt(index).at(-1) ?? index),
    ...labelsAt(index),
    internalDate: dateAt(index),
  })
  const rawAt = (index: number): Uint8Array => {
    const chain = chainAt(index)
    const root = chain.at(-1) ?? index
    const rootRandom = createRandom(seed, 'root', root)
    const language = pickLanguage(rootRandom)
    const subject = subjectText(rootRandom, language)
    const plan: MailPlan = {
      kind: kindAt(index),
      language,
      owner: email,
      own: isOwn(labelsAt(index).labelIds),
      subject: chain.length > 1 ? `${language.re}: ${subject}` : subject,
      date: new Date(dateAt(index)),
      messageId: messageIdAt(index),
      references: chain.slice(1).toReversed().map(messageIdAt),
    }
    return composeMail(createRandom(seed, 'mail', index), plan)
  }
  return { envelopeAt, rawAt, mailAt: (index) => ({ ...envelopeAt(index), raw: rawAt(index) }) }
}

/** Ids of labels by name, made where they do not exist. */
export function ensureLabels(mailbox: SimulatedMailbox, names: Iterable<string>): Map<string, string> {
  const ids = new Map(mailbox.labels().map((label) => [label.name, label.id]))
  for (const name of names) if (!ids.has(name)) ids.set(name, mailbox.createLabel(name))
  return ids
}

export interface FillOptions {
  readonly count: number
  readonly seed: number
  readonly until?: number
}

/**
 * Fills a mailbox with generated mail that has been there for long: its history is forgotten already, and its bytes are
 * made when asked for. 50,000 mails take about a second.
 */
export function fillMailbox(mailbox: SimulatedMailbox, { count, seed, until }: FillOptions): void {
  const generator = createGenerator({ seed, email: mailbox.email, ...(until === undefined ? {} : { until }) })
  const ids = ensureLabels(mailbox, labelNames)
  function* mails(): Iterable<LazyMail> {
    for (let index = 0; index < count; index++) {
      const { id, threadId, labelIds, labelNames: names, internalDate } = generator.envelopeAt(index)
      const own = names.map((name) => ids.get(name) ?? '').filter((label) => label !== '')
      yield { id, threadId, labelIds: [...labelIds, ...own], internalDate, read: () => generator.rawAt(index) }
    }
  }
  mailbox.load(mails())
}
