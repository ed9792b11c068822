import { binary, CR, LF, SPACE } from './bytes.ts'

/** A uuencoded file inside other bytes: from its `begin` line to the end of its `end` line. */
export interface UuBlock {
  readonly start: number
  readonly end: number
  readonly filename: string
  /** Its `end` line is there. */
  readonly closed: boolean
}

interface Line {
  readonly start: number
  /** Without CR and LF. */
  readonly stop: number
  readonly next: number
}

function lineAt(bytes: Buffer, start: number): Line {
  const feed = bytes.indexOf(LF, start)
  const end = feed < 0 ? bytes.length : feed
  const stop = end > start && bytes[end - 1] === CR ? end - 1 : end
  return { start, stop, next: feed < 0 ? bytes.length : feed + 1 }
}

/** Looks at no more of a line than a name needs. */
const BEGIN = /^begin [0-7]{3,4} (\S.*)$/

function beginName(bytes: Buffer, line: Line): string | null {
  if (bytes[line.start] !== 98) return null
  const match = BEGIN.exec(binary(bytes, line.start, Math.min(line.stop, line.start + 1000)))
  return match?.[1]?.trimEnd() ?? null
}

function isEndLine(bytes: Buffer, line: Line): boolean {
  return line.stop - line.start <= 5 && /^end\s*$/.test(binary(bytes, line.start, line.stop))
}

/** How many bytes a data line claims to hold; -1 when it is no data line. */
function claimed(bytes: Buffer, line: Line): number {
  if (line.stop === line.start) return -1
  const count = (bytes[line.start]! - SPACE) & 63
  const full = Math.ceil(count / 3) * 4
  const length = line.stop - line.start - 1
  // Blanks at the end of a line get lost on the way; some programs add a checksum character or two.
  if (length > full + 2 || (count > 0 && length === 0)) return -1
  for (let i = line.start; i < line.stop; i++) if (bytes[i]! < 32 || bytes[i]! > 96) return -1
  return count
}

function decodeLine(bytes: Buffer, line: Line, count: number, out: Buffer, length: number): number {
  const six = (i: number): number => (i < line.stop ? (bytes[i]! - SPACE) & 63 : 0)
  let left = count
  let at = length
  for (let i = line.start + 1; left > 0 && i < line.stop; i += 4) {
    const a = six(i)
    const b = six(i + 1)
    const c = six(i + 2)
    const d = six(i + 3)
    out[at++] = (a << 2) | (b >> 4)
    if (left > 1) out[at++] = ((b & 15) << 4) | (c >> 2)
    if (left > 2) out[at++] = ((c & 3) << 6) | d
    left -= 3
  }
  return at
}

/** Decodes a uuencoded part: what stands between its first `begin` line and `end`. Lines that are no data are skipped. */
export function decodeUu(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let open = false
  for (let at = 0; at < bytes.length; ) {
    const line = lineAt(bytes, at)
    at = line.next
    if (!open) {
      open = beginName(bytes, line) !== null
      continue
    }
    if (isEndLine(bytes, line)) break
    const count = claimed(bytes, line)
    if (count > 0) length = decodeLine(bytes, line, count, out, length)
  }
  return out.subarray(0, length)
}

/** File name of the first uuencoded file in the bytes, or null. */
export function uuFilename(bytes: Buffer): string | null {
  for (let at = 0, lines = 0; at < bytes.length && lines < 100; lines++) {
    const line = lineAt(bytes, at)
    const name = beginName(bytes, line)
    if (name !== null) return name
    at = line.next
  }
  return null
}

/** Finds files uuencoded in the midst of a text, as old mail programs put them; `limit` of them at most. */
export function findUuBlocks(bytes: Buffer, limit: number): UuBlock[] {
  const blocks: UuBlock[] = []
  let search = 0
  while (search < bytes.length && blocks.length < limit) {
    const found = bytes.indexOf('begin ', search, 'latin1')
    if (found < 0) break
    search = found + 6
    if (found > 0 && bytes[found - 1] !== LF) continue
    const first = lineAt(bytes, found)
    const filename = beginName(bytes, first)
    if (filename === null) continue
    let at = first.next
    let data = 0
    let closed = false
    while (at < bytes.length) {
      const line = lineAt(bytes, at)
      closed = isEndLine(bytes, line)
      if (closed) {
        at = line.next
        break
      }
      const count = claimed(bytes, line)
      if (count < 0 && line.stop > line.start) break
      if (count > 0) data++
      else if (count < 0 && data > 0 && !isEndLine(bytes, lineAt(bytes, line.next))) break
      at = line.next
    }
    if (data === 0) continue
    blocks.push({ start: found, end: at, filename, closed })
    search = at
  }
  return blocks
}
