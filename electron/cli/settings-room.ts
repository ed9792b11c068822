import { AppError } from '../../shared/errors.ts'
import {
  allowedValues,
  envNames,
  parseSetting,
  type SettingName,
  type Settings,
  settingNames,
  settingsTable,
  type TakesEffect,
  type WireSettings,
  type WireSettingsPatch,
  wireName,
} from '../../shared/settings.ts'
import { prepareDataFolder } from '../platform/data-folder.ts'
import { acquireLock } from '../platform/lock.ts'
import {
  loadSettings,
  openSettingsFile,
  readSettingsText,
  type SettingFlags,
  type SettingSource,
} from '../platform/settings.ts'
import { type CommandContext, connectIfRunning, UsageError } from './command.ts'
import { nearest } from './nearest.ts'

export type SettingValue = Settings[SettingName]

export interface PresentSettings {
  readonly values: Settings
  readonly sources: Readonly<Record<SettingName, SettingSource>>
  /** Of a running service; else what the next one would find. */
  readonly live: boolean
}

/** The setting of a name in camelCase, snake_case or kebab-case. */
export function namedSetting(text: string): SettingName {
  const bare = (name: string): string => name.replaceAll(/[-_]/g, '').toLowerCase()
  const name = settingNames.find((each) => bare(each) === bare(text))
  if (name !== undefined) return name
  const meant = nearest(bare(text), settingNames.map(bare))
  const suggestion = settingNames.find((each) => bare(each) === meant)
  throw new UsageError(
    `There is no setting ${JSON.stringify(text.slice(0, 60))}`,
    suggestion === undefined ? 'See: mailtide config list' : `Did you mean ${suggestion}? See: mailtide config list`,
  )
}

/** A value as a person wrote it. Throws `UsageError`, saying what is allowed. */
export function settingValue(name: SettingName, text: string): SettingValue {
  const value = parseSetting(settingsTable[name], text)
  if (value !== undefined) return value as SettingValue
  const allowed = allowedValues(settingsTable[name])
  throw new UsageError(`${name} must be ${allowed}; it is ${JSON.stringify(text.slice(0, 40))}`, `Give ${allowed}`)
}

/** The settings in force, or without a service those that would be. Changes nothing. */
export async function presentSettings(context: CommandContext): Promise<PresentSettings> {
  const client = await connectIfRunning(context)
  if (client !== null) {
    const { settings, sources } = await client.settings({})
    return { values: fromWire(settings), sources: byName((name) => sources[wireName(name)] ?? 'default'), live: true }
  }
  const file = await readSettingsFile(context)
  const { env, paths, note } = context
  // A shell need not have the address that the service's own environment has; without it this setting alone would be refused.
  const known = file['rawStore'] === 'postgres' ? { DATABASE_URL: 'postgres://elsewhere', ...env } : env
  const { values, sources, warnings } = loadSettings({ file, path: paths.settings, env: known, flags: {} })
  for (const warning of warnings) note(warning)
  return { values, sources, live: false }
}

/** What a service started here and now would have. Throws `bad_settings` as it would; what it warns of, it says itself. */
export async function settingsOfNextRun(context: CommandContext, flags: SettingFlags): Promise<Settings> {
  const file = await readSettingsFile({ paths: context.paths, note: () => undefined })
  return loadSettings({ file, path: context.paths.settings, env: context.env, flags }).values
}

/**
 * Changes a setting in the running service, or in the file when there is none; null takes it out of the file, so that the default holds.
 * Says when it is obeyed.
 */
export async function changeSetting(
  context: CommandContext,
  name: SettingName,
  value: SettingValue | null,
): Promise<TakesEffect | 'next start'> {
  const client = await connectIfRunning(context)
  if (client === null) {
    await changeFile(context, name, value)
    return 'next start'
  }
  const wire = wireName(name)
  const { takes_effect } = await client.settingsChange({ [wire]: value } as WireSettingsPatch)
  return takes_effect[wire] ?? 'restart'
}

/** The environment variable of this shell that would beat the file; null when none is set. */
export const variableOver = ({ env }: CommandContext, name: SettingName): string | null =>
  envNames(name).find((variable) => env[variable]) ?? null

async function changeFile(context: CommandContext, name: SettingName, value: SettingValue | null): Promise<void> {
  const paths = await prepareDataFolder(context.paths.home)
  const lock = await acquireLock(paths, 'command')
  try {
    const { store, warnings } = await openSettingsFile(paths.settings, context.now())
    for (const warning of warnings) context.note(warning)
    const { [name]: _, ...others } = store.store
    store.store = value === null ? others : { ...others, [name]: value }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('disk', `The settings file ${paths.settings} cannot be written`, {
      remedy: 'Free some space, or give your user write permission there',
      cause: error,
    })
  } finally {
    await lock.release()
  }
}

/** What the settings file holds. A damaged one counts as empty, as it does for the service. */
async function readSettingsFile({
  paths,
  note,
}: Pick<CommandContext, 'paths' | 'note'>): Promise<Record<string, unknown>> {
  const text = await readSettingsText(paths.settings)
  if (text === null) return {}
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told below, as for anything else that is no object.
  }
  note(`The settings file ${paths.settings} is damaged; the defaults are used`)
  return {}
}

const byName = <T>(of: (name: SettingName) => T): Readonly<Record<SettingName, T>> =>
  Object.fromEntries(settingNames.map((name) => [name, of(name)])) as Record<SettingName, T>

function fromWire(settings: WireSettings): Settings {
  const wire: Readonly<Record<string, unknown>> = settings
  return byName((name) => wire[wireName(name)]) as unknown as Settings
}
