/** The few search words that a sync could send: https://support.google.com/mail/answer/7190 */
import type { Entry } from './entry.ts'
import { invalidArgument } from './errors.ts'

export interface Query {
  /** Spam and trash too. */
  readonly everywhere: boolean
  readonly matches: (entry: Entry) => boolean
}

/** Epoch seconds, or a date (taken as UTC). */
function time(text: string): number {
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1_000
  const [, year, month, day] = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(text) ?? []
  if (year === undefined) throw invalidArgument(`The simulator cannot read the time in the query: ${text}`)
  return Date.UTC(Number(year), Number(month) - 1, Number(day))
}

const byLabel: Readonly<Record<string, string>> = {
  'in:inbox': 'INBOX',
  'in:sent': 'SENT',
  'in:drafts': 'DRAFT',
  'in:spam': 'SPAM',
  'in:trash': 'TRASH',
  'in:chats': 'CHAT',
  'is:unread': 'UNREAD',
  'is:starred': 'STARRED',
  'is:important': 'IMPORTANT',
}

/** Terms joined by AND, each perhaps negated. A term the simulator does not know is refused, never passed over. */
export function parseQuery(text: string): Query {
  const tests: ((entry: Entry) => boolean)[] = []
  let everywhere = false
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const negated = word.startsWith('-')
    const term = (negated ? word.slice(1) : word).toLowerCase()
    const label = byLabel[term]
    let test: (entry: Entry) => boolean
    if (term === 'in:anywhere') {
      everywhere = true
      continue
    }
    if (label !== undefined) test = (entry) => entry.labelIds.includes(label)
    else if (term.startsWith('after:'))
      test = (
        (from) => (entry: Entry) =>
          entry.internalDate >= from
      )(time(term.slice(6)))
    else if (term.startsWith('before:'))
      test = (
        (to) => (entry: Entry) =>
          entry.internalDate < to
      )(time(term.slice(7)))
    else throw invalidArgument('The simulator does not know a term of the query')
    if (!negated && (term === 'in:spam' || term === 'in:trash')) everywhere = true
    tests.push(negated ? (entry) => !test(entry) : test)
  }
  return { everywhere, matches: (entry) => tests.every((test) => test(entry)) }
}
