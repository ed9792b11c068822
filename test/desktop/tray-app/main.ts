import { join } from 'node:path'
import {
  app,
  clipboard,
  Menu,
  type MenuItemConstructorOptions,
  Notification,
  type NotificationConstructorOptions,
  nativeImage,
  nativeTheme,
  powerMonitor,
  shell,
  Tray,
} from 'electron'
import type { MenuAction, MenuFacts } from '../../../electron/desktop/menu.ts'
import { copyStatusUrl, openLogsFolder } from '../../../electron/desktop/menu-actions.ts'
import { createNotifications } from '../../../electron/desktop/notifications.ts'
import type { Place } from '../../../electron/desktop/place.ts'
import { desktopSurroundings, followPower } from '../../../electron/desktop/power.ts'
import { createTray } from '../../../electron/desktop/tray.ts'
import { systemClock } from '../../../electron/platform/clock.ts'
import type { Log } from '../../../electron/ports.ts'

/** The tray, notifications and power as the desktop has them, on Electron's own objects, with nothing behind them. */
const quiet = (): void => undefined
const log: Log = { debug: quiet, info: quiet, warning: quiet, error: quiet, named: () => log }
const done: (MenuAction | Place | string)[] = []
const clock = systemClock

void app.whenReady().then(() => {
  const tray = createTray({
    make: (image) => new Tray(image),
    buildMenu: (template: MenuItemConstructorOptions[]) => Menu.buildFromTemplate(template),
    nativeImage,
    nativeTheme,
    platform: 'linux',
    env: { XDG_CURRENT_DESKTOP: 'KDE' },
    folder: join(import.meta.dirname, '../../../build/tray'),
    askHost: async () => null,
    perform: (action) => {
      done.push(action)
      if (action.kind === 'copy-status-url') void copyStatusUrl(clipboard, action.url)
      if (action.kind === 'open-logs') void openLogsFolder(shell, '/data/logs')
      if (action.kind === 'quit') app.quit()
    },
    onUnavailable: (reason) => done.push(reason),
    clock,
    log,
  })
  const notifications = createNotifications({
    make: (options: NotificationConstructorOptions) => new Notification(options),
    isSupported: () => Notification.isSupported(),
    isWanted: () => true,
    open: (place) => done.push(place),
    clock,
    log,
  })
  followPower({ monitor: powerMonitor, log, onResume: () => done.push('resume'), onShutdown: () => app.quit() })
  const surroundings = desktopSurroundings(powerMonitor, { metered: async () => null })
  surroundings.onChange(() => {
    void surroundings.look({ battery: true, metered: true }).then(({ battery }) => done.push(`battery ${battery}`))
  })
  const show = (facts: Omit<MenuFacts, 'timeOf'>): void => {
    tray.show({ ...facts, timeOf: (at) => at.slice(11, 16) })
    notifications.follow(facts.snapshot?.alerts ?? [])
  }
  Object.assign(globalThis, { trayApp: { show, done } })
})
