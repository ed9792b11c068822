import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachmentContent } from '../../electron/mail/attachments.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import { decodeBase64, encodingName } from '../../electron/mail/transfer.ts'

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')

function mailWith(encoding: string, body: string, type = 'application/octet-stream'): Buffer {
  const head = 'From: a@b.c\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nhi\r\n--B\r\n'
  const part = `Content-Type: ${type}; name=a.bin\r\nContent-Disposition: attachment\r\n`
  return Buffer.from(`${head}${part}Content-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n--B--\r\n`, 'latin1')
}

/** Bytes of the last attachment, as code units, cut from the original. */
function content(mail: Buffer): string {
  const attachment = parseMessage(mail).attachments.at(-1)!
  return Buffer.from(attachmentContent(mail, attachment)).toString('latin1')
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

describe('an attachment has its true bytes', () => {
  test.each([
    ['7bit with CRLF', mailWith('7bit', 'line1\r\nline2', 'text/csv'), 'line1\r\nline2'],
    ['8bit text', mailWith('8bit', 'caf\xe9\r\nx', 'text/csv; charset=iso-8859-1'), 'caf\xe9\r\nx'],
    ['binary 0 to 255', mailWith('binary', ALL), ALL],
    ['binary with lone CR and LF', mailWith('binary', 'a\rb\nc\r\nd\0e'), 'a\rb\nc\r\nd\0e'],
    ['quoted-printable', mailWith('quoted-printable', 'l1=0D=0A\r\nl2 =3D x=\r\nend'), 'l1\r\n\r\nl2 = xend'],
    ['blanks before a line end', mailWith('quoted-printable', 'a\r\nb  \r\nc=20\r\nd'), 'a\r\nb\r\nc \r\nd'],
    ['bad escapes', mailWith('quoted-printable', '100%=ZZ =4 = x='), '100%=ZZ =4 = x'],
    ['blanks after a soft line end', mailWith('quoted-printable', 'one= \t\r\ntwo'), 'onetwo'],
    ['base64', mailWith('base64', base64(ALL).replace(/.{76}/g, '$&\r\n')), ALL],
    ['base64 without padding', mailWith('base64', 'aGVsbG8'), 'hello'],
    ['joined base64 blocks', mailWith('base64', 'aGVsbG8=\r\nd29ybGQ=\r\n'), 'helloworld'],
    ['base64 with junk between', mailWith('base64', 'aGV*s bG8!\r\n  =  \r\n'), 'hello'],
    ['base64 with a list footer', mailWith('base64', `aGVsbG8=\r\n${'_'.repeat(47)}\r\n`), 'hello'],
    ['x-uuencode', mailWith('x-uuencode', 'begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend'), 'hello'],
    ['a calendar', mailWith('base64', base64('BEGIN:X\r\nEND:X\r\n'), 'text/calendar'), 'BEGIN:X\r\nEND:X\r\n'],
    ['text in windows-1251', mailWith('base64', base64('\xcf\xf0\xe8'), 'text/plain; charset=cp1251'), '\xcf\xf0\xe8'],
  ])('%s', (_, mail, expected) => {
    expect(content(mail)).toBe(expected)
  })

  test('damaged base64 in one part does not cost the healthy ones', () => {
    const head = 'Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: image/png\r\n'
    const encoding = 'Content-Transfer-Encoding: base64\r\n\r\n'
    const mail = Buffer.from(`${head}${encoding}@@@@\r\n--B\r\nContent-Type: a/b\r\n${encoding}aGVsbG8=\r\n--B--\r\n`)
    expect(content(mail)).toBe('hello')
    expect(parseMessage(mail).faults).toEqual([{ code: 'base64_damaged', part: '1' }])
  })
})

test('names of encodings are read as people write them', () => {
  const written = ['', ' BASE64 ', '"base64"', 'Quoted_Printable', 'x-uue', '8BIT (really)', 'binary;', 'nonsense']
  expect(written.map(encodingName)).toEqual([
    ...['7bit', 'base64', 'base64', 'quoted-printable', 'uuencode', '8bit', 'binary', null],
  ])
})

test('base64 is read block by block, whatever stands between its characters', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    fc.constantFrom('\r\n', '=', '==', '-', '_', '*', ' ', '\0', '\xff', 'A', 'QQ', '+/'),
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      (text) => {
        const blocks = text.split('=').map((block) => Buffer.from(block.replace(/[^A-Za-z0-9+/]/g, ''), 'base64'))
        expect(decodeBase64(Buffer.from(text, 'latin1')).toString('hex')).toBe(Buffer.concat(blocks).toString('hex'))
      },
    ),
    { numRuns: 2000 },
  )
})

test('text under a wrong base64 label stays readable', () => {
  const mail = Buffer.from('Content-Transfer-Encoding: base64\r\n\r\nHello, this was never encoded at all.\r\n')
  expect(parseMessage(mail)).toMatchObject({
    text: 'Hello, this was never encoded at all.',
    faults: [{ code: 'base64_damaged', part: '1' }],
  })
})
