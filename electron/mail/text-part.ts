import { describeAttachment, leafContent } from './attachments.ts'
import { isBlank, withLineFeeds } from './bytes.ts'
import { charsetName, decodeCharset, keepsLineEnds } from './charset.ts'
import type { FaultList } from './faults.ts'
import { unflow } from './flowed.ts'
import type { Leaf } from './parts.ts'
import { locate } from './source.ts'
import { decodeTransfer, isEncoded } from './transfer.ts'
import type { ParsedAttachment } from './types.ts'
import { findUuBlocks } from './uuencode.ts'
import { decodeYenc, findYencBlocks } from './yenc.ts'

/** Text of a part, and the files that lay uuencoded or yEnc-encoded in its midst. */
export interface TextPart {
  readonly text: string
  readonly files: readonly ParsedAttachment[]
}

/** Files taken out of one text; what comes after them stays text. */
const MAX_FILES = 1000

interface InlineFile {
  readonly start: number
  readonly end: number
  readonly filename: string | null
  readonly encoding: 'uuencode' | 'yenc'
  readonly sound: boolean
  readonly content: Buffer
}

function inlineFiles(content: Buffer): InlineFile[] {
  const files: InlineFile[] = []
  for (const { start, end, filename, closed } of findUuBlocks(content, MAX_FILES)) {
    const decoded = decodeTransfer(content.subarray(start, end), 'uuencode')
    files.push({ start, end, filename, encoding: 'uuencode', sound: closed, content: decoded })
  }
  for (const { start, end, filename } of findYencBlocks(content, MAX_FILES)) {
    if (files.some((file) => file.start < end && start < file.end)) continue
    const decoded = decodeYenc(content.subarray(start, end))
    files.push({ start, end, filename, encoding: 'yenc', sound: decoded.sound, content: decoded.content })
  }
  return files.sort((a, b) => a.start - b.start)
}

function describeInline(leaf: Leaf, file: InlineFile, number: number): ParsedAttachment {
  const { source, head } = leaf
  const location = isEncoded(head.encoding)
    ? chained(leaf, file)
    : locate(source, leaf.start + file.start, leaf.start + file.end, file.encoding)
  const facts = {
    part: `${leaf.part}.${number}`,
    filename: file.filename,
    mimeType: 'application/octet-stream',
    disposition: null,
    contentId: null,
  }
  return describeAttachment(facts, location, file.content)
}

/** A file in the midst of a text that is itself transfer-encoded. */
function chained(leaf: Leaf, file: InlineFile) {
  const outer = locate(leaf.source, leaf.start, leaf.end, leaf.head.encoding)
  return { range: outer.range, encoding: `${outer.encoding}:${file.start}-${file.end}:${file.encoding}` }
}

function without(content: Buffer, files: readonly InlineFile[]): Buffer {
  const pieces: Buffer[] = []
  let from = 0
  for (const { start, end } of files) {
    pieces.push(content.subarray(from, start))
    from = end
  }
  pieces.push(content.subarray(from))
  return Buffer.concat(pieces)
}

function toText(content: Buffer, leaf: Leaf, hint: string | null, faults: FaultList): string {
  const { charset, flowed, deleteSpace } = leaf.head
  const lines = keepsLineEnds(charset, content)
  const { text, fault } = decodeCharset(lines ? withLineFeeds(content) : content, charset, hint)
  if (fault !== null) faults.add(fault, leaf.part)
  const plain = lines || !text.includes('\r') ? text : text.split('\r\n').join('\n').split('\r').join('\n')
  return flowed ? unflow(plain, deleteSpace) : plain
}

/** Reads a text/plain part, or one that is searched like it. Lines end in LF. */
export function readTextPart(leaf: Leaf, hint: string | null, faults: FaultList): TextPart {
  const content = leafContent(leaf)
  const files = inlineFiles(content)
  if (files.length >= MAX_FILES) faults.add('too_many_parts', leaf.part)
  for (const file of files) {
    if (!file.sound) faults.add(file.encoding === 'yenc' ? 'yenc_damaged' : 'uuencode_damaged', leaf.part)
  }
  return {
    text: toText(files.length > 0 ? without(content, files) : content, leaf, hint, faults),
    files: files.map((file, index) => describeInline(leaf, file, index + 1)),
  }
}

/** What an HTML text says of its own charset; browsers too look at the first 1,024 bytes only. */
function charsetInHtml(content: Buffer): string | undefined {
  const start = content.toString('latin1', 0, Math.min(content.length, 1024))
  return /<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([\w.:-]{1,40})/i.exec(start)?.[1]
}

/** Reads a text/html part, as it stands. */
export function readHtmlPart(leaf: Leaf, hint: string | null, faults: FaultList): string {
  const content = leafContent(leaf)
  const { charset } = leaf.head
  const own = charsetName(charset) === '' ? charsetInHtml(content) : undefined
  // A label that contradicts the bytes loses: HTML that was read in order to say utf-16 cannot be utf-16.
  const label = own === undefined || /^utf-?(16|32)/i.test(own) ? charset : own
  const { text, fault } = decodeCharset(content, label, hint)
  if (fault !== null) faults.add(fault, leaf.part)
  return text
}

/** Empty lines at the start and blanks at the end gone. */
export function trimText(text: string): string {
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10) start = i + 1
    else if (!isBlank(code) && code !== 13) break
  }
  return text.slice(start).trimEnd()
}
