import { type Delimiters, indexDelimiters } from './delimiters.ts'
import { decodeTransfer } from './transfer.ts'
import type { ByteRange } from './types.ts'

/** Where bytes lie in the stored original: a range, and how to undo what they are wrapped in. */
export interface Location {
  readonly range: ByteRange
  readonly encoding: string
}

/**
 * Bytes in which parts lie: the mail itself, or what a transfer-encoded message or multipart in it decodes to.
 */
export interface Source {
  readonly bytes: Buffer
  /** Null for the mail itself. */
  readonly wrapped: Location | null
  readonly delimiters: () => Delimiters
}

export function sourceOf(bytes: Buffer, wrapped: Location | null): Source {
  let index: Delimiters | null = null
  return {
    bytes,
    wrapped,
    delimiters() {
      index ??= indexDelimiters(bytes)
      return index
    },
  }
}

/**
 * Where [start, end) of a source lies in the original. Inside a wrapped source the encoding becomes a chain:
 * `base64:120-4500:quoted-printable` means: decode the range by base64, of that take bytes 120 to 4500, decode those by
 * quoted-printable.
 */
export function locate(source: Source, start: number, end: number, encoding: string): Location {
  if (source.wrapped === null) return { range: { start, end }, encoding }
  return { range: source.wrapped.range, encoding: `${source.wrapped.encoding}:${start}-${end}:${encoding}` }
}

/** Undoes a chain of encodings, as `locate` writes it. The one function behind sizes, hashes and downloads. */
export function decodeChain(bytes: Buffer, encoding: string): Buffer {
  const steps = encoding.split(':')
  let content = decodeTransfer(bytes, steps[0]!)
  for (let i = 1; i + 1 < steps.length; i += 2) {
    const [start = 0, end = 0] = steps[i]!.split('-').map(Number)
    content = decodeTransfer(content.subarray(start, end), steps[i + 1]!)
  }
  return content
}
