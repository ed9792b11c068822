import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { PageHost, type PageHostOptions } from './page-host.ts'
import { session } from './session.ts'
import { record } from './state.ts'
import { standInFor } from './strict.ts'
import { windows } from './windows.ts'

let last = 0

class WebContents extends EventEmitter {
  readonly id = ++last
  readonly session = session.defaultSession
  #zoom = 1
  #areDevToolsOpened = false
  readonly #late: { readonly host?: PageHost }
  readonly #isGone: () => boolean

  constructor(late: { readonly host?: PageHost }, isGone: () => boolean) {
    super()
    this.#late = late
    this.#isGone = isGone
  }
  get #page(): PageHost {
    return this.#late.host!
  }
  get mainFrame(): Electron.WebFrameMain {
    return { url: this.#page.url, routingId: 1, processId: 1, parent: null } as Electron.WebFrameMain
  }
  send(channel: string, ...args: unknown[]): void {
    this.#page.send(channel, args)
  }
  setWindowOpenHandler(handler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0]): void {
    this.#page.openHandler = handler
  }
  loadURL(url: string): Promise<void> {
    return this.#page.load(url)
  }
  reload(): void {
    this.#page.reload().catch(() => undefined)
  }
  async executeJavaScript(code: string): Promise<unknown> {
    return await this.#page.execute(code)
  }
  forcefullyCrashRenderer(): void {
    void this.#page.crash()
  }
  getURL(): string {
    return this.#page.url
  }
  getTitle(): string {
    return windows.find(({ host }) => host === this.#page)?.window.getTitle() ?? ''
  }
  getType(): 'window' {
    return 'window'
  }
  isDestroyed(): boolean {
    return this.#isGone()
  }
  isCrashed(): boolean {
    return this.#page.isCrashed
  }
  isLoading(): boolean {
    return this.#page.isLoading
  }
  isLoadingMainFrame(): boolean {
    return this.#page.isLoading
  }
  /** Does nothing where the window was made without them, as in Electron. */
  openDevTools(): void {
    record('webContents.openDevTools')
    if (this.#page.hasDevTools) this.#areDevToolsOpened = true
  }
  closeDevTools(): void {
    record('webContents.closeDevTools')
    this.#areDevToolsOpened = false
  }
  isDevToolsOpened(): boolean {
    return this.#areDevToolsOpened
  }
  focus(): void {
    record('webContents.focus')
  }
  getZoomFactor(): number {
    return this.#zoom
  }
  setZoomFactor(factor: number): void {
    this.#zoom = factor
  }
  async setVisualZoomLevelLimits(minimum: number, maximum: number): Promise<void> {
    record('webContents.setVisualZoomLevelLimits', minimum, maximum)
  }
  setBackgroundThrottling(allowed: boolean): void {
    record('webContents.setBackgroundThrottling', allowed)
  }
}

export interface Contents {
  readonly contents: Electron.WebContents
  readonly events: EventEmitter
  readonly host: PageHost
}

/** The webContents of a window, and the page behind it. */
export function createWebContents(
  options: Omit<PageHostOptions, 'events' | 'contents'>,
  isGone: () => boolean,
): Contents {
  const late: { host?: PageHost } = {}
  const events = new WebContents(late, isGone)
  const contents = standInFor<Electron.WebContents>()('webContents', events, isGone)
  late.host = new PageHost({ ...options, events, contents: () => contents })
  return { contents, events, host: late.host }
}
