/**
 * What Google Takeout adds to the mails of its mbox: the Gmail id in the `From ` line, thread and labels as two header
 * fields on top.
 */
import { asBuffer, CR, LF } from '../bytes.ts'
import { decodeWords } from '../words.ts'

export interface TakeoutFacts {
  /** The mail without the fields that Takeout added. */
  readonly bytes: Uint8Array
  /** As the API writes it: lower-case hexadecimal. */
  readonly threadId?: string
  /** Names as Takeout gives them, in the language of the account: 'Inbox', 'Unread', 'Work/Projects'. */
  readonly labels?: readonly string[]
}

const hex = (decimal: string): string => BigInt(decimal).toString(16)

/** The Gmail id in the sender of a Takeout `From ` line (`1376223687785267735@xxx`), as the API writes it; null elsewhere. */
export function takeoutId(sender: string): string | null {
  const [, decimal] = /^(\d{1,20})@xxx$/.exec(sender) ?? []
  return decimal === undefined ? null : hex(decimal)
}

/** A comma list in which names with commas stand in double quotes. */
export function splitLabels(text: string): string[] {
  const names = text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)/g)
  return [...names]
    .map(([, quoted, bare]) => (quoted === undefined ? (bare ?? '').trim() : quoted.replaceAll(/\\(.)/g, '$1')))
    .filter((name) => name !== '')
}

/** End of the field at `at`, its folded lines included. */
function fieldEnd(bytes: Buffer, at: number): number {
  let end = at
  do {
    const newline = bytes.indexOf(LF, end)
    if (newline === -1) return bytes.length
    end = newline + 1
  } while (bytes[end] === 32 || bytes[end] === 9)
  return end
}

/** Takes off the fields that Takeout put on top of a mail and reads them. Fields further down are the sender's own. */
export function readTakeoutFields(mail: Uint8Array): TakeoutFacts {
  const bytes = asBuffer(mail)
  const kept: Buffer[] = []
  let threadId: string | undefined
  let labels: readonly string[] | undefined
  let at = 0
  while (
    at < bytes.length &&
    bytes[at] !== LF &&
    bytes[at] !== CR &&
    (threadId === undefined || labels === undefined)
  ) {
    const end = fieldEnd(bytes, at)
    const [, name, value] =
      /^(X-GM-THRID|X-Gmail-Labels):([\s\S]*)$/i.exec(bytes.toString('utf8', at, Math.min(end, at + 64_000))) ?? []
    const text = (value ?? '').replaceAll(/\r?\n(?=[ \t])/g, '').trim()
    if (name?.toLowerCase() === 'x-gm-thrid' && threadId === undefined && /^\d{1,20}$/.test(text)) threadId = hex(text)
    else if (name?.toLowerCase() === 'x-gmail-labels' && labels === undefined) labels = splitLabels(decodeWords(text))
    else kept.push(bytes.subarray(at, end))
    at = end
  }
  if (threadId === undefined && labels === undefined) return { bytes: mail }
  return {
    bytes: Buffer.concat([...kept, bytes.subarray(at)]),
    ...(threadId === undefined ? {} : { threadId }),
    ...(labels === undefined ? {} : { labels }),
  }
}
