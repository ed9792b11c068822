import type { Formats } from '../format.ts'
import type { Text } from './text.ts'
import type { TimeWords } from './words.ts'

/** The way to an account. What one does at Google is in `shared/google-guide.ts`, for every surface the same. */
export function welcomeWords(format: Formats, times: TimeWords) {
  return {
    first: 'Keep a complete copy of your Gmail on this computer',
    another: 'Add an account',
    readsOnly: 'Mailtide only reads. It never changes or deletes anything in Gmail.',
    choose: 'Start with',
    gmail: 'My Gmail',
    gmailText: 'About 10 minutes of setup at Google, once. After that the first mail arrives within seconds.',
    gmailAgainText: 'Google is set up: signing in takes a minute.',
    token: 'A sign-in of another tool',
    tokenText: 'The token file of lieer, Got Your Back, msgvault or Google’s libraries, or a service account’s key.',
    demo: 'A demo mailbox',
    demoText: 'Made-up mail, no Google account, nothing to set up. Removed as easily as it is added.',

    guide: {
      steps: 'Setup steps',
      progress: 'Google setup',
      doneOf: (done: number, all: number) => `${format.number(done)} of ${times.counted(all, 'step', 'steps')} done`,
      number: (at: number) => format.number(at),
      isDone: ', done',
      workspace: 'For a Google Workspace',
      openAtGoogle: 'Open the page at Google',
      opensInBrowser: 'opens in the browser',
      copy: (what: string) => `Copy: ${what}`,
      copied: 'Copied',
      howOneSees: <P>(result: P): Text<P> => ['Done when: ', result],
      back: 'Back',
      next: 'Done, continue',
      continue: 'Continue',
      step: <P>(link: P): Text<P> => ['See the step ', link],
      helpTitle: 'When Google says no',
    },

    errors: {
      title: 'Google says something else',
      label: 'What Google’s page says',
      help: 'Copy the line with the error, such as “Error 403: access_denied”.',
      unknown: 'The guide knows no such error. Look whether the line is whole; the log has what Google answered.',
      all: 'All errors of the guide',
    },

    bring: {
      client: 'Drop the client’s file here',
      clientName: 'client_secret_….json',
      token: 'Drop the token file or key here',
      tokenName: 'credentials.json, token.json',
      choose: 'Choose file',
      paste: 'Paste instead',
      pasteLabel: 'Content of the file',
      pasteUse: 'Use this text',
      drop: 'Let go to use this file',
      empty: 'This file is empty',
      emptyRemedy: 'Download it again, and bring that one',
      tooLong: 'This file is far too long',
      tooLongRemedy: 'The right file has less than 100 kB: client_secret_….json, or the token file of a tool',
      notJson: 'This is no JSON file, or not the whole of one',
      notJsonRemedy:
        'Bring the file as it was downloaded; when pasting, take everything from the first { to the last }',
      several: 'These are several files',
      severalRemedy: 'Bring one file',
    },

    client: {
      known: (names: readonly string[]) =>
        names.length === 1
          ? `Mailtide keeps the client “${names[0] ?? ''}”. Bring another file only if you want another client.`
          : `Mailtide keeps the clients ${names.map((name) => `“${name}”`).join(', ')}.`,
      added: (name: string) => `Mailtide keeps the client “${name}” now. The file can be deleted.`,
      checking: 'Looking at the file',
    },

    signIn: {
      with: 'OAuth client',
      button: 'Sign in with Google',
      again: 'Sign in again',
      noClient: 'Mailtide has no OAuth client yet. Bring its file first.',
      bringClient: 'Bring the client’s file',
      next: 'The mail arrives on the Overview as soon as Google says yes.',
      done: (email: string) => `${email} is signed in.`,
    },

    import: {
      title: 'Take over a sign-in of another tool',
      text: 'The other tool goes on working: Mailtide keeps a copy, sealed like its own sign-ins. Any right that includes reading mail will do.',
      email: 'Address of the mailbox',
      emailHelp: 'Only needed for a service account’s key: whose mail it is to read.',
      client: 'The tool keeps its OAuth client in another file',
      clientText: 'Bring that file first; then bring the token.',
      clientKept: 'The client’s file is here. Bring the token now.',
      checking: 'Asking Gmail with this sign-in',
      sealed: 'This file is sealed with a passphrase',
      sealedText: 'Another Mailtide exported it: its sign-ins and OAuth clients are taken in together.',
      passphrase: 'Passphrase',
      unseal: 'Take in',
      partly: (left: number) => `${times.counted(left, 'sign-in', 'sign-ins')} could not be taken in`,
    },

    demoPanel: {
      title: 'Look at it with made-up mail',
      text: 'The demo is an account like any other, but its Gmail is on this computer: a few hundred made-up mails are copied before your eyes, and more happens in the mailbox from time to time.',
      facts: [
        'Nobody signs in, and nothing goes to Google.',
        'Your own accounts can be added beside it, now or later.',
        'It ends when you remove it, with all its mail.',
      ],
      start: 'Start the demo',
      isThere: 'The demo is running',
      isThereText: 'It is among your accounts on the Overview, marked as the demo. Remove it there to end it.',
      show: 'Show it',
      isDemo: 'This is the demo',
      isDemoText:
        'What you see comes from a Gmail of made-up mail on this computer. For your own mail start Mailtide itself.',
    },
    copy: 'Copy',
    copied: 'Copied',
  }
}
