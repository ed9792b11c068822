import { asBuffer, binary } from './bytes.ts'
import { isTelling } from './charset.ts'
import { guessBoundary, MAX_SIBLINGS, type Split } from './delimiters.ts'
import { type FaultList, guarded } from './faults.ts'
import { type Head, readHead } from './head.ts'
import { createHeadReader, type HeadReader } from './header-text.ts'
import { bareHead, type PartHead, readPartHead } from './part-head.ts'
import { locate, type Source, sourceOf } from './source.ts'
import { decodeTransfer, isEncoded, looksLikeBase64 } from './transfer.ts'

/** A part that holds content, or a whole nested message. */
export interface Leaf {
  readonly source: Source
  /** Its encoded content. */
  readonly start: number
  readonly end: number
  /** IMAP's numbering: '1', '1.2'; parts of a nested message continue its path. */
  readonly part: string
  readonly head: PartHead
  /** Nested messages around it. */
  readonly nesting: number
  /** Its decoded content, where that had to be made to look into it. */
  decoded?: Buffer
  /** The multipart/alternatives around it, inside its own message. */
  readonly alternatives: readonly number[]
}

/** A stretch of the mail that belongs to no part. */
export interface Remnant {
  readonly start: number
  readonly end: number
}

export interface PartTree {
  readonly head: Head
  readonly reader: HeadReader
  readonly leaves: readonly Leaf[]
  /** Charset of the first part that names a telling one: the best guess for bytes that name none. */
  readonly hint: string | null
  /** Text before the first and after the last delimiter of the outer multipart. */
  readonly preamble: Remnant | null
  readonly epilogue: Remnant | null
}

const MAX_DEPTH = 100
const MAX_PARTS = MAX_SIBLINGS

interface Region {
  readonly source: Source
  readonly start: number
  readonly end: number
  readonly depth: number
  readonly path: string
  /** A whole message: the mail itself, or a nested one. */
  readonly message: boolean
  readonly defaultType: string
  readonly nesting: number
  readonly alternatives: readonly number[]
}

/** Where the content of an undivided multipart ends: before a closing delimiter that nothing follows. */
function beforeClosing({ source, end }: Region, { boundary }: PartHead, body: number): number {
  if (boundary === undefined) return end
  const { first, epilogue } = source.delimiters().split(boundary, body, end)
  if (epilogue === null || first <= body) return end
  return source.bytes.toString('latin1', epilogue, Math.min(end, epilogue + 1000)).trim() === '' ? first : end
}

/** Part types that hold a whole mail. */
function isMessage(mimeType: string): boolean {
  return mimeType === 'message/rfc822' || mimeType === 'message/global' || mimeType === 'message/news'
}

function child(path: string, number: number): string {
  return path === '' ? String(number) : `${path}.${number}`
}

/**
 * Finds the parts of a mail as byte ranges. Nested messages are opened and listed too; what is nested too deep, or comes
 * after too many parts, is kept as one opaque part with a fault.
 */
export function readParts(mail: Uint8Array, faults: FaultList): PartTree {
  const leaves: Leaf[] = []
  let hint: string | null = null
  let preamble: Remnant | null = null
  let epilogue: Remnant | null = null
  let parts = 0
  let alternatives = 0
  // Each level of nested messages is decoded and hashed again: bounded, or 100 levels would cost 100 times.
  let budget = 64_000_000 + 4 * mail.byteLength
  const root = sourceOf(asBuffer(mail), null)
  const afford = ({ path }: Region, cost: number): boolean => {
    budget -= cost
    if (budget < 0) faults.add('nested_too_large', path || null)
    return budget >= 0
  }

  const addLeaf = (region: Region, said: PartHead, start: number, end: number): void => {
    const part = region.message ? child(region.path, 1) : region.path
    const { source, nesting } = region
    let head = said
    if (said.encoding === 'base64' && !looksLikeBase64(source.bytes.subarray(start, end))) {
      faults.add('base64_damaged', part)
      // Readable text under a wrong label is kept readable.
      if (/^(text|message)\//.test(said.mimeType)) head = { ...said, encoding: '8bit' }
    }
    leaves.push({ source, start, end, part, head, nesting, alternatives: region.alternatives })
  }

  const readRegion = (region: Region): Pick<PartTree, 'head' | 'reader'> => {
    const { source, start, end } = region
    parts++
    const fields = readHead(source.bytes, start, end, region.message)
    const part = region.path === '' ? null : region.path
    if (fields.noise) faults.add('head_noise', part)
    if (fields.full) faults.add('too_many_fields', part)
    if (region.message && end > start) {
      if (fields.fields.length === 0) faults.add('head_missing', part)
      else if (fields.open) faults.add('head_without_end', part)
    }
    const reader = createHeadReader(source.bytes, fields)
    const head = readPartHead(reader, fields, region.defaultType, (boundary) => {
      return source.delimiters().split(boundary, fields.body, end).parts.length > 0
    })
    for (const fault of head.faults) faults.add(fault, part)
    if (hint === null && isTelling(head.charset)) hint = head.charset ?? null
    if (head.mimeType.startsWith('multipart/')) readMultipart(region, head, fields.body)
    else if (isMessage(head.mimeType)) readNested(region, head, fields.body)
    else addLeaf(region, head, fields.body, end)
    return { head: fields, reader }
  }

  const splitMultipart = (region: Region, head: PartHead, body: number): Split | null => {
    const { source, end } = region
    const { boundary } = head
    if (boundary === undefined) faults.add('boundary_missing', region.path || null)
    else {
      const split = source.delimiters().split(boundary, body, end)
      if (split.parts.length > 0) return split
      const trimmed = source.delimiters().split(boundary.trim(), body, end)
      if (trimmed.parts.length > 0) return trimmed
    }
    const guess = guessBoundary(source.bytes, body, end)
    if (guess === null) return null
    const split = source.delimiters().split(guess, body, end)
    if (split.parts.length === 0) return null
    faults.add('boundary_guessed', region.path || null)
    return split
  }

  const readMultipart = (region: Region, head: PartHead, body: number): void => {
    const { end } = region
    if (region.depth >= MAX_DEPTH) {
      faults.add('too_deep', region.path)
      addLeaf(region, { ...head, encoding: 'binary' }, body, end)
      return
    }
    const split = splitMultipart(region, head, body)
    if (split === null) {
      readUndivided(region, head, body)
      return
    }
    if (!split.closed) faults.add('multipart_unclosed', region.path || null)
    if (region.depth === 0) {
      preamble = { start: body, end: split.first }
      epilogue = split.epilogue === null ? null : { start: split.epilogue, end }
    }
    const around =
      head.mimeType === 'multipart/alternative' ? [...region.alternatives, alternatives++] : region.alternatives
    const defaultType = head.mimeType === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    for (const [index, [from, to]] of split.parts.entries()) {
      const inner: Region = {
        ...region,
        start: from,
        end: to,
        depth: region.depth + 1,
        path: child(region.path, index + 1),
        message: false,
        defaultType,
        alternatives: around,
      }
      if (parts >= MAX_PARTS) {
        faults.add('too_many_parts', inner.path)
        addLeaf({ ...inner, end }, bareHead('application/octet-stream', 'binary'), from, end)
        return
      }
      // A part that cannot be read costs only itself.
      guarded(faults, 'part_failed', inner.path, undefined, () => void readRegion(inner))
    }
  }

  /** A multipart in which no boundary delimits anything. */
  const readUndivided = (said: Region, head: PartHead, body: number): void => {
    const region = { ...said, end: beforeClosing(said, head, body) }
    const { source, end } = region
    if (body >= end) return
    faults.add('boundary_unused', region.path || null)
    const inner: Region = { ...region, start: body, depth: region.depth + 1, defaultType: 'text/plain' }
    const content = source.bytes.subarray(body, end)
    if (isEncoded(head.encoding) && (head.encoding !== 'base64' || looksLikeBase64(content))) {
      if (!afford(region, 3 * content.length)) {
        addLeaf(region, head, body, end)
        return
      }
      const decoded = decodeTransfer(content, head.encoding)
      const unwrapped = sourceOf(decoded, locate(source, body, end, head.encoding))
      const split = head.boundary === undefined ? null : unwrapped.delimiters().split(head.boundary, 0, decoded.length)
      if (split !== null && split.parts.length > 0) {
        readMultipart({ ...inner, source: unwrapped, start: 0, end: decoded.length }, head, 0)
        return
      }
      addLeaf(region, { ...head, mimeType: 'text/plain' }, body, end)
      return
    }
    // Part heads without a delimiter before them: they are a head, not text.
    if (/^(content-|mime-)/i.test(binary(source.bytes, body, body + 8)))
      readRegion({ ...inner, message: region.message })
    else addLeaf(region, { ...head, mimeType: 'text/plain', encoding: '8bit' }, body, end)
  }

  const readNested = (region: Region, said: PartHead, body: number): void => {
    const { source, end } = region
    const content = source.bytes.subarray(body, end)
    addLeaf(region, said, body, end)
    const leaf = leaves.at(-1)!
    const { part: path, head } = leaf
    if (region.depth >= MAX_DEPTH) {
      faults.add('too_deep', path)
      return
    }
    if (!afford({ ...region, path }, isEncoded(head.encoding) ? 3 * content.length : content.length)) return
    const inner: Region = {
      ...region,
      start: body,
      depth: region.depth + 1,
      path,
      message: true,
      defaultType: 'text/plain',
      nesting: region.nesting + 1,
      alternatives: [],
    }
    guarded(faults, 'part_failed', path, undefined, () => {
      if (!isEncoded(head.encoding)) {
        readRegion(inner)
        return
      }
      const decoded = decodeTransfer(content, head.encoding)
      leaf.decoded = decoded
      const unwrapped = sourceOf(decoded, locate(source, body, end, head.encoding))
      readRegion({ ...inner, source: unwrapped, start: 0, end: decoded.length })
    })
  }

  const outer = readRegion({
    source: root,
    start: 0,
    end: mail.byteLength,
    depth: 0,
    path: '',
    message: true,
    defaultType: 'text/plain',
    nesting: 0,
    alternatives: [],
  })
  return { ...outer, leaves, hint, preamble, epilogue }
}
