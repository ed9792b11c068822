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

function lineEnd(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + MAX_BOUNDARY + 100)
  let end = start
  while (end < limit && bytes[end] !== LF && bytes[end] !== CR) end++
  return end
}

/** Collects the offsets of `--` at line starts, ascending. */
function dashLines(bytes: Buffer): number[] {
  const offsets: number[] = []
  if (bytes[0] === DASH && bytes[1] === DASH) offsets.push(0)
  for (const mark of ['\n--', '\r--']) {
    const needle = Buffer.from(mark, 'latin1')
    for (let i = bytes.indexOf(needle); i >= 0; i = bytes.indexOf(needle, i + 2)) offsets.push(i + 1)
  }
  // Lone CRs are rare; only they can bring disorder.
  return offsets.sort((a, b) => a - b)
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
  const byText = new Map<string, number[]>()
  for (const offset of dashLines(bytes)) {
    let end = lineEnd(bytes, offset)
    while (end > offset + 2 && isBlank(bytes[end - 1])) end--
    if (end - offset - 2 > MAX_BOUNDARY) continue
    const text = binary(bytes, offset + 2, end)
    const known = byText.get(text)
    if (known === undefined) byText.set(text, [offset])
    else known.push(offset)
  }
  const none: readonly number[] = []
  return {
    split(boundary, start, end) {
      const opening = byText.get(boundary) ?? none
      const closing = byText.get(`${boundary}--`) ?? none
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
