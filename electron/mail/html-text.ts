import { Tokenizer } from 'htmlparser2'

/** Longest HTML that is read, in characters: longer ones are cut. */
export const MAX_HTML = 5_000_000

/** Elements whose text nobody sees. */
const HIDDEN = new Set(['script', 'style', 'title', 'template'])

const CELLS = new Set(['td', 'th'])

const BLOCKS = new Set([
  ...['address', 'article', 'aside', 'blockquote', 'br', 'caption', 'center', 'dd', 'details', 'div', 'dl', 'dt'],
  ...['fieldset', 'figcaption', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr'],
  ...['legend', 'li', 'main', 'nav', 'ol', 'option', 'p', 'pre', 'section', 'summary', 'table', 'tr', 'ul'],
])

/** What an element's begin or end puts between words. A table cell must: `Total` and `42 EUR` are two words. */
function gap(element: string): string {
  if (CELLS.has(element)) return ' '
  return BLOCKS.has(element) ? '\n' : ''
}

/** Zero-width characters and the soft hyphen, with which senders break words apart for filters and mail programs. */
const INVISIBLE = /\u00ad|\u034f|\u2060|\ufeff|[\u200b-\u200f]/g

/** Blanks to one, blanks around line ends gone, no more than one empty line. Linear. */
function fold(text: string): string {
  const lines: string[] = []
  let empty = true
  for (const raw of text.split('\n')) {
    const line = raw.replace(/[ \t\r\f\v\u00a0]+/g, ' ').trim()
    if (line === '' && empty) continue
    empty = line === ''
    lines.push(line)
  }
  return lines.join('\n').trim()
}

interface Visible {
  readonly text: string
  /** A hidden element was never closed. */
  readonly open: boolean
}

function readVisible(html: string, skipping: boolean): Visible {
  const out: string[] = []
  let hidden: string | null = null
  const nothing = (): void => {}
  const tokenizer = new Tokenizer(
    { decodeEntities: true, xmlMode: false },
    {
      ontext(start, end) {
        if (hidden === null) out.push(html.slice(start, end))
      },
      ontextentity(codepoint) {
        if (hidden === null) out.push(String.fromCodePoint(codepoint))
      },
      onopentagname(start, end) {
        if (hidden !== null || end - start > 20) return
        const name = html.slice(start, end).toLowerCase()
        if (skipping && HIDDEN.has(name)) hidden = name
        else out.push(gap(name))
      },
      onclosetag(start, end) {
        if (end - start > 20) return
        const name = html.slice(start, end).toLowerCase()
        if (hidden === null) out.push(gap(name))
        else if (name === hidden) hidden = null
      },
      onopentagend: nothing,
      onselfclosingtag: nothing,
      onattribname: nothing,
      onattribdata: nothing,
      onattribentity: nothing,
      onattribend: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  return { text: fold(out.join('').replace(INVISIBLE, '')), open: hidden !== null }
}

/**
 * The words of an HTML text, for searching and reading: no markup, no scripts or styles, entities decoded, a new line per
 * block and a blank between table cells. Uses a tokenizer without a tree, so that no nesting can make it slow.
 */
export function htmlToText(html: string): string {
  const source = html.length > MAX_HTML ? html.slice(0, MAX_HTML) : html
  const { text, open } = readVisible(source, true)
  // A style or title that is never closed hides the whole mail: then rather too much than nothing.
  return text === '' && open ? readVisible(source, false).text : text
}
