import type { App } from 'electron'
import { envNames, type SettingName } from '../../shared/settings.ts'
import type { Env } from '../platform/data-folder.ts'
import type { SettingFlags } from '../platform/settings.ts'

/**
 * How `mailtide start` brings up the service where the app is installed: the app itself, without a window. Its settings go by the
 * environment, since the words of an app are Chromium's.
 */
export function appWords(flags: SettingFlags): { readonly words: readonly string[]; readonly env: Env } {
  const env = Object.entries(flags).map(([name, value]) => [envNames(name as SettingName)[0], value])
  return { words: ['--hidden'], env: Object.fromEntries(env) }
}

/** The way to call this app again: an AppImage is called by its file, not by what is mounted of it. */
export function appItself(
  app: Pick<App, 'isPackaged' | 'getAppPath'>,
  process: { readonly execPath: string; readonly execArgv: readonly string[]; readonly env: Env },
): readonly [program: string, ...words: string[]] {
  if (app.isPackaged) return [process.env['APPIMAGE'] || process.execPath]
  return [process.execPath, ...process.execArgv, app.getAppPath()]
}
