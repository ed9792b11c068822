/** Messages as Gmail's JSON shows them, in Gmail's order of keys. */
import { bytesOf, type Entry } from './entry.ts'
import { snippetOf } from './snippet.ts'

export const messageFormats = ['minimal', 'full', 'raw', 'metadata'] as const
export type MessageFormat = (typeof messageFormats)[number]

/** URL-safe base64 with padding, as Gmail writes it. */
export function base64url(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** Size and snippet, read from the bytes once. */
function facts(entry: Entry): { size: number; snippet: string } {
  if (entry.size === null || entry.snippet === null) {
    const bytes = bytesOf(entry)
    entry.size = bytes.length
    entry.snippet = snippetOf(bytes)
  }
  return { size: entry.size, snippet: entry.snippet }
}

export const snippetFor = (entry: Entry): string => facts(entry).snippet

/** A message without labels has no `labelIds`. */
const labelled = (labelIds: readonly string[]): { labelIds?: readonly string[] } =>
  labelIds.length === 0 ? {} : { labelIds }

export const reference = (entry: Entry): object => ({ id: entry.id, threadId: entry.threadId })

/** What every format has. `middle` stands where Gmail puts the payload, `late` where it puts raw. */
export function messageJson(entry: Entry, middle: object, late: object): Record<string, unknown> {
  const { size, snippet } = facts(entry)
  return {
    id: entry.id,
    threadId: entry.threadId,
    ...labelled(entry.labelIds),
    snippet,
    ...middle,
    sizeEstimate: size,
    ...late,
    historyId: String(entry.historyId),
    internalDate: String(entry.internalDate),
  }
}
