import { binary, CR, DASH, isBlank, LF } from './bytes.ts'

/** Lines that begin with `--`, by what follows, so that each boundary finds its own at once however many are open. */
export interface Delimiters {
  /** Ranges of the parts that `boundary` delimits in [start, end), and whether the last one was closed. */
  split(boundary: string, start: number, end: number): Split
}

export interface Split {
  readonly parts: readonly (readonly [start: number, end: number])[]
  readonly closed: boolean
  /** Where the first delimiter line begins: the preamble ends there. */
  readonly first: number
  /** Where the text after the last closing line begins; null when there is none. */
  readonly epilogue: number | null
}

/** Parts of one multipart beyond this many come as one last range. */
export const MAX_SIBLINGS = 10_000

/** Boundaries have at most 70 characters by RFC 2046; real ones more, but not this many. */
const MAX_BOUNDARY = 1000

/** After a delimiter line: blanks, then the line end. */
function nextLine(bytes: Buffer, at: number): number {
  let i = at
  while (isBlank(bytes[i])) i++
  if (bytes[i] === CR) i++
  if (bytes[i] === LF) i++
  return i
}

/** Content ends before the line end that belongs to the delimiter. */
function contentEnd(bytes: Buffer, open: number, delimiter: number): number {
  let end = delimiter
  if (end > open && bytes[end - 1] === LF) end--
  if (end > open && bytes[end - 1] === CR) end--
  return end
}

/** End of the text of a delimiter line: before its line end and the blanks before that. */
function textEnd(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + MAX_BOUNDARY + 100)
  let end = start
  while (end < limit && bytes[end] !== LF && bytes[end] !== CR) end++
  while (end > start && isBlank(bytes[end - 1])) end--
  return end
}

/** Collects the offsets of `--` at line starts, ascending. */
function dashLines(bytes: Buffer): number[] {
  const offsets: number[] = []
  if (bytes[0] === DASH && bytes[1] === DASH) offsets.push(0)
  const collect = (mark: string): void => {
    const needle = Buffer.from(mark, 'latin1')
    for (let i = bytes.indexOf(needle); i >= 0; i = bytes.indexOf(needle, i + 2)) offsets.push(i + 1)
  }
  collect('\n--')
  const inOrder = offsets.length
  collect('\r--')
  return offsets.length === inOrder ? offsets : offsets.sort((a, b) => a - b)
}

/** FNV-1a of bytes[start, end). */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash >>> 0
}

/** Do the bytes from `start` begin with `wanted`? Cheaper than a native call for a few bytes. */
function equals(wanted: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== bytes[start + i]) return false
  return true
}

/** Finds the delimiter lines of one text. */
interface LineIndex {
  /** Offsets of the lines `--text`, ascending. */
  find(text: string): readonly number[]
}

/**
 * A hash table without an object per line: a mail can have a million lines that begin with `--`, and a hundred open
 * boundaries.
 */
function indexLines(bytes: Buffer): LineIndex {
  const offsets = dashLines(bytes)
  const mask = 2 ** Math.ceil(Math.log2(offsets.length + 2)) - 1
  const heads = new Int32Array(mask + 1).fill(-1)
  const nexts = new Int32Array(offsets.length)
  // From the last to the first, so that each chain ascends.
  for (let i = offsets.length - 1; i >= 0; i--) {
    const start = offsets[i]! + 2
    const slot = hashOf(bytes, start, textEnd(bytes, start)) & mask
    nexts[i] = heads[slot]!
    heads[slot] = i
  }
  const found = new Map<string, readonly number[]>()
  return {
    find(text) {
      const known = found.get(text)
      if (known !== undefined) return known
      const wanted = Buffer.from(text, 'latin1')
      const matches: number[] = []
      const slot = hashOf(wanted, 0, wanted.length) & mask
      for (let i = heads[slot]!; i >= 0; i = nexts[i]!) {
        const start = offsets[i]! + 2
        const end = textEnd(bytes, start)
        if (end - start === wanted.length && equals(wanted, bytes, start)) matches.push(offsets[i]!)
      }
      found.set(text, matches)
      return matches
    },
  }
}

/** First index whose offset is not below `start`. */
function lowerBound(offsets: readonly number[], start: number): number {
  let low = 0
  let high = offsets.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[middle]! < start) low = middle + 1
    else high = middle
  }
  return low
}

/** Indexes the delimiter lines of `bytes` in one pass; every later `split` costs only what it finds. */
export function indexDelimiters(bytes: Buffer): Delimiters {
  const lines = indexLines(bytes)
  return {
    split(boundary, start, end) {
      const opening = lines.find(boundary)
      const closing = lines.find(`${boundary}--`)
      let o = lowerBound(opening, start)
      let c = lowerBound(closing, start)
      const parts: [number, number][] = []
      const first = Math.min(opening[o] ?? end, closing[c] ?? end, end)
      let open = -1
      let epilogue: number | null = null
      for (;;) {
        const nextOpen = opening[o] ?? Number.POSITIVE_INFINITY
        const nextClose = closing[c] ?? Number.POSITIVE_INFINITY
        const isClose = nextClose < nextOpen
        const at = Math.min(nextOpen, nextClose)
        if (isClose) c++
        else o++
        if (at >= end || parts.length >= MAX_SIBLINGS) break
        if (open >= 0) parts.push([open, Math.max(open, contentEnd(bytes, open, at))])
        const next = Math.min(nextLine(bytes, at + 2 + boundary.length + (isClose ? 2 : 0)), end)
        // Do not stop at a closing line: an inner multipart may have the same boundary.
        open = isClose ? -1 : next
        epilogue = isClose ? next : null
      }
      const closed = open < 0
      if (open >= 0) parts.push([open, end])
      return { parts, closed, first, epilogue }
    },
  }
}

/**
 * The boundary of a multipart that does not tell the right one: the first line `--x` directly followed by a part's
 * header. Looks at 400 lines; null when there is none.
 */
export function guessBoundary(bytes: Buffer, start: number, end: number): string | null {
  let at = start
  for (let lines = 0; lines < 400 && at < end; lines++) {
    const feed = bytes.indexOf(LF, at)
    if (feed < 0 || feed >= end) return null
    if (bytes[at] === DASH && bytes[at + 1] === DASH && feed - at > 3 && feed - at < 205) {
      if (/^(content-|mime-)/i.test(binary(bytes, feed + 1, feed + 9))) return binary(bytes, at + 2, feed).trimEnd()
    }
    at = feed + 1
  }
  return null
}
