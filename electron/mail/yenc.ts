import { binary, CR, LF } from './bytes.ts'

/** A yEnc file (http://www.yenc.org/yenc-draft.1.3.txt) inside other bytes: from `=ybegin` to the end of `=yend`. */
export interface YencBlock {
  readonly start: number
  readonly end: number
  readonly filename: string | null
  readonly closed: boolean
}

const ESCAPE = 61
const OPENING = '=ybegin '

interface Yenc {
  readonly content: Buffer
  /** Closed, of the size it claims, and with the checksum it claims. */
  readonly sound: boolean
}

const CRC_TABLE = new Uint32Array(256)
for (let i = 0; i < 256; i++) {
  let value = i
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  CRC_TABLE[i] = value >>> 0
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]!) & 255]!
  return (crc ^ 0xffffffff) >>> 0
}

/** Start of the line after `at`. */
function nextLine(bytes: Buffer, at: number): number {
  const feed = bytes.indexOf(LF, at)
  return feed < 0 ? bytes.length : feed + 1
}

function lineText(bytes: Buffer, at: number): string {
  return binary(bytes, at, Math.min(nextLine(bytes, at), at + 1000)).trimEnd()
}

function startsWith(bytes: Buffer, at: number, word: string): boolean {
  return binary(bytes, at, at + word.length) === word
}

/** Decodes one yEnc block, or a part that holds one. */
export function decodeYenc(bytes: Buffer): Yenc {
  const begin = bytes.indexOf(OPENING, 0, 'latin1')
  if (begin < 0) return { content: bytes.subarray(0, 0), sound: false }
  let at = nextLine(bytes, begin)
  if (startsWith(bytes, at, '=ypart ')) at = nextLine(bytes, at)
  const out = Buffer.allocUnsafe(bytes.length - at)
  let length = 0
  let lineStart = true
  let ending: string | null = null
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === CR || byte === LF) {
      lineStart = true
      continue
    }
    if (byte === ESCAPE) {
      if (lineStart && startsWith(bytes, i, '=yend')) {
        ending = lineText(bytes, i)
        break
      }
      i++
      if (i < bytes.length) out[length++] = (bytes[i]! - 64 - 42) & 255
    } else out[length++] = (byte - 42) & 255
    lineStart = false
  }
  const content = out.subarray(0, length)
  if (ending === null) return { content, sound: false }
  const size = / size=(\d{1,12})/.exec(ending)?.[1]
  const crc = (/ pcrc32=([0-9a-f]{1,8})/i.exec(ending) ?? / crc32=([0-9a-f]{1,8})/i.exec(ending))?.[1]
  const sound =
    (size === undefined || Number(size) === length) &&
    (crc === undefined || Number.parseInt(crc, 16) === crc32(content))
  return { content, sound }
}

/** Finds yEnc files in the midst of a text, `limit` of them at most. */
export function findYencBlocks(bytes: Buffer, limit: number): YencBlock[] {
  const blocks: YencBlock[] = []
  let search = 0
  while (search < bytes.length && blocks.length < limit) {
    const start = bytes.indexOf(OPENING, search, 'latin1')
    if (start < 0) break
    search = start + OPENING.length
    if (start > 0 && bytes[start - 1] !== LF) continue
    const first = lineText(bytes, start)
    if (!/ line=\d/.test(first)) continue
    const filename = / name=(.*)$/.exec(first)?.[1]?.trim() ?? null
    let last = bytes.indexOf('\n=yend', start, 'latin1')
    const closed = last >= 0
    last = closed ? nextLine(bytes, last + 1) : bytes.length
    blocks.push({ start, end: last, filename: filename === '' ? null : filename, closed })
    search = last
  }
  return blocks
}
