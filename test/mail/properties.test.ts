import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachmentContent } from '../../electron/mail/attachments.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import type { ParsedMessage } from '../../electron/mail/types.ts'
import { sha256 } from './oracles/oracle.ts'

/** Mails made of pieces that mean something, so that chance reaches every corner. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'From: a@b.c',
      'To: "x" <y@z>, g: q@r;',
      'Subject: =?utf-8?Q?=C3=A9?= =?utf-8?B?w6k=?=',
      'Date: 1 Jan 2024 10:00',
    ],
    ...[
      'Content-Type: multipart/mixed; boundary=B',
      'Content-Type: multipart/alternative; boundary="B"',
      '--B',
      '--B--',
    ],
    ...[
      'Content-Type: message/rfc822',
      'Content-Type: text/html; charset=utf-16',
      'Content-Type: application/pdf; name=a',
    ],
    ...[
      'Content-Transfer-Encoding: base64',
      'Content-Transfer-Encoding: quoted-printable',
      'Content-Disposition: attachment',
    ],
    ...[
      'Content-Transfer-Encoding: x-uue',
      'aGVsbG8gd29ybGQ=',
      'a=C3=A9b=',
      'begin 644 f',
      '%:&5L;&\\',
      'end',
      '=ybegin line=1',
    ],
    ...[
      '<p>x</p><td>y',
      '',
      '',
      ' folded',
      '\ud800',
      '\0',
      'Content-Type: text/plain; format=flowed; charset=iso-2022-jp',
    ],
    ...['Subject: \x1b$B$^', 'Message-ID: <a@b', 'References: <<a> b>'],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

const mail = fc.oneof(
  fc.tuple(fc.array(piece, { maxLength: 25 }), fc.constantFrom('\r\n', '\n', '\r')).map(([lines, end]) => {
    return Buffer.from(lines.join(end), 'utf8')
  }),
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
)

/** Every string in a value, at any depth. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

function check(bytes: Uint8Array, { attachments }: ParsedMessage): void {
  for (const { range, encoding, sizeBytes, sha256: hash } of attachments) {
    expect(range.start).toBeGreaterThanOrEqual(0)
    expect(range.end).toBeGreaterThanOrEqual(range.start)
    expect(range.end).toBeLessThanOrEqual(bytes.length)
    const content = attachmentContent(bytes, { range, encoding })
    expect([content.byteLength, sha256(content)]).toEqual([sizeBytes, hash])
  }
  expect(new Set(attachments.map(({ part }) => part)).size).toBe(attachments.length)
}

describe('whatever the bytes are', () => {
  test('the parser gives a whole result: no exception, none caught inside, no NUL and no lone surrogate', () => {
    fc.assert(
      fc.property(mail, (bytes) => {
        const message = parseMessage(bytes)
        expect(message.faults.filter(({ code }) => code.endsWith('_failed'))).toEqual([])
        for (const text of strings(message)) expect(text.includes('\0') || !text.isWellFormed()).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  test('attachments lie within the mail, have paths of their own, and are cut from it as they were measured', () => {
    fc.assert(
      fc.property(mail, (bytes) => check(bytes, parseMessage(bytes))),
      { numRuns: 2_000 },
    )
  })

  test('the same bytes give the same result, wherever they lie in memory', () => {
    fc.assert(
      fc.property(mail, fc.nat(20), (bytes, offset) => {
        const shifted = new Uint8Array(bytes.length + offset + 5).fill(65)
        shifted.set(bytes, offset)
        expect(parseMessage(shifted.subarray(offset, offset + bytes.length))).toEqual(parseMessage(bytes))
      }),
      { numRuns: 500 },
    )
  })
})

describe('what we write we read back', () => {
  test('attachments of any bytes in any encoding', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom('base64', 'quoted-printable'),
        (bytes, encoding) => {
          const body =
            encoding === 'base64'
              ? Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
              : [...bytes]
                  .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
                  .join('')
                  .replace(/.{72}/g, '$&=\r\n')
          const head = `Content-Type: a/b; name=f\r\nContent-Transfer-Encoding: ${encoding}`
          const whole = Buffer.from(
            `Content-Type: multipart/mixed; boundary=BBB\r\n\r\n--BBB\r\n${head}\r\n\r\n${body}\r\n--BBB--\r\n`,
          )
          const [attachment] = parseMessage(whole).attachments
          expect([...attachmentContent(whole, attachment!)]).toEqual([...bytes])
        },
      ),
    )
  })

  test('texts and subjects in UTF-8', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\p{L}[\p{L}\p{N} ,.!]{0,60}\p{L}$/u), (text) => {
        const word = `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
        const whole = Buffer.from(`Subject: ${word}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`)
        expect(parseMessage(whole)).toMatchObject({ subject: text, text, faults: [] })
      }),
    )
  })
})
