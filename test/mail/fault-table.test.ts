import { describe, expect, test } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage } from '../../electron/mail/types.ts'
import { corpusMail } from '../support/corpus.ts'
import { NO_PAPERS, papers } from '../support/papers.ts'

function read(name: string): ParsedMessage {
  return parseMessage(corpusMail(name))
}

function files(message: ParsedMessage): (readonly [name: string | null, size: number])[] {
  return message.attachments.map(({ filename, sizeBytes }) => [filename, sizeBytes] as const)
}

function everything({ subject, from, to, text, attachments }: ParsedMessage): string {
  const names = [...from, ...to].map(({ name }) => name)
  return [subject, ...names, text, ...attachments.map(({ filename }) => filename)].join('\n')
}

/** Kinds of fault that the libraries get wrong, with the right values. */
describe.skipIf(papers('corpus') === null)(`faults by kind (${NO_PAPERS} if so)`, () => {
  test.each([
    ['cpython/msg_35.txt', 'counter to RFC 2822'],
    ['enmime/mail__qp-utf8-header-no-break.raw.eml', 'Lorem ipsum'],
    ['mime4j/basic-plain-with-bad-header-separator.msg', 'This is a very simple message'],
  ])('a head without the empty line after it does not swallow the text: %s', (name, text) => {
    expect(read(name).text.startsWith(text)).toBe(true)
    expect(read(name).faults).toContainEqual({ code: 'head_without_end', part: null })
  })

  test.each([
    ['mime4j/malformedHeaderStartsBody-noheader_decoded_1.txt', 'This is a simple message not having headers.'],
    ['mime4j/malformedHeader-nocrlfcrlf_decoded_1.txt', 'Body text'],
  ])('a mail without a head is text: %s', (name, text) => {
    expect(read(name)).toMatchObject({ text, headers: [] })
  })

  test('a boundary that is never used does not hide the parts', () => {
    const bounce = read('sisimai/bsd__rhost-google-02.eml')
    expect(bounce.text).toMatch(/^This is the mail system at host/)
    expect(files(bounce)).toContainEqual([null, 653])
    expect(read('stalwart/malformed__002.eml').text).toBe('body')
    expect(read('stalwart/malformed__004.eml').text).toBe('body')
    expect(read('mime4j/ending-boundaries.msg').text).toMatch(/^first part/)
    expect(read('spamassassin/spam__badmime2.txt').html).toHaveLength(3659)
    // Part heads without a delimiter before them are a head, not text.
    const spam = read('spamassassin/spam__badmime3.txt')
    expect(spam.html).toMatch(/^<HTML>/)
    expect(spam.text).not.toContain('Content-')
  })

  test('a boundary that stands on a line not folded is found', () => {
    const bounce = read('sisimai/bsd__lhost-office365-12.eml')
    expect(bounce.text).toMatch(/^nijo\.cr\.neko\.nyaan\.jp rejected/)
    expect(bounce.html).toHaveLength(4585)
    expect(files(bounce)).toContainEqual([null, 406])
  })

  test('a separator of one blank ends the head', () => {
    expect(read('spamassassin/spam__015.eml').text).toMatch(/^Good Day,\n\nI heard/)
  })

  test('of two Content-Types the one that divides the mail counts, and its preamble is the text', () => {
    const mail = read('phpmmp/issue126.eml')
    expect(mail.text).toMatch(/^Hey;\)/)
    expect(files(mail)).toEqual([['ATT00001.txt', 25]])
  })

  test('one boundary used on two levels, and a digest of heads without types, lose nothing', () => {
    expect(read('cpython/msg_39.txt').attachments).toHaveLength(6)
    expect(files(read('stalwart/thirdparty__007.eml'))).toContainEqual(['test.txt', 6])
  })

  test('a junk character after the type does not make text a file', () => {
    const mail = read('enmime/parts__ctype-invalid-characters.raw.eml')
    expect(mail.text).toBe('Test of text/plain section with invalid content type')
    expect(mail.attachments).toEqual([])
  })

  test.each([
    ['flanker/from-encoding.eml', ['Ingo Lütkebohle']],
    ['flanker/spam__broken-headers.eml', ['Exchange…']],
    ['mikel-mail/error_emails__invalid_subject_characters.eml', ['Formação', 'Verão']],
    ['zbateson/github-102-01.txt', ['Frösche', 'Schmürgen']],
    ['zbateson/github-102-02.txt', ['Frösche', 'Schmürgen']],
    ['zbateson/m0009.txt', ['Frösche', 'Müller']],
    ['zbateson/m3007.txt', ['Jürgen Schmürgen']],
    ['zbateson/m4001.txt', ['Frösche', 'Schmürgen']],
    ['stalwart/legacy__017.eml', ['Schmürgen']],
  ])('raw eight-bit bytes in a head are read: %s', (name, words) => {
    const all = everything(read(name))
    expect(words.filter((word) => !all.includes(word))).toEqual([])
    expect(all).not.toContain('\ufffd')
  })

  test('one bad byte in a UTF-8 head costs one character', () => {
    expect(read('flanker/mailformed-headers.eml').from[0]?.name).toBe('Юникод запрещен\ufffd')
  })

  test.each([
    ['stalwart/legacy__015.eml', 'Müller'],
    ['stalwart/legacy__016.eml', 'Schmürgen'],
    ['stalwart/legacy__025.eml', 'Müller'],
  ])('raw eight-bit bytes inside an encoded word are read by its charset: %s', (name, surname) => {
    const mail = read(name)
    expect(mail.subject).toBe('Die Hasen und die Frösche')
    expect(mail.to[0]?.name).toContain(surname)
  })

  test('a character cut in two by encoded words is whole again, and UTF-7 is read', () => {
    expect(read('spamassassin/nice__unicode1.eml').subject).toBe('Domače omrežje')
    expect(read('stalwart/legacy__001.eml').subject).toContain('Frösche')
    expect(read('stalwart/legacy__005.eml').to[0]?.name).toBe('Heinz Müller')
  })

  test('uuencoded attachments have their true bytes', () => {
    const expected: [string, number][] = [
      ['greenball.png', 1298],
      ['blueball.png', 1325],
    ]
    expect(files(read('zbateson/m3007.txt')).slice(0, 2)).toEqual(expected)
    expect(files(read('stalwart/legacy__017.eml'))).toEqual(expected)
    // The same pictures in base64 in another mail.
    const hashes = (name: string) => read(name).attachments.map(({ sha256 }) => sha256)
    expect(hashes('zbateson/github-115.txt')).toEqual(expect.arrayContaining(hashes('stalwart/legacy__017.eml')))
  })

  test.each([
    ['mime4j/russian-headers.msg', 16],
    ['phpmmp/m0020.eml', 1432],
    ['zbateson/m0022.txt', 149_962],
    ['mikel-mail/mime_emails__raw_email_with_binary_encoded.eml', 24],
  ])('attachments that are not base64 keep every byte, and get none more: %s', (name, size) => {
    expect(read(name).attachments.map(({ sizeBytes }) => sizeBytes)).toEqual([size])
  })

  test('a Windows path as a file name keeps its backslashes', () => {
    expect(read('zbateson/m4004.txt').attachments[0]?.filename).toBe('C:\\TEMP\\nsmailEG.png')
  })

  test('messages in base64 are opened, and listed as well', () => {
    expect(read('mime4j/base64encoded-rfc822message.msg')).toMatchObject({
      text: 'Text body',
      attachments: [{ part: '1', mimeType: 'message/rfc822', sizeBytes: 91, encoding: 'base64' }],
    })
    expect(read('mime4j/base64encoded-rfc822message-nested.msg').text).toBe('Text body')
  })

  test('an unreadable date is null, never now; a comment may stand before the zone', () => {
    const bad = read('mikel-mail/error_emails__bad_date_header2.eml')
    expect([bad.date, bad.dateRaw]).toEqual([null, 'Wed, 15 Dec 2010    59:10 -0500'])
    expect(bad.faults).toContainEqual({ code: 'date_unreadable', part: null })
    const notice = read('mimekit/messages__disposition-notification.txt')
    expect(new Date(notice.date ?? 0).toISOString()).toBe('1995-09-20T04:19:00.000Z')
  })

  test('routes are no part of an address, the first From counts, and a huge To does not hide the rest', () => {
    expect(read('mikel-mail/rfc2822__example11.eml').to[0]).toEqual({
      name: 'Mary Smith',
      address: 'mary@example.net',
      group: null,
    })
    expect(read('spamassassin/spam__008.eml').from).toEqual([{ name: '', address: 'tst1@example.com', group: null }])
    expect(read('mimekit/messages__stack-overflow.txt').text).toBe('Message Body')
  })
})
