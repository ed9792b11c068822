import { decodedContent, decodeText, type MimePart, parseMime } from './mime.ts'

/** The first text of a mail is near its beginning; more need not be read for a snippet. */
const LOOKED_AT = 16 * 1024

/** The beginning of a part's text. */
function startOf(part: MimePart, bytes: number): string {
  return decodeText(decodedContent({ ...part, content: part.content.subarray(0, bytes) }), part.charset)
}

function textOf(part: MimePart): string {
  const plain = find(part, 'text/plain')
  if (plain !== undefined) return startOf(plain, 2_000)
  const html = find(part, 'text/html')
  if (html === undefined) return ''
  return startOf(html, 8_000)
    .replaceAll(/<(style|script|head)[^>]*>[\s\S]*?(<\/\1>|$)/gi, ' ')
    .replaceAll(/<[^>]*(>|$)/g, ' ')
}

function find(part: MimePart, mimeType: string): MimePart | undefined {
  if (part.parts.length === 0) return part.mimeType === mimeType && part.filename === '' ? part : undefined
  for (const child of part.parts) {
    const found = find(child, mimeType)
    if (found !== undefined) return found
  }
  return undefined
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** About 200 characters of the text, on one line, HTML-escaped as Gmail's snippets are. */
export function snippetOf(bytes: Uint8Array): string {
  const words = textOf(parseMime(bytes.subarray(0, LOOKED_AT)))
    .replaceAll(/[\s\0]+/g, ' ')
    .trim()
  return words
    .slice(0, 200)
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => escapes[character] ?? character)
}
