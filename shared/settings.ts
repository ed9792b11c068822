import { z } from 'zod'
import { parseByteSize } from './byte-size.ts'
import { logLevels } from './log-entry.ts'

/** When a changed setting is obeyed: `next cycle` at the latest by then. */
export const effectTimes = ['at once', 'next cycle', 'restart'] as const
export type TakesEffect = (typeof effectTimes)[number]

interface Common {
  /** One sentence: what it does. */
  readonly effect: string
  readonly takesEffect: TakesEffect
}

export interface IntegerSetting extends Common {
  readonly type: 'integer'
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit: string
}
export interface BooleanSetting extends Common {
  readonly type: 'boolean'
  readonly default: boolean
}
export interface ChoiceSetting extends Common {
  readonly type: 'choice'
  readonly default: string
  readonly choices: readonly string[]
}
export type Setting = IntegerSetting | BooleanSetting | ChoiceSetting

/** The one table of settings: files, environment, flags, HTTP, windows and docs derive from it. */
export const settingsTable = {
  intervalMinutes: {
    type: 'integer',
    default: 5,
    min: 1,
    max: 1440,
    unit: 'minutes',
    effect: 'How often a sync cycle starts.',
    takesEffect: 'at once',
  },
  resyncAfterMinutes: {
    type: 'integer',
    default: 60,
    min: 0,
    max: 525_600,
    unit: 'minutes',
    effect: 'How old an account’s last sync must be before a cycle syncs it again; 0 syncs it in every cycle.',
    takesEffect: 'next cycle',
  },
  batchSize: {
    type: 'integer',
    default: 1000,
    min: 1,
    max: 100_000,
    unit: 'messages',
    effect: 'How many messages an account may take before the next account gets its turn.',
    takesEffect: 'next cycle',
  },
  parallelAccounts: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 16,
    unit: 'accounts',
    effect: 'How many accounts are synced at the same time.',
    takesEffect: 'next cycle',
  },
  includeSpamTrash: {
    type: 'boolean',
    default: true,
    effect: 'Whether mail in spam and trash is copied too; the next audit fetches what was left out before.',
    takesEffect: 'next cycle',
  },
  onRemoteDelete: {
    type: 'choice',
    default: 'keep',
    choices: ['keep', 'purge'],
    effect: 'What happens here to a message deleted in Gmail: it is kept and marked, or removed here too.',
    takesEffect: 'next cycle',
  },
  rawStore: {
    type: 'choice',
    default: 'files',
    choices: ['files', 'postgres'],
    effect: 'Where the original mails are stored; postgres needs DATABASE_URL, and is the default with it.',
    takesEffect: 'restart',
  },
  backfillOnBattery: {
    type: 'boolean',
    default: true,
    effect: 'Whether first downloads continue while the computer is on battery; new mail is synced either way.',
    takesEffect: 'at once',
  },
  backfillOnMetered: {
    type: 'boolean',
    default: true,
    effect:
      'Whether first downloads continue on a metered network, where the system reports one (NetworkManager); new mail is synced either way.',
    takesEffect: 'at once',
  },
  auditDays: {
    type: 'integer',
    default: 7,
    min: 0,
    max: 365,
    unit: 'days',
    effect: 'How often the whole copy is compared with Gmail; 0 turns this off.',
    takesEffect: 'next cycle',
  },
  pacing: {
    type: 'choice',
    default: 'gmail',
    choices: ['gmail', 'off'],
    effect:
      'Whether requests stay within Gmail’s quota; can be off only with a stand-in on this computer, for tests and benchmarks.',
    takesEffect: 'restart',
  },
  maxConcurrency: {
    type: 'integer',
    default: 12,
    min: 1,
    max: 64,
    unit: 'requests',
    effect: 'How many requests to Gmail one account may have in progress.',
    takesEffect: 'restart',
  },
  maxInFlightBytes: {
    type: 'integer',
    default: 64_000_000,
    min: 1_000_000,
    max: 2_000_000_000,
    unit: 'bytes',
    effect: 'How many bytes of mail may be in memory on their way to the database.',
    takesEffect: 'restart',
  },
  minFreeBytes: {
    type: 'integer',
    default: 2_000_000_000,
    min: 0,
    max: 1_000_000_000_000_000,
    unit: 'bytes',
    effect: 'Syncing waits while less than this is free on the disk; an alert warns below twice this amount.',
    takesEffect: 'at once',
  },
  maxFolderBytes: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000_000_000_000,
    unit: 'bytes',
    effect: 'Syncing waits while Mailtide’s data takes more than this; 0 means no limit.',
    takesEffect: 'at once',
  },
  snapshotHours: {
    type: 'integer',
    default: 24,
    min: 0,
    max: 8_760,
    unit: 'hours',
    effect: 'How often a verified copy of the embedded database is made; 0 turns this off.',
    takesEffect: 'next cycle',
  },
  snapshotsKept: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 1000,
    unit: 'copies',
    effect: 'How many of these copies are kept.',
    takesEffect: 'next cycle',
  },
  notifications: {
    type: 'boolean',
    default: true,
    effect:
      'Whether the desktop app shows alerts as notifications; they appear in the log, the status and the window either way.',
    takesEffect: 'at once',
  },
  errorsPerHour: {
    type: 'integer',
    default: 20,
    min: 1,
    max: 1_000_000,
    unit: 'errors',
    effect: 'More errors than this within an hour raise an alert.',
    takesEffect: 'at once',
  },
  apiPort: {
    type: 'integer',
    default: 8000,
    min: 0,
    max: 65_535,
    unit: 'port',
    effect: 'The port of the HTTP API on this computer; 0 takes any free one.',
    takesEffect: 'restart',
  },
  requireToken: {
    type: 'boolean',
    default: false,
    effect: 'Whether every HTTP request needs the token, status and health included.',
    takesEffect: 'at once',
  },
  autoUpdate: {
    type: 'boolean',
    default: true,
    effect: 'Whether the desktop app looks for new versions, and installs them where no package manager does.',
    takesEffect: 'at once',
  },
  logLevel: {
    type: 'choice',
    default: 'info',
    choices: logLevels,
    effect: 'The lowest level of entries in the log.',
    takesEffect: 'at once',
  },
  logFormat: {
    type: 'choice',
    default: 'text',
    choices: ['text', 'json'],
    effect: 'Log lines for people (text) or for collectors (one JSON object per line).',
    takesEffect: 'at once',
  },
  logMaxBytes: {
    type: 'integer',
    default: 10_000_000,
    min: 10_000,
    max: 10_000_000_000,
    unit: 'bytes',
    effect: 'The size at which the log file is rotated.',
    takesEffect: 'at once',
  },
  logFiles: {
    type: 'integer',
    default: 5,
    min: 1,
    max: 1000,
    unit: 'files',
    effect: 'How many log files are kept, including the current one.',
    takesEffect: 'at once',
  },
} as const satisfies Record<string, Setting>

type Table = typeof settingsTable
export type SettingName = keyof Table

type ValueOf<S extends Setting> = S extends { readonly type: 'choice' }
  ? S['choices'][number]
  : S extends { readonly type: 'boolean' }
    ? boolean
    : number

export type Settings = { readonly [N in SettingName]: ValueOf<Table[N]> }

export const settingNames = Object.keys(settingsTable) as readonly SettingName[]

export const defaultSettings: Settings = Object.fromEntries(
  settingNames.map((name) => [name, settingsTable[name].default]),
) as Settings

/** The setting of this name, or undefined: for names that came from a file or a person. */
export function settingNamed(name: string): Setting | undefined {
  return Object.hasOwn(settingsTable, name) ? settingsTable[name as SettingName] : undefined
}

/** What a value must be, in words: `a whole number from 1 to 1440 (minutes)`. */
export function allowedValues(setting: Setting): string {
  switch (setting.type) {
    case 'integer':
      return `a whole number from ${setting.min} to ${setting.max} (${setting.unit})`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${setting.choices.join(', ')}`
  }
}

/** The zod schema of one setting's value. */
export function settingSchema(setting: Setting): z.ZodType<number | boolean | string> {
  const error = `must be ${allowedValues(setting)}`
  switch (setting.type) {
    case 'integer':
      return z.int({ error }).min(setting.min, { error }).max(setting.max, { error })
    case 'boolean':
      return z.boolean({ error })
    case 'choice':
      return z.enum(setting.choices, { error })
  }
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
}

/** A value as people write it in the environment or on the command line; undefined when it is not allowed. */
export function parseSetting(setting: Setting, text: string): number | boolean | string | undefined {
  const trimmed = text.trim()
  const value = valueOfText(setting, trimmed)
  return settingSchema(setting).safeParse(value).success ? value : undefined
}

function valueOfText(setting: Setting, text: string): number | boolean | string | undefined {
  switch (setting.type) {
    case 'integer':
      if (/^\d{1,16}$/.test(text)) return Number(text)
      return setting.unit === 'bytes' ? parseByteSize(text) : undefined
    case 'boolean':
      return Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : undefined
    case 'choice':
      return text.toLowerCase()
  }
}

type SnakeCase<S extends string> = S extends `${infer Head}${infer Rest}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Rest>}`
    : `_${Lowercase<Head>}${SnakeCase<Rest>}`
  : ''

/** `intervalMinutes` as it is spelled on the wire: `interval_minutes`. */
export const wireName = (name: SettingName): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `intervalMinutes` as a flag: `--interval-minutes`. */
export const flagName = (name: SettingName): string => `--${wireName(name).replaceAll('_', '-')}`

/** Environment variables that set it, the first being its own name. */
export function envNames(name: SettingName): readonly string[] {
  const own = `MAILTIDE_${wireName(name).toUpperCase()}`
  return name === 'apiPort' ? [own, 'MAILTIDE_PORT'] : [own]
}

export type WireSettings = { readonly [N in SettingName as SnakeCase<N>]: Settings[N] }

/** All settings as the HTTP API spells them. */
export const WireSettings = z.strictObject(
  Object.fromEntries(settingNames.map((name) => [wireName(name), settingSchema(settingsTable[name])])),
) as unknown as z.ZodType<WireSettings>

export function toWire(settings: Settings): WireSettings {
  return Object.fromEntries(settingNames.map((name) => [wireName(name), settings[name]])) as WireSettings
}

/** Some settings as the HTTP API spells them: what a change holds. Null takes a setting out of the file, so that its default holds. */
export type WireSettingsPatch = { readonly [N in keyof WireSettings]?: WireSettings[N] | null }

export const WireSettingsPatch = z
  .strictObject(
    Object.fromEntries(
      settingNames.map((name) => [wireName(name), settingSchema(settingsTable[name]).nullable().optional()]),
    ),
  )
  .refine((patch) => Object.keys(patch).length > 0, { error: 'must hold at least one setting' })
  .meta({ minProperties: 1 }) as unknown as z.ZodType<WireSettingsPatch>

/** A change of settings; null takes one out of the file, so that its default holds, in a later version too. */
export type SettingsPatch = { readonly [N in SettingName]?: Settings[N] | null }

/** A change as the program spells it. */
export function fromWire(patch: WireSettingsPatch): SettingsPatch {
  const given: Readonly<Record<string, unknown>> = patch
  return Object.fromEntries(
    settingNames.filter((name) => given[wireName(name)] !== undefined).map((name) => [name, given[wireName(name)]]),
  )
}
