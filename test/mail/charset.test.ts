import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { decodeCharset } from '../../electron/mail/charset.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

describe('bytes are read as mails mean their labels', () => {
  test.each([
    ['utf-8', Buffer.from('é'), 'é'],
    ['"UTF-8"', Buffer.from('é'), 'é'],
    ["'utf8'", Buffer.from('\ufeffé'), 'é'],
    ['iso-8859-1', latin('\x93smart\x94 \x85'), '“smart” …'],
    ['ISO 8859-1', latin('\x80'), '€'],
    ['iso-8859-1', Buffer.from('é'), 'é'],
    ['us-ascii', latin('caf\xe9'), 'café'],
    ['us-ascii', Buffer.from('日本'), '日本'],
    ['unknown-8bit', latin('caf\xe9'), 'café'],
    ['x-never-heard-of', latin('caf\xe9'), 'café'],
    ['iso-8859-8-i', latin('\xf9\xec\xe5\xed'), 'שלום'],
    ['iso-8859-15', latin('\xa4'), '€'],
    ['cp1251', latin('\xcf\xf0\xe8'), 'При'],
    ['koi8-r', latin('\xf0\xd2\xc9'), 'При'],
    ['gb2312', iconv.encode('镕', 'gbk'), '镕'],
    ['gb18030', latin('\x84\x31\xa4\x37'), '\ufffd'],
    ['big5', iconv.encode('中文', 'big5'), '中文'],
    ['shift_jis', iconv.encode('テスト', 'shift_jis'), 'テスト'],
    ['cp932', iconv.encode('①', 'cp932'), '①'],
    ['iso-2022-jp', latin('\x1b$B$^\x1b(B'), 'ま'],
    ['us-ascii', latin('\x1b$B$^\x1b(B'), 'ま'],
    ['euc-jp', iconv.encode('テスト', 'euc-jp'), 'テスト'],
    ['euc-kr', iconv.encode('똠방각하', 'cp949'), '똠방각하'],
    ['tis-620', latin('\xa1'), 'ก'],
    ['macintosh', latin('\x8e'), 'é'],
    ['cp437', latin('\x81'), 'ü'],
    ['cp850', latin('\x81'), 'ü'],
    ['utf-16', Buffer.from('hé', 'utf16le'), 'hé'],
    ['utf-16', Buffer.from('\ufeffhé', 'utf16le').swap16(), 'hé'],
    ['utf-32le', iconv.encode('hé', 'utf-32le'), 'hé'],
    ['utf-7', latin('Fr+APY-sche 1+-1 +-'), 'Frösche 1+1 +'],
    ['hz-gb-2312', latin('a~{VPND~}b~~'), 'a中文b~'],
    ['iso-2022-kr', latin('\x1b$)C\x0e0!\x0f!'), '가!'],
  ])('%s %#', (label, bytes, expected) => {
    expect(decodeCharset(bytes, label).text).toBe(expected)
  })

  test('bytes without a label are read by the charset of the rest of the mail, if they are not UTF-8', () => {
    expect(decodeCharset(latin('\xcf\xf0\xe8'), undefined, 'windows-1251').text).toBe('При')
    expect(decodeCharset(Buffer.from('При'), undefined, 'windows-1251').text).toBe('При')
    expect(decodeCharset(latin('caf\xe9'), 'iso-8859-1', 'windows-1251').text).toBe('café')
  })

  test('what cannot be read says so', () => {
    expect(decodeCharset(latin('\x88a'), 'johab').fault).toBe('charset_unsupported')
    expect(decodeCharset(latin('\xe9'), 'x-never-heard-of').fault).toBe('charset_unknown')
  })

  test('what calls itself UTF-8 and is not is read as what it is, and says so', () => {
    const read = (bytes: Buffer, hint?: string) => decodeCharset(bytes, 'utf-8', hint)
    expect(read(latin('Gr\xfc\xdfe, sch\xf6n \x93so\x94'))).toEqual({
      text: 'Grüße, schön “so”',
      fault: 'charset_mismatch',
    })
    expect(read(latin('\xf0\xd2\xc9\xd7\xc5\xd4'), 'koi8-r').text).toBe('Привет')
    expect(read(iconv.encode('日本', 'shift_jis'), 'shift_jis').text).toBe('日本')
  })

  test('UTF-8 with a byte spoiled or cut off stays UTF-8', () => {
    const whole = Buffer.from('Юникод запрещен')
    expect(decodeCharset(whole.subarray(0, -1), 'utf-8')).toEqual({
      text: 'Юникод запреще\ufffd',
      fault: 'charset_mismatch',
    })
    expect(decodeCharset(Buffer.concat([whole, latin('\xff')]), 'utf-8').text).toBe('Юникод запрещен\ufffd')
  })

  test('no label makes it throw', () => {
    for (const label of [
      '',
      ' ',
      '"',
      'x'.repeat(10_000),
      'utf-8; x',
      '__proto__',
      'constructor',
      '\0',
      'base64',
      'hex',
      'ucs2',
    ]) {
      expect(typeof decodeCharset(latin('a\xe9'), label).text).toBe('string')
    }
  })
})
