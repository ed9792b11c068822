/** Bodies by kind. Each gives the header lines that describe it and the bytes after the blank line (as Latin-1 text). */
import type { Random } from '../random.ts'
import { base64Lines, encodeCharset, noise, quotedPrintable, words } from './encode.ts'
import type { Language } from './languages.ts'
import { htmlLetter, htmlPage, letter, sentence, subjectText } from './text.ts'

export interface Content {
  readonly lines: readonly string[]
  readonly body: string
}

const latin = (text: string, charset = 'utf-8'): string => encodeCharset(text, charset).toString('latin1')

/** Text in quoted-printable UTF-8, or in the language's older charset as it was usual there. */
export function textContent(random: Random, language: Language, text: string, subtype = 'plain'): Content {
  if (language.legacy === null || !random.chance(0.3)) {
    return {
      lines: [`Content-Type: text/${subtype}; charset="UTF-8"`, 'Content-Transfer-Encoding: quoted-printable'],
      body: `${quotedPrintable(Buffer.from(text))}\r\n`,
    }
  }
  const bytes = encodeCharset(text, language.legacy)
  const type = `Content-Type: text/${subtype}; charset=${language.legacy}`
  if (/^(iso-2022-jp|us-ascii)$/.test(language.legacy)) {
    const body = `${bytes.toString('latin1').replaceAll('\n', '\r\n')}\r\n`
    return { lines: [type, 'Content-Transfer-Encoding: 7bit'], body }
  }
  if (random.chance(0.4))
    return {
      lines: [type, 'Content-Transfer-Encoding: 8bit'],
      body: `${bytes.toString('latin1').replaceAll('\n', '\r\n')}\r\n`,
    }
  if (random.chance(0.5))
    return { lines: [type, 'Content-Transfer-Encoding: quoted-printable'], body: `${quotedPrintable(bytes)}\r\n` }
  return { lines: [type, 'Content-Transfer-Encoding: base64'], body: base64Lines(bytes) }
}

export function multipart(random: Random, subtype: string, parts: readonly Content[], extra = ''): Content {
  const boundary = `=_${subtype}_${random.int(1e9).toString(36)}${random.int(1e9).toString(36)}`
  const inner = parts.map((part) => `--${boundary}\r\n${part.lines.join('\r\n')}\r\n\r\n${part.body}\r\n`)
  return {
    lines: [`Content-Type: multipart/${subtype}; boundary="${boundary}"${extra}`],
    body: `${inner.join('')}--${boundary}--\r\n`,
  }
}

export function reply(random: Random, language: Language, quoted: string): Content {
  const text = `${letter(random, language, 1 + random.int(5))}\n\n${language.thanks}\n\n`
  const old = quoted + letter(random, language, 2 + random.int(14)).replaceAll(/^/gm, '> ')
  return textContent(random, language, `${text}${random.chance(0.8) ? old : ''}`)
}

export function alternative(random: Random, language: Language): Content {
  const text = `${letter(random, language, 8 + random.int(16))}\n\n${language.thanks}\n`
  return multipart(random, 'alternative', [
    textContent(random, language, text),
    textContent(random, { ...language, legacy: null }, htmlLetter(text), 'html'),
  ])
}

export function newsletter(random: Random, language: Language): Content {
  const html = htmlPage(random, language, 12 + random.int(46))
  const coded = textContent(random, { ...language, legacy: null }, html, 'html')
  const text = textContent(random, { ...language, legacy: null }, letter(random, language, 3 + random.int(6)))
  const content = random.chance(0.85) ? multipart(random, 'alternative', [text, coded]) : coded
  const list = `News <news-${random.int(40)}.lists.example.org>`
  return {
    ...content,
    lines: [
      `List-Id: ${list}`,
      `List-Unsubscribe: <https://news.example.com/u/${random.int(1e9)}>`,
      'Precedence: bulk',
      ...content.lines,
    ],
  }
}

const kinds = [
  {
    type: 'application/pdf',
    names: ['report.pdf', 'Rechnung März.pdf', '請求書.pdf', 'contract "final".pdf'],
    magic: '%PDF-1.7\n',
  },
  { type: 'image/png', names: ['screenshot.png', 'été à la mer.png'], magic: '\x89PNG\r\n\x1a\n' },
  { type: 'image/jpeg', names: ['IMG_2041.JPG', 'фото.jpg'], magic: '\xff\xd8\xff\xe0' },
  { type: 'application/zip', names: ['archive.zip', '资料.zip'], magic: 'PK\x03\x04' },
  {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    names: ['Übersicht 2024.xlsx', 'budget.xlsx'],
    magic: 'PK\x03\x04',
  },
] as const

/** A file name as different programs write it: RFC 2231, encoded word in quotes, or plain. */
function disposition(random: Random, name: string): { type: string; lines: string } {
  const plain = /^[\x20-\x7e]*$/.test(name)
  if (plain) {
    const quoted = `"${name.replaceAll('"', '\\"')}"`
    return { type: `;\r\n name=${quoted}`, lines: `;\r\n filename=${quoted}` }
  }
  if (random.chance(0.5)) return { type: '', lines: `;\r\n filename*=UTF-8''${encodeURIComponent(name)}` }
  return { type: `;\r\n name="${words(name)}"`, lines: `;\r\n filename="${words(name)}"` }
}

export function attachment(random: Random, bytes: number): Content {
  const { type, names, magic } = random.pick(kinds)
  const written = disposition(random, random.pick(names))
  const content = Buffer.concat([Buffer.from(magic, 'latin1'), noise(random, Math.max(16, bytes))])
  return {
    lines: [
      `Content-Type: ${type}${written.type}`,
      `Content-Disposition: attachment${written.lines}`,
      'Content-Transfer-Encoding: base64',
    ],
    body: base64Lines(content),
  }
}

/** A letter with files; now and then with a picture inside the HTML. */
export function withFiles(random: Random, language: Language, bytes: number): Content {
  const files = Array.from({ length: random.chance(0.75) ? 1 : 2 + random.int(3) }, (_, at) =>
    attachment(random, at === 0 ? bytes : 4_000 + random.int(30_000)),
  )
  if (!random.chance(0.2)) return multipart(random, 'mixed', [alternative(random, language), ...files])
  const cid = `img${random.int(1e6)}@example.com`
  const html = textContent(
    random,
    { ...language, legacy: null },
    `<p>${sentence(random, language)}</p><img src="cid:${cid}">`,
    'html',
  )
  const picture: Content = {
    lines: [
      'Content-Type: image/png',
      `Content-ID: <${cid}>`,
      'Content-Disposition: inline',
      'Content-Transfer-Encoding: base64',
    ],
    body: base64Lines(noise(random, 2_000 + random.int(9_000))),
  }
  return multipart(random, 'mixed', [multipart(random, 'related', [html, picture], '; type="text/html"'), ...files])
}

/** An invitation, as part and as attached file. */
export function invitation(random: Random, language: Language, date: Date): Content {
  const stamp = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const starts = date.getTime() + (1 + random.int(400)) * 3_600_000
  const calendar = [
    'BEGIN:VCALENDAR',
    'PRODID:-//Example//Calendar 1.0//EN',
    'VERSION:2.0',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    `DTSTART:${stamp(starts)}`,
    `DTEND:${stamp(starts + 3_600_000)}`,
    `DTSTAMP:${stamp(date.getTime())}`,
    `UID:${random.int(1e9)}@example.com`,
    `SUMMARY:${subjectText(random, language)}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  const part: Content = {
    lines: ['Content-Type: text/calendar; charset=UTF-8; method=REQUEST', 'Content-Transfer-Encoding: 8bit'],
    body: latin(calendar),
  }
  const file: Content = {
    lines: [
      'Content-Type: application/ics; name="invite.ics"',
      'Content-Disposition: attachment; filename="invite.ics"',
      'Content-Transfer-Encoding: base64',
    ],
    body: base64Lines(Buffer.from(calendar)),
  }
  const text = textContent(random, language, letter(random, language, 1))
  return multipart(random, 'mixed', [multipart(random, 'alternative', [text, part]), file])
}
