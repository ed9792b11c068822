import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { app } from './app.ts'
import { findItem, type ShownItem, shownOf } from './menu.ts'
import { imageOf } from './native-image.ts'
import { record } from './state.ts'
import { standInFor } from './strict.ts'

/** What a person has of the icon in the panel. */
export interface TrayEntry {
  readonly items: () => readonly ShownItem[]
  readonly tip: () => string
  readonly title: () => string
  /** The file of the icon. */
  readonly image: () => string
  readonly click: (name: string) => void
  readonly emit: (event: 'click' | 'double-click' | 'right-click') => void
}

export const trays: TrayEntry[] = []

class TrayImplementation extends EventEmitter {
  #menu: Electron.Menu | null = null
  /** Taken when the menu is set, as on Linux: items changed later do not show. */
  #shown: readonly ShownItem[] = []
  #file = ''
  #tip = ''
  #title = ''
  #ignoresDoubleClicks = false
  #isGone = false
  readonly #entry: TrayEntry = {
    items: () => this.#shown,
    tip: () => this.#tip,
    title: () => this.#title,
    image: () => this.#file,
    click: (name) => this.#click(name),
    emit: (event) => this.emit(event, {}, this.getBounds(), { x: 0, y: 0 }),
  }

  constructor(image: Electron.NativeImage | string) {
    super()
    if (!app.isReady()) throw new Error('Cannot create Tray before app is ready')
    this.setImage(image)
    trays.push(this.#entry)
  }
  setImage(image: Electron.NativeImage | string): void {
    this.#file = imageOf(image, 'tray').file
  }
  setPressedImage(image: Electron.NativeImage | string): void {
    imageOf(image, 'pressed tray')
  }
  setToolTip(tip: string): void {
    this.#tip = tip
  }
  setTitle(title: string): void {
    this.#title = title
  }
  getTitle(): string {
    return this.#title
  }
  setContextMenu(menu: Electron.Menu | null): void {
    this.#menu = menu
    this.#shown = shownOf(menu)
  }
  setIgnoreDoubleClickEvents(ignore: boolean): void {
    this.#ignoresDoubleClicks = ignore
  }
  getIgnoreDoubleClickEvents(): boolean {
    return this.#ignoresDoubleClicks
  }
  popUpContextMenu(): void {
    record('tray.popUpContextMenu')
  }
  closeContextMenu(): void {
    record('tray.closeContextMenu')
  }
  getBounds(): Electron.Rectangle {
    return { x: 0, y: 0, width: 22, height: 22 }
  }
  destroy(): void {
    this.#isGone = true
    trays.splice(trays.indexOf(this.#entry), 1)
  }
  isDestroyed(): boolean {
    return this.#isGone
  }
  #click(name: string): void {
    const shown = flat(this.#shown).find(({ id, label }) => id === name || label === name)
    const item = this.#menu === null ? undefined : findItem(this.#menu, name)
    if (shown === undefined || item === undefined) throw new Error(`There is no item '${name}' in the tray`)
    if (!shown.enabled) throw new Error(`The item '${name}' of the tray is disabled`)
    item.click()
  }
}

const flat = (items: readonly ShownItem[]): readonly ShownItem[] =>
  items.flatMap((item) => [item, ...flat(item.submenu ?? [])])

export const Tray = new Proxy(TrayImplementation as unknown as typeof Electron.Tray, {
  construct: (_target, [image]: [Electron.NativeImage | string]) => {
    const implementation = new TrayImplementation(image)
    return standInFor<Electron.Tray>()('Tray', implementation, () => implementation.isDestroyed())
  },
})
