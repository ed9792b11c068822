import { phaseWords } from '../../shared/describe.ts'
import type { Phase } from '../../shared/status.ts'
import type { Formats } from '../format.ts'
import type { Text } from './text.ts'
import type { TimeWords } from './words.ts'

/** One account: its card, its menu and what can be done with it. */
export function accountWords(format: Formats, times: TimeWords) {
  const messages = (count: number): string => times.counted(count, 'message', 'messages')

  return {
    state: {
      new: 'Waiting for its first sync',
      backfilling: 'Copying the mailbox',
      backfillStopped: 'Mailbox not copied yet',
      syncing: 'Syncing',
      upToDate: 'Up to date',
      quota: <P>(until: P): Text<P> => ['Waiting for Google’s quota until ', until],
      network: 'Waiting for the network',
      server: 'Waiting for Google’s servers',
      battery: 'First download waits on battery',
      metered: 'First download waits on a metered network',
      disk: 'Waiting for free disk space',
      originals: 'Waiting for the folder of originals',
      clock: 'Waiting for the right time',
      store: 'Waiting for the database',
      /** While the service is stopped nobody waits for anything. */
      notFinished: 'Last sync not finished',
      needsReauth: 'Needs you to sign in',
      error: 'Stopped by an error',
      paused: 'Paused by you',
    },
    startsInThisCycle: 'starts in this cycle',
    startsAt: <P>(at: P): Text<P> => ['starts at ', at],
    startsWithService: 'starts when Mailtide is started again',
    goesOnWithService: 'continues when Mailtide is started again',
    newMailGoesOn: 'new mail is synced',
    goesOnByItself: 'goes on by itself',
    goesOnWithSpace: 'continues when there is space',
    nextTry: <P>(at: P): Text<P> => ['next try ', at],
    nextTryNow: 'next try now',
    backTo: (at: Date) => `back to ${format.month(at)} so far`,
    listing: (found: number) => `listing messages, ${format.number(found)} found so far`,
    progress: (phase: Phase, done: number, total: number) => {
      if (total === 0) return phaseWords[phase]
      const amount = `${format.number(done)} of ${format.number(total)}`
      switch (phase) {
        case 'catching_up':
          return `${amount} changes`
        case 'downloading':
          return `${amount} messages`
        default:
          return `${phaseWords[phase]}, ${amount}`
      }
    },
    asOf: <P>(at: P): Text<P> => ['as of ', at],
    butFor: (count: number) => `but for ${messages(count)}`,
    noMailSince: <P>(at: P): Text<P> => ['no new mail since ', at],
    since: <P>(at: P): Text<P> => ['since ', at],
    showLog: 'Show in log',
    resume: 'Resume',

    gmail: <P>(count: P): Text<P> => ['Gmail ', count],
    stored: <P>(count: P): Text<P> => ['stored ', count],
    deleted: <P>(count: P): Text<P> => [count, ' deleted there and kept'],
    storedAlone: <P>(count: P): Text<P> => ['Stored ', count],
    waiting: <P>(count: P): Text<P> => [count, ' waiting'],
    count: (count: number) => format.number(count),
    notCountedYet: 'Gmail not counted yet',
    notCountedSince: 'Gmail not counted since then',
    countingGmail: 'Gmail is being counted',
    newestFirst: 'Newest mail first',
    lastSynced: <P>(at: P): Text<P> => ['Last synced ', at],
    neverSynced: 'Never synced',
    due: <P>(at: P): Text<P> => ['due ', at],
    dueNow: 'due now',

    gauge: 'Mailbox copied',
    percent: (value: number) => format.percent(value),
    rate: (perSecond: number) => `${format.rate(perSecond)} messages/s`,
    measuring: 'measuring the speed',
    left: times.left,
    toBeTriedAgain: (count: number) => `${format.number(count)} to be tried again`,

    menu: (name: string) => `More for ${name}`,
    details: {
      kept: (count: number) => `${messages(count)} kept after deletion in Gmail`,
      lastError: <P>(message: string, at: P): Text<P> => [`Last error: ${message}, `, at],
      began: <P>(at: P): Text<P> => ['First download began ', at],
      signInEnds: <P>(at: P): Text<P> => ['Google ends the sign-in: ', at],
    },
    actions: {
      syncNow: 'Sync now',
      pause: 'Pause',
      resume: 'Resume',
      signIn: 'Sign in again',
      troubles: 'Messages with problems',
      log: 'Show in log',
      remove: 'Remove account',
    },

    troubles: {
      caption: (email: string) => `Messages of ${email} that could not be stored or read yet`,
      message: 'Message',
      why: 'Why',
      tries: 'Tries',
      nextTry: 'Next try',
      never: 'with an update',
      openInGmail: (id: string) => `${id}, opens in Gmail`,
      byThemselves: 'They are tried again on their own.',
      tryNow: 'Try now',
      none: 'None any more: all messages are stored and read.',
      loading: 'Asking which messages',
      more: (shown: number, total: number) => `The first ${format.number(shown)} of ${format.number(total)}.`,
    },

    demo: {
      badge: 'Demo',
      text: 'Made-up mail, from a Gmail on this computer.',
      addOwn: 'Add your Gmail',
      end: 'End the demo',
      endText: 'Its made-up mail is deleted from this computer, and its Gmail ends. Your own accounts are not touched.',
      name: (email: string) => `${email} (demo)`,
    },

    remove: {
      title: (email: string) => `Remove ${email}`,
      text: 'Mailtide stops copying this mailbox and forgets how to sign in. Nothing changes in Gmail.',
      mail: 'What is stored on this computer',
      keep: (count: number) => `Keep the stored mail (${messages(count)})`,
      keepHelp: 'It stays readable and searchable; the account can be added again later.',
      delete: 'Delete the stored mail',
      deleteHelp: 'Messages and originals are deleted from this computer for good.',
      revoke: 'Take back Google’s permission too',
      revokeHelp: 'It ends for every program that uses an OAuth client of the same Google project.',
      confirmKeep: 'Remove account',
      confirmDelete: 'Remove and delete mail',
    },

    /** Whole sentences for people who listen. */
    announce: {
      new: (email: string) => `${email} waits for its first sync`,
      backfilling: (email: string) => `The mailbox ${email} is being copied`,
      syncing: (email: string) => `${email} is being synced`,
      up_to_date: (email: string) => `${email} is up to date`,
      waiting: (email: string) => `${email} is waiting`,
      needs_reauth: (email: string) => `${email} needs you to sign in`,
      error: (email: string) => `${email} was stopped by an error`,
      paused: (email: string) => `${email} is paused`,
      removed: (email: string) => `${email} was removed`,
    },
  }
}
