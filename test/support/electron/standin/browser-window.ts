import { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type Electron from 'electron'
import { app, appEvents } from './app.ts'
import { isPrevented, messageOf, record, recorded } from './state.ts'
import { standInFor } from './strict.ts'
import { nativeTheme, screen } from './surroundings.ts'
import { type Contents, createWebContents } from './web-contents.ts'
import { type WindowEntry, windows, windowWatch } from './windows.ts'

const isDesktopWithEndEvents = process.platform !== 'linux'
/** As some compositors do: what is not shown is not drawn. */
const isWayland = process.env['STAND_IN_WAYLAND'] === '1'
let last = 0
let focused: BrowserWindowImplementation | null = null

class BrowserWindowImplementation extends EventEmitter {
  readonly id = ++last
  readonly #parts: Contents
  #bounds: Electron.Rectangle
  #before: Electron.Rectangle | null = null
  #title: string
  #background: string
  #isShown: boolean
  #isMinimized = false
  #isFullScreen = false
  #isGone = false
  #isMenuBarVisible = true

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    record('BrowserWindow', { webPreferences: options.webPreferences })
    this.#bounds = placed(options)
    this.#title = options.title ?? app.getName()
    this.#background = options.backgroundColor ?? '#FFFFFF'
    this.#isShown = options.show !== false
    this.#parts = createWebContents(
      {
        preferences: options.webPreferences ?? {},
        size: () => this.#bounds,
        colorScheme: () => (nativeTheme.shouldUseDarkColors ? 'dark' : 'light'),
        onFirstPaint: () => {
          // https://github.com/electron/electron/issues/48859
          if (!isWayland || this.#isShown) this.emit('ready-to-show', {})
        },
        onClosed: () => this.#closed(),
      },
      () => this.#isGone,
    )
    this.#parts.events.on('render-process-gone', (_event: unknown, details: unknown) =>
      appEvents.emit('render-process-gone', {}, this.webContents, details),
    )
  }

  /** What the rest of the stand-in holds of it. */
  static entryOf(window: BrowserWindowImplementation, facade: Electron.BrowserWindow): WindowEntry {
    return {
      window: facade,
      host: window.#parts.host,
      close: () => window.#tryToClose(),
      destroy: () => window.#destroy(),
      closed: () => window.#closed(),
    }
  }
  static isGone(window: BrowserWindowImplementation): boolean {
    return window.#isGone
  }

  get webContents(): Electron.WebContents {
    return this.#parts.contents
  }
  loadURL(url: string): Promise<void> {
    return this.#parts.host.load(url)
  }
  loadFile(file: string): Promise<void> {
    return this.#parts.host.load(pathToFileURL(resolve(app.getAppPath(), file)).href)
  }
  reload(): void {
    this.webContents.reload()
  }

  show(): void {
    this.#appear()
    this.focus()
  }
  showInactive(): void {
    this.#appear()
  }
  #appear(): void {
    const wasShown = this.#isShown
    this.#isShown = true
    if (!wasShown) this.emit('show', {})
  }
  hide(): void {
    if (!this.#isShown) return
    this.blur()
    this.#isShown = false
    this.emit('hide', {})
  }
  focus(): void {
    if (!this.#isShown || focused === this) return
    focused?.blur()
    focused = this
    this.emit('focus', {})
    appEvents.emit('browser-window-focus', {}, this)
  }
  blur(): void {
    if (focused !== this) return
    focused = null
    this.emit('blur', {})
  }
  minimize(): void {
    this.blur()
    this.#isMinimized = true
    this.emit('minimize', {})
  }
  restore(): void {
    if (!this.#isMinimized) return
    this.#isMinimized = false
    this.emit('restore', {})
  }
  maximize(): void {
    if (this.#before !== null) return
    this.#before = this.#bounds
    this.#move(screen.getDisplayMatching(this.#bounds).workArea)
    this.emit('maximize', {})
  }
  unmaximize(): void {
    if (this.#before === null) return
    this.#move(this.#before)
    this.#before = null
    this.emit('unmaximize', {})
  }
  setFullScreen(flag: boolean): void {
    this.#isFullScreen = flag
    this.emit(flag ? 'enter-full-screen' : 'leave-full-screen', {})
  }
  isVisible(): boolean {
    return this.#isShown && !this.#isMinimized
  }
  isMinimized(): boolean {
    return this.#isMinimized
  }
  isMaximized(): boolean {
    return this.#before !== null
  }
  isFullScreen(): boolean {
    return this.#isFullScreen
  }
  isFocused(): boolean {
    return focused === this
  }
  isDestroyed(): boolean {
    return this.#isGone
  }

  getBounds(): Electron.Rectangle {
    return { ...this.#bounds }
  }
  /** What the window has when it is neither maximised nor minimised. */
  getNormalBounds(): Electron.Rectangle {
    return { ...(this.#before ?? this.#bounds) }
  }
  getSize(): number[] {
    return [this.#bounds.width, this.#bounds.height]
  }
  getPosition(): number[] {
    return [this.#bounds.x, this.#bounds.y]
  }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#move({ ...this.#bounds, ...bounds })
  }
  setSize(width: number, height: number): void {
    this.#move({ ...this.#bounds, width, height })
  }
  setPosition(x: number, y: number): void {
    this.#move({ ...this.#bounds, x, y })
  }
  center(): void {
    this.#move(placed({ width: this.#bounds.width, height: this.#bounds.height }))
  }
  #move(next: Electron.Rectangle): void {
    const { x, y, width, height } = this.#bounds
    this.#bounds = { ...next }
    const { host } = this.#parts
    if (next.width !== width || next.height !== height) {
      void host.ready.then(() => host.page?.setViewportSize(next)).catch(() => undefined)
      this.emit('resize', {})
      if (isDesktopWithEndEvents) this.emit('resized', {})
    }
    if (next.x !== x || next.y !== y) {
      this.emit('move', {})
      if (isDesktopWithEndEvents) this.emit('moved', {})
    }
  }

  getTitle(): string {
    return this.#title
  }
  setTitle(title: string): void {
    this.#title = title
  }
  getBackgroundColor(): string {
    return this.#background
  }
  setBackgroundColor(color: string): void {
    this.#background = color
  }
  setMenu(): void {
    record('window.setMenu')
  }
  removeMenu(): void {
    record('window.removeMenu')
  }
  setMenuBarVisibility(visible: boolean): void {
    this.#isMenuBarVisible = visible
  }
  isMenuBarVisible(): boolean {
    return this.#isMenuBarVisible
  }
  setAutoHideMenuBar(hide: boolean): void {
    record('window.setAutoHideMenuBar', hide)
  }
  setSkipTaskbar(skip: boolean): void {
    record('window.setSkipTaskbar', skip)
  }
  setIcon(): void {
    record('window.setIcon')
  }
  setProgressBar(progress: number): void {
    record('window.setProgressBar', progress)
  }
  flashFrame(flag: boolean): void {
    record('window.flashFrame', flag)
  }
  moveTop(): void {
    record('window.moveTop')
  }

  close(): void {
    this.#tryToClose().catch((error: unknown) => recorded.errors.push(messageOf(error)))
  }
  destroy(): void {
    void this.#destroy()
  }
  async #tryToClose(): Promise<boolean> {
    if (this.#isGone) return true
    if (isPrevented(this, 'close')) return false
    await this.#destroy()
    return true
  }
  async #destroy(): Promise<void> {
    // At once, as in Electron; Chromium takes its time.
    this.#closed()
    await this.#parts.host.close()
  }
  #closed(): void {
    if (this.#isGone) return
    this.blur()
    this.#isGone = true
    windows.splice(
      windows.findIndex(({ host }) => host === this.#parts.host),
      1,
    )
    this.#parts.events.emit('destroyed')
    this.emit('closed')
    if (windows.length === 0) windowWatch.onLastClosed()
  }
}

/** In the middle of the main screen, unless told where. */
function placed(options: Electron.BrowserWindowConstructorOptions): Electron.Rectangle {
  const { width = 800, height = 600 } = options
  const { workArea } = screen.getPrimaryDisplay()
  const x = options.x ?? workArea.x + Math.round((workArea.width - width) / 2)
  const y = options.y ?? workArea.y + Math.round((workArea.height - height) / 2)
  return { x, y, width, height }
}

function create(options: Electron.BrowserWindowConstructorOptions = {}): Electron.BrowserWindow {
  const implementation = new BrowserWindowImplementation(options)
  const isGone = (): boolean => BrowserWindowImplementation.isGone(implementation)
  const window = standInFor<Electron.BrowserWindow>()('BrowserWindow', implementation, isGone)
  windows.push(BrowserWindowImplementation.entryOf(implementation, window))
  setImmediate(() => {
    if (isGone()) return
    appEvents.emit('web-contents-created', {}, window.webContents)
    appEvents.emit('browser-window-created', {}, window)
  })
  return window
}

const statics = standInFor<typeof Electron.BrowserWindow>()('BrowserWindow', {
  prototype: BrowserWindowImplementation.prototype as unknown as Electron.BrowserWindow,
  getAllWindows: () => windows.map(({ window }) => window),
  fromWebContents: (contents: Electron.WebContents) =>
    windows.find(({ window }) => window.webContents.id === contents.id)?.window ?? null,
  fromId: (id: number) => windows.find(({ window }) => window.id === id)?.window ?? null,
  getFocusedWindow: () => windows.find(({ window }) => window.isFocused())?.window ?? null,
})

export const BrowserWindow = new Proxy(BrowserWindowImplementation as unknown as typeof Electron.BrowserWindow, {
  construct: (_target, [options]: [Electron.BrowserWindowConstructorOptions?]) => create(options),
  get: (_target, key) => Reflect.get(statics, key) as unknown,
})
