import type { App } from 'electron'
import { envNames, type SettingName } from '../../shared/settings.ts'
import type { Env } from '../platform/data-folder.ts'
import type { SettingFlags } from '../platform/settings.ts'
import { HIDDEN_FLAG, launchCommand } from './launch-command.ts'

/**
 * How `mailtide start` brings up the service where the app is installed: the app itself, without a window. Its settings go by the
 * environment, since the words of an app are Chromium's.
 */
export function appWords(flags: SettingFlags): { readonly words: readonly string[]; readonly env: Env } {
  const env = Object.entries(flags).map(([name, value]) => [envNames(name as SettingName)[0], value])
  return { words: [HIDDEN_FLAG], env: Object.fromEntries(env) }
}

/** The way to call this app again from a command. */
export function appItself(
  app: Pick<App, 'isPackaged' | 'getAppPath'>,
  process: { readonly execPath: string; readonly execArgv: readonly string[]; readonly env: Env },
): readonly [program: string, ...words: string[]] {
  const { env, execPath } = process
  const { path, args } = launchCommand({ env, execPath, isPackaged: app.isPackaged, appPath: app.getAppPath() })
  // What Node was told beside comes before a script; a packed app has neither.
  return [path, ...(app.isPackaged ? [] : process.execArgv), ...args]
}
