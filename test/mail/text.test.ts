import { describe, expect, test } from 'vitest'
import { attachmentContent } from '../../electron/mail/attachments.ts'
import { unflow } from '../../electron/mail/flowed.ts'
import { htmlToText } from '../../electron/mail/html-text.ts'
import { parseMessage } from '../../electron/mail/parse.ts'

function text(head: string, body: string): string {
  return parseMessage(Buffer.from(`${head}\r\n\r\n${body}`)).text
}

describe('HTML to the words a person sees', () => {
  test.each([
    [
      '<table><tr><td>Total</td><td>42&nbsp;&euro;</td></tr></table>a<br>b &amp; c<!-- no -->',
      'Total 42 €\n\na\nb & c',
    ],
    ['<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['<b>bo</b>ld', 'bold'],
    ['<style>p{}</style><script>var x="<p>no</p>"</script><title>no</title><template>no</template>yes', 'yes'],
    ['in\u200bvis\u00adi\u200dble\ufeff', 'invisible'],
    ['  many   \t blanks\r\n\r\n and\nlines ', 'many blanks\n\nand\nlines'],
    ['&#8364; &#x20AC; &bogus; &lt;tag&gt;', '€ € &bogus; <tag>'],
    ['<a href="x>y">link</a> <img alt=">"> end', 'link end'],
    ['<p>never closed', 'never closed'],
    ['', ''],
    // A style that is never closed hides everything: rather too much than nothing.
    ['<style>p {} <p>words', 'p {} <p>words'],
  ])('%j', (html, expected) => {
    expect(htmlToText(html)).toBe(expected)
  })

  test('a huge text is cut, and says so', () => {
    const mail = parseMessage(Buffer.from(`Content-Type: text/html\r\n\r\n${'<p>ab</p>'.repeat(600_000)}`))
    expect(mail.faults).toEqual([{ code: 'html_cut', part: '1' }])
    expect(mail.html).toHaveLength(5_400_000)
  })
})

describe('format=flowed', () => {
  test.each([
    ['one \ntwo\nthree', false, 'one two\nthree'],
    ['> quoted \n> on\n>> deeper \nback', false, '> quoted on\n>> deeper \nback'],
    ['text \n-- \nname', false, 'text \n-- \nname'],
    [' stuffed\n >not quoted', false, 'stuffed\n>not quoted'],
    ['日本 \n語', true, '日本語'],
    ['\n\nkept\n\n', false, '\n\nkept\n\n'],
  ])('%j', (flowed, deleteSpace, expected) => {
    expect(unflow(flowed, deleteSpace)).toBe(expected)
  })

  test('is undone in a mail that says so, and only there', () => {
    expect(text('Content-Type: text/plain; format=flowed', 'one \r\ntwo')).toBe('one two')
    expect(text('Content-Type: text/plain', 'one \r\ntwo')).toBe('one \ntwo')
  })
})

describe('which text is searched', () => {
  const alternative = (plain: string, html: string): string => {
    const head = 'Content-Type: multipart/alternative; boundary=B'
    const parts = `--B\r\n\r\n${plain}\r\n--B\r\nContent-Type: text/html\r\n\r\n${html}\r\n--B--`
    return text(head, parts)
  }

  test('the plain one of two alternatives', () => {
    expect(alternative('hello', '<p>hello</p>')).toBe('hello')
  })

  test('the HTML where the plain one is empty', () => {
    expect(alternative(' \r\n ', '<p>hello</p>')).toBe('hello')
  })

  test('both where the plain one is only an excuse', () => {
    const words = 'the real letter '.repeat(30).trim()
    expect(alternative('Your program cannot show HTML.', `<p>${words}</p>`)).toBe(
      `Your program cannot show HTML.\n\n${words}`,
    )
  })

  test('HTML beside plain text that is no alternative to it', () => {
    const head = 'Content-Type: multipart/mixed; boundary=B'
    const parts = '--B\r\nContent-Type: text/html\r\n\r\n<p>letter</p>\r\n--B\r\n\r\nlist footer\r\n--B--'
    expect(text(head, parts)).toBe('letter\n\nlist footer')
  })

  test('line ends are LF, empty lines before and blanks after the text are gone', () => {
    expect(text('Subject: x', '\r\n \r\n  one\r\n\r\ntwo\rthree\r\n\r\n')).toBe('  one\n\ntwo\nthree')
  })

  test('the charset that HTML names itself counts when its head names none', () => {
    const mail = Buffer.from(
      'Content-Type: text/html\r\n\r\n<meta charset="windows-1251"><p>\xcf\xf0\xe8</p>',
      'latin1',
    )
    expect(parseMessage(mail).text).toBe('При')
  })
})

describe('files in the midst of a text', () => {
  const UU = 'begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n'

  test('uuencoded ones are attachments, and the text is without them', () => {
    const bytes = Buffer.from(`Subject: x\r\n\r\nbefore\r\n${UU}between\r\n${UU.replace('a.txt', 'b c.txt')}after`)
    const mail = parseMessage(bytes)
    expect(mail.text).toBe('before\nbetween\nafter')
    expect(mail.attachments.map(({ part, filename }) => [part, filename])).toEqual([
      ['1.1', 'a.txt'],
      ['1.2', 'b c.txt'],
    ])
    for (const attachment of mail.attachments) {
      expect(Buffer.from(attachmentContent(bytes, attachment)).toString()).toBe('hello')
    }
  })

  test('also in a text that is itself transfer-encoded', () => {
    const body = Buffer.from(`before\r\n${UU}`).toString('base64')
    const bytes = Buffer.from(`Content-Transfer-Encoding: base64\r\n\r\n${body}`)
    const [attachment] = parseMessage(bytes).attachments
    expect(attachment?.encoding).toBe('base64:8-43:uuencode')
    expect(Buffer.from(attachmentContent(bytes, attachment!)).toString()).toBe('hello')
  })

  test('words that only look like one stay text', () => {
    const words = 'begin 644 times\r\nand again'
    expect(text('Subject: x', words)).toBe('begin 644 times\nand again')
    expect(text('Subject: x', 'begin 2024 with a smile\r\nend')).toBe('begin 2024 with a smile\nend')
  })

  test('a cut one gives what is left, and says so', () => {
    const mail = parseMessage(Buffer.from('Subject: x\r\n\r\nbegin 644 a.txt\r\n%:&5L;&\\\r\n'))
    expect(mail.attachments[0]?.sizeBytes).toBe(5)
    expect(mail.faults).toEqual([{ code: 'uuencode_damaged', part: '1' }])
  })

  test('yEnc is decoded, and its size and checksum are looked at', () => {
    const encoded = Buffer.from('hello').map((byte) => (byte + 42) & 255)
    const make = (crc: string) =>
      Buffer.concat([
        Buffer.from('Subject: x\r\n\r\n=ybegin line=128 size=5 name=a b.txt\r\n'),
        encoded,
        Buffer.from(`\r\n=yend size=5 crc32=${crc}\r\n`),
      ])
    const bytes = make('3610a686')
    const mail = parseMessage(bytes)
    expect(mail.attachments[0]).toMatchObject({ filename: 'a b.txt', encoding: 'yenc', sizeBytes: 5 })
    expect(Buffer.from(attachmentContent(bytes, mail.attachments[0]!)).toString()).toBe('hello')
    expect(mail.faults).toEqual([])
    expect(parseMessage(make('00000000')).faults).toEqual([{ code: 'yenc_damaged', part: '1' }])
  })
})
