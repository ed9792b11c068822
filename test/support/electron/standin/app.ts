import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type Electron from 'electron'
import { createPaths, type PathName } from './paths.ts'
import { takeLock } from './single-instance.ts'
import { isPrevented, record, recorded } from './state.ts'
import { standInFor } from './strict.ts'
import { windows, windowWatch } from './windows.ts'

/** Where the app's `package.json` lies: its name and version come from there, as in Electron. */
function appFolder(): string {
  let folder = dirname(resolve(process.argv[1] ?? '.'))
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}
const folder = appFolder()
const manifest = (
  existsSync(join(folder, 'package.json')) ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) : {}
) as { readonly name?: string; readonly productName?: string; readonly version?: string }

const isPackaged = process.env['STAND_IN_PACKAGED'] === '1'
// A packed app is the program itself; otherwise its path is the program's first argument.
if (isPackaged) process.argv.splice(1, 1)

/** What is closed before the process ends: Chromium. */
export const beforeExit: (() => Promise<void>)[] = []

const isMac = process.platform === 'darwin'

/** Chromium's own copy of the switches, which it reads when the app gets ready: `process.argv` stays as it is. */
function createCommandLine(isReady: () => boolean) {
  let words: readonly string[] = process.argv
  const isFor = (name: string) => (word: string) => word === `--${name}` || word.startsWith(`--${name}=`)
  return standInFor<Electron.CommandLine>()('app.commandLine', {
    appendSwitch: (name: string, value?: string) => record('app.commandLine.appendSwitch', name, value),
    hasSwitch: (name: string) => words.some(isFor(name)),
    getSwitchValue: (name: string) => words.find(isFor(name))?.slice(name.length + 3) ?? '',
    removeSwitch: (name: string) => {
      // Electron lets it happen, and nothing comes of it.
      if (isReady()) throw new Error(`stand-in: the switch ${name} is removed when nobody reads it any more`)
      words = words.filter((word) => !isFor(name)(word))
    },
  })
}

class App extends EventEmitter {
  #isReady = false
  #isQuitting = false
  #isExiting = false
  #login: Electron.Settings = {}
  #release: (() => void) | null = null
  readonly #paths = createPaths(() => this.name)
  name = manifest.productName ?? manifest.name ?? 'Electron'
  userAgentFallback = 'stand-in'
  applicationMenu: Electron.Menu | null = null
  readonly isPackaged = isPackaged
  readonly commandLine = createCommandLine(() => this.#isReady)
  readonly dock = isMac
    ? standInFor<Electron.Dock>()('app.dock', {
        hide: () => record('app.dock.hide'),
        show: async () => record('app.dock.show'),
        isVisible: () => recorded.calls.findLast(([name]) => name.startsWith('app.dock.'))?.[0] !== 'app.dock.hide',
        setIcon: () => record('app.dock.setIcon'),
        setMenu: () => record('app.dock.setMenu'),
      })
    : undefined

  constructor() {
    super()
    // After the synchronous part of the main script, as Electron promises.
    setImmediate(() =>
      setImmediate(() => {
        this.#isReady = true
        this.#layProfile()
        this.emit('ready', {}, {})
      }),
    )
    windowWatch.onLastClosed = () => this.#lastWindowClosed()
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => this.quit())
  }

  /** Electron makes its profile before it is ready, whether the app wants one or not. */
  #layProfile(): void {
    for (const name of ['userData', 'sessionData'] as const) mkdirSync(this.getPath(name), { recursive: true })
    writeFileSync(join(this.getPath('sessionData'), 'Local State'), '{}')
  }

  isReady(): boolean {
    return this.#isReady
  }
  whenReady(): Promise<void> {
    return this.#isReady ? Promise.resolve() : new Promise((done) => this.once('ready', () => done()))
  }
  getName(): string {
    return this.name
  }
  setName(name: string): void {
    this.name = name
  }
  getVersion(): string {
    return manifest.version ?? '0.0.0'
  }
  getAppPath(): string {
    return folder
  }
  getLocale(): string {
    return this.#isReady ? 'en-US' : ''
  }
  getPreferredSystemLanguages(): string[] {
    return ['en-US']
  }
  getPath(name: PathName): string {
    return this.#paths.get(name)
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  setAppUserModelId(id: string): void {
    record('app.setAppUserModelId', id)
  }
  setAboutPanelOptions(options: Electron.AboutPanelOptionsOptions): void {
    record('app.setAboutPanelOptions', options)
  }
  setActivationPolicy(policy: 'regular' | 'accessory' | 'prohibited'): void {
    record('app.setActivationPolicy', policy)
  }
  disableHardwareAcceleration(): void {
    record('app.disableHardwareAcceleration')
  }
  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    record('app.enableSandbox')
  }
  focus(): void {
    record('app.focus')
  }
  relaunch(options?: Electron.RelaunchOptions): void {
    record('app.relaunch', options)
  }
  /** Does nothing on Linux, as in Electron. */
  setLoginItemSettings(settings: Electron.Settings): void {
    record('app.setLoginItemSettings', settings)
    if (process.platform !== 'linux') this.#login = settings
  }
  getLoginItemSettings(): Electron.LoginItemSettings {
    const openAtLogin = this.#login.openAtLogin ?? false
    return {
      openAtLogin,
      wasOpenedAtLogin: process.env['STAND_IN_OPENED_AT_LOGIN'] === '1',
      executableWillLaunchAtLogin: openAtLogin,
      status: openAtLogin ? 'enabled' : 'not-registered',
      launchItems: [],
    }
  }

  requestSingleInstanceLock(data?: Record<string, unknown>): boolean {
    this.#release ??= takeLock(this.getPath('userData'), data, (second) =>
      this.emit('second-instance', {}, second.argv, second.cwd, second.data),
    )
    return this.#release !== null
  }
  hasSingleInstanceLock(): boolean {
    return this.#release !== null
  }
  releaseSingleInstanceLock(): void {
    this.#release?.()
    this.#release = null
  }

  /** before-quit, then each window's close, then will-quit: any of them can say no. Electron waits for none of their promises. */
  quit(): void {
    setImmediate(() => void this.#quit())
  }
  async #quit(): Promise<void> {
    if (this.#isQuitting || this.#isExiting) return
    this.#isQuitting = true
    if (isPrevented(this, 'before-quit')) {
      this.#isQuitting = false
      return
    }
    for (const entry of [...windows]) {
      if (await entry.close()) continue
      this.#isQuitting = false
      return
    }
    if (isPrevented(this, 'will-quit')) {
      this.#isQuitting = false
      return
    }
    this.exit(0)
  }
  #lastWindowClosed(): void {
    if (this.#isQuitting || this.#isExiting) return
    // Electron quits an app that does not listen.
    if (!this.emit('window-all-closed')) this.quit()
  }
  /** Ends at once: neither before-quit nor will-quit. */
  exit(code = 0): void {
    if (this.#isExiting) return
    this.#isExiting = true
    this.emit('quit', {}, code)
    void Promise.allSettled(beforeExit.map((close) => close())).then(() => process.exit(code))
  }
}

const implementation = new App()
export const app = standInFor<Electron.App>()('app', implementation)

/** For what happens to the app from outside. */
export const appEvents: EventEmitter = implementation
