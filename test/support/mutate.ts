import { mutateStructure } from './mutate-structure.ts'

/** A stream of numbers in [0, 1): the same for the same seed. */
export type Rng = () => number

/** A small seeded generator (mulberry32). */
export function createRng(seed: number): Rng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Bytes that mean something to a mail parser. */
const TOKENS: readonly string[] = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ' ',
    '\t',
    '--',
    '--x\r\n',
    '=?utf-8?B?',
    '=?utf-8?Q?',
    '?=',
    'boundary=',
    '"',
    '\\',
  ],
  ...[
    '(',
    ')',
    '<',
    '>',
    ';',
    ':',
    ',',
    '@',
    '\0',
    '\xff',
    '=',
    '=3D',
    '=\r\n',
    '\x1b$B',
    'begin 644 a\r\n',
    '=ybegin line=1',
  ],
  ...[
    'Content-Type: multipart/mixed; boundary=x\r\n',
    'Content-Type: message/rfc822\r\n',
    'charset=utf-7',
    'charset=utf-16',
  ],
  ...[
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    "name*0*=utf-8''%41;",
  ],
]

function splice(bytes: Buffer, at: number, removed: number, added: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(Math.min(bytes.length, at + removed))])
}

/** A damaged copy of a mail: in its bytes, in its structure, or in both. */
export function mutate(mail: Uint8Array, rng: Rng): Buffer {
  const kind = rng()
  const damaged = kind < 0.5 ? Buffer.from(mail) : mutateStructure(mail, rng)
  return kind < 0.75 ? mutateBytes(damaged, rng) : damaged
}

/** One to eight bytes changed, tokens put in, pieces cut out or doubled, or the end cut off. */
function mutateBytes(mail: Uint8Array, rng: Rng): Buffer {
  const below = (limit: number): number => Math.floor(rng() * limit)
  let bytes: Buffer = Buffer.from(mail)
  for (let left = 1 + below(8); left > 0; left--) {
    // Most damage goes to the head, where the structure is.
    const at = below(Math.min(bytes.length, rng() < 0.6 ? 2_000 : bytes.length))
    switch (below(5)) {
      case 0:
        if (bytes.length > 0) bytes[at] = below(256)
        break
      case 1:
        bytes = splice(bytes, at, 0, Buffer.from(TOKENS[below(TOKENS.length)]!, 'latin1'))
        break
      case 2:
        bytes = splice(bytes, at, below(40), new Uint8Array(0))
        break
      case 3:
        bytes = splice(bytes, at, 0, bytes.subarray(at, at + below(300)))
        break
      default:
        bytes = bytes.subarray(0, bytes.length - below(Math.min(bytes.length, 200)))
    }
  }
  return bytes
}
