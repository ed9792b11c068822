/** What the clock part of a date says. */
interface Parts {
  readonly year: string
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly half: string | undefined
  readonly zone: string
}

const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july'],
  ...['august', 'september', 'october', 'november', 'december'],
]

/** Minutes east of Greenwich. Letters of the military zones mean nothing (https://www.rfc-editor.org/rfc/rfc5322#section-4.3). */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  bst: 60,
  west: 60,
  cet: 60,
  met: 60,
  mez: 60,
  cest: 120,
  mest: 120,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  msd: 240,
  ist: 330,
  hkt: 480,
  sgt: 480,
  kst: 540,
  jst: 540,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  akst: -540,
  akdt: -480,
  hst: -600,
}

const MAX_LENGTH = 300
const MAX_ZONE = 14 * 60

const TIME = String.raw`(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d{1,9})?)?(?![\d:])(?: ?([ap]m)\b)?`
/** `Mon, 1 Jan 2024 10:00:00 +0000`, and with dashes, dots, two-digit years. */
const DAY_FIRST = new RegExp(
  String.raw`(?:^|[ ,])(\d{1,2})[ .-]{1,2}([a-z]{3,9})[ .,-]{1,3}(\d{2,4})(?:[ ,]{1,3}${TIME} ?(.*))?$`,
  'i',
)
/** ctime: `Mon Jan  1 10:00:00 [zone] 2024 [zone]`. */
const YEAR_LAST = new RegExp(
  String.raw`(?:^|[ ,])([a-z]{3,9}) (\d{1,2}),? ${TIME} ?([a-z+-][a-z0-9:+-]*)? ?(\d{4})(?: (.*))?$`,
  'i',
)
/** `January 1, 2024 10:00 AM`. */
const MONTH_FIRST = new RegExp(String.raw`(?:^|[ ,])([a-z]{3,9})\.? (\d{1,2}), ?(\d{4}),? ${TIME} ?(.*)$`, 'i')
const ISO = new RegExp(String.raw`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[t ]${TIME} ?(.*))?$`, 'i')

function monthIndex(name: string): number {
  const start = name.toLowerCase()
  return MONTHS.findIndex((month) => month.startsWith(start))
}

function clockOf(match: RegExpExecArray, at: number): Pick<Parts, 'hour' | 'minute' | 'second' | 'half'> {
  return {
    hour: Number(match[at] ?? 0),
    minute: Number(match[at + 1] ?? 0),
    second: Number(match[at + 2] ?? 0),
    half: match[at + 3]?.toLowerCase(),
  }
}

function partsOf(text: string): Parts | null {
  let match = DAY_FIRST.exec(text)
  if (match !== null) {
    const [, day, month, year] = match
    return {
      day: Number(day),
      month: monthIndex(month!),
      year: year!,
      ...clockOf(match, 4),
      zone: match[8] ?? '',
    }
  }
  match = YEAR_LAST.exec(text)
  if (match !== null) {
    return {
      month: monthIndex(match[1]!),
      day: Number(match[2]),
      ...clockOf(match, 3),
      zone: match[7] ?? match[9] ?? '',
      year: match[8]!,
    }
  }
  match = MONTH_FIRST.exec(text)
  if (match !== null) {
    return {
      month: monthIndex(match[1]!),
      day: Number(match[2]),
      year: match[3]!,
      ...clockOf(match, 4),
      zone: match[8] ?? '',
    }
  }
  match = ISO.exec(text)
  if (match === null) return null
  return {
    year: match[1]!,
    month: Number(match[2]) - 1,
    day: Number(match[3]),
    ...clockOf(match, 4),
    zone: match[8] ?? '',
  }
}

/** Two digits: 00–49 are this century. Three are years since 1900, a bug of the year 2000. */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? year + 2000 : year + 1900
  return digits.length === 3 ? year + 1900 : year
}

/** Minutes east; 0 when not said, unknown or absurd. */
function zoneMinutes(zone: string, comment: string): number {
  const text = zone.trim()
  const numeric =
    /^(?:gmt|utc?)? ?([+-]) ?(\d{1,2}):?(\d{2})?(?!\d)/i.exec(text) ?? /^()(\d{2})(\d{2})(?!\d)/.exec(text)
  if (numeric !== null) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0)
    if (minutes > MAX_ZONE) return 0
    return numeric[1] === '-' ? -minutes : minutes
  }
  const name = /^[a-z]+/i.exec(text === '' ? comment : text)?.[0].toLowerCase() ?? ''
  return Object.hasOwn(ZONES, name) ? ZONES[name]! : 0
}

/** Comments out; the last one may hold the zone. */
function withoutComments(text: string): { plain: string; comment: string } {
  let comment = ''
  const plain = text.replace(/\(([^()]*)\)/g, (_, inner: string) => {
    comment = inner.trim()
    return ' '
  })
  return { plain: plain.replace(/\s+/g, ' ').trim(), comment }
}

function isRealDay(year: number, month: number, day: number): boolean {
  return month >= 0 && month < 12 && day >= 1 && day <= new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
}

/**
 * A Date header as milliseconds since 1970 UTC, or null when it cannot be read.
 *
 * Never `new Date(text)`: that guesses with the machine's zone, rolls 31 February over and refuses what old programs
 * write. No zone, or one beyond 14 hours, means UTC; a day, hour, minute or second that does not exist means null.
 */
export function readDate(header: string): number | null {
  const { plain, comment } = withoutComments(header.slice(0, MAX_LENGTH))
  const parts = partsOf(plain)
  if (parts === null) return null
  const year = fullYear(parts.year)
  if (year < 1900 || year > 9999 || !isRealDay(year, parts.month, parts.day)) return null
  let { hour } = parts
  if (parts.half !== undefined) {
    if (hour > 23) return null
    if (hour <= 12) hour = (hour % 12) + (parts.half === 'pm' ? 12 : 0)
  }
  const midnight = hour === 24 && parts.minute === 0 && parts.second === 0
  if ((hour > 23 && !midnight) || parts.minute > 59 || parts.second > 60) return null
  const local = Date.UTC(year, parts.month, parts.day, hour, parts.minute, parts.second)
  return local - zoneMinutes(parts.zone, comment) * 60_000
}
