/**
 * The one gate for text and dates on their way to Postgres. Whatever a mail holds, what leaves here is accepted by a
 * `text` or `timestamptz` column and by JSON.
 */

/**
 * Text that Postgres can hold: without U+0000 (it has no place in `text`), with lone surrogates replaced (they are not
 * UTF-8), at most `maxChars` UTF-16 units and, when given, `maxBytes` bytes of UTF-8. No character is cut in half.
 */
export function safeText(text: string, maxChars: number, maxBytes?: number): string {
  const cut = cutChars(text.replaceAll('\0', ''), maxChars).toWellFormed()
  return maxBytes === undefined ? cut : cutBytes(cut, maxBytes)
}

function cutChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const splitsPair = isHighSurrogate(text.charCodeAt(maxChars - 1)) && isLowSurrogate(text.charCodeAt(maxChars))
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars)
}

function cutBytes(text: string, maxBytes: number): string {
  // A UTF-16 unit takes at most three bytes
  if (text.length * 3 <= maxBytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

const earliest = Date.parse('0001-01-01T00:00:00.000Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * A moment as it was said, 1904 or 2106 too: a mail's date may lie, but we do not. Clamped to the years 1 to 9999, beyond which ISO dates,
 * Postgres and JavaScript no longer write alike. Null when it is none.
 */
export function safeDate(moment: Date | number): Date | null {
  const time = typeof moment === 'number' ? moment : moment.getTime()
  if (Number.isNaN(time)) return null
  return new Date(Math.min(latest, Math.max(earliest, Math.trunc(time))))
}
