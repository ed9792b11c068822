const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/** How a point in time may be written, in words. */
export const sinceWords = 'a span such as 90s, 10m, 2h, 3d or 1w, or a time such as 2026-01-31 or 2026-01-31 08:15:00'

/**
 * A point in time as people write it: a span before now, or a date with or without a time, which is local unless it names
 * its zone. Null when it is neither.
 */
export function parseSince(text: string, now: Date): Date | null {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text.trim()) ?? []
  if (amount !== undefined && unit !== undefined) {
    return new Date(now.getTime() - Number(amount) * (unitSeconds[unit] ?? 0) * 1_000)
  }
  const [, date, time, zone] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text.trim()) ?? []
  if (date === undefined) return null
  // A date alone would be read as UTC.
  const at = new Date(`${date}T${time ?? '00:00'}${zone ?? ''}`)
  // A day that its month does not have is moved into the next one.
  const isReal = !Number.isNaN(at.getTime()) && !Number.isNaN(Date.parse(`${date}T00:00Z`)) && dayOf(date) === date
  return isReal ? at : null
}

const dayOf = (date: string): string => new Date(`${date}T00:00Z`).toISOString().slice(0, 10)
