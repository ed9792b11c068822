import { isAscii, isUtf8 } from 'node:buffer'
import { decodeCharset, isTelling, looksIso2022Jp, nearlyUtf8 } from './charset.ts'
import type { Field, Head } from './head.ts'
import { escapeRawBytesInWords } from './words.ts'

/** Folded lines to one, blanks around gone. */
function unfold(text: string): string {
  if (!text.includes('\n') && !text.includes('\r')) return text.trim()
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    const plain = line.endsWith('\r') ? line.slice(0, -1) : line
    lines[index] = index > 0 && plain.startsWith('\t') ? ` ${plain.slice(1)}` : plain
  }
  const joined = lines.join('')
  return (joined.includes('\r') ? joined.split('\r').join(' ') : joined).trim()
}

/**
 * Raw eight-bit bytes in a header, which no standard explains: UTF-8 if they are, or nearly are; else the charset that
 * the rest of the mail uses.
 */
function decodeRaw(bytes: Buffer, hint: string | null): string {
  if (looksIso2022Jp(bytes)) return decodeCharset(bytes, 'iso-2022-jp').text
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return nearlyUtf8(bytes, 2) ?? decodeCharset(bytes, isTelling(hint) ? hint : 'windows-1252').text
}

/** Reads the values of one head's fields. */
export interface HeadReader {
  /** Unfolded, as code units 0–255: for what a program must read exactly, such as a boundary. */
  binary(field: Field): string
  /**
   * Unfolded text, its encoded words still as they are. `hint` is the charset the mail's parts use, for bytes that no
   * rule explains.
   */
  text(field: Field, hint: string | null): string
}

/** Nearly every head is plain ASCII: then one string serves all its fields. */
export function createHeadReader(bytes: Buffer, head: Head): HeadReader {
  const first = head.fields[0]?.from ?? 0
  const last = head.fields.at(-1)?.to ?? first
  const region = bytes.subarray(first, last)
  const all = region.toString('latin1')
  const plain = isAscii(region) && !all.includes('\u001b')
  const binary = ({ from, to }: Field): string => unfold(all.slice(from - first, to - first))
  return {
    binary,
    text(field, hint) {
      if (plain) return binary(field)
      const raw = all.slice(field.from - first, field.to - first)
      const escaped = Buffer.from(escapeRawBytesInWords(raw), 'latin1')
      return unfold(decodeRaw(escaped, hint))
    },
  }
}
