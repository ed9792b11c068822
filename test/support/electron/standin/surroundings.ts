import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { app } from './app.ts'
import { standInFor } from './strict.ts'
import { windows } from './windows.ts'

/** What the computer is like at present: set by tests. */
export const computer: {
  isOnBattery: boolean
  isDark: boolean
  isOnline: boolean
  idleSeconds: number
  displays: Electron.Display[]
} = {
  isOnBattery: false,
  isDark: false,
  isOnline: true,
  idleSeconds: 0,
  displays: [display(1, { x: 0, y: 0, width: 1280, height: 720 })],
}

/** A screen with a panel of 40 px at its bottom. */
export function display(id: number, bounds: Electron.Rectangle, scaleFactor = 1): Electron.Display {
  const workArea = { ...bounds, height: bounds.height - 40 }
  return {
    id,
    bounds,
    workArea,
    scaleFactor,
    size: { width: bounds.width, height: bounds.height },
    workAreaSize: { width: workArea.width, height: workArea.height },
    rotation: 0,
    internal: id === 1,
    label: `Screen ${id}`,
    detected: true,
    colorDepth: 24,
    colorSpace: '',
    depthPerComponent: 8,
    displayFrequency: 60,
    maximumCursorSize: { width: 64, height: 64 },
    monochrome: false,
    nativeOrigin: { x: bounds.x, y: bounds.y },
    accelerometerSupport: 'unknown',
    touchSupport: 'unknown',
  }
}

export const powerEvents = new EventEmitter()

class PowerMonitor extends EventEmitter {
  // What the OS sends reaches whoever listens here.
  constructor() {
    super()
    powerEvents.on('event', (name: string, event: object) => this.emit(name, event))
  }
  get onBatteryPower(): boolean {
    return computer.isOnBattery
  }
  isOnBatteryPower(): boolean {
    return computer.isOnBattery
  }
  getSystemIdleTime(): number {
    return computer.idleSeconds
  }
  getSystemIdleState(threshold: number): 'active' | 'idle' {
    return computer.idleSeconds >= threshold ? 'idle' : 'active'
  }
}
export const powerMonitor = standInFor<Electron.PowerMonitor>()('powerMonitor', new PowerMonitor())

class NativeTheme extends EventEmitter {
  #source: 'system' | 'light' | 'dark' = 'system'
  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#source
  }
  set themeSource(source: 'system' | 'light' | 'dark') {
    this.#source = source
    themeChanged()
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? computer.isDark : this.#source === 'dark'
  }
  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return computer.isDark
  }
  readonly shouldUseHighContrastColors = false
  readonly shouldUseInvertedColorScheme = false
  readonly inForcedColorsMode = false
  readonly prefersReducedTransparency = false
}
const theme = new NativeTheme()
export const nativeTheme = standInFor<Electron.NativeTheme>()('nativeTheme', theme)

/** Pages and listeners hear of another theme. */
export function themeChanged(): void {
  const colorScheme = theme.shouldUseDarkColors ? 'dark' : 'light'
  for (const { host } of windows)
    void host.ready.then(() => host.page?.emulateMedia({ colorScheme })).catch(() => undefined)
  theme.emit('updated')
}

class Screen extends EventEmitter {
  getAllDisplays(): Electron.Display[] {
    if (!app.isReady()) throw new Error("The 'screen' module can't be used before the app 'ready' event")
    return [...computer.displays]
  }
  getPrimaryDisplay(): Electron.Display {
    return this.getAllDisplays()[0]!
  }
  getCursorScreenPoint(): Electron.Point {
    return { x: 0, y: 0 }
  }
  getDisplayNearestPoint({ x, y }: Electron.Point): Electron.Display {
    return this.getDisplayMatching({ x, y, width: 1, height: 1 })
  }
  /** The screen that has the most of the rectangle, or else the nearest. */
  getDisplayMatching(rectangle: Electron.Rectangle): Electron.Display {
    const displays = this.getAllDisplays()
    const most = displays.reduce((best, each) =>
      overlap(each.bounds, rectangle) > overlap(best.bounds, rectangle) ? each : best,
    )
    if (overlap(most.bounds, rectangle) > 0) return most
    return displays.reduce((best, each) =>
      distance(each.bounds, rectangle) < distance(best.bounds, rectangle) ? each : best,
    )
  }
}
const theScreen = new Screen()
export const screen = standInFor<Electron.Screen>()('screen', theScreen)

/** Plugs screens in and out; the first is the main one. */
export function setDisplays(next: Electron.Display[]): void {
  const before = computer.displays
  computer.displays = next
  for (const gone of before.filter(({ id }) => !next.some((each) => each.id === id)))
    theScreen.emit('display-removed', {}, gone)
  for (const added of next.filter(({ id }) => !before.some((each) => each.id === id)))
    theScreen.emit('display-added', {}, added)
}

function overlap(a: Electron.Rectangle, b: Electron.Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return Math.max(0, width) * Math.max(0, height)
}

function distance(a: Electron.Rectangle, b: Electron.Rectangle): number {
  const x = Math.max(a.x - (b.x + b.width), b.x - (a.x + a.width), 0)
  const y = Math.max(a.y - (b.y + b.height), b.y - (a.y + a.height), 0)
  return Math.hypot(x, y)
}
