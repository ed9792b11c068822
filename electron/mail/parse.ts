import { type Body, readBody } from './body.ts'
import { asBuffer } from './bytes.ts'
import { clean, cleanOrNull } from './clean.ts'
import { readDate } from './dates.ts'
import { createFaultList, type FaultList, guarded } from './faults.ts'
import { type Head, readHead } from './head.ts'
import { createHeadReader } from './header-text.ts'
import { type PartTree, readParts } from './parts.ts'
import { readPeople } from './people.ts'
import type { Header, ParsedMessage, Person } from './types.ts'
import { decodeWords } from './words.ts'

/** Stored with every message; raised whenever the same bytes could give another result, so that old rows are read again. */
export const PARSER_VERSION = 1

const NO_HEAD: Head = { fields: [], body: 0, noise: false, open: false, full: false }

const NO_BODY: Body = { text: '', html: null, attachments: [] }

/** `<a@b> <c@d>` as ['a@b', 'c@d']; words without brackets when there are none. */
function readIds(text: string): string[] {
  const ids: string[] = []
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    const close = text.indexOf('>', open)
    if (close < 0) break
    const id = text.slice(text.lastIndexOf('<', close) + 1, close).trim()
    if (id !== '') ids.push(clean(id))
    open = close
  }
  return ids.length > 0
    ? ids
    : clean(text)
        .split(' ')
        .filter((word) => word !== '')
}

function cleanPerson({ name, address, group }: Person): Person {
  return { name: clean(name), address: clean(address), group: cleanOrNull(group) }
}

/** A field's text, with its encoded words still as they are and with them undone. */
interface FieldText {
  readonly text: string
  readonly value: string
}

/** The outer head's fields by name. Each is read in its own guard. */
function readFields({ head, reader, hint }: PartTree, faults: FaultList) {
  const headers: Header[] = []
  const byName = new Map<string, FieldText[]>()
  for (const field of head.fields) {
    const text = guarded(faults, 'field_failed', null, '', () => reader.text(field, hint))
    const value = guarded(faults, 'field_failed', null, '', () => clean(decodeWords(text)))
    headers.push({ name: clean(field.name), value })
    const known = byName.get(field.name)
    if (known === undefined) byName.set(field.name, [{ text, value }])
    else known.push({ text, value })
  }
  return {
    headers,
    all: (name: string): readonly FieldText[] => byName.get(name) ?? [],
    /** The first field of the name that says something. */
    first: (name: string): FieldText | null => {
      const fields = byName.get(name)
      return fields?.find(({ text }) => text !== '') ?? fields?.[0] ?? null
    },
  }
}

/** The head alone, when the parts cannot be read: people, subject and dates are worth most. */
function headAlone(mail: Buffer, faults: FaultList): PartTree {
  const head = guarded(faults, 'message_failed', null, NO_HEAD, () => readHead(mail, 0, mail.length, true))
  return { head, reader: createHeadReader(mail, head), leaves: [], hint: null, preamble: null, epilogue: null }
}

function readMessage(mail: Buffer, faults: FaultList): ParsedMessage {
  const whole = guarded(faults, 'message_failed', null, null, () => readParts(mail, faults))
  const tree = whole ?? headAlone(mail, faults)
  const fields = readFields(tree, faults)
  const people = (texts: readonly FieldText[]): Person[] => {
    return texts.flatMap(({ text }) =>
      guarded(faults, 'field_failed', null, [], () => readPeople(text).map(cleanPerson)),
    )
  }
  // From and its kin stand once, so the first counts; of To and its kin every one.
  const firstPeople = (name: string): Person[] => people([fields.first(name) ?? { text: '', value: '' }])
  const ids = (name: string): string[] => {
    return guarded(faults, 'field_failed', null, [], () => readIds(fields.first(name)?.text ?? ''))
  }
  const dateRaw = fields.first('date')?.value ?? null
  const date = guarded(faults, 'field_failed', null, null, () => readDate(dateRaw ?? ''))
  if (date === null && dateRaw !== null && dateRaw !== '') faults.add('date_unreadable')
  const body = guarded(faults, 'message_failed', null, NO_BODY, () => readBody(mail, tree, faults))
  return {
    parserVersion: PARSER_VERSION,
    headers: fields.headers,
    from: firstPeople('from'),
    sender: firstPeople('sender'),
    replyTo: firstPeople('reply-to'),
    to: people(fields.all('to')),
    cc: people(fields.all('cc')),
    bcc: people(fields.all('bcc')),
    subject: fields.first('subject')?.value ?? '',
    date,
    dateRaw,
    messageId: ids('message-id')[0] ?? null,
    inReplyTo: ids('in-reply-to'),
    references: ids('references'),
    ...body,
    faults: faults.all,
  }
}

/**
 * Reads a whole mail. Pure and synchronous; never throws, whatever the bytes are: what cannot be read is missing and named
 * in `faults`. Time and memory grow in proportion to the mail, whatever it claims about itself.
 */
export function parseMessage(bytes: Uint8Array): ParsedMessage {
  return readMessage(asBuffer(bytes), createFaultList())
}
