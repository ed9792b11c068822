/**
 * A stand-in for the main-process half of the module `electron`, over Node and a real Chromium: what the product uses, faithful to
 * `electron.d.ts`. Loaded by `register.ts` in place of the real one.
 */
import type Electron from 'electron'
import { listen } from './control.ts'
import { app } from './standin/app.ts'
import { BrowserWindow } from './standin/browser-window.ts'
import { clipboard, dialog, net, shell } from './standin/desktop.ts'
import { ipcMain } from './standin/ipc-main.ts'
import { Menu, MenuItem } from './standin/menu.ts'
import { nativeImage } from './standin/native-image.ts'
import { Notification } from './standin/notification.ts'
import { safeStorage } from './standin/safe-storage.ts'
import { protocol } from './standin/schemes.ts'
import { session } from './standin/session.ts'
import { record } from './standin/state.ts'
import { standInFor, unmodelled } from './standin/strict.ts'
import { nativeTheme, powerMonitor, screen } from './standin/surroundings.ts'
import { Tray } from './standin/tray.ts'

Object.defineProperty(process, 'type', { value: 'browser' })
Object.defineProperty(process.versions, 'electron', { value: '45.5.0' })
Object.defineProperty(process.versions, 'chrome', { value: '156.0.0.0' })
Object.defineProperty(process, 'resourcesPath', { value: process.env['STAND_IN_RESOURCES'] ?? app.getAppPath() })

/** Of the system's own updater only what electron-updater tells its listeners by it. */
const autoUpdater = standInFor<Electron.AutoUpdater>()('autoUpdater', {
  emit: (name: string | symbol) => {
    record('autoUpdater.emit', String(name))
    return false
  },
})
const BaseWindow = unmodelled<typeof Electron.BaseWindow>('BaseWindow')
const BrowserView = unmodelled<typeof Electron.BrowserView>('BrowserView')
const ClipboardItem = unmodelled<typeof Electron.ClipboardItem>('ClipboardItem')
const contentTracing = unmodelled<Electron.ContentTracing>('contentTracing')
const crashReporter = unmodelled<Electron.CrashReporter>('crashReporter')
const desktopCapturer = unmodelled<Electron.DesktopCapturer>('desktopCapturer')
const globalShortcut = unmodelled<Electron.GlobalShortcut>('globalShortcut')
const ImageView = unmodelled<typeof Electron.ImageView>('ImageView')
const inAppPurchase = unmodelled<Electron.InAppPurchase>('inAppPurchase')
const IpcMainServiceWorker = unmodelled<typeof Electron.IpcMainServiceWorker>('IpcMainServiceWorker')
const MessageChannelMain = unmodelled<typeof Electron.MessageChannelMain>('MessageChannelMain')
const netLog = unmodelled<Electron.NetLog>('netLog')
const powerSaveBlocker = unmodelled<Electron.PowerSaveBlocker>('powerSaveBlocker')
const pushNotifications = unmodelled<Electron.PushNotifications>('pushNotifications')
const ShareMenu = unmodelled<typeof Electron.ShareMenu>('ShareMenu')
const sharedTexture = unmodelled<Electron.SharedTexture>('sharedTexture')
const ElectronWebSocket = unmodelled<typeof Electron.WebSocket>('WebSocket')
const systemPreferences = unmodelled<Electron.SystemPreferences>('systemPreferences')
const TouchBar = unmodelled<typeof Electron.TouchBar>('TouchBar')
const utilityProcess = unmodelled<typeof Electron.utilityProcess>('utilityProcess')
const View = unmodelled<typeof Electron.View>('View')
const webContents = unmodelled<typeof Electron.webContents>('webContents')
const WebContentsView = unmodelled<typeof Electron.WebContentsView>('WebContentsView')
const webFrameMain = unmodelled<typeof Electron.webFrameMain>('webFrameMain')

const electron = {
  app,
  autoUpdater,
  BaseWindow,
  BrowserView,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  contentTracing,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ImageView,
  inAppPurchase,
  ipcMain,
  IpcMainServiceWorker,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeImage,
  nativeTheme,
  net,
  netLog,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  pushNotifications,
  safeStorage,
  screen,
  session,
  ShareMenu,
  sharedTexture,
  shell,
  systemPreferences,
  TouchBar,
  Tray,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
  webFrameMain,
  WebSocket: ElectronWebSocket,
  // Whole: what is missing would be undefined, and silent.
} satisfies Record<keyof typeof import('electron/main') | keyof typeof import('electron/common'), unknown>

export {
  app,
  autoUpdater,
  BaseWindow,
  BrowserView,
  BrowserWindow,
  ClipboardItem,
  clipboard,
  contentTracing,
  crashReporter,
  desktopCapturer,
  dialog,
  ElectronWebSocket as WebSocket,
  globalShortcut,
  ImageView,
  IpcMainServiceWorker,
  inAppPurchase,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  Notification,
  nativeImage,
  nativeTheme,
  net,
  netLog,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  pushNotifications,
  ShareMenu,
  safeStorage,
  screen,
  session,
  sharedTexture,
  shell,
  systemPreferences,
  TouchBar,
  Tray,
  utilityProcess,
  View,
  WebContentsView,
  webContents,
  webFrameMain,
}
// biome-ignore lint/style/noDefaultExport: libraries write `import electron from 'electron'`.
export default electron

listen(electron as unknown as typeof Electron)
