import { parseRange } from './nagios.ts'
import { numberOption, type OptionDefinition, textOption, type VerbDefinition } from './verb.ts'

const notRunning = [3, 'Mailtide is not running.'] as const
const account: OptionDefinition = { long: '--account', value: 'address', summary: 'Only this account.' }

const rangeWords = 'a number of minutes or a threshold range such as 10:20, 10:, ~:10 or @10:20'
const range = (long: string, short: string, what: string): OptionDefinition => ({
  long,
  short,
  value: 'minutes',
  summary: what,
  refuse: (text) => (parseRange(text) === null ? `It must be ${rangeWords}.` : null),
})

/** Commands on accounts and their mail. */
export const mailVerbs: readonly VerbDefinition[] = [
  {
    name: 'sync',
    group: 'Mail',
    summary: 'Sync now, and try failed messages again.',
    options: [account],
    exits: [notRunning],
    run: async (context, given) => {
      const { sync } = await import('./commands/sync.ts')
      await sync(context, textOption(given, 'account'))
      return undefined
    },
  },
  {
    name: 'accounts list',
    group: 'Mail',
    summary: 'List the accounts.',
    run: async (context) => {
      const { accountsList } = await import('./commands/accounts-list.ts')
      await accountsList(context)
      return undefined
    },
  },
  {
    name: 'accounts import-token',
    group: 'Mail',
    summary: 'Add an account by a token that another tool made, or by a service account’s key.',
    notes: [
      'What the file is shows in its content: Google’s authorized_user JSON, the token file of lieer (.credentials.gmailieer.json), Got Your Back or msgvault, or the key of a service account to which a Google Workspace delegated its mailboxes. One key serves many mailboxes: import it once for each, with --email.',
      'A file that mailtide accounts export-credentials wrote is taken in as a whole; its passphrase is asked for on the terminal, or comes from --passphrase-file or MAILTIDE_EXPORT_PASSPHRASE.',
    ],
    args: [{ name: 'file', summary: 'The file; - reads standard input.', required: true, isFile: true }],
    options: [
      {
        long: '--email',
        value: 'address',
        summary:
          'Refuse the token unless it belongs to this address; with a service account’s key, whose mail to read.',
      },
      {
        long: '--client',
        value: 'file',
        summary: 'The OAuth client’s JSON, for token files that do not name their client (msgvault).',
      },
      { long: '--passphrase-file', value: 'file', summary: 'A file with the passphrase of exported credentials.' },
    ],
    run: async (context, given) => {
      const { importToken } = await import('./commands/accounts-import-token.ts')
      return importToken(context, given.args[0] ?? '-', {
        email: textOption(given, 'email'),
        clientFile: textOption(given, 'client'),
        passphraseFile: textOption(given, 'passphrase-file'),
      })
    },
  },
  {
    name: 'accounts export-credentials',
    group: 'Mail',
    summary: 'Write sign-ins and OAuth clients into a new file, sealed with a passphrase.',
    notes: [
      'For another computer, or for another passphrase here: mailtide accounts import-token takes the file in. Whoever has the file and the passphrase can read the mail in Gmail. No file is overwritten.',
      'The passphrase is asked for on the terminal, or comes from --passphrase-file or MAILTIDE_EXPORT_PASSPHRASE.',
    ],
    args: [{ name: 'file', summary: 'The file to make.', required: true, isFile: true }],
    options: [
      { ...account, summary: 'Only this account, and no OAuth clients.' },
      { long: '--passphrase-file', value: 'file', summary: 'A file with the passphrase.' },
    ],
    run: async (context, given) => {
      const { exportCredentials } = await import('./commands/accounts-export.ts')
      await exportCredentials(context, given.args[0] ?? '-', {
        account: textOption(given, 'account'),
        passphraseFile: textOption(given, 'passphrase-file'),
      })
      return undefined
    },
  },
  ...(['pause', 'resume'] as const).map(
    (verb): VerbDefinition => ({
      name: `accounts ${verb}`,
      group: 'Mail',
      summary: verb === 'pause' ? 'Fetch nothing for an account until it is resumed.' : 'Sync a paused account again.',
      args: [{ name: 'account', summary: 'Its address or id.', required: true }],
      exits: [notRunning],
      run: async (context, given) => {
        const { accountsChange } = await import('./commands/accounts-change.ts')
        await accountsChange(context, given.args[0] ?? '', { paused: verb === 'pause' })
        return undefined
      },
    }),
  ),
  {
    name: 'accounts remove',
    group: 'Mail',
    summary: 'Remove an account, and keep its mail or delete it.',
    notes: [
      'Its credential goes in any case. Mail that is kept stays readable, and adding the same address again goes on from there. Without a running service it works on the data folder.',
      '--revoke takes back Google’s permission too: Google does so for the whole project of the OAuth client, so that every other program and computer that signed in with it must sign in again.',
    ],
    args: [{ name: 'account', summary: 'Its address or id.', required: true }],
    options: [
      {
        long: '--mail',
        value: 'choice',
        choices: ['keep', 'delete'],
        summary: 'What becomes of the mail stored here; asked for on a terminal.',
      },
      { long: '--revoke', summary: 'Take back Google’s permission too.' },
      { long: '--yes', short: '-y', summary: 'Do not ask.' },
    ],
    run: async (context, given) => {
      const { accountsRemove } = await import('./commands/accounts-remove.ts')
      return accountsRemove(context, given.args[0] ?? '', {
        mail: textOption(given, 'mail'),
        revoke: given.options['revoke'] === true,
        yes: given.options['yes'] === true,
      })
    },
  },
  {
    name: 'check',
    group: 'Mail',
    summary: 'Judge the service, as a plugin for Nagios and its kin.',
    notes: [
      'One line with performance data. Without thresholds an account is too old when twice (critical: six times) the time has passed that its settings let pass between two syncs.',
    ],
    options: [
      range('--warning', '-w', 'Warn when the last sync of an account is older. A threshold range can be given too.'),
      range('--critical', '-c', 'The same for critical.'),
      account,
      {
        long: '--timeout',
        short: '-t',
        value: 'seconds',
        summary: 'A service that takes longer to answer is critical. [10]',
        refuse: (text) => (/^[1-9]\d{0,3}$/.test(text) ? null : 'It must be a whole number from 1 to 9999.'),
      },
    ],
    exits: [
      [0, 'OK.'],
      [1, 'Warning.'],
      [2, 'Critical; also when Mailtide is not running.'],
      [3, 'Unknown; also wrong usage.'],
    ],
    run: async (context, given) => {
      const { check } = await import('./commands/check.ts')
      const rangeOf = (name: string) => {
        const text = textOption(given, name)
        return text === undefined ? null : parseRange(text)
      }
      return check(context, {
        warning: rangeOf('warning'),
        critical: rangeOf('critical'),
        account: textOption(given, 'account'),
        timeout: numberOption(given, 'timeout') ?? 10,
      })
    },
  },
  {
    name: 'verify',
    group: 'Mail',
    summary: 'Is the copy complete? Compare it with Gmail and with itself.',
    notes: [
      'Every id and every label is compared with Gmail, and every original with what was stored of it; a difference is told only when it still stands after a second look. Ctrl-C ends it. What is found is kept: mailtide status tells it too.',
      'Without a running service only what is stored here is verified (exit code 6 when nothing is wrong: Gmail was not asked).',
      '--repair downloads, relabels, marks and counts anew what differs. It deletes nothing in Gmail, and no original.',
    ],
    options: [
      account,
      {
        long: '--deep',
        value: 'count',
        valueIsOptional: true,
        summary: 'Fetch so many messages again and compare every byte with Gmail’s. [100]',
        refuse: (text) =>
          text === 'true' || (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= 100_000)
            ? null
            : 'It must be a whole number from 1 to 100000.',
      },
      {
        long: '--seed',
        value: 'text',
        summary: 'Choose the same messages for --deep as the last time with this text.',
      },
      { long: '--repair', summary: 'Put right what differs.' },
      {
        long: '--new-originals',
        summary: 'The originals are lost for good: begin their folder anew. With --repair they are downloaded into it.',
      },
      { long: '--local', summary: 'Do not ask Gmail.' },
      { long: '--labels', summary: 'Show the figures of each label.' },
    ],
    exits: [
      [0, 'Everything is here as Gmail has it (with --local: as it was stored).'],
      [5, 'Something is missing, waiting or wrong, and not repaired.'],
      [6, 'Nothing wrong was found, but not everything could be looked at.'],
    ],
    run: async (context, given) => {
      const { deepCount, verify } = await import('./commands/verify.ts')
      return verify(context, {
        account: textOption(given, 'account'),
        deep: deepCount(textOption(given, 'deep')),
        seed: textOption(given, 'seed'),
        repair: given.options['repair'] === true,
        newOriginals: given.options['new-originals'] === true,
        local: given.options['local'] === true,
        labels: given.options['labels'] === true,
      })
    },
  },
  {
    name: 'reparse',
    group: 'Mail',
    summary: 'Derive everything anew from the original mails, where the parser has become newer.',
    notes: ['Works on the data folder while no service runs.'],
    options: [{ long: '--all', summary: 'Every message.' }, account],
    run: async (context, given) => {
      const { reparse } = await import('./commands/reparse.ts')
      await reparse(context, { all: given.options['all'] === true, account: textOption(given, 'account') })
      return undefined
    },
  },
  {
    name: 'backup',
    group: 'Mail',
    summary: 'Make a snapshot of the database now, or write it as SQL.',
    notes: [
      'With a file, the database is written as SQL that psql loads into an empty PostgreSQL 15 or newer, and mailtide restore into an embedded database. No file is overwritten.',
      'A snapshot is read whole and opened before it counts. The service makes one by itself every snapshotHours and keeps the newest snapshotsKept. It lies in the folder snapshots of the data folder; the originals in raw are files of their own. Works on the data folder while no service runs.',
    ],
    args: [{ name: 'file', summary: 'A new file for SQL.', required: false, isFile: true }],
    run: async (context, given) => {
      const { backup } = await import('./commands/backup.ts')
      await backup(context, given.args[0])
      return undefined
    },
  },
  {
    name: 'restore',
    group: 'Mail',
    summary: 'Put a snapshot in the place of the database; without a name, list the snapshots.',
    notes: [
      'The present database is kept aside. Newer messages come back from the originals, and the next sync brings everything up to what Gmail has. Works on the data folder while no service runs; the list shows at any time.',
    ],
    args: [
      {
        name: 'snapshot',
        summary: 'Its name, or latest, or a file that mailtide backup wrote.',
        required: false,
        suggestions: ['latest'],
      },
    ],
    run: async (context, given) => {
      const { listSnapshots, restore } = await import('./commands/restore.ts')
      const [name] = given.args
      await (name === undefined ? listSnapshots(context) : restore(context, name))
      return undefined
    },
  },
  {
    name: 'rebuild',
    group: 'Mail',
    summary: 'Make the database anew from the original mails.',
    notes: [
      'Works on the data folder while no service runs. The old database is kept aside. Cut short, the next start goes on with it.',
    ],
    run: async (context) => {
      const { rebuild } = await import('./commands/rebuild.ts')
      await rebuild(context)
      return undefined
    },
  },
]
