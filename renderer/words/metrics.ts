import type { SeriesSpan } from '../../shared/figures.ts'
import type { Formats } from '../format.ts'
import { NO_BREAK, type Text } from './text.ts'
import type { TimeWords } from './words.ts'

const kinds: Readonly<Record<string, string>> = {
  needs_reauth: 'Sign-in',
  mailbox_off: 'Mailbox off',
  policy: 'Refused by administrator',
  api_disabled: 'Gmail API off',
  wrong_account: 'Wrong account',
  network: 'Network',
  server: 'Errors of Google',
  bad_answer: 'Unreadable answers',
  quota: 'Google’s quota',
  concurrency: 'Too many at once',
  daily_quota: 'Google’s daily quota',
  gone: 'Gone messages',
  history_expired: 'History too old',
  mass_deletion: 'Mass deletion',
  parse_failed: 'Unreadable mails',
  parse_timeout: 'Mails that took too long',
  disk: 'Disk',
  store: 'Database',
  bug: 'Faults of Mailtide',
}

/** The page of the charts. */
export function metricWords(format: Formats, times: TimeWords) {
  const { counted } = times
  const seconds = (value: number): string => (value < 59.95 ? `${format.decimal(value)} s` : times.took(value))
  const messages = (count: number): string => counted(count, 'message', 'messages')
  const cycles = (count: number): string => counted(count, 'cycle', 'cycles')
  const errors = (count: number): string => counted(count, 'error', 'errors')
  const spanOf: Readonly<Record<SeriesSpan, string>> = {
    hour: 'the last hour',
    day: 'the last 24 hours',
    week: 'the last 7 days',
    month: 'the last 30 days',
  }
  return {
    title: 'Metrics',
    span: 'Span',
    spans: { hour: 'Hour', day: 'Day', week: 'Week', month: 'Month' } satisfies Readonly<Record<SeriesSpan, string>>,
    view: 'Show as',
    views: { charts: 'Charts', table: 'Table' },
    exportCsv: 'Export CSV',
    saved: 'Exported',
    titles: {
      emails: 'Messages stored',
      duration: 'Longest cycle',
      errors: 'Errors by kind',
      store: 'Store size',
      quota: 'Gmail quota used',
    },
    database: 'Database',
    originals: 'Original mails',
    otherKinds: 'Other kinds',
    errorKind: (kind: string) => kinds[kind] ?? kind,
    errorsOfKind: (kind: string, count: number) => `${kind} ${format.number(count)}`,
    count: (value: number) => format.number(value),
    seconds,
    /** Round ones. */
    axisSeconds: (value: number) => (value === 0 ? format.number(0) : times.took(value)),
    bytes: (value: number) => (value === 0 ? format.number(0) : format.bytes(value)),
    messagesIn: (emails: number, count: number) => `${messages(emails)} in ${cycles(count)}`,
    noCycle: 'no cycle ended',
    longest: (longest: number, mean: number, count: number) =>
      count === 1 ? seconds(longest) : `${seconds(longest)}, mean of ${format.number(count)}: ${seconds(mean)}`,
    errors: (count: number, byKind: readonly string[]) =>
      byKind.length === 0 ? errors(count) : `${errors(count)}: ${byKind.join(', ')}`,
    sizes: (database: number | null, originals: number | null) => {
      const known = [
        ...(database === null ? [] : [`Database ${format.bytes(database)}`]),
        ...(originals === null
          ? []
          : [`${database === null ? 'Original' : 'original'} mails ${format.bytes(originals)}`]),
      ]
      return known.length === 0 ? 'not measured' : known.join(', ')
    },
    units: (count: number) => counted(count, 'unit', 'units'),
    interval: (minutes: number) => `Interval, ${times.minutes(minutes)}`,
    readBy: (title: string) => `${title}: arrow keys read the values`,
    /** Beside days a time alone would not say of which. */
    from: (at: Date, now: Date, span: SeriesSpan) => {
      const when = times.when(at, now)
      const isBare = (span === 'week' || span === 'month') && format.daysBefore(at, now) === 0
      return `from ${isBare ? `today, ${when}` : when}`.replaceAll(' ', NO_BREAK)
    },
    reading: (value: string, from: string) => `${value} ${from}`,
    axisTime: (at: Date, span: SeriesSpan) =>
      span === 'hour' || span === 'day' ? format.time(at) : span === 'week' ? format.weekday(at) : format.shortDay(at),
    now: 'now',
    nothing: 'Nothing in this span',
    noErrors: 'No errors in this span',
    none: '–',
    time: 'From',
    table: (span: SeriesSpan) => `Figures of ${spanOf[span]}`,
    columns: {
      cycles: 'Cycles',
      emails: 'Messages',
      mean: 'Mean cycle',
      longest: 'Longest cycle',
      errors: 'Errors',
      quota: 'Quota units',
    },
    when: times.when,
    full: times.full,
    loading: 'Reading the figures',
    summaryNone: (span: SeriesSpan) => `Nothing was synced in ${spanOf[span]}.`,
    /** `bold` makes a part of what is to stand out. */
    summary: <P>(
      span: SeriesSpan,
      done: {
        readonly emails: number
        readonly cycles: number
        readonly errors: number
        readonly longest: number | null
      },
      bold: (text: string) => P,
    ): Text<P> => [
      `In ${spanOf[span]} Mailtide stored `,
      bold(messages(done.emails)),
      ' in ',
      bold(cycles(done.cycles)),
      ...(done.longest === null ? [] : [`; the longest took ${seconds(done.longest)}`]),
      '. ',
      ...(done.errors === 0 ? ['No errors.'] : [bold(errors(done.errors)), '.']),
    ],
  }
}
