import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'
import { decodeWords } from '../../electron/mail/words.ts'

function subject(raw: string, rest = ''): string {
  return parseMessage(Buffer.from(`Subject: ${raw}\r\n${rest}\r\nhi\r\n`, 'latin1')).subject
}

describe('encoded words', () => {
  test.each([
    ['plain', 'plain'],
    ['=?utf-8?B?w6k=?=', 'é'],
    ['=?UTF-8?q?caf=c3=a9?= au lait', 'café au lait'],
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?=\t =?iso-8859-1?Q?=E9?=', 'aé'],
    ['=?utf-8?Q?a?= and =?utf-8?Q?b?=', 'a and b'],
    ['=?utf-8?Q?a_b=20c?=', 'a b c'],
    // A character cut in two, in B and Q, by words of one charset spelled differently.
    ['=?utf-8?Q?Domace=C5?= =?Utf-8?q?=BE?=', 'Domacež'],
    ['=?utf-8?B?w6nD?= =?UTF-8?Q?=A9?=', 'éé'],
    ['=?utf-8?B?w6k?= =?utf-8?B?w6k=?=', 'éé'],
    // A language suffix, raw blanks and raw question marks.
    ['=?iso-8859-2*sl?Q?Doma=e8e?=', 'Domače'],
    ['=?utf-8?Q?two words?=', 'two words'],
    ['=?utf-8?Q?Are_you_there??=', 'Are you there?'],
    ['=?utf-8?Q?Really?=20yes?=', 'Really? yes'],
    ['=?utf-8?Q?=20x?=', ' x'],
    ['=?utf-8?Q??=', ''],
    // Decoded once: what comes out is not looked at again.
    ['=?utf-8?B?PT91dGYtOD9RP2E/PQ==?=', '=?utf-8?Q?a?='],
    // Not words at all.
    ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
    ['=?utf-8?Q?never closed', '=?utf-8?Q?never closed'],
    ['=?utf-8?Q?broken =?utf-8?Q?=C3=A9?=', '=?utf-8?Q?broken é'],
    ['a =? b ?= c', 'a =? b ?= c'],
    // Charsets that nobody knows, or that have no bytes of their own.
    ['=?NONE?B?VEVTVA=?=', 'TEST'],
    ['=?x-unheard-of?Q?caf=E9?=', 'café'],
    ['=?utf-7?Q?Fr+APY-sche?=', 'Frösche'],
    ['=?UTF-16?B?//492Enc?=', '👉'],
    ['=?euc-kr?B?jGO5 4/G?='.replace(' ', ''), iconv.decode(Buffer.from('jGO54/G', 'base64'), 'cp949')],
    ['=?ks_c_5601-1987?B?jGM=?=', '똠'],
  ])('%s', (raw, expected) => {
    expect(decodeWords(raw)).toBe(expected)
  })

  test('words of ISO-2022-JP, each with its own escapes and padding, are not joined', () => {
    expect(decodeWords('=?ISO-2022-JP?B?GyRCJF4kXyRgJGEkYhsoQg==?= =?ISO-2022-JP?B?GyRCJF4bKEI=?=')).toBe(
      'まみむめもま',
    )
  })

  test('a character of ISO-2022-JP cut in two by a sender is whole again', () => {
    // "まみ", cut after the first byte of the second character, without going back to ASCII.
    const whole = Buffer.from('\x1b$B$^$_\x1b(B', 'latin1')
    const [first, second] = [whole.subarray(0, 6), whole.subarray(6)]
    const q = (bytes: Buffer) =>
      [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
    expect(decodeWords(`=?iso-2022-jp?Q?${q(first)}?= =?iso-2022-jp?Q?${q(second)}?=`)).toBe('まみ')
  })
})

describe('raw eight-bit bytes in a head', () => {
  test.each([
    ['UTF-8', 'caf\xc3\xa9', '', 'café'],
    ['Latin-1 without any hint', 'caf\xe9 \x85', '', 'café …'],
    [
      'the charset of the text below',
      '\xcf\xf0\xe8\xe2\xe5\xf2',
      'Content-Type: text/plain; charset=windows-1251\r\n',
      'Привет',
    ],
    ['GBK by the text below', '\xc4\xe3\xba\xc3', 'Content-Type: text/plain; charset=gb2312\r\n', '你好'],
    ['ISO-2022-JP', '\x1b$B$^$_\x1b(B!', '', 'まみ!'],
    ['one bad byte in UTF-8', '\xd0\x9f\xd1\x80\xd0\xb8\xd0', '', 'При\ufffd'],
    ['inside a Q word', '=?iso-8859-1?Q?Fr\xf6sche?= \xc3\xa9', '', 'Frösche é'],
  ])('%s', (_, raw, rest, expected) => {
    expect(subject(raw, rest)).toBe(expected)
  })
})

describe('what senders encode, we read back', () => {
  const charsets: readonly [string, RegExp][] = [
    ['utf-8', /^[\p{L}\p{N} ]{0,40}$/u],
    ['iso-8859-1', /^[A-Za-zÀ-ÿ ]{0,40}$/],
    ['windows-1251', /^[А-яA-Z ]{0,40}$/],
    ['koi8-r', /^[А-я ]{0,40}$/],
    ['gbk', /^[\u4e00-\u4fff ]{0,20}$/],
    ['big5', /^[你好我中文的是 ]{0,20}$/],
    ['shift_jis', /^[ぁ-ん ]{0,20}$/],
    ['euc-kr', /^[가-갈똠방각하 ]{0,20}$/],
  ]
  test.each(charsets)('subjects in %s, as B and as Q', (charset, letters) => {
    fc.assert(
      fc.property(fc.stringMatching(letters), (text) => {
        const bytes = iconv.encode(text, charset === 'euc-kr' ? 'cp949' : charset)
        const q = [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('')
        expect(decodeWords(`=?${charset}?B?${bytes.toString('base64')}?=`)).toBe(text)
        expect(decodeWords(`=?${charset}?Q?${q}?=`)).toBe(text)
      }),
      { numRuns: 50 },
    )
  })
})

test('a folded subject is one line, and a repeated one does not replace the first', () => {
  expect(subject('one\r\n two\r\n\tthree', 'Subject: other\r\n')).toBe('one two three')
  expect(subject('', 'Subject: the first that says something\r\n')).toBe('the first that says something')
})
