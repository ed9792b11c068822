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

/**
 * What the person typed, as a value of the setting; undefined when it is not allowed. `decimalMark` is how their language parts a fraction:
 * `1.500 GB` is another size in German than in English.
 */
export function typedValue(setting: Setting, text: string, decimalMark = '.'): Settings[SettingName] | undefined {
  const trimmed = text.trim()
  return parseSetting(setting, setting.type === 'integer' ? plainDigits(trimmed, decimalMark) : trimmed) as
    | Settings[SettingName]
    | undefined
}

/** A number and its unit without the marks of a language: groups closed up, a point before the fraction. */
function plainDigits(text: string, decimalMark: string): string {
  const [, number = text, unit = ''] = /^([\d,. '’\u00A0\u202F]*\d)(\s*[a-z]+)$/i.exec(text) ?? []
  const isFraction = unit !== '' && number.split(decimalMark).length === 2
  if (grouped.test(number) && !isFraction) return `${number.replaceAll(/\D/g, '')}${unit}`
  if (unit === '') return number
  const [whole = '', ...fraction] = number.split(decimalMark)
  const parts = [grouped.test(whole) ? whole.replaceAll(/\D/g, '') : whole, ...fraction]
  // Whoever writes a point where their language has a comma, or the other way round, means a fraction all the same.
  return `${parts.join('.').replace(/^(\d+),(\d+)$/, '$1.$2')}${unit}`
}

export const settingOf = (name: SettingName): Setting => settingsTable[name]
