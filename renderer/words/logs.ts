import type { LostNotice } from '../../shared/documents.ts'
import type { LogLevel } from '../../shared/log-entry.ts'
import type { Formats } from '../format.ts'
import type { Text } from './text.ts'
import type { TimeWords } from './words.ts'

/** The page of the log. */
export function logWords(format: Formats, { counted }: TimeWords) {
  const lines = (count: number): string => counted(count, 'line', 'lines')
  const levels: Readonly<Record<LogLevel, string>> = {
    debug: 'Debug',
    info: 'Info',
    warning: 'Warning',
    error: 'Error',
  }
  return {
    title: 'Logs',
    copy: 'Copy',
    download: 'Download',
    openFolder: 'Open folder',
    tools: 'Choose lines',
    searchIn: (count: number) => (count === 0 ? 'Search the log' : `Search ${lines(count)}`),
    level: 'Level',
    levels,
    atLeast: {
      debug: 'Everything, with debug',
      info: 'Info and above',
      warning: 'Warnings and errors',
      error: 'Errors',
    } satisfies Readonly<Record<LogLevel, string>>,
    account: 'Account',
    allAccounts: 'All accounts',
    list: 'Log, newest line last',
    day: (at: Date) => format.fullDay(at),
    time: (at: Date) => format.timeWithSeconds(at),
    full: (at: Date) => format.full(at),
    repeated: (times: number) => `repeated ${counted(times, 'time', 'times')}`,
    gap: ({ count, reason }: LostNotice) =>
      reason === 'restarted'
        ? 'Mailtide was restarted here; its last lines before that may be missing, but are in the log file'
        : `${count === null ? 'Some lines' : lines(count)} missing here, as they came faster than they could be shown; the log file has them`,
    letGo: (count: number) => `${lines(count)} before these are no longer on this page; the log file has them`,
    live: 'Live',
    newestLast: 'newest line at the bottom',
    looking: 'Looking for the log',
    lost: 'No connection to Mailtide',
    lostNext: 'goes on by itself when it answers',
    pausedAt: (at: Date) => `Paused at ${format.timeWithSeconds(at)}`,
    fresh: <P>(count: number, shown: P): Text<P> => [shown, count === 1 ? ' new line' : ' new lines'],
    count: (count: number) => format.number(count),
    pause: 'Pause',
    showNew: 'Show new lines',
    goOn: 'Go on',
    shownOf: (shown: number, total: number) => `${format.number(shown)} of ${lines(total)}`,
    copied: (count: number) => `${lines(count)} copied`,
    selectionCopied: 'Selection copied',
    notCopied: 'Not copied: this browser does not let the page write to the clipboard. Download the lines',
    saved: (count: number) => `${lines(count)} saved`,
    none: 'Nothing was logged yet',
    noneNext: 'Lines appear here as they are written',
    noMatch: 'No line matches',
    noMatchNext: (total: number) => `None of ${lines(total)} is of this kind`,
    showAll: 'Show all lines',
  }
}
