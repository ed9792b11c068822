import { type Body, readBody } from './body.ts'
import { asBuffer } from './bytes.ts'
import { clean, cleanOrNull } from './clean.ts'
import { readDate } from './dates.ts'
import { createFaultList, type FaultList, guarded } from './faults.ts'
import type { Field, Head } from './head.ts'
import { createHeadReader } from './header-text.ts'
import { type PartTree, readParts } from './parts.ts'
import { readPeople } from './people.ts'
import type { Header, ParsedMessage, Person } from './types.ts'
import { decodeWords } from './words.ts'

/** Stored with every message; raised whenever the same bytes could give another result, so that old rows are read again. */
export const PARSER_VERSION = 1

const NO_HEAD: Head = { fields: [], body: 0, noise: false, open: false }
const NO_PARTS: PartTree = {
  head: NO_HEAD,
  reader: createHeadReader(Buffer.alloc(0), NO_HEAD),
  leaves: [],
  hint: null,
  preamble: null,
  epilogue: null,
}
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

/** Reads fields of the outer head by name, each in its own guard. */
function createReader({ head, reader, hint }: PartTree, faults: FaultList) {
  const textOf = (field: Field): string => guarded(faults, 'field_failed', null, '', () => reader.text(field, hint))
  const named = (name: string): Field[] => head.fields.filter((field) => field.name === name)
  /** The first field of the name that says something, its encoded words still as they are. */
  const firstText = (name: string): string | null => {
    const texts = named(name).slice(0, 20).map(textOf)
    return texts.find((text) => text !== '') ?? texts[0] ?? null
  }
  const people = (texts: readonly string[]): Person[] => {
    return texts.flatMap((text) => guarded(faults, 'field_failed', null, [], () => readPeople(text).map(cleanPerson)))
  }
  return {
    headers: (): Header[] =>
      head.fields.map((field) => ({
        name: clean(field.name),
        value: guarded(faults, 'field_failed', null, '', () => clean(decodeWords(textOf(field)))),
      })),
    text: (name: string): string | null => {
      const text = firstText(name)
      return text === null ? null : guarded(faults, 'field_failed', null, '', () => clean(decodeWords(text)))
    },
    ids: (name: string): string[] => {
      return guarded(faults, 'field_failed', null, [], () => readIds(firstText(name) ?? ''))
    },
    /** From and its kin: what stands once counts once. */
    firstPeople: (name: string): Person[] => {
      const text = firstText(name)
      return text === null ? [] : people([text])
    },
    /** To and its kin: every field counts. */
    allPeople: (name: string): Person[] => people(named(name).map(textOf)),
  }
}

function readMessage(mail: Buffer, faults: FaultList): ParsedMessage {
  const tree = guarded(faults, 'message_failed', null, NO_PARTS, () => readParts(mail, faults))
  const read = createReader(tree, faults)
  const dateRaw = read.text('date')
  const date = guarded(faults, 'field_failed', null, null, () => readDate(dateRaw ?? ''))
  if (date === null && dateRaw !== null && dateRaw !== '') faults.add('date_unreadable')
  const body = guarded(faults, 'message_failed', null, NO_BODY, () => readBody(mail, tree, faults))
  return {
    parserVersion: PARSER_VERSION,
    headers: read.headers(),
    from: read.firstPeople('from'),
    sender: read.firstPeople('sender'),
    replyTo: read.firstPeople('reply-to'),
    to: read.allPeople('to'),
    cc: read.allPeople('cc'),
    bcc: read.allPeople('bcc'),
    subject: read.text('subject') ?? '',
    date,
    dateRaw,
    messageId: read.ids('message-id')[0] ?? null,
    inReplyTo: read.ids('in-reply-to'),
    references: read.ids('references'),
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
