import { exactByteSize } from '../../shared/byte-size.ts'
import type { Setting, SettingName, TakesEffect } from '../../shared/settings.ts'
import type { Formats } from '../format.ts'
import type { SectionName, SettingSource } from '../model/settings.ts'
import { NO_BREAK } from './text.ts'
import type { TimeWords } from './words.ts'

export const settingNamesShown: Readonly<Record<SettingName, string>> = {
  intervalMinutes: 'Start a cycle every',
  resyncAfterMinutes: 'Check an account again after',
  batchSize: 'Messages per turn',
  parallelAccounts: 'Accounts at the same time',
  includeSpamTrash: 'Copy spam and trash',
  onRemoteDelete: 'When a message is deleted in Gmail',
  rawStore: 'Original mails',
  backfillOnBattery: 'First downloads on battery',
  backfillOnMetered: 'First downloads on a metered network',
  auditDays: 'Compare everything with Gmail every',
  pacing: 'Keep to Gmail’s quota',
  maxConcurrency: 'Requests at the same time',
  maxInFlightBytes: 'Mail in memory',
  minFreeBytes: 'Leave free on the disk',
  maxFolderBytes: 'Take no more than',
  snapshotHours: 'Copy the database every',
  snapshotsKept: 'Copies kept',
  notifications: 'Show notifications',
  errorsPerHour: 'Errors within an hour that raise an alert',
  apiPort: 'Port',
  requireToken: 'Ask for the token everywhere',
  autoUpdate: 'Keep the app up to date',
  logLevel: 'Least urgent log entries',
  logFormat: 'Log lines',
  logMaxBytes: 'Size of a log file',
  logFiles: 'Log files kept',
}

const choices: Readonly<Record<string, string>> = {
  keep: 'Keep it here, marked as deleted',
  purge: 'Remove it here too',
  files: 'In files',
  postgres: 'In PostgreSQL',
  gmail: 'Yes, as Gmail asks',
  off: 'No, for tests',
  text: 'For people',
  json: 'JSON, for collectors',
  debug: 'Debug',
  info: 'Info',
  warning: 'Warnings',
  error: 'Errors',
}

const effects: Readonly<Record<TakesEffect, string>> = {
  'at once': 'Takes effect at once.',
  'next cycle': 'Takes effect at the next cycle.',
  restart: 'Takes effect when Mailtide starts again.',
}

/** The page Settings. What a setting does is in `shared/settings.ts`, for every surface the same. */
export function settingsWords(format: Formats, times: TimeWords) {
  const value = (setting: Setting, of: number | boolean | string): string => {
    if (typeof of === 'boolean') return of ? 'on' : 'off'
    if (typeof of === 'string') return choices[of] ?? of
    if (setting.type === 'integer' && setting.unit === 'bytes') return of === 0 ? format.number(0) : exactly(of)
    return setting.type === 'integer' && setting.unit === 'port' ? String(of) : format.number(of)
  }
  const exactly = (bytes: number): string => {
    const { amount, decimals, unit } = exactByteSize(bytes)
    return `${format.fraction(amount, decimals)}${NO_BREAK}${unit}`
  }
  const limits = (setting: Setting): string =>
    setting.type === 'integer' ? `From ${value(setting, setting.min)} to ${value(setting, setting.max)}. ` : ''

  return {
    title: 'Settings',
    search: 'Search settings',
    noMatch: (text: string) => `No setting has “${text}” in its name or text`,
    sectionList: 'Sections',
    sections: {
      syncing: 'Syncing',
      accounts: 'Accounts',
      clients: 'OAuth clients',
      computer: 'This computer',
      api: 'API',
      storage: 'Storage',
      logs: 'Logs',
      about: 'About',
    } satisfies Readonly<Record<SectionName, string>>,
    name: (name: SettingName) => settingNamesShown[name],
    choice: (choice: string) => choices[choice] ?? choice,
    /** What stands beside the field; a size has its unit within. */
    unit: (setting: Setting) =>
      setting.type === 'integer' && setting.unit !== 'port' && setting.unit !== 'bytes' ? setting.unit : '',
    decimalMark: format.decimalMark,
    value,
    /** Limits, default, and when a change is obeyed. */
    facts: (setting: Setting) => {
      const usual = value(setting, setting.default)
      return `${limits(setting)}Default ${setting.type === 'choice' ? `“${usual}”` : usual}.`
    },
    takesEffect: (when: TakesEffect) => effects[when],
    chosen: (setting: Setting, of: number | boolean | string) => `You chose ${value(setting, of)}.`,
    held: (source: SettingSource, envNames: readonly string[], flag: string) =>
      source === 'flag'
        ? `Set for this run by the option ${flag}: start Mailtide without it to change this here.`
        : `Set by the environment (${envNames.join(' or ')}): remove it there to change this here.`,
    useDefault: 'Use default',
    wrong: (setting: Setting, typed: string, present: number | boolean | string) => {
      if (setting.type !== 'integer') return ''
      const kind = setting.unit === 'bytes' ? 'a size' : 'a whole number'
      const range = `${kind} from ${value(setting, setting.min)} to ${value(setting, setting.max)}`
      const what = typed.trim() === '' ? 'Nothing was entered' : `“${typed.trim()}” is no such value`
      const example = setting.unit === 'bytes' ? ', as in 500 MB' : ''
      return `${what}. Enter ${range}${example}; ${value(setting, present)} stays in force until then.`
    },

    accountsNone: 'There is no account yet.',
    addAccount: 'Add account',
    signInWith: (client: string) => `Sign in with the client ${client}`,

    clientsNone: 'There is no OAuth client yet.',
    clientsHelp: 'Mailtide signs in to Google in the name of your own OAuth client.',
    clientUsed: (emails: readonly string[]) =>
      emails.length === 0 ? 'No account uses it.' : `Used by ${emails.join(', ')}.`,
    clientUnreadable: 'It cannot be opened here: another host sealed it, or its file is damaged.',
    clientId: 'Client ID',
    clientIdIs: (id: string) => `Client ID ${id}`,
    clientProject: (project: string) => `Google project ${project}.`,
    clientRemove: 'Remove',
    clientRemoveNamed: (name: string) => `Remove the client ${name}`,
    clientRemoveTitle: (name: string) => `Remove the client ${name}`,
    clientRemoveText: (emails: readonly string[]) =>
      emails.length === 0
        ? 'Mailtide forgets its secret. At Google it stays.'
        : `Mailtide forgets its secret. ${emails.join(', ')} ${emails.length === 1 ? 'goes' : 'go'} on syncing, but the next sign-in needs a client.`,

    token: 'API token',
    tokenHelp: 'Reading mail and changing settings over HTTP need it. It is the content of the file api-token.',
    tokenShow: 'Show token',
    tokenHide: 'Hide token',
    tokenMasked: (last: string) => `••••••••••••${last}`,
    tokenRenew: 'Renew',
    tokenRenewTitle: 'Renew the API token',
    tokenRenewText:
      'The present token is refused at once: scripts, other browsers and links that were not opened yet need the new one. This page goes on.',
    address: 'Address',
    addressOff: 'The API is off: its port is used by another program, or it is still starting.',
    portPath: 'It answers on this computer only.',

    login: 'Start at login',
    loginHelp: 'Opens in the tray, without a window.',
    loginUnknown: 'Whether it does cannot be known on this system; it can be set in the system’s own settings.',
    sealing: 'How sign-ins are sealed',
    sealed: 'By the system’s key store.',

    folder: 'Data folder',
    openFolder: 'Open folder',
    openLogs: 'Open logs',
    used: 'Used',
    free: 'Free',
    freeHelp: (bytes: number) => `${format.bytes(bytes)} on the disk of the data folder.`,
    unknownSize: 'not known',
    usedHelp: (database: number | null, raw: number | null, rest: number) =>
      [
        `Database ${database === null ? 'not known' : format.bytes(database)}`,
        `originals ${raw === null ? 'not known' : format.bytes(raw)}`,
        `logs and copies ${format.bytes(rest)}`,
      ].join(', '),
    messages: (count: number) => times.counted(count, 'message', 'messages'),

    about: (version: string) => `Mailtide ${version}`,
    updates: 'Updates',
    update: { check: 'Look now', restart: 'Restart and update', download: 'Open the page' },
    licence:
      'MIT licence. What it is built of, and under which licences, is in licenses/THIRD-PARTY.txt of the program.',
    runs: (host: string, pid: number, store: string) =>
      `${host === 'desktop' ? 'Desktop app' : 'Service'} (pid ${pid}), on ${store === 'pglite' ? 'its own Postgres (PGlite)' : 'PostgreSQL'}.`,
  }
}
