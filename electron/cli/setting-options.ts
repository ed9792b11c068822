import {
  allowedValues,
  flagName,
  parseSetting,
  type SettingName,
  settingNames,
  settingsTable,
} from '../../shared/settings.ts'
import type { SettingFlags } from '../platform/settings.ts'
import type { Given, OptionDefinition } from './verb.ts'

/** Shorter words for the settings that are given most. */
const shortFlags: Readonly<Partial<Record<SettingName, string>>> = { apiPort: '--port', intervalMinutes: '--interval' }

/** One option for every setting, and the shorter words. */
export const settingOptions: readonly OptionDefinition[] = settingNames.flatMap((name) => {
  const setting = settingsTable[name]
  const choices = setting.type === 'choice' ? setting.choices : setting.type === 'boolean' ? ['true', 'false'] : null
  const common = {
    value: 'value',
    ...(setting.type === 'boolean' ? { valueIsOptional: true } : {}),
    ...(choices === null ? {} : { choices }),
    refuse: (text: string) => refuseSetting(name, text),
  }
  const long: OptionDefinition = {
    ...common,
    long: flagName(name),
    summary: `${setting.effect} [${setting.default}]`,
  }
  const short = shortFlags[name]
  if (short === undefined) return [long]
  return [long, { ...common, long: short, sameAs: flagName(name), summary: `The same as ${flagName(name)}.` }]
})

function refuseSetting(name: SettingName, text: string): string | null {
  const setting = settingsTable[name]
  return parseSetting(setting, text) === undefined ? `It must be ${allowedValues(setting)}.` : null
}

/** The settings among the options that were given; `--json` asks for log lines in JSON. */
export function settingFlags({ options }: Given): SettingFlags {
  const flags: Partial<Record<SettingName, string>> = {}
  for (const name of settingNames) {
    const short = shortFlags[name]?.slice(2)
    const value = options[flagName(name).slice(2)] ?? (short === undefined ? undefined : options[short])
    if (value !== undefined) flags[name] = String(value)
  }
  return flags
}

/** The same settings as words for another process of this command. */
export const flagWords = (flags: SettingFlags): readonly string[] =>
  Object.entries(flags).map(([name, value]) => `${flagName(name as SettingName)}=${value}`)
