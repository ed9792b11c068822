import { describe, expect, test } from 'vitest'
import { attachmentContent } from '../../electron/mail/attachments.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage, Person } from '../../electron/mail/types.ts'
import { type CorpusMail, corpusMails } from '../support/corpus.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { CPYTHON_ENMIME } from './corpus-values/cpython-enmime.ts'
import { FLANKER_MAILPARSER_MIKEL } from './corpus-values/flanker-mailparser-mikel.ts'
import { MIME4J_MIMEKIT } from './corpus-values/mime4j-mimekit.ts'
import { PHPMMP_SISIMAI } from './corpus-values/phpmmp-sisimai.ts'
import { type RightValues, readValues } from './corpus-values/read-values.ts'
import { SPAMASSASSIN_STALWART } from './corpus-values/spamassassin-stalwart.ts'
import { ZBATESON } from './corpus-values/zbateson.ts'
import { sha256 } from './oracles/oracle.ts'

const tables = [
  CPYTHON_ENMIME,
  FLANKER_MAILPARSER_MIKEL,
  MIME4J_MIMEKIT,
  PHPMMP_SISIMAI,
  SPAMASSASSIN_STALWART,
  ZBATESON,
]
const right = tables.flatMap(readValues)
const mails = new Map(corpusMails()?.map((mail) => [mail.name, mail]))

/** As much of the text as the right value has, in its form. */
function likeValue(text: string, value: string): string {
  const flat = text.replaceAll('\n', '⏎').replaceAll('\t', '⇥').replaceAll('\r', '␍')
  if (!value.endsWith('…') || flat === value) return flat
  return flat.startsWith(value.slice(0, -1)) ? value : flat
}

function person({ name, address }: Person): string {
  return `${name} <${address}>`.trim()
}

function found(message: ParsedMessage, value: RightValues): RightValues {
  const people = (list: readonly Person[], values: readonly string[]): string[] =>
    list.slice(0, values.length || 1).map((entry, index) => likeValue(person(entry), values[index] ?? ''))
  return {
    mail: value.mail,
    subject: likeValue(message.subject, value.subject),
    from: people(message.from, value.from),
    to: people(message.to, value.to),
    more: message.to.length - value.to.length,
    date: message.date === null ? null : new Date(message.date).toISOString().replace('.000Z', 'Z'),
    text: likeValue(message.text, value.text),
    html: message.html === null ? null : message.html.length,
    files: message.attachments.map(({ part, mimeType, sizeBytes, sha256: hash, filename }) =>
      [part, mimeType, sizeBytes, hash.slice(0, 12), filename ?? ''].join(' ').trimEnd(),
    ),
  }
}

describe.skipIf(mails.size === 0)(`mails of the corpus give their right values (${NO_PAPERS} if so)`, () => {
  test.each(right.map((value) => [value.mail, value] as const))('%s', (name, value) => {
    expect(found(parseMessage((mails.get(name) as CorpusMail).bytes), value)).toEqual(value)
  })

  test('every attachment of every mail is cut from the original with the size and hash that were stored', () => {
    for (const { name, bytes } of mails.values()) {
      for (const attachment of parseMessage(bytes).attachments) {
        const content = attachmentContent(bytes, attachment)
        expect([name, content.byteLength, sha256(content)]).toEqual([name, attachment.sizeBytes, attachment.sha256])
      }
    }
  })
})

test('the table of right values names at least 80 mails', () => {
  expect(right.length).toBeGreaterThanOrEqual(80)
})
