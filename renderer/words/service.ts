import type { AccountTally } from '../../shared/needs-you.ts'
import type { Formats } from '../format.ts'
import type { Text } from './text.ts'
import type { TimeWords } from './words.ts'

/** The state of the service as a whole. */
export function serviceWords(format: Formats, times: TimeWords) {
  const accounts = (count: number): string => times.counted(count, 'account', 'accounts')
  const is = (count: number): string => (count === 1 ? 'is' : 'are')

  /** `2 accounts need you, 1 is waiting, 5 are up to date`: the first clause names what is counted. */
  const tally = ({ needYou, waiting, unfinished, upToDate, paused }: AccountTally): string =>
    (
      [
        [needYou, needYou === 1 ? 'needs you' : 'need you'],
        [waiting, `${is(waiting)} waiting`],
        [unfinished, `${is(unfinished)} not copied yet`],
        [upToDate, `${is(upToDate)} up to date`],
        [paused, `${is(paused)} paused`],
      ] as const
    )
      .filter(([count]) => count > 0)
      .map(([count, rest], index) => `${index === 0 ? accounts(count) : format.number(count)} ${rest}`)
      .join(', ')

  return {
    accounts,
    syncing: (working: number, all: number) =>
      working === 0 ? 'Syncing' : `Syncing ${format.number(working)} of ${accounts(all)}`,
    syncingShort: (working: number, all: number) =>
      working === 0 ? 'Syncing' : `Syncing ${format.number(working)} of ${format.number(all)}`,
    tally,
    allUpToDate: 'Everything is up to date',
    allUpToDateBut: (failed: number) =>
      `Everything is up to date but for ${times.counted(failed, 'message', 'messages')}`,
    allPaused: (all: number) => (all === 1 ? 'The account is paused' : 'All accounts are paused'),
    upToDateShort: 'Up to date',
    waitingShort: (count: number) => `${format.number(count)} waiting`,
    unfinishedShort: (count: number) => `${format.number(count)} not copied yet`,
    pausedShort: 'Paused',
    noAccount: 'No account yet',
    noAccountNext: 'Nothing is synced',
    stopping: 'Stopping',
    stoppingNext: 'Finishing the messages at hand; this takes up to 10 s',
    stopped: 'Stopped',
    stoppedNext: 'No mail is copied until you start it again',
    stoppedNextShort: 'No mail is copied',
    failed: 'Mailtide stopped by an error',
    failedShort: 'Stopped by an error',
    failedNextShort: 'See Overview',
    failedNext: (message: string, remedy: string) => `${message}. ${remedy}`,
    nextCycle: <P>(countdown: P): Text<P> => ['Next cycle in ', countdown],
    nextCycleOrLater: <P>(countdown: P): Text<P> => ['Next cycle in ', countdown, ', or when this one ends'],
    /** While a cycle runs nobody knows when the next one starts: at its time, or later when this one takes longer. */
    nextAfterThis: 'The next cycle follows this one',
    nextAfterThisShort: 'Next cycle follows',
    lastCycle: (seconds: number, messages: number) =>
      messages === 0
        ? `the last one took ${times.took(seconds)} and found nothing new`
        : `the last one took ${times.took(seconds)} and stored ${times.counted(messages, 'message', 'messages')}`,
    every: 'Every',
    interval: times.minutes,
    syncNow: 'Sync now',
    start: 'Start',
    stop: 'Stop',
    messagesStored: (count: number) => `${times.counted(count, 'message', 'messages')} stored`,
    bytes: format.bytes,
    needYou: (count: number) => `${accounts(count)} ${count === 1 ? 'needs' : 'need'} you`,
    others: (count: number) => times.counted(count, 'other', 'others'),
    filter: 'Filter accounts',
    noMatch: (text: string) => `No account matches “${text}”`,
    clearFilter: 'Show all',
    empty: {
      text: 'Add your Gmail, or try Mailtide with a demo mailbox first.',
      action: 'Add account',
      demo: 'Try the demo',
    },
  }
}
