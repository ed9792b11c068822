/** The mail that breaks programs: heads in raw charsets, parts that never end, nested mails, bytes that should not be there. */
import type { Random } from '../random.ts'
import { type Content, multipart, textContent } from './content.ts'
import { encodeCharset } from './encode.ts'
import { english, languages } from './languages.ts'
import { letter, sentence } from './text.ts'

export interface OddMail {
  readonly content: Content
  /** In place of the usual subject: raw bytes as Latin-1 characters; null for no subject at all. */
  readonly subject?: string | null
  /** Changes the head's lines. */
  readonly head?: (lines: readonly string[]) => readonly string[]
  /** Changes the finished mail (bytes as Latin-1 characters). */
  readonly whole?: (mail: string) => string
}

const raw = (text: string, charset: string): string => encodeCharset(text, charset).toString('latin1')

/** A subject and a text in raw bytes of a charset that the mail may or may not name. */
function rawHead(random: Random, code: string, charset: string, named: boolean): OddMail {
  const language = languages.find((item) => item.code === code) ?? english
  const text = letter(random, language, 2).replaceAll('\n', '\r\n')
  return {
    subject: raw(sentence(random, language), charset),
    content: {
      lines: [
        named ? `Content-Type: text/plain; charset=${charset}` : 'Content-Type: text/plain',
        `Content-Transfer-Encoding: ${charset === 'iso-2022-jp' ? '7bit' : '8bit'}`,
      ],
      body: `${raw(text, charset)}\r\n`,
    },
  }
}

const plain = (random: Random, paragraphs = 2): Content =>
  textContent(random, english, letter(random, english, paragraphs))

function nested(random: Random, depth: number): Content {
  const inner = depth > 0 ? nested(random, depth - 1) : plain(random)
  const head = `From: inner@example.org\r\nTo: list@example.org\r\nSubject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?= ${depth}\r\nDate: Tue, 3 Mar 2015 10:00:00 +0900`
  const forwarded: Content = {
    lines: ['Content-Type: message/rfc822', 'Content-Disposition: attachment; filename="forwarded.eml"'],
    body: `${head}\r\n${inner.lines.join('\r\n')}\r\n\r\n${inner.body}`,
  }
  return multipart(random, 'mixed', [plain(random, 1), forwarded])
}

const makers: readonly ((random: Random) => OddMail)[] = [
  (random) => rawHead(random, 'fr', 'iso-8859-1', false),
  (random) => rawHead(random, 'zh', 'gbk', false),
  (random) => rawHead(random, 'ru', 'koi8-r', true),
  (random) => rawHead(random, 'ja', 'iso-2022-jp', true),
  (random) => rawHead(random, 'de', 'utf-8', true),
  (random) => ({ content: nested(random, random.int(3)) }),
  // Line ends of another system.
  (random) => ({ content: plain(random), whole: (mail) => mail.replaceAll('\r\n', '\n') }),
  // No date, or one that cannot be.
  (random) => ({ content: plain(random), head: (lines) => lines.filter((line) => !line.startsWith('Date:')) }),
  (random) => ({
    content: plain(random),
    head: (lines) => lines.map((line) => (line.startsWith('Date:') ? 'Date: Thu, 32 Foo 2103 28:61:00 +9900' : line)),
  }),
  // A multipart that never ends.
  (random) => {
    const content = multipart(random, 'mixed', [plain(random), plain(random)])
    return { content: { ...content, body: content.body.slice(0, content.body.lastIndexOf('\r\n--')) } }
  },
  (random) => ({
    content: {
      lines: ['Content-Type: text/plain; charset=utf-8'],
      body: `nul:\0:nul ${sentence(random, english)}\r\n\0\r\n`,
    },
  }),
  () => ({ subject: null, content: { lines: [], body: '' } }),
  // Thousands of characters of references, and a Message-ID without brackets.
  (random) => ({
    content: plain(random),
    head: (lines) => [
      ...lines.filter((line) => !line.startsWith('References:')),
      `References: ${Array.from({ length: 120 }, () => `<${random.int(1e9)}.${random.int(1e9)}@lists.example.org>`).join('\r\n ')}`,
    ],
  }),
  (random) => ({
    content: plain(random),
    head: (lines) => lines.map((line) => (line.startsWith('To:') ? `To: ${crowd(random)}` : line)),
  }),
  // Says one charset and means another.
  (random) => ({
    content: {
      lines: ['Content-Type: text/plain; charset=us-ascii', 'Content-Transfer-Encoding: 8bit'],
      body: `\x93smart\x94 quotes \x96 ${sentence(random, english)}\r\n`,
    },
  }),
  (random) => ({
    content: {
      lines: ['Content-Type: text/html', 'Content-Type: text/plain; charset=x-unknown'],
      body: `<p>${sentence(random, english)}\r\n`,
    },
  }),
  // A file in the text, as before MIME.
  (random) => ({
    content: {
      lines: [],
      body: `${sentence(random, english)}\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n\`\r\nend\r\n`,
    },
  }),
  (random) => {
    const content = plain(random)
    return { content: { ...content, body: `From here on\r\n>From there\r\n\r\nFrom the start ${content.body}` } }
  },
]

const crowd = (random: Random): string =>
  Array.from({ length: 150 }, (_, at) => `"Person ${at}" <p${random.int(9_999)}@example.org>`).join(',\r\n ')

export const oddMail = (random: Random): OddMail => random.pick(makers)(random)
