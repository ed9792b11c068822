import { randomBytes } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type Electron from 'electron'
import type { CDPSession, Frame, Page } from 'playwright'
import { createCodec } from '../page/codec.ts'
import { createEndpoint } from '../page/endpoint.ts'
import { type FromPage, mainWorld, type PreloadEnvironment, preloadWorld, type ToPage } from '../page/worlds.ts'
import { hosts, newPage } from './chromium.ts'
import { deliver } from './ipc-main.ts'
import { fromChromium, originOf, toChromium } from './schemes.ts'
import { isPrevented, messageOf, recorded } from './state.ts'

const WORLD = 'Electron Isolated Context'
/** Names the events between the worlds of our pages; a page cannot guess it. */
const token = `electron-${randomBytes(8).toString('hex')}-`
const codec = createCodec()

export interface PageHostOptions {
  readonly preferences: Electron.WebPreferences
  readonly size: () => { readonly width: number; readonly height: number }
  readonly colorScheme: () => 'light' | 'dark'
  /** Emits what Electron's webContents emits. */
  readonly events: EventEmitter
  readonly contents: () => Electron.WebContents
  readonly onFirstPaint: () => void
  readonly onClosed: () => void
}

/** The page in Chromium behind one webContents: a crash needs a new one. */
export class PageHost {
  page: Page | undefined
  targetId = ''
  isCrashed = false
  isLoading = false
  openHandler: Parameters<Electron.WebContents['setWindowOpenHandler']>[0] | null = null
  readonly #options: PageHostOptions
  #cdp: CDPSession | undefined
  #preloadContext: number | undefined
  #sending: Promise<unknown> = Promise.resolve()
  #loadsByApp = 0
  #wasPainted = false
  ready: Promise<void>

  constructor(options: PageHostOptions) {
    this.#options = options
    this.ready = this.#open()
    this.ready.catch((error: unknown) => recorded.errors.push(messageOf(error)))
  }

  get hasDevTools(): boolean {
    return this.#options.preferences.devTools !== false
  }
  get url(): string {
    const url = this.page === undefined ? '' : fromChromium(this.page.url())
    return url === 'about:blank' ? '' : url
  }

  async #open(): Promise<void> {
    const { events } = this.#options
    const page = await newPage()
    this.page = page
    hosts.set(page, this)
    const cdp = await page.context().newCDPSession(page)
    this.#cdp = cdp
    this.targetId = (await cdp.send('Target.getTargetInfo')).targetInfo.targetId
    await this.#installPreload(cdp)
    cdp.on('Page.windowOpen', (popup) => this.#decidePopup(fromChromium(popup.url), popup.windowName))
    await page.setViewportSize(this.#options.size())
    await page.emulateMedia({ colorScheme: this.#options.colorScheme() })
    page.on('console', (message) => {
      if (message.type() === 'error') recorded.console.push(message.text())
      events.emit('console-message', { level: message.type(), message: message.text() })
    })
    page.on('pageerror', (error) => recorded.errors.push(`page: ${error.message}`))
    page.on('domcontentloaded', () => events.emit('dom-ready', {}))
    page.on('load', () => events.emit('did-finish-load', {}))
    let status = { code: -1, text: '' }
    page.on('response', (response) => {
      const request = response.request()
      if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return
      status = { code: response.status(), text: response.statusText() }
    })
    page.on('framenavigated', (frame) => {
      if (frame !== page.mainFrame()) return
      events.emit('did-navigate', {}, fromChromium(frame.url()), status.code, status.text)
    })
    page.on('crash', () => {
      this.isCrashed = true
      this.#preloadContext = undefined
      events.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    })
    page.on('close', () => {
      hosts.delete(page)
      if (this.page === page) this.#options.onClosed()
    })
  }

  async #installPreload(cdp: CDPSession): Promise<void> {
    const { preferences, events, contents } = this.#options
    const isolated = preferences.contextIsolation !== false
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { isDefault } = (context.auxData ?? {}) as { readonly isDefault?: boolean }
      if (isolated ? context.name === WORLD : isDefault === true) this.#preloadContext = context.id
    })
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === 'standInPost') void this.#receive(JSON.parse(payload) as FromPage, executionContextId)
    })
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    if (preferences.preload === undefined) return
    let source: string
    try {
      source = readFileSync(preferences.preload, 'utf8')
    } catch (error) {
      recorded.errors.push(`preload: ${messageOf(error)}`)
      events.emit('preload-error', { sender: contents() }, preferences.preload, error)
      return
    }
    const environment: PreloadEnvironment = {
      isolated,
      sandbox: preferences.sandbox !== false,
      platform: process.platform,
      arch: process.arch,
      versions: {
        electron: process.versions['electron'],
        chrome: process.versions['chrome'],
        node: process.versions.node,
      },
    }
    const world = isolated ? { worldName: WORLD } : {}
    await cdp.send('Runtime.addBinding', { name: 'standInPost', ...(isolated ? { executionContextName: WORLD } : {}) })
    if (isolated) {
      await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
        source: `(${mainWorld})(${JSON.stringify(token)}, ${createEndpoint})`,
      })
    }
    const run = `function (require, process, module, exports) {\n${source}\n}`
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      ...world,
      source: `if (location.href !== 'about:blank') (${preloadWorld})(${JSON.stringify(token)}, ${createEndpoint}, ${createCodec}, ${JSON.stringify(environment)}, ${run})`,
    })
  }

  async #receive(message: FromPage, context: number): Promise<void> {
    const { preferences, events, contents } = this.#options
    if (message.type === 'preload-error') {
      recorded.errors.push(`preload: ${message.message}`)
      events.emit('preload-error', { sender: contents() }, preferences.preload, new Error(message.message))
      return
    }
    const reply = await deliver(message, this.#ipcEvent())
    if (reply !== null) await this.#post(reply, context)
  }

  #ipcEvent(): Electron.IpcMainInvokeEvent {
    const url = this.url
    const frame = {
      url,
      origin: originOf(url),
      parent: null,
      routingId: 1,
      processId: 1,
      frameTreeNodeId: 1,
      detached: false,
    }
    const event = { sender: this.#options.contents(), senderFrame: frame, frameId: 1, processId: 1, type: 'frame' }
    return event as unknown as Electron.IpcMainInvokeEvent
  }

  async #post(message: ToPage, context: number | undefined): Promise<void> {
    if (context === undefined) return
    const expression = `standInReceive(${JSON.stringify(JSON.stringify(message))})`
    // The document may be gone: whatever was meant for it is lost, as in Electron.
    const result = await this.#cdp?.send('Runtime.evaluate', { contextId: context, expression }).catch(() => undefined)
    const failure = result?.exceptionDetails
    if (failure !== undefined) recorded.errors.push(`page: ${failure.exception?.description ?? failure.text}`)
  }

  /** Events arrive in the order they were sent, at the document that is there then. */
  send(channel: string, args: readonly unknown[]): void {
    const message: ToPage = { type: 'event', channel, args: codec.encode(args) }
    this.#sending = this.#sending.then(() => this.#post(message, this.#preloadContext))
  }

  async load(url: string): Promise<void> {
    await this.ready
    await this.#byApp(url, () => this.#goto(url))
    if (this.#wasPainted) return
    this.#wasPainted = true
    this.#options.onFirstPaint()
  }

  async #goto(url: string): Promise<void> {
    const page = this.page!
    try {
      await page.goto(toChromium(url), { waitUntil: 'domcontentloaded' })
    } catch (error) {
      // Chromium is still on its way to its error page, which would interrupt the next load.
      if (/net::ERR_(?!ABORTED)/.test(messageOf(error))) {
        await page.waitForURL(/^chrome-error:/, { waitUntil: 'commit', timeout: 5_000 }).catch(() => undefined)
      }
      throw error
    }
  }

  async reload(): Promise<void> {
    await this.ready
    const { url } = this
    if (this.isCrashed) return await this.#replace(url)
    await this.#byApp(url, async () => await this.page!.reload({ waitUntil: 'domcontentloaded' }))
  }

  /** Playwright gives a crashed page up for good; Electron brings it back in the same webContents. */
  async #replace(url: string): Promise<void> {
    const crashed = this.page
    this.isCrashed = false
    this.ready = this.#open()
    await this.ready
    await crashed?.close().catch(() => undefined)
    await this.load(url)
  }

  async #byApp(url: string, work: () => Promise<unknown>): Promise<void> {
    const { events } = this.#options
    this.#loadsByApp++
    this.isLoading = true
    events.emit('did-start-navigation', { url, isMainFrame: true, isSameDocument: false })
    try {
      await work()
    } catch (error) {
      events.emit('did-fail-load', {}, -2, messageOf(error), url, true)
      throw error
    } finally {
      this.#loadsByApp--
      this.isLoading = false
    }
  }

  async crash(): Promise<void> {
    await this.ready
    // Answered by nobody: the page is gone.
    void this.#cdp?.send('Page.crash').catch(() => undefined)
  }

  async execute(code: string): Promise<unknown> {
    await this.ready
    return await this.page!.evaluate(code)
  }

  /** Whether a page or a person may go there: Electron asks nobody when the app itself loads. */
  mayNavigate(url: string, frame: Frame): boolean {
    const isMainFrame = frame === this.page?.mainFrame()
    if (isMainFrame && this.#loadsByApp > 0) return true
    const { events } = this.#options
    const fields = { url, isMainFrame, isSameDocument: false }
    events.emit('did-start-navigation', fields, url, false, isMainFrame)
    if (isPrevented(events, 'will-frame-navigate', fields)) return false
    return !isMainFrame || !isPrevented(events, 'will-navigate', fields, url)
  }

  mayRedirect(url: string): boolean {
    return !isPrevented(this.#options.events, 'will-redirect', { url, isMainFrame: true, isSameDocument: false }, url)
  }

  #decidePopup(url: string, frameName: string): void {
    const details = {
      url,
      frameName,
      features: '',
      disposition: 'foreground-tab',
      referrer: { url: '', policy: 'default' },
    }
    const decision = this.openHandler?.(details as Electron.HandlerDetails) ?? { action: 'allow' as const }
    // Electron would open it in a window with our preload.
    if (decision.action !== 'deny') recorded.errors.push(`stand-in: a popup to ${url} was allowed`)
  }

  async close(): Promise<void> {
    await this.ready.catch(() => undefined)
    await this.page?.close().catch(() => undefined)
  }
}
