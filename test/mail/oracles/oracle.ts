import { createHash } from 'node:crypto'
import type { ParsedMessage } from '../../../electron/mail/types.ts'

/** What a second opinion says about a mail. */
export interface Opinion {
  readonly subject: string
  readonly from: readonly (readonly [name: string, address: string])[]
  readonly to: readonly (readonly [name: string, address: string])[]
  readonly date: number | null
  /** Plain text parts. */
  readonly texts: readonly string[]
  readonly attachments: readonly (readonly [size: number, sha256: string])[]
}

/** What opinions are compared in. */
export const ASPECTS = ['subject', 'from', 'to', 'date', 'text', 'attachments'] as const
export type Aspect = (typeof ASPECTS)[number]

function people(list: readonly { name: string; address: string }[]): [string, string][] {
  return list.map(({ name, address }) => [name, address])
}

/** Our own reading, in the same form. Parts of type message/* are left out: others open them and do not list them. */
export function ourOpinion(message: ParsedMessage): Opinion {
  return {
    subject: message.subject,
    from: people(message.from),
    to: people(message.to),
    date: message.date,
    texts: [message.text],
    attachments: message.attachments
      .filter(({ mimeType }) => !mimeType.startsWith('message/'))
      .map(({ sizeBytes, sha256 }) => [sizeBytes, sha256]),
  }
}

const letters = (text: string): string => text.replace(/[\s\u00a0>\0\ufffd\ufeff]+/g, '')
const folded = (text: string): string => text.replace(/\s+/g, ' ').trim()

function peopleKey(list: Opinion['from']): string {
  return (
    list
      .filter(([name, address]) => name !== '' || address !== '')
      // `root` alone is a name to us, an address to others.
      .map(([name, address]) => (name === '' && !address.includes('@') ? [address, ''] : [name, address]))
      .map(([name = '', address = '']) => `${folded(name)} <${folded(address)}>`)
      .join(', ')
  )
}

function attachmentKey(list: Opinion['attachments']): string {
  return list
    .map(([size, sha256]) => `${size}:${sha256.slice(0, 16)}`)
    .sort()
    .join(' ')
}

/** The aspects in which two opinions differ. `text`: each text that the other found stands in ours. */
export function differences(ours: Opinion, other: Opinion): Aspect[] {
  const same: Record<Aspect, boolean> = {
    subject: folded(ours.subject) === folded(other.subject),
    from: peopleKey(ours.from) === peopleKey(other.from),
    to: peopleKey(ours.to) === peopleKey(other.to),
    date: ours.date === other.date,
    text: other.texts.every((text) => letters(ours.texts.join('')).includes(letters(text))),
    attachments: attachmentKey(ours.attachments) === attachmentKey(other.attachments),
  }
  return ASPECTS.filter((aspect) => !same[aspect])
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
