import type { Formats } from '../format.ts'
import type { Text } from './text.ts'

/** What stands around every page: navigation, connection, dialogs. */
export function frameWords(format: Formats) {
  return {
    product: 'Mailtide',
    skip: 'Skip to content',
    opensBrowser: 'opens in your browser',
    pages: 'Pages',
    pageNames: {
      overview: 'Overview',
      metrics: 'Metrics',
      logs: 'Logs',
      settings: 'Settings',
      welcome: 'Add account',
    },
    needYou: (count: number) => (count === 1 ? '1 needs you' : `${format.number(count)} need you`),
    /** The title of the document: what is true first, as tabs and task bars cut the end. */
    title: (page: string, state: string | null) =>
      state === null ? `${page} · Mailtide` : `${state} · ${page} · Mailtide`,
    loading: 'Looking for Mailtide',
    locked: 'Mailtide asks for its token',
    nothingNewer: 'Nothing newer is known',
    banner: {
      starting: 'Mailtide is starting.',
      noConnection: 'No connection to Mailtide.',
      shownAsOf: (at: Date) => `Shown as of ${format.timeWithSeconds(at)}`,
      nothingYet: 'Nothing can be shown yet',
      tryingAgain: 'trying again.',
      tryingAgainIn: <P>(countdown: P): Text<P> => ['trying again in ', countdown, ' s.'],
      seconds: (seconds: number) => format.number(Math.max(0, Math.ceil(seconds))),
      tryNow: 'Try now',
      offline: 'This computer is offline.',
      offlineNext: 'Syncing goes on by itself when the network is back.',
      notGoogle: 'This is not Gmail itself.',
      notGoogleNext: (address: string) => `Mail comes from ${address}, as the environment says`,
      notDurable: 'The database does not survive a power cut.',
      notDurableNext: 'PostgreSQL runs with fsync off: mail that was stored last may be lost with the power',
      battery: 'This computer runs on battery.',
      metered: 'The network is metered.',
      heldNext: 'New mail is synced; the first download waits',
      copyAnyway: 'Copy anyway',
      changePort: 'Change port',
      showLog: 'Show in log',
      settings: 'Settings',
    },
    token: {
      needed: 'This page needs the API token.',
      neededNext: 'Open it with “mailtide open”, or enter the token.',
      enter: 'Enter token',
      title: 'Enter the API token',
      hint: 'It is the content of the file api-token in the data folder. “mailtide open” opens this page with it.',
      label: 'API token',
      wrong: 'Mailtide does not know this token. Copy it again from the file api-token.',
      use: 'Use token',
    },
    cancel: 'Cancel',
    problem: {
      unanswered: 'Mailtide does not answer',
      unansweredRemedy: 'See whether it still runs: mailtide status',
      wrongToken: 'The API token is not the right one',
      wrongTokenRemedy:
        'Give the content of the file api-token in the data folder. If it is that, something other than Mailtide answers here: mailtide status',
      notOurs: 'Mailtide answered in a way this page does not understand',
      notOursRemedy: 'Reload the page; if it comes back, restart Mailtide',
      gone: 'Mailtide was stopped',
      goneRemedy: 'Start it again: mailtide start. This window then goes on by itself',
      none: 'Mailtide could not be started',
      noneRemedy: 'See the log',
      broken: 'This page met a fault of its own',
      brokenRemedy: 'Reload the page. Syncing goes on meanwhile',
      reload: 'Reload',
    },
  }
}
