/** The MIME tree of `format=full` and `metadata`, and the attachments it points to. */
import { invalidArgument, notFound } from './errors.ts'
import { base64url } from './message-json.ts'
import { decodedContent, decodeText, type MimeHeader, type MimePart, parseMime } from './mime.ts'

/** Text longer than this is given by attachment id, like everything with a file name. */
const INLINE_BYTES = 512 * 1024

/** What `full` shows of a text: in UTF-8, whatever the original's charset (the header still names the old one). */
function shown(part: MimePart): Uint8Array {
  const bytes = decodedContent(part)
  if (!part.mimeType.startsWith('text/') || /^(utf-?8|us-ascii|)$/i.test(part.charset.trim())) return bytes
  return Buffer.from(decodeText(bytes, part.charset))
}

const isInline = (part: MimePart, size: number): boolean =>
  part.filename === '' && size <= INLINE_BYTES && /^(text\/|multipart\/)/.test(part.mimeType)

/** When and in which call an answer was made: the call makes ids differ, the time makes them expire. */
export interface Stamp {
  readonly now: number
  readonly call: number
}

const ID_LIFETIME_MS = 3_600_000

/** An id that differs at each asking and is of Gmail's length; it names the part within the message. */
function attachmentId(messageId: string, partId: string, stamp: Stamp): string {
  const head = `${messageId}/${partId}/${stamp.now}/${stamp.call}/`
  return `ANGjdJ${Buffer.from(head.padEnd(288, `${stamp.call}`)).toString('base64url')}`
}

function partJson(part: MimePart, messageId: string, stamp: Stamp): object {
  const multipart = part.mimeType.startsWith('multipart/') && part.parts.length > 0
  const content = multipart ? new Uint8Array(0) : shown(part)
  const body =
    multipart || content.length === 0
      ? { size: 0 }
      : isInline(part, content.length)
        ? { size: content.length, data: base64url(content) }
        : { attachmentId: attachmentId(messageId, part.partId, stamp), size: content.length }
  return {
    partId: part.partId,
    mimeType: part.mimeType,
    filename: part.filename,
    headers: part.headers,
    body,
    ...(part.parts.length === 0 ? {} : { parts: part.parts.map((child) => partJson(child, messageId, stamp)) }),
  }
}

export function fullPayload(bytes: Uint8Array, messageId: string, stamp: Stamp): object {
  return partJson(parseMime(bytes), messageId, stamp)
}

/** `metadataHeaders` match by exact case, as reported of Gmail. */
export function metadataPayload(bytes: Uint8Array, wanted: readonly string[]): object {
  const { headers, mimeType } = parseMime(bytes)
  const kept: readonly MimeHeader[] =
    wanted.length === 0 ? headers : headers.filter((header) => wanted.includes(header.name))
  return { mimeType, ...(kept.length === 0 ? {} : { headers: kept }) }
}

function findPart(part: MimePart, partId: string): MimePart | undefined {
  if (part.partId === partId) return part
  return part.parts.map((child) => findPart(child, partId)).find((found) => found !== undefined)
}

/** `users.messages.attachments.get` */
export function attachmentJson(bytes: Uint8Array, messageId: string, id: string, now: number): object {
  const text = id.startsWith('ANGjdJ') ? Buffer.from(id.slice(6), 'base64url').toString('latin1') : ''
  const [owner, partId, made] = text.split('/')
  const expired = !(Number(made) + ID_LIFETIME_MS > now)
  if (owner !== messageId || partId === undefined || expired) throw invalidArgument('Invalid attachment token')
  const part = findPart(parseMime(bytes), partId)
  if (part === undefined) throw notFound()
  const content = shown(part)
  return { size: content.length, data: base64url(content) }
}
