import type { Person } from './types.ts'
import { decodeWords, findWords } from './words.ts'

/** A looked-at address is longer than any real one: beyond this, text with an `@` in it is just text. */
const MAX_ADDRESS_SEARCH = 2000

const BLANKS = /[ \t\r\n]+/

function fold(text: string): string {
  return text.split(BLANKS).join(' ').trim()
}

/**
 * Text without brackets that may hold an address: `a@b`, `Name a@b`, and the old `a @ b . c` with blanks in it.
 */
function bareAddress(text: string): { address: string; rest: string } | null {
  if (text.length > MAX_ADDRESS_SEARCH || !text.includes('@') || text.includes('=?')) return null
  const words = text.split(' ')
  let from = words.findIndex((word) => word.includes('@'))
  let to = from + 1
  let address = words[from]!
  if (address.startsWith('@') && from > 0) address = words[--from]! + address
  while (to < words.length && (/[@.]$/.test(address) || /^[.@]/.test(words[to]!))) address += words[to++]!
  return { address, rest: [...words.slice(0, from), ...words.slice(to)].join(' ') }
}

/** Comments out of an address in brackets: `<a@b (work)>`. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  const out: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') {
      if (depth === 0) out.push(text.slice(from, i))
      depth++
    } else if (text[i] === ')' && depth > 0 && --depth === 0) from = i + 1
  }
  // An open bracket to the end is part of a strange address, not a comment.
  return depth > 0 ? text : out.join('') + text.slice(from)
}

/** What stands between `<` and `>` as an address: no route, no `mailto:`, no blanks. */
function tidyAddress(inner: string): string {
  let address = withoutComments(inner)
  while (address.startsWith('<')) address = address.slice(1)
  address = address.trim()
  if (!address.startsWith('"')) address = address.split(BLANKS).join('')
  if (address.startsWith('@')) {
    const colon = address.indexOf(':')
    if (colon > 0 && colon < address.length - 1) address = address.slice(colon + 1)
  }
  if (/^mailto:/i.test(address.slice(0, 7))) address = address.slice(7)
  // A whole group in brackets: `<Undisclosed-Recipient:@x;>` is nobody.
  if (/^[^@:"]{0,200}:@?[^@]{0,200};$/.test(address)) return ''
  // Whole encoded words stand in place of addresses in some broken mail; that decoded text is all there is.
  return address.includes('=?') ? decodeWords(address) : address
}

/** One mailbox while it is read. */
interface Draft {
  phrase: string[]
  address: string | null
  comments: string[]
  /** A colon was seen that ends no group name; others of this mailbox need not be looked at. */
  groupless: boolean
}

function newDraft(): Draft {
  return { phrase: [], address: null, comments: [], groupless: false }
}

function finish(draft: Draft, group: string | null): Person | null {
  let phrase = fold(draft.phrase.join(''))
  let address = draft.address
  if (address === null) {
    const bare = bareAddress(phrase)
    if (bare !== null) {
      address = bare.address
      phrase = fold(bare.rest)
    }
  }
  let name = decodeWords(phrase).trim()
  // A comment alone is nobody; beside an address it is the name.
  if (address === null && name === '') return null
  if (name === '' && draft.comments.length > 0) name = decodeWords(fold(draft.comments.join(' ')))
  const tidy = address === null ? '' : tidyAddress(address)
  // `Undisclosed-Recipient:@x;` lists nobody.
  if (group !== null && name === '' && tidy.startsWith('@')) return null
  return name === '' && tidy === '' ? null : { name, address: tidy, group }
}

/** Ends of the encoded words in a header, by where they begin: what looks like a comma or colon in them is none. */
function wordEnds(header: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  if (!header.includes('=?')) return ends
  for (const word of findWords(header)) {
    // With blanks or brackets in it, it is more likely that two broken words were taken for one.
    if (!/[\s<>]/.test(word.content.slice(0, 2000))) ends.set(word.start, word.end)
  }
  return ends
}

/** Where the quoted text that begins after `start` ends, -1 if it never does. */
function quoteEnd(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return -1
}

/** Where the comment that opens at `start` closes, -1 if it never does. */
function commentEnd(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
  }
  return -1
}

function withoutBackslashes(text: string): string {
  if (!text.includes('\\')) return text
  const out: string[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\' || i + 1 === text.length) continue
    out.push(text.slice(from, i))
    from = i + 1
    i++
  }
  out.push(text.slice(from))
  return out.join('')
}

/** The rest of an address after a quoted local part: `@host` up to a delimiter. */
function hostAfter(text: string, at: number): string {
  return /^@[^\s,;<>()]+/.exec(text.slice(at, at + 300))?.[0] ?? ''
}

/**
 * Reads an address list (https://www.rfc-editor.org/rfc/rfc5322#section-3.4) as real mails write it.
 *
 * `header` is unfolded and its raw bytes are decoded, its encoded words not: the list is split first, so that a decoded
 * comma or address can never forge a person. Linear: an unclosed quote, comment or bracket is remembered as literal.
 */
export function readPeople(header: string): Person[] {
  const people: Person[] = []
  let draft = newDraft()
  let group: string | null = null
  let from = 0
  let noQuote = false
  let noComment = false
  let closing = 0 // the next `>`, found once for all brackets before it
  const take = (end: number, next: number): void => {
    if (end > from) draft.phrase.push(header.slice(from, end))
    from = next
  }
  const words = wordEnds(header)
  const push = (): void => {
    const person = finish(draft, group)
    if (person !== null) people.push(person)
    draft = newDraft()
  }
  for (let i = 0; i < header.length; i++) {
    const char = header[i]
    if (char === '=' && words.has(i)) {
      i = words.get(i)! - 1
    } else if (char === '"' && !noQuote) {
      const end = quoteEnd(header, i + 1)
      noQuote = end < 0
      if (end < 0) continue
      take(i, end + 1)
      const content = header.slice(i + 1, end)
      const host = hostAfter(header, end + 1)
      if (host !== '' && draft.address === null) {
        draft.address = `"${content}"${host}`
        i = end + host.length
        from = i + 1
      } else {
        draft.phrase.push(withoutBackslashes(content))
        i = end
      }
    } else if (char === '(' && !noComment) {
      const end = commentEnd(header, i)
      noComment = end < 0
      if (end < 0) continue
      take(i, end + 1)
      draft.comments.push(withoutBackslashes(header.slice(i + 1, end)))
      i = end
    } else if (char === '<' && closing >= 0) {
      if (closing <= i) closing = header.indexOf('>', i)
      let end = closing
      if (end < 0 || isLeftOpen(header, i, end)) continue
      const inner = header.slice(i + 1, end).trim()
      while (header[end + 1] === '>') end++ // <<a@b>>
      take(i, end + 1)
      if (draft.address === null || draft.address === '') draft.address = inner
      i = end
    } else if (char === ':' && group === null && draft.address === null && !draft.groupless) {
      draft.groupless = !isGroupName(header, from, i, draft)
      if (draft.groupless) continue
      take(i, i + 1)
      group = decodeWords(fold(draft.phrase.join('')))
      draft = newDraft()
    } else if (char === ',' || char === ';') {
      take(i, i + 1)
      push()
      if (char === ';') group = null
    }
  }
  take(header.length, header.length)
  push()
  return people
}

/** Is the `<` at `open` never closed, because another one opens with text between before the `>` at `end`? */
function isLeftOpen(header: string, open: number, end: number): boolean {
  const another = header.indexOf('<', open + 1)
  return another >= 0 && another < end && header.slice(open + 1, another).trim() !== ''
}

/** May what was read so far, and header[from, to), name a group? An address or a literal host before `:` may not. */
function isGroupName(header: string, from: number, to: number, draft: Draft): boolean {
  if (to - from > 1000 || draft.phrase.length > 20) return false
  const text = draft.phrase.join('') + header.slice(from, to)
  return text.trim() !== '' && !text.includes('@') && !text.includes('[')
}
