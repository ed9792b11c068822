/** Starts the app without its window. */
export const HIDDEN_FLAG = '--hidden'

/** What the system is to run: the program, and what comes before our own flag. */
export interface LaunchCommand {
  readonly path: string
  readonly args: readonly string[]
}

/**
 * How this very program is started again: the AppImage rather than what it unpacked, and from the sources Electron with the folder of the
 * program.
 */
export function launchCommand(run: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly execPath: string
  readonly isPackaged: boolean
  readonly appPath: string
}): LaunchCommand {
  if (!run.isPackaged) return { path: run.execPath, args: [run.appPath] }
  return { path: run.env['APPIMAGE'] || run.execPath, args: [] }
}

/**
 * How Electron is told to start this program again once it has ended (https://www.electronjs.org/docs/latest/api/app#apprelaunchoptions). What an
 * AppImage mounted is gone by then, and what Electron starts may mount nothing, so that its file is started and unpacks itself:
 * https://github.com/electron-userland/electron-builder/issues/1727
 */
export function relaunchOptions(
  command: LaunchCommand,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { execPath: string; args: string[] } {
  const unpack = env['APPIMAGE'] && command.path === env['APPIMAGE'] ? ['--appimage-extract-and-run'] : []
  return { execPath: command.path, args: [...unpack, ...command.args, ...args] }
}
