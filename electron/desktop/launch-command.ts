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
