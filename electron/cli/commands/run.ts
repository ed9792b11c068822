import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  allowedValues,
  flagName,
  parseSetting,
  type SettingName,
  settingNames,
  settingsTable,
} from '../../../shared/settings.ts'
import type { SettingFlags } from '../../platform/settings.ts'

/** Shorter words for the settings that are given most. */
const shortFlags: Readonly<Partial<Record<SettingName, string>>> = { apiPort: '--port', intervalMinutes: '--interval' }

/** Gives a command one flag for every setting. */
export function addSettingFlags(command: Command): Command {
  for (const name of settingNames) {
    const setting = settingsTable[name]
    const value = setting.type === 'boolean' ? '[value]' : '<value>'
    const option = new Option(`${flagName(name)} ${value}`, `${setting.effect} [${setting.default}]`)
    if (setting.type === 'boolean') option.preset('true')
    command.addOption(option.argParser(checked(name)))
    const short = shortFlags[name]
    if (short === undefined) continue
    command.addOption(new Option(`${short} <value>`, `The same as ${flagName(name)}.`).argParser(checked(name)))
  }
  return command
}

/** The settings among the options that commander read; `--json` asks for log lines in JSON. */
export function settingFlags(options: Readonly<Record<string, unknown>>): SettingFlags {
  const flags: Partial<Record<SettingName, string>> = {}
  for (const name of settingNames) {
    const short = shortFlags[name]?.slice(2)
    const value = options[name] ?? (short === undefined ? undefined : options[short])
    if (typeof value === 'string') flags[name] = value
  }
  return options.json === true ? { logFormat: 'json', ...flags } : flags
}

function checked(name: SettingName): (text: string) => string {
  const setting = settingsTable[name]
  return (text) => {
    if (parseSetting(setting, text) !== undefined) return text
    throw new InvalidArgumentError(`It must be ${allowedValues(setting)}.`)
  }
}
