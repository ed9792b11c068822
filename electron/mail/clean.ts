/**
 * Text that Postgres and JSON accept: no NUL and no lone surrogates.
 * The last thing done to every string.
 */
export function clean(text: string): string {
  const withoutNul = text.includes('\0') ? text.split('\0').join('') : text
  return withoutNul.isWellFormed() ? withoutNul : withoutNul.toWellFormed()
}

/** `clean` for a value that may be missing. */
export function cleanOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : clean(text)
}
