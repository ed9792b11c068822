import type Electron from 'electron'
import { appEvents } from './app.ts'
import { devTools } from './chromium.ts'
import { answers } from './desktop.ts'
import type { ShownItem } from './menu.ts'
import { type NotificationEntry, notificationSupport, notifications } from './notification.ts'
import { type Keyring, keyring } from './safe-storage.ts'
import { permissionAnswers } from './session.ts'
import { preventable, type Recorded, recorded } from './state.ts'
import { computer, display, powerEvents, setDisplays, themeChanged } from './surroundings.ts'
import { trays } from './tray.ts'
import { windows } from './windows.ts'

/** One of the icons in the panel: the app's only one. */
function tray() {
  const [only, ...others] = trays
  if (only === undefined) throw new Error('There is no tray icon')
  if (others.length > 0) throw new Error(`There are ${trays.length} tray icons`)
  return only
}

function power(name: string): { readonly isPrevented: boolean } {
  const event = preventable()
  powerEvents.emit('event', name, event)
  return { isPrevented: event.defaultPrevented }
}

const windowAt = (index: number) => {
  const entry = windows[index]
  if (entry === undefined) throw new Error(`There is no window ${index}`)
  return entry
}

/** What tests do as the person and as the computer; called by name from the test's process. */
export const controls = {
  /** Where the pages of windows are in Chromium. */
  pages: () => ({ devTools: devTools.address, targets: windows.map(({ host }) => host.targetId) }),
  recorded: (): Recorded => recorded,

  trayCount: () => trays.length,
  trayItems: (): readonly ShownItem[] => tray().items(),
  trayClick: (name: string) => tray().click(name),
  trayEmit: (event: 'click' | 'double-click' | 'right-click') => tray().emit(event),
  trayTip: () => tray().tip(),
  trayTitle: () => tray().title(),
  trayImage: () => tray().image(),

  notifications: (): readonly NotificationEntry[] => notifications.map(({ entry }) => entry),
  notificationClick: (index: number) => {
    notifications.at(index)!.events.emit('click', {})
  },
  notificationAction: (index: number, action: number) => {
    notifications.at(index)!.events.emit('action', { actionIndex: action }, action)
  },
  setNotificationSupport: (isSupported: boolean) => {
    notificationSupport.isSupported = isSupported
  },

  power,
  setOnBattery: (isOnBattery: boolean) => {
    computer.isOnBattery = isOnBattery
    power(isOnBattery ? 'on-battery' : 'on-ac')
  },
  setOnline: (isOnline: boolean) => {
    computer.isOnline = isOnline
  },
  setDark: (isDark: boolean) => {
    computer.isDark = isDark
    themeChanged()
  },
  setKeyring: (kind: Keyring, mustReEncrypt = false) => {
    keyring.kind = kind
    keyring.mustReEncrypt = mustReEncrypt
  },
  /** The first is the main screen; ids are their places in the list unless given. */
  setDisplays: (list: readonly (Electron.Rectangle & { readonly id?: number; readonly scaleFactor?: number })[]) =>
    setDisplays(
      list.map(({ id, scaleFactor, x, y, width, height }, place) =>
        display(id ?? place + 1, { x, y, width, height }, scaleFactor),
      ),
    ),
  setDialogAnswers: (list: readonly unknown[]) => {
    answers.dialogs = [...list]
  },
  setOpenPathError: (text: string) => {
    answers.openPathError = text
  },
  permission: (name: string) => permissionAnswers(windowAt(0).window.webContents, name),

  activate: (hasVisibleWindows: boolean) => {
    appEvents.emit('activate', {}, hasVisibleWindows)
  },
  secondInstance: (argv: readonly string[], folder: string) => {
    appEvents.emit('second-instance', {}, argv, folder, {})
  },
  childGone: (details: Electron.Details) => {
    appEvents.emit('child-process-gone', {}, details)
  },
  crashPage: (index = 0) => windowAt(index).host.crash(),
  windowEvent: (name: 'unresponsive' | 'responsive' | 'query-session-end' | 'session-end', index = 0) => {
    const event = preventable()
    windowAt(index).window.emit(name as 'unresponsive', event)
    return { isPrevented: event.defaultPrevented }
  },
  webview: (source: string, index = 0) => {
    const event = preventable()
    windowAt(index).window.webContents.emit('will-attach-webview', event, {}, { src: source })
    return { isPrevented: event.defaultPrevented }
  },
} as const

export type Controls = typeof controls
