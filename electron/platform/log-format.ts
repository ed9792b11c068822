import type { LogEntry } from '../../shared/log-entry.ts'

/** Names of a JSON line that are not an entry's fields. */
export const reservedNames: ReadonlySet<string> = new Set(['timestamp', 'level', 'logger', 'message', 'repeated'])

/** One JSON object for collectors. A field that is called as one of ours gets a `_` behind its name. */
export function formatJson(entry: LogEntry): string {
  const fields = Object.entries(entry.fields ?? {}).map(([name, value]) => [
    reservedNames.has(name) ? `${name}_` : name,
    value,
  ])
  return JSON.stringify({
    timestamp: entry.at,
    level: entry.level,
    logger: entry.name,
    message: entry.message,
    ...Object.fromEntries(fields),
    ...(entry.repeated === undefined ? {} : { repeated: entry.repeated }),
  })
}

/**
 * What is obeyed rather than shown, as the source of an expression with the flag `u`: control characters, line separators, and the marks that turn
 * the direction of a text (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings), by which a line can be made to read otherwise.
 */
export const invisible = String.raw`[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`
const eachInvisible = new RegExp(invisible, 'gu')

/** What is obeyed rather than shown becomes visible escapes, so that no text from outside can forge a line, a colour or an order. */
export function oneLine(text: string): string {
  return text.replaceAll(eachInvisible, (char) => {
    if (char === '\n') return '\\n'
    if (char === '\r') return '\\r'
    if (char === '\t') return '\\t'
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
