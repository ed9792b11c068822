import { rename } from 'node:fs/promises'
import Conf from 'conf'
import { AppError } from '../../shared/errors.ts'
import {
  allowedValues,
  defaultSettings,
  envNames,
  flagName,
  parseSetting,
  type SettingName,
  type Settings,
  type SettingsPatch,
  settingNamed,
  settingNames,
  settingSchema,
  settingsTable,
  wireName,
} from '../../shared/settings.ts'
import type { Env } from './data-folder.ts'
import { errnoOf, PRIVATE_FILE } from './durable-file.ts'
import { NotAFile, readPlainFile } from './plain-file.ts'

/** The settings file as an object: `conf` headless, electron-store in the desktop host. Assigning writes it atomically. */
export interface SettingsStore {
  readonly path: string
  store: Record<string, unknown>
}

/** What `conf`, and so electron-store too, is told of the file. */
export interface SettingsFileOptions {
  readonly cwd: string
  readonly configName: string
  readonly configFileMode: number
  readonly accessPropertiesByDotNotation: boolean
  readonly deserialize: (text: string) => Record<string, unknown>
}

export type MakeSettingsStore = (options: SettingsFileOptions) => SettingsStore

export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

export interface LoadedSettings {
  readonly values: Settings
  readonly sources: Readonly<Record<SettingName, SettingSource>>
  /** What was wrong with the file, in words for the log; the defaults stand in for it. */
  readonly warnings: readonly string[]
}

/** The settings of this run, and the way to change the ones kept in the file. */
export interface SettingsAccess {
  readonly loaded: LoadedSettings
  values(): Settings
  /** Where each present value comes from. */
  sources(): LoadedSettings['sources']
  /**
   * Changes settings for this run and in the file; null takes one out of the file, and its default holds. Throws `bad_settings`, with nothing
   * changed, for a value out of limits.
   */
  change(patch: SettingsPatch): Settings
  /**
   * As `change`, but throws `conflict`, with nothing changed, when a flag or an environment variable holds one of the settings for this
   * run, and `bad_settings` for what the next start would refuse.
   */
  changeKept(patch: SettingsPatch): Settings
  /** Told after each change. Returns the way to stop. */
  onChange(listener: (values: Settings) => void): () => void
}

/** Text by setting, as the command line gave it. */
export type SettingFlags = Readonly<Partial<Record<SettingName, string>>>

/**
 * Opens `settings.json`. A file that cannot be read as settings is kept aside as
 * `settings.json.corrupt-<time>`, and the message about it returned.
 */
export async function openSettingsFile(
  path: string,
  now: Date,
  make: MakeSettingsStore = (options) => new Conf<Record<string, unknown>>(options),
): Promise<{ readonly store: SettingsStore; readonly warnings: readonly string[] }> {
  const warnings = await setCorruptFileAside(path, now)
  const file = /^(?<folder>.*)[/\\](?<name>[^/\\]+)\.json$/.exec(path)?.groups
  const store = make({
    cwd: file?.['folder'] ?? '.',
    configName: file?.['name'] ?? 'settings',
    configFileMode: PRIVATE_FILE,
    accessPropertiesByDotNotation: false,
    deserialize: parseJson,
  })
  return { store, warnings }
}

/** What the settings file holds; null when there is none. Throws `bad_settings`. */
export async function readSettingsText(path: string): Promise<string | null> {
  try {
    return await readPlainFile(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    if (error instanceof NotAFile) {
      throw new AppError('bad_settings', `The settings cannot be read: ${error.message}`, {
        remedy: 'Move it away; without a settings file the default settings hold',
        cause: error,
      })
    }
    throw new AppError('bad_settings', `The settings file ${path} cannot be read`, {
      remedy: 'Give your user permission to read it',
      cause: error,
    })
  }
}

async function setCorruptFileAside(path: string, now: Date): Promise<readonly string[]> {
  const text = await readSettingsText(path)
  if (text === null || isObject(parseOrNull(text))) return []
  const aside = `${path}.corrupt-${now.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  await rename(path, aside)
  return [`The settings file was damaged. It is kept as ${aside}; the default settings are in force`]
}

/**
 * Flags beat environment beats file beats default. A bad flag or environment variable throws `bad_settings`: somebody
 * is there to correct it. A bad value in the file is reported and the default used, so that syncing goes on.
 */
export function loadSettings(input: {
  readonly file: Readonly<Record<string, unknown>>
  readonly path: string
  readonly env: Env
  readonly flags: SettingFlags
}): LoadedSettings {
  const values: Record<string, unknown> = {}
  const sources: Record<string, SettingSource> = {}
  const warnings: string[] = []
  for (const name of settingNames) {
    const fromFile = fileValue(name, input.file, input.path, warnings)
    const found = flagValue(name, input.flags) ?? envValue(name, input.env) ?? fromFile
    values[name] = found?.value ?? defaultFor(name, input.env)
    sources[name] = found?.source ?? 'default'
  }
  for (const name of Object.keys(input.file)) {
    if (settingNamed(name) === undefined) {
      warnings.push(`${input.path}: Mailtide knows no setting named ${name}; it is left as it is and has no effect`)
    }
  }
  const settings = values as Settings
  if (settings.rawStore === 'postgres' && !input.env['DATABASE_URL']) {
    throw new AppError('bad_settings', 'rawStore is postgres, but DATABASE_URL is not set', {
      remedy: 'Set DATABASE_URL to a PostgreSQL 15 or newer, or set rawStore to files',
    })
  }
  return { values: settings, sources: sources as LoadedSettings['sources'], warnings }
}

/** The settings of a running host. `warnings` are those of opening the file. */
export function createSettings(input: {
  readonly store: SettingsStore
  readonly warnings: readonly string[]
  readonly env: Env
  readonly flags: SettingFlags
}): SettingsAccess {
  const { store, env, flags } = input
  const first = loadSettings({ file: store.store, path: store.path, env, flags })
  let { values, sources } = first
  const listeners = new Set<(values: Settings) => void>()
  const change = (patch: SettingsPatch): Settings => {
    for (const [name, value] of Object.entries(patch)) if (value !== null) checkValue(name, value)
    writeStore(store, changedFile(readStore(store), patch))
    const given = settingNames.filter((name) => patch[name] !== undefined)
    const now = given.map((name) => [name, patch[name] ?? defaultFor(name, env)] as const)
    values = { ...values, ...Object.fromEntries(now) }
    const from = given.map((name) => [name, patch[name] === null ? 'default' : 'file'] as const)
    sources = { ...sources, ...Object.fromEntries(from) }
    for (const listener of listeners) listener(values)
    return values
  }
  return {
    loaded: { ...first, warnings: [...input.warnings, ...first.warnings] },
    values: () => values,
    sources: () => sources,
    change,
    changeKept: (patch) => {
      for (const name of settingNames) {
        if (patch[name] !== undefined) refuseHeld(name, env, flags)
      }
      loadSettings({ file: changedFile(readStore(store), patch), path: store.path, env, flags })
      return change(patch)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const changedFile = (file: Record<string, unknown>, patch: SettingsPatch): Record<string, unknown> =>
  Object.fromEntries(Object.entries({ ...file, ...patch }).filter(([, value]) => value !== null))

/** Throws `conflict` for a setting that the file cannot change in this run. */
function refuseHeld(name: SettingName, env: Env, flags: SettingFlags): void {
  const flag = flags[name] === undefined ? undefined : `the flag ${flagName(name)}`
  const variable = envNames(name).find((candidate) => env[candidate])
  const holder = flag ?? (variable === undefined ? undefined : `the environment variable ${variable}`)
  if (holder === undefined) return
  throw new AppError('conflict', `${wireName(name)} is set by ${holder} for this run; nothing was changed`, {
    remedy: `Start Mailtide without ${holder}, then change the setting, or change it there`,
  })
}

/** The file as it is by now: somebody may have edited it since the start, and damaged it. It is kept as it is then. */
function readStore(store: SettingsStore): Record<string, unknown> {
  try {
    return store.store
  } catch (error) {
    throw new AppError('bad_settings', `The settings file ${store.path} cannot be read any more; nothing was changed`, {
      remedy: 'Correct it, or restart Mailtide, which keeps the damaged file aside and uses the default settings',
      cause: error,
    })
  }
}

function writeStore(store: SettingsStore, content: Record<string, unknown>): void {
  try {
    store.store = content
  } catch (error) {
    throw new AppError('disk', `The settings file ${store.path} cannot be written`, {
      remedy: 'Free some space, or give your user write permission there',
      cause: error,
    })
  }
}

type Found = { readonly value: number | boolean | string; readonly source: SettingSource }

function flagValue(name: SettingName, flags: SettingFlags): Found | undefined {
  const text = flags[name]
  return text === undefined ? undefined : { value: textValue(name, flagName(name), text), source: 'flag' }
}

function envValue(name: SettingName, env: Env): Found | undefined {
  for (const variable of envNames(name)) {
    const text = env[variable]
    if (text) return { value: textValue(name, variable, text), source: 'environment' }
  }
  return undefined
}

function textValue(name: SettingName, where: string, text: string): number | boolean | string {
  const value = parseSetting(settingsTable[name], text)
  if (value === undefined) throw notAllowed(where, settingsTable[name], text)
  return value
}

function fileValue(
  name: SettingName,
  file: Readonly<Record<string, unknown>>,
  path: string,
  warnings: string[],
): Found | undefined {
  if (!Object.hasOwn(file, name)) return undefined
  const setting = settingsTable[name]
  const parsed = settingSchema(setting).safeParse(file[name])
  if (parsed.success) return { value: parsed.data, source: 'file' }
  const shown = JSON.stringify(file[name])?.slice(0, 40)
  warnings.push(
    `${path}: ${name} must be ${allowedValues(setting)}; it is ${shown}. The default, ${setting.default}, is in force`,
  )
  return undefined
}

function defaultFor(name: SettingName, env: Env): number | boolean | string {
  return name === 'rawStore' && env['DATABASE_URL'] ? 'postgres' : defaultSettings[name]
}

function checkValue(name: string, value: unknown): void {
  const setting = settingNamed(name)
  if (setting === undefined) throw new AppError('bad_settings', `Mailtide knows no setting named ${name}`)
  if (!settingSchema(setting).safeParse(value).success) throw notAllowed(name, setting, String(value))
}

function notAllowed(where: string, setting: Parameters<typeof allowedValues>[0], shown: string): AppError {
  const allowed = allowedValues(setting)
  return new AppError('bad_settings', `${where} must be ${allowed}; it is ${JSON.stringify(shown.slice(0, 40))}`, {
    remedy: `Give ${allowed}`,
  })
}

/** Some Windows editors put a byte order mark first. */
const parseJson = (text: string) => JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)

function parseOrNull(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
