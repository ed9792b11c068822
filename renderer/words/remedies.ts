/** What each trouble that needs the person says, and what its buttons say. Two sentences: the cause, and what follows from it. */
export function remedyWords() {
  return {
    text: {
      withdrawn:
        'Google no longer accepts this sign-in, as after a password change or half a year without use. All stored mail is safe; syncing goes on where it stopped.',
      testing:
        'Google ended this sign-in, as it does after 7 days while your app is in testing, or when it was allowed for a limited time. Publish the app once, then sign in again.',
      session:
        'Your organisation asks for a fresh sign-in now and then. All stored mail is safe; sign in again to go on.',
      scope: 'Mailtide may not read this mailbox: the box “Read your mail” was not ticked. Sign in again and tick it.',
      client: 'Google no longer accepts the OAuth client of this account. Make a new one and bring its file.',
      sealed:
        'The sign-in was kept by Mailtide’s other host on this computer, and cannot be opened here. Sign in again to go on here.',
      apiOff: 'The Gmail API is off in your Google project. Turn it on, wait two minutes, then try again.',
      noMailbox: 'This Google account has no Gmail mailbox, or it is switched off. Open Gmail in a browser to see.',
      blocked: 'Your administrator does not allow apps to read Gmail. Ask them to trust the client ID, then try again.',
      clock:
        'This computer’s clock is off, so Google refuses the sign-in. Set the clock; syncing then goes on by itself.',
    },
    endsSoon: (when: string) =>
      `Google ends this sign-in soon (${when}), as it does while your app is in testing. Publish it once, then sign in again; nothing has stopped yet.`,
    action: {
      signIn: 'Sign in again',
      signInAs: (email: string) => `Sign in as ${email}`,
      showHow: 'Show how',
      bringClient: 'Bring client file',
      turnOnApi: 'Turn on Gmail API',
      openGmail: 'Open Gmail',
      copyClientId: 'Copy client ID',
      copied: 'Copied',
      tryAgain: 'Try again',
      openFolder: 'Open folder',
      settings: 'Settings',
    },
    signIn: {
      opening: 'Opening Google’s page',
      waiting: 'Finish the sign-in on Google’s page in your browser. Mailtide then goes on by itself.',
      openAgain: 'Open the page again',
      finishing: 'Google is asked for the sign-in',
      cancel: 'Give up',
      pasteTitle: 'The browser is on another computer',
      pasteHelp: 'Paste the address on which it ends; it begins with http://127.0.0.1 and need not load.',
      pasteLabel: 'Address from the browser',
      pasteUse: 'Finish',
    },
    noClient: 'No OAuth client of this account is known here',
    noClientRemedy: 'Add it in Settings',
    badClientFile: 'This is no JSON file',
    badClientFileRemedy: 'Bring the file that Google’s console downloads: client_secret_….json',
  }
}
