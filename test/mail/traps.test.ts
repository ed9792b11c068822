import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage } from '../../electron/mail/types.ts'
import { toStoredMessage } from '../../electron/sync/stored-message.ts'
import { labelId, messageId, threadId } from '../../shared/ids.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { type Trap, trapsListed } from '../support/traps.ts'

/** Lines of a mail, one character for each byte. */
const read = (...lines: readonly string[]): ParsedMessage => parseMessage(Buffer.from(lines.join('\r\n'), 'latin1'))
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const bytesOf = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1')
const dated = (date: string): string | null => {
  const { date: time } = read(`Date: ${date}`, '', '')
  return time === null ? null : new Date(time).toISOString()
}
const KONNICHIWA = '\x1b$B$3$s$K$A$O\x1b(B'
const part = (boundary: string, type: string, ...body: readonly string[]): string[] => [
  `--${boundary}`,
  `Content-Type: ${type}`,
  '',
  ...body,
]
const multipart = (boundary: string): string => `Content-Type: multipart/mixed; boundary="${boundary}"`

const traps: readonly Trap[] = [
  [
    'kenn-io/msgvault/issues/507',
    'a mail whose body is beyond reading keeps its head',
    () => {
      const {
        subject,
        from,
        messageId: id,
      } = read(
        'From: Ada <ada@example.com>',
        'Subject: still here',
        'Message-ID: <1@example.com>',
        'Content-Type: multipart/mixed',
        'Content-Transfer-Encoding: base64',
        '',
        '\0\0*** no base64, no boundary ***',
      )
      expect({ subject, id, from }).toEqual({
        subject: 'still here',
        id: '1@example.com',
        from: [{ name: 'Ada', address: 'ada@example.com', group: null }],
      })
    },
  ],
  [
    'nodemailer/mailparser/issues/351',
    'a subject in bare GBK bytes is read by the charset of the text',
    () => {
      const mail = read(`Subject: ${bytesOf('c4e3bac3cac0bde7')}`, 'Content-Type: text/plain; charset=gbk', '', 'x')
      expect(mail.subject).toBe('你好世界')
    },
  ],
  [
    'nodemailer/mailparser/issues/218',
    'a text in ISO-2022-JP is decoded',
    () => expect(read('Content-Type: text/plain; charset=iso-2022-jp', '', KONNICHIWA).text).toBe('こんにちは'),
  ],
  [
    'postalsys/postal-mime/issues/68',
    'encoded words of ISO-2022-JP with padding are decoded one by one',
    () => {
      const [first, second] = ['\x1b$B$3$s\x1b(B', '\x1b$B$K$A$O\x1b(B'].map(base64)
      const mail = read(`Subject: =?ISO-2022-JP?B?${first}?= =?ISO-2022-JP?B?${second}?=`, '', '')
      expect(mail.subject).toBe('こんにちは')
    },
  ],
  [
    'neomutt/neomutt/issues/1015',
    'a character cut in two by encoded words in quoted-printable is whole again',
    () => expect(read('Subject: =?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=', '', '').subject).toBe('Grüße'),
  ],
  [
    'nodemailer/mailparser/issues/251',
    'a uuencoded file in a text is an attachment with its true bytes',
    () => {
      const { attachments, text } = read('', 'See below', 'begin 644 cat.txt', '#0V%T', '`', 'end', '')
      expect(text).toBe('See below')
      expect(attachments).toMatchObject([{ filename: 'cat.txt', sizeBytes: 3, sha256: sha256('Cat') }])
    },
  ],
  [
    'emailjs/emailjs-mime-parser/issues/17',
    'corrupt base64 in one part leaves the healthy parts whole',
    () => {
      const { text, attachments } = read(
        multipart('b'),
        '',
        ...part('b', 'text/plain', 'healthy'),
        '--b',
        'Content-Type: image/png; name=broken.png',
        'Content-Transfer-Encoding: base64',
        '',
        'A*?=\x00=!!',
        '--b',
        'Content-Type: image/gif; name=whole.gif',
        'Content-Transfer-Encoding: base64',
        '',
        base64('GIF89a'),
        '--b--',
      )
      expect(text).toBe('healthy')
      expect(attachments.map(({ filename }) => filename)).toEqual(['broken.png', 'whole.gif'])
      expect(attachments[1]).toMatchObject({ sizeBytes: 6, sha256: sha256('GIF89a') })
    },
  ],
  [
    'postalsys/postal-mime/issues/4',
    'of two Content-Types the one that divides the mail counts',
    () => {
      const mail = read(
        'Content-Type: text/plain',
        multipart('b'),
        '',
        ...part('b', 'text/plain', 'the text'),
        ...part('b', 'application/pdf; name=a.pdf', '%PDF'),
        '--b--',
      )
      expect(mail.text).toBe('the text')
      expect(mail.attachments).toMatchObject([{ filename: 'a.pdf' }])
    },
  ],
  [
    'emersion/go-message/issues/164',
    'one boundary on two levels loses nothing',
    () => {
      const mail = read(
        multipart('b'),
        '',
        ...part('b', 'multipart/alternative; boundary="b"', ...part('b', 'text/plain', 'inner'), '--b--'),
        ...part('b', 'application/pdf; name=outer.pdf', '%PDF'),
        '--b--',
      )
      expect(mail.text).toContain('inner')
      expect(mail.attachments).toMatchObject([{ filename: 'outer.pdf' }])
    },
  ],
  [
    'mikel/mail/issues/379',
    'an outer boundary that begins like the inner one divides what it should',
    () => {
      const mail = read(
        multipart('b'),
        '',
        ...part('b', 'multipart/alternative; boundary="bb"', ...part('bb', 'text/plain', 'inner'), '--bb--'),
        ...part('b', 'application/pdf; name=outer.pdf', '%PDF'),
        '--b--',
      )
      expect(mail.text).toBe('inner')
      expect(mail.attachments).toMatchObject([{ filename: 'outer.pdf' }])
    },
  ],
  [
    'roundcube/roundcubemail/issues/8458',
    'the text of a forwarded mail can be found',
    () => {
      const forwarded = ['Subject: was', '', 'forwarded words']
      const mail = read(
        multipart('b'),
        '',
        ...part('b', 'text/plain', 'see'),
        ...part('b', 'message/rfc822', ...forwarded),
        '--b--',
      )
      expect(mail.text).toContain('see')
      expect(mail.text).toContain('forwarded words')
    },
  ],
  [
    'verdammelt/tnef/issues/47',
    'a winmail.dat three mails deep is an attachment with its bytes',
    () => {
      const tnef = ['Content-Type: application/ms-tnef; name=winmail.dat', 'Content-Transfer-Encoding: base64', '']
      const deep = ['', ...part('d', 'text/plain', 'deep'), '--d', ...tnef, base64('\x78\x9f\x3e\x22'), '--d--']
      const inner = [multipart('c'), '', '--c', 'Content-Type: message/rfc822', '', multipart('d'), ...deep, '--c--']
      const mail = read(multipart('b'), '', ...part('b', 'message/rfc822', ...inner), '--b--')
      expect(mail.attachments.find(({ filename }) => filename === 'winmail.dat')).toMatchObject({
        mimeType: 'application/ms-tnef',
        sha256: sha256('\x78\x9f\x3e\x22'),
      })
    },
  ],
  [
    'jstedfast/MimeKit/issues/448',
    'a line of noise before the first field costs only itself',
    () => {
      const mail = read('rB0AAAE4w2lCAQAAAAAAAAA=', 'From: ada@example.com', 'Subject: after noise', '', 'text')
      expect([mail.subject, mail.from[0]?.address, mail.text]).toEqual(['after noise', 'ada@example.com', 'text'])
    },
  ],
  [
    'foxcpp/maddy/issues/540',
    'HTML that begins without the empty line after the head is read',
    () => {
      const mail = read('Subject: no gap', 'Content-Type: text/html', '<html><body>Hello there</body></html>')
      expect([mail.subject, mail.text]).toEqual(['no gap', 'Hello there'])
    },
  ],
  [
    'jstedfast/MimeKit/issues/533',
    'a Message-ID without brackets and domain is taken as it is',
    () => expect(read('Message-ID: 20240101.abc', '', '').messageId).toBe('20240101.abc'),
  ],
  [
    'kdeldycke/mail-deduplicate/issues/54',
    'the year 101 is 2001',
    () => expect(dated('Mon, 01 Jan 101 10:00:00 +0000')).toBe('2001-01-01T10:00:00.000Z'),
  ],
  [
    'stalwartlabs/mail-parser/issues/47',
    'the year 23 is 2023',
    () => expect(dated('Sun, 1 Jan 23 10:00:00 +0000')).toBe('2023-01-01T10:00:00.000Z'),
  ],
  [
    'MailCore/mailcore2/issues/1270',
    'a date as Unix writes it is read, never replaced by today',
    () => expect(dated('Fri Nov 10 12:34:56 2017')).toBe('2017-11-10T12:34:56.000Z'),
  ],
  [
    'zbateson/mail-mime-parser/issues/119',
    'a date with hour 28 is none, never a week off',
    () => expect(dated('Mon, 1 Jan 2024 28:00:00 +0000')).toBeNull(),
  ],
  [
    'thunderbird/import-export-tools-ng/issues/186',
    'Gmail’s date and the header’s are both kept, and neither replaces the other',
    () => {
      const parsed = read('Date: Mon, 1 Jan 2001 10:00:00 +0000', '', '')
      const facts = { snippet: '', sizeEstimate: 0, labelIds: [labelId('INBOX')], historyId: 1n }
      const ids = { id: messageId('1'), threadId: threadId('1') }
      const row = toStoredMessage({ ...facts, ...ids, internalDate: 1.7e12 }, { sizeBytes: 1, sha256: '' }, parsed)
      expect(row.internal_date).toEqual(new Date(1.7e12))
      expect(row.date_header).toEqual(new Date('2001-01-01T10:00:00Z'))
      expect(row.date_raw).toBe('Mon, 1 Jan 2001 10:00:00 +0000')
    },
  ],
  [
    'neomutt/neomutt/issues/462',
    'a text that calls itself latin-1 is read as Windows writes it',
    () => {
      const mail = read('Content-Type: text/plain; charset=iso-8859-1', '', bytesOf('93486921942085'))
      expect(mail.text).toBe('“Hi!” …')
    },
  ],
  [
    'nodemailer/mailparser/pull/426',
    'Hebrew under its other name is read',
    () => expect(read('Content-Type: text/plain; charset=iso-8859-8-i', '', bytesOf('f9ece5ed')).text).toBe('שלום'),
  ],
]

function sha256(text: string): string {
  return createHash('sha256').update(Buffer.from(text)).digest('hex')
}

test.each(traps)('%s: %s', async (_thread, _sentence, check) => {
  await check()
})

test('every trap of parsing that is on the list has its test', (context) => {
  const listed = trapsListed('Parsing')
  if (listed === null) return context.skip(NO_PAPERS)
  expect(listed.length).toBeGreaterThan(20)
  expect(traps.map(([thread]) => thread).toSorted()).toEqual(listed.toSorted())
})
