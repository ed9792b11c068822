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
    summary: 'Add an account with another tool’s token or a service account’s key.',
    notes: [
      'The file is recognised by its content: Google’s authorized_user JSON, the token file of lieer (.credentials.gmailieer.json), Got Your Back or msgvault, or the key of a service account with access to the mailboxes of a Google Workspace. One key works for many mailboxes: import it once for each, with --email.',
      'A file from mailtide accounts export-credentials is imported as a whole. Its passphrase is asked for on the terminal, or read from --passphrase-file or MAILTIDE_EXPORT_PASSPHRASE.',
    ],
    args: [{ name: 'file', summary: 'The file, or - for standard input.', required: true, isFile: true }],
    options: [
      {
        long: '--email',
        value: 'address',
        summary: 'The address that the token must belong to; with a service account’s key, whose mail to read.',
      },
      {
        long: '--client',
        value: 'file',
        summary: 'The OAuth client’s JSON, for token files that do not name their client (msgvault).',
      },
      { long: '--passphrase-file', value: 'file', summary: 'A file with the passphrase of the exported credentials.' },
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
    summary: 'Export sign-ins and OAuth clients to a new file, encrypted with a passphrase.',
    notes: [
      'Use it to move to another computer or to change the passphrase here: mailtide accounts import-token imports the file. Whoever has the file and the passphrase can read the mail in Gmail. An existing file is not overwritten.',
      'The passphrase is asked for on the terminal, or read from --passphrase-file or MAILTIDE_EXPORT_PASSPHRASE.',
    ],
    args: [{ name: 'file', summary: 'The file to create.', required: true, isFile: true }],
    options: [
      { ...account, summary: 'Export only this account, and no OAuth clients.' },
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
      summary: verb === 'pause' ? 'Stop syncing an account until it is resumed.' : 'Sync a paused account again.',
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
      'Its credential is deleted in any case. Mail that is kept stays readable, and adding the same address again continues from there. Without a running service, this works on the data folder.',
      '--revoke also takes back Google’s permission. Google does so for the whole project of the OAuth client, so every other program and computer that signed in with it must sign in again.',
    ],
    args: [{ name: 'account', summary: 'Its address or id.', required: true }],
    options: [
      {
        long: '--mail',
        value: 'choice',
        choices: ['keep', 'delete'],
        summary: 'What to do with the mail stored here; on a terminal, you are asked.',
      },
      { long: '--revoke', summary: 'Also take back Google’s permission.' },
      { long: '--yes', short: '-y', summary: 'Do not ask for confirmation.' },
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
    summary: 'Check the service, as a plugin for Nagios and compatible systems.',
    notes: [
      'Prints one line with performance data. Without thresholds, an account warns when its last sync is twice as old as its settings allow (critical: six times).',
    ],
    options: [
      range('--warning', '-w', 'Warn when an account’s last sync is older than this, or outside this threshold range.'),
      range('--critical', '-c', 'The same, for critical.'),
      account,
      {
        long: '--timeout',
        short: '-t',
        value: 'seconds',
        summary: 'Critical if the service takes longer than this to answer. [10]',
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
    summary: 'Check that the copy is complete: compare it with Gmail and with itself.',
    notes: [
      'Compares every id and label with Gmail, and every original with what was stored from it. A difference is reported only if a second look confirms it. Ctrl-C ends the check. The result is kept, and mailtide status shows it too.',
      'Without a running service, only what is stored here is checked (exit code 6 if nothing is wrong, because Gmail was not asked).',
      '--repair downloads, relabels, marks and recounts what differs. It deletes nothing in Gmail, and no original.',
    ],
    options: [
      account,
      {
        long: '--deep',
        value: 'count',
        valueIsOptional: true,
        summary: 'Download this many messages again and compare every byte. [100]',
        refuse: (text) =>
          text === 'true' || (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= 100_000)
            ? null
            : 'It must be a whole number from 1 to 100000.',
      },
      {
        long: '--seed',
        value: 'text',
        summary: 'Pick the same messages for --deep whenever this text is the same.',
      },
      { long: '--repair', summary: 'Repair what differs.' },
      {
        long: '--new-originals',
        summary:
          'The originals are permanently lost: start a new folder for them. With --repair, they are downloaded into it.',
      },
      { long: '--local', summary: 'Check only what is stored here, without asking Gmail.' },
      { long: '--labels', summary: 'Show the numbers for each label.' },
    ],
    exits: [
      [0, 'Everything is here as Gmail has it (with --local: as it was stored).'],
      [5, 'Something is missing, waiting or wrong, and was not repaired.'],
      [6, 'Nothing wrong was found, but not everything could be checked.'],
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
    summary: 'Parse the original mails again where a newer parser is available.',
    notes: ['Works on the data folder while no service is running.'],
    options: [{ long: '--all', summary: 'Parse every message again.' }, account],
    run: async (context, given) => {
      const { reparse } = await import('./commands/reparse.ts')
      await reparse(context, { all: given.options['all'] === true, account: textOption(given, 'account') })
      return undefined
    },
  },
  {
    name: 'backup',
    group: 'Mail',
    summary: 'Create a snapshot of the database, or export it as SQL.',
    notes: [
      'With a file, the database is written as SQL that psql loads into an empty PostgreSQL 15 or newer, and mailtide restore into an embedded database. An existing file is not overwritten.',
      'A snapshot is read in full and opened before it counts. The service also creates one every snapshotHours and keeps the newest snapshotsKept. Snapshots are in the folder snapshots of the data folder; the originals are separate files, in raw. Works on the data folder while no service is running.',
    ],
    args: [{ name: 'file', summary: 'A new file for the SQL.', required: false, isFile: true }],
    run: async (context, given) => {
      const { backup } = await import('./commands/backup.ts')
      await backup(context, given.args[0])
      return undefined
    },
  },
  {
    name: 'restore',
    group: 'Mail',
    summary: 'Replace the database with a snapshot; without a name, list the snapshots.',
    notes: [
      'The current database is kept. Newer messages are restored from the originals, and the next sync brings everything up to date with Gmail. Works on the data folder while no service runs; listing works at any time.',
    ],
    args: [
      {
        name: 'snapshot',
        summary: 'Its name, latest, or a file written by mailtide backup.',
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
    summary: 'Recreate the database from the original mails.',
    notes: [
      'Works on the data folder while no service is running. The old database is kept. If this is interrupted, the next start continues it.',
    ],
    run: async (context) => {
      const { rebuild } = await import('./commands/rebuild.ts')
      await rebuild(context)
      return undefined
    },
  },
]
