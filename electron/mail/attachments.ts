import { hash } from 'node:crypto'
import { asBuffer } from './bytes.ts'
import { clean, cleanOrNull } from './clean.ts'
import type { Leaf } from './parts.ts'
import { decodeChain, type Location, locate } from './source.ts'
import { decodeTransfer } from './transfer.ts'
import type { ParsedAttachment } from './types.ts'

/**
 * The decoded content of an attachment, cut from the stored original `bytes`. Gives exactly what `sizeBytes` and
 * `sha256` were taken of.
 */
export function attachmentContent(
  bytes: Uint8Array,
  attachment: Pick<ParsedAttachment, 'range' | 'encoding'>,
): Uint8Array {
  const { start, end } = attachment.range
  return decodeChain(asBuffer(bytes).subarray(start, end), attachment.encoding)
}

interface Facts {
  readonly part: string
  readonly filename: string | null
  readonly mimeType: string
  readonly disposition: string | null
  readonly contentId: string | null
}

/** Describes an attachment; `content` is what `location` decodes to. */
export function describeAttachment(facts: Facts, location: Location, content: Uint8Array): ParsedAttachment {
  return {
    part: facts.part,
    filename: cleanOrNull(facts.filename),
    mimeType: clean(facts.mimeType),
    disposition: cleanOrNull(facts.disposition),
    contentId: cleanOrNull(facts.contentId),
    encoding: location.encoding,
    range: location.range,
    sizeBytes: content.byteLength,
    sha256: hash('sha256', content, 'hex'),
  }
}

/** Decoded content of a leaf. */
export function leafContent(leaf: Leaf): Buffer {
  return leaf.decoded ?? decodeTransfer(leaf.source.bytes.subarray(leaf.start, leaf.end), leaf.head.encoding)
}

export function leafAttachment(leaf: Leaf, filename: string | null, content: Uint8Array): ParsedAttachment {
  const { part, head } = leaf
  const { mimeType, disposition } = head
  const location = locate(leaf.source, leaf.start, leaf.end, head.encoding)
  return describeAttachment({ part, filename, mimeType, disposition, contentId: head.contentId() }, location, content)
}
