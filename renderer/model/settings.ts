import { parseSetting, type Setting, type SettingName, type Settings, settingsTable } from '../../shared/settings.ts'

/** The parts of the page, in order; those without settings of the table hold other things. */
export const sectionNames = ['syncing', 'accounts', 'clients', 'computer', 'api', 'storage', 'logs', 'about'] as const
export type SectionName = (typeof sectionNames)[number]

/** Where each setting stands. */
export const settingsOf: Readonly<Record<SectionName, readonly SettingName[]>> = {
  syncing: [
    'intervalMinutes',
    'resyncAfterMinutes',
    'batchSize',
    'parallelAccounts',
    'includeSpamTrash',
    'onRemoteDelete',
    'auditDays',
    'maxConcurrency',
    'maxInFlightBytes',
    'pacing',
  ],
  accounts: [],
  clients: [],
  computer: ['notifications', 'errorsPerHour', 'backfillOnBattery', 'backfillOnMetered', 'autoUpdate'],
  api: ['apiPort', 'requireToken'],
  storage: ['rawStore', 'minFreeBytes', 'maxFolderBytes', 'snapshotHours', 'snapshotsKept'],
  logs: ['logLevel', 'logFormat', 'logMaxBytes', 'logFiles'],
  about: [],
}

/** Where a value comes from. A flag or the environment holds it for this run. */
export type SettingSource = 'flag' | 'environment' | 'file' | 'default'
export const isHeld = (source: SettingSource): boolean => source === 'flag' || source === 'environment'

/** Digits in groups, as people write them: `10,000`, `10 000`, `10.000`, `10’000`. `1.5` is none. */
const grouped = /^\d{1,3}(?:([,. '’\u00A0\u202F])\d{3})(?:\1\d{3})*$/

/** What the person typed, as a value of the setting; undefined when it is not allowed. */
export function typedValue(setting: Setting, text: string): Settings[SettingName] | undefined {
  const trimmed = text.trim()
  const digits = setting.type === 'integer' && grouped.test(trimmed) ? trimmed.replaceAll(/\D/g, '') : trimmed
  return parseSetting(setting, digits) as Settings[SettingName] | undefined
}

export const settingOf = (name: SettingName): Setting => settingsTable[name]
