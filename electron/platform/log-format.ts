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

/** Line breaks and control characters become visible escapes, so that no text from outside can forge a line or a colour. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (char) => {
    if (char === '\n') return '\\n'
    if (char === '\r') return '\\r'
    if (char === '\t') return '\\t'
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
