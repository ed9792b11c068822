/** Numbers and times in the person's own way of writing them, without a word of ours. Pure but for the defaults. */
export interface Formats {
  /** Never shortened: `48,212`. */
  number(value: number): string
  /** With one decimal: `4.8`. */
  decimal(value: number): string
  /** With so many decimals: `1.25`. */
  fraction(value: number, decimals: number): string
  /** What parts a fraction from the whole: `.`, or `,`. */
  readonly decimalMark: string
  /** A number of things a second: one decimal below ten, none from there on, as `rateText` has it. */
  rate(value: number): string
  /** Of a number from 0 to 100, rounded down, so that 100 % says all of it. */
  percent(value: number): string
  /** Decimal units, one decimal from gigabytes on: `61.4 GB`, `812 MB`. */
  bytes(value: number): string
  /** The time of day: `14:22`. */
  time(at: Date): string
  /** The time of day with seconds: `14:26:08`. */
  timeWithSeconds(at: Date): string
  /** `3 November`, with the year when it is not the one of `now`. */
  day(at: Date, now: Date): string
  /** `March 2019`. */
  month(at: Date): string
  /** `Wednesday, 25 November 2026`. */
  fullDay(at: Date): string
  /** As short as can be, below a chart: `Wed 25`. */
  weekday(at: Date): string
  /** As short as can be, below a chart: `25 Nov`. */
  shortDay(at: Date): string
  /** Date and time in full, for whoever wants to know exactly. */
  full(at: Date): string
  /** How many midnights lie between two moments: 1 is yesterday, -1 tomorrow. */
  daysBefore(at: Date, now: Date): number
}

export interface FormatOptions {
  /** The person's own when absent. */
  readonly locale?: string
  /** The computer's own when absent. */
  readonly timeZone?: string
}

const byteUnits = [
  ['petabyte', 1e15],
  ['terabyte', 1e12],
  ['gigabyte', 1e9],
  ['megabyte', 1e6],
  ['kilobyte', 1e3],
] as const

export function createFormats({ locale, timeZone }: FormatOptions = {}): Formats {
  const zone = timeZone === undefined ? {} : { timeZone }
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, ...zone })
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const time = dates({ hour: '2-digit', minute: '2-digit' })
  const timeWithSeconds = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const day = dates({ day: 'numeric', month: 'long' })
  const dayWithYear = dates({ day: 'numeric', month: 'long', year: 'numeric' })
  const month = dates({ month: 'long', year: 'numeric' })
  const fullDay = dates({ dateStyle: 'full' })
  const weekday = dates({ weekday: 'short', day: 'numeric' })
  const shortDay = dates({ day: 'numeric', month: 'short' })
  const full = dates({ dateStyle: 'full', timeStyle: 'long' })
  const parts = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone })
  /** The calendar day as a number of days since 1970. */
  const dayNumber = (at: Date): number => Date.parse(parts.format(at)) / 86_400_000
  const yearOf = (at: Date): string => parts.format(at).slice(0, 4)
  const units = new Map(
    byteUnits.map(([unit, size]) => {
      const digits = size >= 1e9 ? 1 : 0
      const options = { style: 'unit', unit, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
      return [unit, new Intl.NumberFormat(locale, options)]
    }),
  )
  const bytesAlone = new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' })
  return {
    number: (value) => whole.format(Math.round(value)),
    decimal: (value) => tenths.format(value),
    fraction: (value, decimals) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
    decimalMark: tenths.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.',
    rate: (value) => (value < 9.95 ? tenths : whole).format(value),
    percent: (value) => percents.format(Math.floor(value) / 100),
    bytes: (value) => {
      const [unit, size] = byteUnits.find(([, least]) => value >= least) ?? [null, 1]
      const text = unit === null ? bytesAlone.format(value) : units.get(unit)!.format(value / size)
      // No line ends between a number and its unit.
      return text.replaceAll(' ', '\u00A0')
    },
    time: (at) => time.format(at),
    timeWithSeconds: (at) => timeWithSeconds.format(at),
    day: (at, now) => (yearOf(at) === yearOf(now) ? day : dayWithYear).format(at),
    month: (at) => month.format(at),
    fullDay: (at) => fullDay.format(at),
    weekday: (at) => weekday.format(at),
    shortDay: (at) => shortDay.format(at),
    full: (at) => full.format(at),
    daysBefore: (at, now) => dayNumber(now) - dayNumber(at),
  }
}
