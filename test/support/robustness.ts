/** A hostile or huge mail that the parser must read in a second, with what must come out of it. */
export interface RobustnessCase {
  readonly name: string
  make(): Buffer
}

const HEAD = 'From: a@b.c\r\nSubject: x\r\n'

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('')
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function textMail(body: string, type = 'text/plain'): Buffer {
  return Buffer.from(`${HEAD}Content-Type: ${type}; charset=utf-8\r\n\r\n${body}`)
}

/** Bytes that look random and are always the same. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i)
  return bytes
}

function wrapped(text: string): string {
  return text.replace(/.{76}/g, '$&\r\n')
}

const LINE = 'The quick brown fox jumps over the lazy dog and so on till 72 chars é\r\n'

const large: readonly RobustnessCase[] = [
  {
    name: '30 MB with a base64 attachment',
    make: () =>
      ascii(
        `${HEAD}Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nhello\r\n--B\r\nContent-Type: application/pdf; ` +
          'name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
          `${wrapped(noise(22_200_000).toString('base64'))}\r\n--B--\r\n`,
      ),
  },
  { name: '30 MB of plain text', make: () => textMail(LINE.repeat(430_000)) },
  { name: '30 MB of one line', make: () => textMail('x'.repeat(30_000_000)) },
  { name: '10 MB of empty lines', make: () => textMail('\r\n'.repeat(5_000_000)) },
  {
    name: '30 MB of quoted-printable HTML',
    make: () =>
      ascii(
        `${HEAD}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${'<p style=3D"x">The quick =C3=A9 fox jumps over the lazy dog and so on</p>=\r\n'.repeat(400_000)}`,
      ),
  },
  {
    name: '20 MB in base64 in a base64 message',
    make: () => {
      const inner = `${HEAD}Content-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n${wrapped(noise(11_000_000).toString('base64'))}`
      return ascii(
        `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${wrapped(ascii(inner).toString('base64'))}`,
      )
    },
  },
  {
    name: '30 MB of uuencode in a text',
    make: () => textMail(`begin 644 a\r\n${`M${'0'.repeat(60)}\r\n`.repeat(470_000)}\`\r\nend\r\n`),
  },
  {
    name: '8 MB of format=flowed',
    make: () => textMail('>> a word or two \r\n'.repeat(400_000), 'text/plain; format=flowed'),
  },
]

function nested(count: number, body: string): Buffer {
  const heads = repeat(count, (i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`)
  return ascii(`${HEAD}${heads}${body}`)
}

const structure: readonly RobustnessCase[] = [
  { name: '10,000 nested multiparts', make: () => nested(10_000, 'Content-Type: text/plain\r\n\r\ndeep\r\n') },
  {
    name: '10,000 sibling parts',
    make: () => {
      const part = (i: number) =>
        `--b\r\nContent-Type: text/plain; name=a${i}.txt\r\nContent-Disposition: attachment\r\n\r\nhello ${i}\r\n`
      return ascii(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${repeat(10_000, part)}--b--\r\n`)
    },
  },
  {
    name: '1,000,000 delimiters of one boundary',
    make: () => ascii(`${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n'.repeat(1_000_000)}`),
  },
  {
    name: '10,000 nested message/rfc822',
    make: () => ascii(`${`${HEAD}Content-Type: message/rfc822\r\n\r\n`.repeat(10_000)}Subject: deep\r\n\r\ndeep\r\n`),
  },
  {
    name: '30 MB under 99 nested message/rfc822',
    make: () => ascii(`${`${HEAD}Content-Type: message/rfc822\r\n\r\n`.repeat(99)}${HEAD}\r\n${LINE.repeat(430_000)}`),
  },
  {
    name: '10 MB under 99 quoted-printable message/rfc822',
    make: () => {
      const head = `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`
      return ascii(`${head.repeat(99)}${HEAD}\r\n${LINE.repeat(145_000)}`)
    },
  },
  {
    name: '10 MB under 99 quoted-printable multiparts',
    make: () => {
      const wrap = (inner: string, level: number): string => {
        const head = `Content-Type: multipart/mixed; boundary=b${level}\r\nContent-Transfer-Encoding: quoted-printable`
        return `${head}\r\n\r\n=2D-b${level}\r\n${inner.replaceAll('=', '=3D')}`
      }
      let mail = 'Content-Type: text/plain\r\n\r\n'
      for (let level = 98; level >= 0; level--) mail = wrap(mail, level)
      return ascii(`${HEAD}${mail}${LINE.repeat(145_000)}`)
    },
  },
  {
    name: '250 open boundaries and a million lines that look like others',
    make: () => nested(250, `Content-Type: text/plain\r\n\r\n${'--zzz\r\n'.repeat(1_000_000)}`),
  },
  {
    name: '100 open boundaries and a million different delimiter lines',
    make: () => nested(100, `Content-Type: text/plain\r\n\r\n${repeat(1_000_000, (i) => `--z${i}\r\n`)}`),
  },
  {
    name: '300,000 prefixes of a boundary',
    make: () =>
      ascii(
        `${HEAD}Content-Type: multipart/mixed; boundary=${'b'.repeat(60)}\r\n\r\n${`--${'b'.repeat(59)}\r\n`.repeat(300_000)}`,
      ),
  },
  {
    name: '50,000 Content-Types',
    make: () =>
      ascii(`${HEAD}${'Content-Type: multipart/mixed; boundary=b\r\n'.repeat(50_000)}\r\n--b\r\n\r\nhi\r\n--b--\r\n`),
  },
  {
    name: '100,000 begin lines without a file',
    make: () => textMail('begin 644 a.txt\r\nbegin 644 b.txt\r\nM\r\n'.repeat(100_000)),
  },
  {
    name: '500,000 uuencoded files in a text',
    make: () => textMail('begin 644 a\r\n!80  \r\nend\r\n'.repeat(500_000)),
  },
  {
    name: '100,000 yEnc starts without an end',
    make: () => textMail('=ybegin line=128 size=1 name=a\r\n'.repeat(100_000)),
  },
]

const heads: readonly RobustnessCase[] = [
  {
    name: '100,000 recipients',
    make: () =>
      ascii(`${HEAD}To: ${repeat(100_000, (i) => `"User ${i}" <u${i}@example.org>,\r\n `)}z@z.z\r\n\r\nhi\r\n`),
  },
  { name: 'a subject of 5 MB', make: () => ascii(`From: a@b.c\r\nSubject: ${'x'.repeat(5_000_000)}\r\n\r\nhi\r\n`) },
  {
    name: '5 MB of folded header',
    make: () => ascii(`${HEAD}X-Long: ${`${'y'.repeat(70)}\r\n `.repeat(70_000)}\r\n\r\nhi\r\n`),
  },
  {
    name: '95,000 header lines',
    make: () => ascii(`${HEAD}${'Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n'.repeat(95_000)}\r\nhi\r\n`),
  },
  {
    name: '4,000,000 header lines',
    make: () => ascii(`${HEAD}${'X-Aa: b\r\n'.repeat(4_000_000)}X-Last: c\r\n d\r\n\r\nhi\r\n`),
  },
  {
    name: '1 MB of encoded words',
    make: () => ascii(`From: a@b.c\r\nSubject: ${'=?utf-8?B?w6nDqcOp?=\r\n '.repeat(45_000)}\r\n\r\nhi\r\n`),
  },
  {
    name: '1 MB of encoded words that never end',
    make: () =>
      ascii(`From: ${'=?utf-8?q?x '.repeat(90_000)}\r\nSubject: ${'=?utf-8?q?x '.repeat(90_000)}\r\n\r\nhi\r\n`),
  },
  {
    name: '1 MB of encoded words that seem to end',
    make: () =>
      ascii(`From: ${'=?utf-8?q?x?=41 '.repeat(70_000)}\r\nSubject: ${'=?a?q??=41'.repeat(100_000)}\r\n\r\nhi\r\n`),
  },
  {
    name: '1 MB of open comments',
    make: () =>
      ascii(
        `From: ${'('.repeat(500_000)} a@b.c\r\nTo: ${'(a)'.repeat(150_000)}x@y.z\r\nContent-Type: text/plain; ${'('.repeat(100_000)}\r\nSubject: s\r\n\r\nhi\r\n`,
      ),
  },
  {
    name: '1 MB of open quotes and brackets',
    make: () =>
      ascii(
        `From: ${'"\\'.repeat(250_000)} <a@b.c>\r\nTo: ${'"a" <'.repeat(100_000)}\r\nCc: ${'<a '.repeat(200_000)}>\r\nSubject: s\r\n\r\nhi\r\n`,
      ),
  },
  {
    name: '60,000 pieces of one parameter',
    make: () =>
      ascii(
        `${HEAD}Content-Type: text/plain${repeat(60_000, (i) => `;\r\n name*${i}*=%41`)}\r\nContent-Disposition: attachment${'; filename=x'.repeat(50_000)}\r\n\r\nhi\r\n`,
      ),
  },
  {
    name: 'groups in groups',
    make: () =>
      ascii(
        `${HEAD}To: ${'g: '.repeat(100_000)}a@b.c${';'.repeat(100_000)}\r\nCc: ${'a@b:'.repeat(200_000)}\r\n\r\nhi\r\n`,
      ),
  },
  {
    name: '3 MB of blanks',
    make: () =>
      ascii(
        `From: a@b.c\r\nSubject: a${' '.repeat(2_000_000)}b\r\nTo: x@y.z${' '.repeat(100_000)},a\r\n\r\n${' '.repeat(1_000_000)}\r\nflow\r\n`,
      ),
  },
  {
    name: '1 MB of references',
    make: () =>
      ascii(
        `${HEAD}References: ${'<'.repeat(300_000)} ${'<a@b> '.repeat(100_000)}\r\nIn-Reply-To: ${'x '.repeat(200_000)}\r\n\r\nhi`,
      ),
  },
]

const html = (body: string): Buffer => textMail(body, 'text/html')

const htmls: readonly RobustnessCase[] = [
  { name: 'HTML: 200,000 open <div>', make: () => html(`${'<div>'.repeat(200_000)}x`) },
  { name: 'HTML: 200,000 open <b>', make: () => html(`${'<b>'.repeat(200_000)}x`) },
  { name: 'HTML: 1 MB of open comments', make: () => html('<!--'.repeat(250_000)) },
  { name: 'HTML: a million <', make: () => html('<'.repeat(1_000_000)) },
  { name: 'HTML: a million &', make: () => html('&'.repeat(1_000_000)) },
  { name: 'HTML: 100,000 attributes', make: () => html(`<a ${'x=y '.repeat(100_000)}>t`) },
  {
    name: 'HTML: a table of 10 MB',
    make: () => html(`<table>${'<tr><td>Total</td><td>42&nbsp;EUR</td></tr>'.repeat(240_000)}`),
  },
  { name: 'HTML: a style of 4 MB never closed', make: () => html(`<style>${'p{} '.repeat(1_000_000)}`) },
  { name: 'HTML: 1 MB of blanks and lines', make: () => html(`a${' \n\t'.repeat(330_000)}b`) },
]

const plain: readonly RobustnessCase[] = [
  { name: 'nothing', make: () => Buffer.alloc(0) },
  { name: '1 MB of NUL', make: () => Buffer.alloc(1_000_000) },
  { name: '30 MB of text with a NUL in every other place', make: () => textMail('\0a'.repeat(15_000_000)) },
  { name: '20 MB of text with lone CRs', make: () => textMail('a\r'.repeat(10_000_000)) },
  { name: '1 MB of 0xff', make: () => Buffer.alloc(1_000_000, 255) },
  { name: '1 MB of LF', make: () => Buffer.alloc(1_000_000, 10) },
  { name: '1 MB of CR', make: () => Buffer.alloc(1_000_000, 13) },
  { name: '1 MB of colons', make: () => Buffer.alloc(1_000_000, 58) },
]

/** The hostile mails, from the table of measurements by which the parser was chosen, and more of their kind. */
export function robustnessCases(): readonly RobustnessCase[] {
  return [...large, ...structure, ...heads, ...htmls, ...plain]
}
