import type { App } from 'electron'
import { type Autostart, createAutostart } from './autostart.ts'
import { HIDDEN_FLAG, type LaunchCommand } from './launch-command.ts'

/** Whether the program starts at login, as the system says now. */
export interface LoginState {
  readonly isOn: boolean
  /** What the person must know beside the tick, such as a switch in the system's own settings; null when there is nothing. */
  readonly hint: string | null
}

export interface LoginItem {
  /** Asks the system; a person may have changed it there. */
  state(): Promise<LoginState>
  /** Throws `AppError('disk')` when it cannot be written. */
  set(on: boolean): Promise<void>
  /** Has the system start the program from where it is now: an AppImage may have been moved. Changes nothing when it is off. */
  refresh(): Promise<void>
}

type LoginApp = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>

export interface LoginItemDeps {
  readonly app: LoginApp
  readonly platform: NodeJS.Platform
  readonly command: LaunchCommand
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Start at login as each system has it. */
export function createLoginItem(deps: LoginItemDeps): LoginItem {
  switch (deps.platform) {
    case 'darwin':
      return macItem(deps.app)
    case 'win32':
      return windowsItem(deps)
    default:
      return linuxItem(createAutostart(deps))
  }
}

/** Whether the person did not start it, but the system at login: then no window opens. */
export function wasStartedAtLogin(
  app: Pick<App, 'getLoginItemSettings'>,
  platform: NodeJS.Platform,
  argv: readonly string[],
): boolean {
  if (argv.includes(HIDDEN_FLAG)) return true
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin
}

function macItem(app: LoginApp): LoginItem {
  return {
    state: async () => {
      const { status } = app.getLoginItemSettings()
      if (status === 'requires-approval') return { isOn: false, hint: 'allow it in System Settings' }
      return { isOn: status === 'enabled', hint: null }
    },
    set: async (on) => app.setLoginItemSettings({ openAtLogin: on }),
    // macOS follows the app itself, not its path.
    refresh: async () => undefined,
  }
}

function windowsItem({ app, command }: LoginItemDeps): LoginItem {
  const { path } = command
  const args = [...command.args.map((arg) => `"${arg}"`), HIDDEN_FLAG]
  const read = () => app.getLoginItemSettings({ path, args })
  const set = (on: boolean): void => app.setLoginItemSettings({ openAtLogin: on, enabled: on, path, args })
  return {
    state: async () => {
      const { openAtLogin, executableWillLaunchAtLogin } = read()
      const isDenied = openAtLogin && !executableWillLaunchAtLogin
      return {
        isOn: openAtLogin && executableWillLaunchAtLogin,
        hint: isDenied ? 'switched off in Windows’ startup apps' : null,
      }
    },
    set: async (on) => set(on),
    // An update leaves the path as it is.
    refresh: async () => undefined,
  }
}

function linuxItem(autostart: Autostart): LoginItem {
  return {
    state: async () => ({ isOn: await autostart.isOn(), hint: null }),
    set: (on) => (on ? autostart.write() : autostart.remove()),
    refresh: async () => {
      if ((await autostart.isOn()) && !(await autostart.isOurs())) await autostart.write()
    },
  }
}
