import { app, BrowserWindow, dialog, Menu, nativeTheme, screen } from 'electron'
import { asAppError } from '../../shared/errors.ts'
import type { Clock, Log } from '../ports.ts'
import { APP_ORIGIN } from './app-address.ts'
import { applicationMenu } from './application-menu.ts'
import { createCrashCount } from './crashes.ts'
import type { Bounds, DesktopState } from './state-file.ts'
import { fitBounds, LEAST, type ScreenArea } from './window-bounds.ts'

export interface AppWindowOptions {
  /** The built preload script. */
  readonly preload: string
  /** The icon in the task bar, where the system takes it from the window. */
  readonly icon?: string
  readonly remembered: Pick<DesktopState, 'bounds' | 'isMaximized' | 'keepBounds'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
  /** The person closed the window, and the app goes on without it. */
  readonly onHidden: () => void
}

/** The one window of the app, and its menu. It is made when it is shown first, and hidden when the person closes it. */
export interface AppWindow {
  /** Shows it, in front of others; at that page, such as `logs`, when one is named. */
  show(page?: string): void
  hide(): void
  isVisible(): boolean
  /** Takes it away for good. */
  close(): void
}

/** How long the window rests before its place is kept. */
const REST_MS = 500

/** Before the page is drawn: its ground in each theme. */
const canvas = { light: '#f3f6f7', dark: '#12191d' }
const canvasColor = (): string => (nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light)
const addressOf = (page: string | undefined): string =>
  page === undefined ? `${APP_ORIGIN}/index.html` : `${APP_ORIGIN}/index.html#${page}`

/** The screens, the main one first. */
function screens(): readonly [ScreenArea, ...ScreenArea[]] {
  const main = screen.getPrimaryDisplay()
  return [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)]
}

/** After `ready`. */
export function createAppWindow(options: AppWindowOptions): AppWindow {
  const { remembered, log, clock } = options
  const crashes = createCrashCount()
  let window: BrowserWindow | null = null
  let isQuitting = false
  /** Whether it is to be seen as soon as it can be. */
  let isWanted = false
  let isDrawn = false
  let isAsking = false
  app.on('before-quit', () => {
    isQuitting = true
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(process.platform, app.isPackaged)))
  nativeTheme.on('updated', () => window?.setBackgroundColor(canvasColor()))
  screen.on('display-removed', () => refit())
  screen.on('display-metrics-changed', () => refit())

  /** Back to where it can be seen: its screen may have been taken away. */
  const refit = (): void => {
    if (window === null || window.isMaximized() || window.isMinimized()) return
    const now = window.getNormalBounds()
    const fitting = fitBounds(now, screens())
    if (JSON.stringify(fitting) !== JSON.stringify(now)) window.setBounds(fitting)
  }

  const create = (): BrowserWindow => {
    const made = new BrowserWindow({
      ...fitBounds(remembered.bounds, screens()),
      minWidth: LEAST.width,
      minHeight: LEAST.height,
      show: false,
      title: 'Mailtide',
      backgroundColor: canvasColor(),
      autoHideMenuBar: true,
      ...(options.icon === undefined ? {} : { icon: options.icon }),
      webPreferences: {
        preload: options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        devTools: !app.isPackaged,
        // Chromium would fetch its dictionaries from the network.
        spellcheck: false,
      },
    })
    rememberBounds(made, remembered)
    isDrawn = false
    const ready = (): void => {
      if (isDrawn || window !== made) return
      isDrawn = true
      if (remembered.isMaximized) made.maximize()
      if (isWanted) appear(made)
    }
    made.once('ready-to-show', ready)
    // On Wayland that event waits for the window to be shown: https://github.com/electron/electron/issues/48859
    if (process.platform === 'linux') made.webContents.once('did-finish-load', ready)
    made.on('close', (event) => {
      if (isQuitting) return
      event.preventDefault()
      hide()
      options.onHidden()
    })
    made.on('closed', () => {
      if (window === made) window = null
    })
    made.on('unresponsive', () => log.warning('The window does not answer'))
    made.on('responsive', () => log.info('The window answers again'))
    made.webContents.on('preload-error', (_event, _path, error) => {
      log.error(`The window’s preload script failed: ${error.message}`)
    })
    // A file that is missing is an answer like any other to Chromium.
    made.webContents.on('did-navigate', (_event, _address, status) => {
      if (status >= 400) fail(made, `the answer was ${status}`)
    })
    made.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit' || isQuitting) return
      log.error('The window’s page has crashed', { reason, exit_code: exitCode })
      recover(made)
    })
    return made
  }

  const recover = (crashed: BrowserWindow): void => {
    if (crashes.crashed(clock.monotonic()) === 'reload') crashed.webContents.reload()
    else giveUp(crashed, 'The window has stopped working')
  }

  const fail = (broken: BrowserWindow, why: string): void => {
    log.error(`The window’s page cannot be loaded: ${why}`)
    giveUp(broken, 'The window cannot be shown: its files are missing or damaged')
  }

  /** Nobody is asked about a window that nobody sees: it is made anew when it is wanted. */
  const giveUp = (broken: BrowserWindow, message: string): void => {
    if (window === broken) window = null
    broken.destroy()
    if (isWanted && !isQuitting) void ask(message)
    isWanted = false
  }

  /** Honest about what is broken, and what is not. */
  const ask = async (message: string): Promise<void> => {
    if (isAsking) return
    isAsking = true
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Mailtide',
      message,
      detail:
        'Syncing continues without the window, and nothing is lost. The log says what happened. If it keeps happening, reinstall Mailtide; your mail stays where it is.',
      buttons: ['Open it again', 'Leave it closed'],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    })
    isAsking = false
    if (response === 0 && !isQuitting) show()
  }

  const load = async (target: BrowserWindow, address: string): Promise<void> => {
    try {
      await target.loadURL(address)
    } catch (error) {
      // Another load took its place, or the window went away.
      if (target.isDestroyed() || (error as { readonly code?: unknown }).code === 'ERR_ABORTED') return
      fail(target, asAppError(error).message)
    }
  }

  const appear = (shown: BrowserWindow): void => {
    refit()
    if (shown.isMinimized()) shown.restore()
    void app.dock?.show()
    shown.show()
    shown.focus()
  }

  const show = (page?: string): void => {
    isWanted = true
    const address = addressOf(page)
    if (window === null) {
      window = create()
      void load(window, address)
      return
    }
    if (page !== undefined && window.webContents.getURL() !== address) void load(window, address)
    if (isDrawn) appear(window)
  }

  const hide = (): void => {
    isWanted = false
    if (window === null) return
    const hidden = window
    keepBounds(hidden, remembered)
    const away = (): void => {
      if (isWanted || hidden.isDestroyed()) return
      hidden.hide()
      app.dock?.hide()
    }
    if (process.platform !== 'darwin' || !hidden.isFullScreen()) {
      away()
      return
    }
    // Hidden at once it would leave its space on the screen, black: https://github.com/electron/electron/issues/39572
    hidden.once('leave-full-screen', away)
    hidden.setFullScreen(false)
  }

  return {
    show,
    hide,
    isVisible: () => window?.isVisible() ?? false,
    close: () => {
      isWanted = false
      window?.destroy()
    },
  }
}

/** Keeps where the window is a moment after it was moved. */
function rememberBounds(window: BrowserWindow, remembered: AppWindowOptions['remembered']): void {
  let timer: NodeJS.Timeout | undefined
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => keepBounds(window, remembered), REST_MS)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('close', () => keepBounds(window, remembered))
  window.on('closed', () => clearTimeout(timer))
}

function keepBounds(
  window: BrowserWindow,
  { keepBounds: keep, bounds, isMaximized }: AppWindowOptions['remembered'],
): void {
  if (window.isDestroyed() || window.isMinimized()) return
  const now: Bounds = window.getNormalBounds()
  const isSame = bounds !== null && (['x', 'y', 'width', 'height'] as const).every((side) => bounds[side] === now[side])
  if (!isSame || isMaximized !== window.isMaximized()) keep(now, window.isMaximized())
}
