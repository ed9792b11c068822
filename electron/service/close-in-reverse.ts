/**
 * Closes what was opened, the last one first. One that does not close keeps none of the others open, the database least of all; the first
 * failure is thrown when all are closed.
 */
export async function closeInReverse(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closers.toReversed()) await close().catch((error: unknown) => void failures.push(error))
  if (failures.length > 0) throw failures[0]
}
