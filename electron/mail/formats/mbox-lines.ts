/** The `From ` line that separates mails in an mbox: RFC 4155, https://www.rfc-editor.org/rfc/rfc4155 */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export interface Separator {
  /** What stands between `From ` and the date. */
  readonly sender: string
  /** Milliseconds since 1970; null when the date cannot be read. A date without zone is taken as UTC. */
  readonly date: number | null
}

/** asctime with the zone in any of the places where programs put it: before the year, after it, or not at all. */
const ASCTIME =
  /^(?:\w{3},?\s+)?(\w{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s+([+-]\d{4}|[A-Z]{1,5}))?(?:\s+(\d{4}))(?:\s+([+-]\d{4}))?\s*$/

function zoneMinutes(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})$/.exec(zone ?? '') ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}

function readDate(text: string): number | null {
  const [, month, day, hour, minute, second, zoneBefore, year, zoneAfter] = ASCTIME.exec(text) ?? []
  const monthIndex = MONTHS.indexOf(month ?? '')
  if (monthIndex < 0) return null
  const local = Date.UTC(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second ?? 0))
  return local - zoneMinutes(zoneAfter ?? zoneBefore) * 60_000
}

/**
 * Reads a line that begins with `From `, without its line end; null when it is just text. After a blank line a year and a
 * time of day are enough; elsewhere the whole date must be as asctime writes it, since some programs forget to quote.
 */
export function readSeparator(line: string, afterBlank: boolean): Separator | null {
  const [, sender, rest] = /^From +(\S+) +(.+)$/.exec(line) ?? []
  if (sender === undefined || rest === undefined) return null
  const date = readDate(rest)
  if (date !== null) return { sender, date }
  return afterBlank && /\d{1,2}:\d{2}/.test(rest) && /\b(19|20)\d{2}\b/.test(rest) ? { sender, date: null } : null
}

const two = (value: number): string => String(value).padStart(2, '0')

/** A `From ` line, without a line end, its date in UTC. */
export function writeSeparator(sender: string, date: number): string {
  const at = new Date(date)
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const day = `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2, ' ')}`
  const who = sender.replaceAll(/\s+/g, '') || 'MAILER-DAEMON'
  return `From ${who} ${day} ${time} ${String(at.getUTCFullYear()).padStart(4, '0')}`
}
