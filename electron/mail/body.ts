import { leafAttachment, leafContent } from './attachments.ts'
import { decodeCharset } from './charset.ts'
import { clean } from './clean.ts'
import { type FaultList, guarded } from './faults.ts'
import { htmlToText, MAX_HTML } from './html-text.ts'
import type { Leaf, PartTree, Remnant } from './parts.ts'
import { readHtmlPart, readTextPart, trimText } from './text-part.ts'
import type { ParsedAttachment } from './types.ts'
import { uuFilename } from './uuencode.ts'
import { decodeYenc } from './yenc.ts'

export interface Body {
  readonly text: string
  readonly html: string | null
  readonly attachments: readonly ParsedAttachment[]
}

/** Attachments whose words are searched as well: what mail systems say to people. */
const REPORTS = new Set([
  'message/delivery-status',
  'message/global-delivery-status',
  'message/disposition-notification',
  'message/global-disposition-notification',
  'message/feedback-report',
  'message/partial',
  'message/external-body',
  'message/global-headers',
  'text/rfc822-headers',
  'text/rfc822',
])

/** Markup of the time before HTML in mail; its tags are dropped like HTML's. */
const RICH = new Set(['text/enriched', 'text/richtext'])

/** Plain text shorter than this may be no more than "your program cannot show HTML". */
const SHORT_TEXT = 200

interface HtmlPart {
  readonly leaf: Leaf
  readonly html: string
}

/** One piece of searchable text, in the order of the mail. */
type Piece = { readonly leaf: Leaf; readonly text: string } | HtmlPart

function isText(leaf: Leaf): boolean {
  const { mimeType, disposition } = leaf.head
  return (mimeType === 'text/plain' || mimeType === 'text/html') && disposition !== 'attachment'
}

function filenameOf(leaf: Leaf, hint: string | null): string | null {
  const name = leaf.head.filename(hint)
  if (name !== null || leaf.head.encoding !== 'uuencode') return name
  return uuFilename(leaf.source.bytes.subarray(leaf.start, leaf.end))
}

function readLeaf(
  leaf: Leaf,
  hint: string | null,
  faults: FaultList,
  pieces: Piece[],
  attachments: ParsedAttachment[],
) {
  const { mimeType, encoding } = leaf.head
  const filename = guarded(faults, 'part_failed', leaf.part, null, () => filenameOf(leaf, hint))
  const rich = RICH.has(mimeType) && leaf.head.disposition !== 'attachment'
  const searched = isText(leaf) || REPORTS.has(mimeType) || rich
  if (!isText(leaf) || filename !== null) {
    const content = leafContent(leaf)
    if (encoding === 'yenc' && !decodeYenc(leaf.source.bytes.subarray(leaf.start, leaf.end)).sound) {
      faults.add('yenc_damaged', leaf.part)
    }
    attachments.push(leafAttachment(leaf, filename, content))
  }
  if (!searched) return
  if (mimeType === 'text/html') {
    pieces.push({ leaf, html: readHtmlPart(leaf, hint, faults) })
    return
  }
  const { text, files } = readTextPart(leaf, hint, faults)
  pieces.push({ leaf, text: rich ? htmlToText(text) : trimText(text) })
  for (const file of files) attachments.push(file)
}

/** Length of the plain text that each multipart/alternative offers. */
function plainLengths(pieces: readonly Piece[]): ReadonlyMap<number, number> {
  const lengths = new Map<number, number>()
  for (const piece of pieces) {
    if ('html' in piece || piece.leaf.head.mimeType !== 'text/plain') continue
    for (const id of piece.leaf.alternatives) lengths.set(id, (lengths.get(id) ?? 0) + piece.text.length)
  }
  return lengths
}

/** The words of an HTML part, or '' when the plain text beside it says the same. */
function htmlWords({ leaf, html }: HtmlPart, lengths: ReadonlyMap<number, number>, faults: FaultList): string {
  const plain = Math.max(0, ...leaf.alternatives.map((id) => lengths.get(id) ?? 0))
  if (plain >= SHORT_TEXT) return ''
  if (html.length > MAX_HTML) faults.add('html_cut', leaf.part)
  const words = htmlToText(html)
  return plain > 0 && words.length <= 2 * plain + SHORT_TEXT ? '' : words
}

/** Sentences that programs write before the first part, for programs that know no MIME. */
const STOCK =
  /^[\s.]*(this is an? (multi-?part|mime|s\/mime|openpgp|cryptographically)|this message is in mime|mime version)/i

function remnantText(mail: Buffer, remnant: Remnant | null, hint: string | null): string {
  if (remnant === null || remnant.end <= remnant.start) return ''
  const text = decodeCharset(mail.subarray(remnant.start, remnant.end), null, hint).text.split('\r\n').join('\n')
  return STOCK.test(text.slice(0, 200)) ? '' : trimText(text)
}

/** The HTML to show: the mail's own; that of a nested one only where the mail has nothing to show itself. */
function shownHtml(pieces: readonly Piece[]): string | null {
  const htmls = pieces.filter((piece): piece is HtmlPart => 'html' in piece)
  const unnamed = htmls.filter(({ leaf }) => leaf.nesting === 0 && leaf.head.filename(null) === null)
  const own = unnamed.length > 0 ? unnamed : htmls.filter(({ leaf }) => leaf.nesting === 0)
  if (own.length > 0) return own.map(({ html }) => html).join('\n')
  const ownText = pieces.some((piece) => piece.leaf.nesting === 0 && 'text' in piece && piece.text !== '')
  const first = htmls[0]
  if (ownText || first === undefined) return null
  return htmls
    .filter(({ leaf }) => leaf.nesting === first.leaf.nesting)
    .map(({ html }) => html)
    .join('\n')
}

/** Text, HTML and attachments of a mail. A part that cannot be read costs only itself. */
export function readBody(mail: Buffer, tree: PartTree, faults: FaultList): Body {
  const pieces: Piece[] = []
  const attachments: ParsedAttachment[] = []
  for (const leaf of tree.leaves) {
    guarded(faults, 'part_failed', leaf.part, undefined, () => readLeaf(leaf, tree.hint, faults, pieces, attachments))
  }
  const lengths = plainLengths(pieces)
  const texts: string[] = []
  for (const piece of pieces) {
    const text = 'html' in piece ? htmlWords(piece, lengths, faults) : piece.text
    if (text !== '') texts.push(text)
  }
  if (texts.length === 0) {
    const preamble = remnantText(mail, tree.preamble, tree.hint)
    if (preamble !== '') texts.push(preamble)
    const epilogue = attachments.length === 0 ? remnantText(mail, tree.epilogue, tree.hint) : ''
    if (epilogue !== '') texts.push(epilogue)
  }
  const html = shownHtml(pieces)
  return { text: clean(texts.join('\n\n')), html: html === null ? null : clean(html), attachments }
}
