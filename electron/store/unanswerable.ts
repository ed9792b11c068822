import { AppError } from '../../shared/errors.ts'

/** Nearly every statement begins with a word, and reads nothing from its sender: it need not be looked at any closer. */
const needsNoLook = (text: string): boolean => /^\s*[a-z(]/i.test(text) && !/\bstdin\b/i.test(text)

/** Strings in each of their spellings, and quoted names: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
const quoted = /e'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([\p{L}_][\p{L}\p{N}_]*)?\$[\s\S]*?\$\1\$/iuy

/** A statement without comments, and without what may hold any text: a quoted name stays a word. */
function bare(text: string): string {
  let words = ''
  for (let at = 0; at < text.length; ) {
    const next = afterComment(text, at)
    if (next > at) {
      words += ' '
      at = next
      continue
    }
    quoted.lastIndex = at
    const isQuoted = quoted.test(text)
    words += isQuoted ? ' "" ' : text[at]
    at = isQuoted ? quoted.lastIndex : at + 1
  }
  return words
}

/** Where the comment ends that begins here; the same place when none does. Those between marks nest. */
function afterComment(text: string, start: number): number {
  if (text.startsWith('--', start)) {
    const end = text.indexOf('\n', start)
    return end === -1 ? text.length : end
  }
  if (!text.startsWith('/*', start)) return start
  let depth = 1
  let at = start + 2
  for (; depth > 0 && at < text.length; at++) {
    if (text.startsWith('/*', at)) depth++
    else if (text.startsWith('*/', at)) depth--
    else continue
    at++
  }
  return at
}

/**
 * Throws `bad_input` for what no driver can give an answer to: a statement with nothing in it, and COPY that reads what its sender does not send,
 * by which the embedded database loses the thread of the conversation.
 */
export function refuseUnanswerable(text: string): void {
  if (needsNoLook(text)) return
  const words = bare(text)
  if (/^[\s;]*$/.test(words)) {
    throw new AppError('bad_input', 'The statement is empty', { remedy: 'Give one SQL statement' })
  }
  refuseCopyIn(words)
}

/** The same for a script, which may be empty. */
export function refuseUnanswerableScript(sql: string): void {
  if (/\bstdin\b/i.test(sql)) refuseCopyIn(bare(sql))
}

function refuseCopyIn(words: string): void {
  if (!/(^|;)\s*copy\b[^;]*\bfrom\s+stdin\b/i.test(words)) return
  throw new AppError('bad_input', 'COPY … FROM STDIN has nothing to read from here', {
    remedy: 'Insert the rows, or load the file into a PostgreSQL of your own with psql',
  })
}
