import { describe, expect, test } from 'vitest'
import { attachmentContent } from '../../electron/mail/attachments.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage } from '../../electron/mail/types.ts'

function read(...lines: string[]): ParsedMessage {
  return parseMessage(Buffer.from(lines.join('\r\n'), 'latin1'))
}

function files({ attachments }: ParsedMessage): string[] {
  return attachments.map(({ part, filename, mimeType, sizeBytes }) => `${part} ${mimeType} ${sizeBytes} ${filename}`)
}

const MIXED = 'Content-Type: multipart/mixed; boundary=B'
const TNEF = Buffer.concat([Buffer.from([0x78, 0x9f, 0x3e, 0x22]), Buffer.alloc(60, 7)])

/** A mail with another one in it, each level with its own boundary. */
function forward(mail: string, encoding: '7bit' | 'base64' | 'quoted-printable', level: number): string {
  const boundary = `level-${level}`
  const head = `Subject: x\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n\r\nlook\r\n`
  const type = `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: ${encoding}`
  const body = {
    '7bit': mail,
    base64: Buffer.from(mail, 'latin1').toString('base64'),
    'quoted-printable': mail.replaceAll('=', '=3D'),
  }[encoding]
  return `${head}--${boundary}\r\n${type}\r\n\r\n${body}\r\n--${boundary}--\r\n`
}

describe('what counts as an attachment', () => {
  test('a part without a name that is no text, an empty one, and a named text', () => {
    const mail = read(
      ...[MIXED, '', '--B', '', 'body', '--B', 'Content-Type: image/png', '', 'x', '--B', 'Content-Type: a/b', '', ''],
      ...[
        '--B',
        'Content-Disposition: inline; filename=n.txt',
        '',
        'named',
        '--B',
        'Content-Type: text/calendar',
        '',
        'cal',
      ],
      ...['--B', 'Content-Disposition: attachment', '', 'hidden', '--B--'],
    )
    expect(files(mail)).toEqual([
      ...[
        '2 image/png 1 null',
        '3 a/b 0 null',
        '4 text/plain 5 n.txt',
        '5 text/calendar 3 null',
        '6 text/plain 6 null',
      ],
    ])
    // A named text that is shown inline is text as well.
    expect(mail.text).toBe('body\n\nnamed')
  })

  test('reports of mail systems are listed, and their words are searched', () => {
    const mail = read(MIXED, '', '--B', 'Content-Type: message/delivery-status', '', 'Action: failed', '--B--')
    expect(files(mail)).toEqual(['1 message/delivery-status 14 null'])
    expect(mail.text).toBe('Action: failed')
  })

  test('the whole mail can be one attachment', () => {
    const mail = read('Content-Type: application/pdf; name="=?utf-8?Q?=C3=A9.pdf?="', '', 'pdf')
    expect(files(mail)).toEqual(['1 application/pdf 3 é.pdf'])
    expect([mail.text, mail.html]).toEqual(['', null])
  })
})

describe('file names', () => {
  test.each([
    ['attachment; filename=plain.txt', 'plain.txt'],
    ['attachment; filename="a; b.txt"', 'a; b.txt'],
    ['attachment; filename="C:\\TEMP\\new.gif"', 'C:\\TEMP\\new.gif'],
    ['attachment; filename="a \\"b\\" c.txt"', 'a "b" c.txt'],
    ['attachment; filename="=?iso-8859-1?Q?=E9.txt?="', 'é.txt'],
    ["attachment; filename*=utf-8''%C3%A9%20a.txt", 'é a.txt'],
    ["attachment; filename*1*=%A9.txt; filename*0*=utf-8''%C3", 'é.txt'],
    ['attachment; filename*0=long; filename*1=name.txt; filename=short.txt', 'longname.txt'],
    ["attachment; filename*0*=iso-8859-1'de'%FC; filename*1=b.txt", 'üb.txt'],
    ['attachment; filename="\xfcber.txt"', 'über.txt'],
    ['attachment; filename="never closed.txt', 'never closed.txt'],
    ['attachment; filename=', null],
    ['attachment; filename=a.txt; filename=b.txt', 'a.txt'],
    ['attachment (a; b); (c) filename (d) = e.txt', 'e.txt'],
  ])('%s', (disposition, expected) => {
    const name = read('Content-Type: a/b', `Content-Disposition: ${disposition}`, '', 'x').attachments[0]?.filename
    expect(name).toBe(expected)
  })
})

describe('nested mails', () => {
  test('their texts and attachments belong to the outer mail, under its part path, and they are listed too', () => {
    const inner = ['Subject: in', 'Content-Type: multipart/mixed; boundary=I', '', '--I', '', 'inner', '--I']
    const mail = read(
      ...[MIXED, '', '--B', '', 'outer', '--B', 'Content-Type: message/rfc822', '', ...inner],
      ...['Content-Type: a/b; name=f', '', 'file', '--I--', '', '--B--'],
    )
    expect(mail.text).toBe('outer\n\ninner')
    expect(files(mail)).toEqual(['2 message/rfc822 119 null', '2.2 a/b 4 f'])
  })

  test.each([
    [['7bit', '7bit', '7bit']],
    [['base64', '7bit', 'base64']],
    [['quoted-printable', 'base64', '7bit']],
  ] as const)('winmail.dat in a mail in a mail in a mail is found and kept whole: %s', (encodings) => {
    const type = 'Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64'
    const innermost = `Subject: in\r\n${MIXED}\r\n\r\n--B\r\n${type}\r\n\r\n${TNEF.toString('base64')}\r\n--B--\r\n`
    const mail = Buffer.from(encodings.reduce(forward, innermost), 'latin1')
    const found = parseMessage(mail).attachments.find(({ filename }) => filename === 'winmail.dat')!
    expect([found.part, found.mimeType]).toEqual(['2.2.2.1', 'application/ms-tnef'])
    expect(Buffer.from(attachmentContent(mail, found)).equals(TNEF)).toBe(true)
  })

  test('an empty inline message neither hangs nor hides the rest', () => {
    const mail = read(
      MIXED,
      '',
      '--B',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      '--B',
      '',
      'x',
      '--B--',
    )
    expect(mail.text).toBe('x')
    expect(files(mail)).toEqual(['1 message/rfc822 0 null'])
  })
})

describe('boundaries', () => {
  test('an outer boundary may be the beginning of the inner one', () => {
    const mail = read(
      ...[
        'Content-Type: multipart/mixed; boundary=abc',
        '',
        '--abc',
        'Content-Type: multipart/mixed; boundary=abcd',
        '',
      ],
      ...['--abcd', '', 'one', '--abcd', '', 'two', '--abcd--', '--abc', '', 'three', '--abc--'],
    )
    expect(mail.text).toBe('one\n\ntwo\n\nthree')
  })

  test('inner and outer parts may use the same boundary', () => {
    const mail = read(MIXED, '', '--B', MIXED, '', '--B', '', 'one', '--B--', '', '--B', '', 'two', '--B--')
    expect(mail.text).toBe('one\n\ntwo')
  })

  test('a boundary that is never closed keeps the rest', () => {
    const mail = read(MIXED, '', '--B', '', 'one', '--B', '', 'two')
    expect(mail.text).toBe('one\n\ntwo')
    expect(mail.faults).toEqual([{ code: 'multipart_unclosed', part: null }])
  })

  test('a multipart in base64 is looked into', () => {
    const inner = '--B\r\n\r\none\r\n--B\r\nContent-Type: a/b\r\n\r\nfile\r\n--B--\r\n'
    const bytes = Buffer.from(
      `${MIXED}\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(inner).toString('base64')}`,
    )
    const { text, attachments } = parseMessage(bytes)
    expect(text).toBe('one')
    expect(Buffer.from(attachmentContent(bytes, attachments[0]!)).toString()).toBe('file')
  })

  test('text that stands before the parts of a mail without text is its text, unless it is the usual sentence', () => {
    const parts = ['', '--B', 'Content-Type: a/b', '', 'x', '--B--']
    expect(read(MIXED, '', 'I am the text', ...parts).text).toBe('I am the text')
    expect(read(MIXED, '', 'This is a multi-part message in MIME format.', ...parts).text).toBe('')
  })
})

describe('heads', () => {
  test('noise before the first header costs only itself', () => {
    const mail = read('aGVsbG8gd29ybGQ=', 'Subject: s', 'From: a@b.c', '', 'text')
    expect([mail.subject, mail.text]).toEqual(['s', 'text'])
    expect(mail.faults).toEqual([{ code: 'head_noise', part: null }])
  })

  test('an mbox line, empty lines and a byte order mark before the head do not count', () => {
    expect(read('From a@b Thu Jan  1 00:00:00 2024', 'Subject: s', '', 'text')).toMatchObject({
      subject: 's',
      text: 'text',
    })
    expect(read('', '', 'Subject: s', '', 'text')).toMatchObject({ subject: 's', text: 'text' })
    expect(read('\xef\xbb\xbfSubject: s', '', 'text')).toMatchObject({ subject: 's', text: 'text' })
  })

  test('all fields are kept, in order, repeated ones too', () => {
    const { headers } = read('X-A: 1', 'Received: one', ' two', 'X-A: =?utf-8?Q?=C3=A9?=', 'Subject : s', '', '')
    expect(headers).toEqual([
      { name: 'x-a', value: '1' },
      { name: 'received', value: 'one two' },
      { name: 'x-a', value: 'é' },
      { name: 'subject', value: 's' },
    ])
  })

  test('HTML that begins without the empty line after the head is HTML', () => {
    const mail = read('Subject: s', 'Content-Type: text/html', '<html><body>Hello</body></html>')
    expect([mail.text, mail.html]).toEqual(['Hello', '<html><body>Hello</body></html>'])
  })

  test('a Message-ID without brackets, references and replies are ids', () => {
    const mail = read('Message-ID: odd', 'In-Reply-To: <a@b>', 'References: <a@b>\r\n\t<c@d> junk <e@f>', '', '')
    expect([mail.messageId, mail.inReplyTo, mail.references]).toEqual(['odd', ['a@b'], ['a@b', 'c@d', 'e@f']])
  })

  test('a mail of nothing but text has no head, and loses none of it', () => {
    expect(read('just a line', 'and another').text).toBe('just a line\nand another')
    expect(read('  indented first', 'second').text).toBe('  indented first\nsecond')
    expect(read('').text).toBe('')
  })

  test('types without a slash are the default: text, or a message in a digest', () => {
    expect(read('Content-Type: text', '', 'x')).toMatchObject({ text: 'x', attachments: [] })
    expect(read('Content-Type: junk', '', 'x').text).toBe('x')
    const digest = read('Content-Type: multipart/digest; boundary=B', '', '--B', '', 'Subject: in', '', 'x', '--B--')
    expect(files(digest)).toEqual(['1 message/rfc822 16 null'])
    expect(digest.text).toBe('x')
  })
})
