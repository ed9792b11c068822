import type { Rng } from './mutate.ts'

/** Changes to a mail that know what a mail is made of: lines, fields, boundaries, encodings, parts in parts, lengths. */
type Mutator = (lines: string[], rng: Rng) => string[]

const below = (rng: Rng, limit: number): number => Math.floor(rng() * limit)
const pick = <T>(rng: Rng, items: readonly T[]): T => items[below(rng, items.length)] as T

/** Indexes of the lines that fit. */
const where = (lines: readonly string[], fits: RegExp): number[] =>
  lines.flatMap((line, at) => (fits.test(line) ? [at] : []))

const replaced = (lines: readonly string[], at: number, by: readonly string[]): string[] => [
  ...lines.slice(0, at),
  ...by,
  ...lines.slice(at + 1),
]

/** Changes one of the lines that fit, when there is one. */
const onLine =
  (fits: RegExp, change: (line: string, rng: Rng) => readonly string[]): Mutator =>
  (lines, rng) => {
    const places = where(lines, fits)
    if (places.length === 0) return lines
    const at = pick(rng, places)
    return replaced(lines, at, change(lines[at] ?? '', rng))
  }

const FIELD = /^[\w-]+:/
const DELIMITER = /^--\S/
const ENCODED = /^[A-Za-z0-9+/]{20,}={0,2}$/
const charsets = ['utf-8', 'utf-16', 'utf-7', 'iso-2022-jp', 'gb18030', 'x-unknown', '', 'hz-gb-2312', 'ibm037']
const encodings = ['base64', 'quoted-printable', 'x-uuencode', '7bit', 'binary', 'x-yenc', 'bas64', '']
const types = [
  'multipart/mixed; boundary=b',
  'multipart/alternative',
  'message/rfc822',
  'text/html',
  'text/plain; format=flowed; delsp=yes',
  'application/ms-tnef',
  'multipart/signed; boundary=""',
]

const mutators: readonly Mutator[] = [
  // Boundaries: another one, one that is the beginning of another, ends that come early, late or never.
  onLine(DELIMITER, (line, rng) => [
    pick(rng, [`${line}--`, line.slice(0, -1), `${line}x`, ` ${line}`, line.replace(/--$/, '')]),
  ]),
  onLine(DELIMITER, (line) => [line, line]),
  onLine(DELIMITER, () => []),
  onLine(/boundary=/i, (line, rng) => [
    line.replace(
      /boundary="?[^";]*"?/i,
      pick(rng, ['boundary=""', 'boundary=b', `boundary="${'b'.repeat(300)}"`, 'boundary']),
    ),
  ]),
  // Fields: twice, without name, folded, with a lone CR, swapped, endless.
  onLine(FIELD, (line) => [line, line]),
  onLine(FIELD, (line) => [line.replace(/^[^:]*/, '')]),
  onLine(FIELD, (line) => [line.slice(0, 10), ` ${line.slice(10)}`, '\t', ' ']),
  onLine(FIELD, (line, rng) => [
    line + pick(rng, ['\r', '\0', '\x1b$B', '\u00ff\u00fe', ' '.repeat(500), '('.repeat(500)]),
  ]),
  onLine(/^(from|to|cc|subject|date|message-id|references):/i, (line, rng) => [
    `${line.split(':')[0]}: ${pick(rng, ['=?utf-8?b?/w==?=', '<<>>', '"', ',,,;;;', '=?x?q?', 'Mon, 99 Foo 101 28:61:61 +9999', '__proto__'])}`,
  ]),
  (lines, rng) => {
    const places = where(lines, FIELD)
    if (places.length < 2) return lines
    const [one, other] = [pick(rng, places), pick(rng, places)]
    return lines.map((line, at) => (at === one ? (lines[other] ?? '') : at === other ? (lines[one] ?? '') : line))
  },
  // Encodings that lie.
  onLine(/charset=/i, (line, rng) => [line.replace(/charset="?[^";\s]*"?/i, `charset=${pick(rng, charsets)}`)]),
  onLine(/^content-transfer-encoding:/i, (_line, rng) => [`Content-Transfer-Encoding: ${pick(rng, encodings)}`]),
  onLine(/^content-type:/i, (_line, rng) => [`Content-Type: ${pick(rng, types)}`]),
  onLine(ENCODED, (line, rng) => [
    pick(rng, [line.slice(1), `${line}=`, line.replace(/.$/, '*'), `${line}${line}`, '']),
  ]),
  onLine(/=[0-9A-F]{2}/, (line) => [line.replace(/=[0-9A-F]{2}/, '=X='), '=']),
  // Parts in parts: the whole again inside of itself, some levels deep.
  (lines, rng) => {
    const at = below(rng, lines.length)
    const inner = lines.slice(0, 200)
    return [...lines.slice(0, at), '', '--b', 'Content-Type: message/rfc822', '', ...inner, ...lines.slice(at)]
  },
  (lines, rng) => {
    const depth = 1 + below(rng, 60)
    const heads = Array.from({ length: depth }, (_, level) => [
      `Content-Type: multipart/mixed; boundary=n${level % 3}`,
      '',
      `--n${level % 3}`,
    ])
    return [...heads.flat(), ...lines]
  },
  // Lengths: lines that never end, a body or head a hundred times over, no line ends at all.
  (lines, rng) => replaced(lines, below(rng, lines.length), [pick(rng, ['x', '=', '<', '&', '"', ' ']).repeat(20_000)]),
  (lines, rng) => {
    const at = below(rng, lines.length)
    const piece = lines.slice(at, at + 3)
    return [...lines.slice(0, at), ...Array.from({ length: 100 }, () => piece).flat(), ...lines.slice(at)]
  },
  (lines, rng) => {
    const at = lines.indexOf('')
    return at < 0 ? lines : pick(rng, [replaced(lines, at, []), replaced(lines, at, ['', '', '']), lines.slice(at + 1)])
  },
]

const ends = ['\r\n', '\r\n', '\r\n', '\n', '\r']

/** A copy with one to four such changes. */
export function mutateStructure(mail: Uint8Array, rng: Rng): Buffer {
  // Each byte is one character and back again.
  let lines = Buffer.from(mail).toString('latin1').split(/\r?\n/)
  for (let left = 1 + below(rng, 4); left > 0; left--) lines = pick(rng, mutators)(lines, rng)
  return Buffer.from(lines.join(pick(rng, ends)), 'latin1')
}
