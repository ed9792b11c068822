/** Partial answers: https://developers.google.com/workspace/gmail/api/guides/performance#partial */
import { badRequest } from './errors.ts'

/** A mask as a tree; an empty tree means "all of it". */
interface Mask {
  readonly [name: string]: Mask
}

const known = new Set(
  `id threadId labelIds snippet payload sizeEstimate raw historyId internalDate messages nextPageToken resultSizeEstimate
  history messagesAdded messagesDeleted labelsAdded labelsRemoved message labels name type messageListVisibility
  labelListVisibility messagesTotal messagesUnread threadsTotal threadsUnread color textColor backgroundColor threads drafts
  emailAddress partId mimeType filename headers value body size data attachmentId parts filter sendAs forwardingAddresses`.split(
    /\s+/,
  ),
)

const invalid = (mask: string, name: string): Error =>
  badRequest(
    'Request contains an invalid argument.',
    mask,
    `Error expanding 'fields' parameter. Cannot find matching fields for path '${name}'.`,
  )

function parseMask(text: string): Mask {
  let at = 0
  const level = (): Mask => {
    const mask: Record<string, Mask> = {}
    for (;;) {
      const path: string[] = []
      do {
        const name = /^(?:[A-Za-z]+|\*)/.exec(text.slice(at))?.[0]
        if (name === undefined || (name !== '*' && !known.has(name))) throw invalid(text, text.slice(at))
        at += name.length
        path.push(name)
      } while (text[at] === '/' && ++at > 0)
      let inner: Mask = {}
      if (text[at] === '(') {
        at++
        inner = level()
        if (text[at] !== ')') throw invalid(text, text)
        at++
      }
      let here = mask
      for (const [depth, name] of path.entries()) {
        const next = depth === path.length - 1 ? inner : (here[name] ?? {})
        here[name] = { ...here[name], ...next }
        here = here[name] as Record<string, Mask>
      }
      if (text[at] !== ',') return mask
      at++
    }
  }
  const mask = level()
  if (at !== text.length) throw invalid(text, text.slice(at))
  return mask
}

function apply(value: unknown, mask: Mask): unknown {
  const names = Object.keys(mask)
  if (names.length === 0 || names.includes('*')) return value
  if (Array.isArray(value)) return value.map((item) => apply(item, mask))
  if (typeof value !== 'object' || value === null) return value
  const kept: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    const next = mask[key]
    if (next !== undefined) kept[key] = apply(inner, next)
  }
  return kept
}

const cache = new Map<string, Mask>()

/** The value with what the mask names. Throws the 400 answer on a mask Google would refuse. */
export function applyFields(value: unknown, fields: string | null): unknown {
  if (fields === null || fields === '' || fields === '*') return value
  let mask = cache.get(fields)
  if (mask === undefined) {
    mask = parseMask(fields)
    if (cache.size > 100) cache.clear()
    cache.set(fields, mask)
  }
  return apply(value, mask)
}

/** Whether the top-level field would survive the mask: lets a route skip costly work. */
export function wants(fields: string | null, name: string): boolean {
  if (fields === null || fields === '' || fields === '*') return true
  return new RegExp(`(^|,)(${name}|\\*)($|[,(/])`).test(fields)
}
