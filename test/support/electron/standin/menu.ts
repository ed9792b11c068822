import type Electron from 'electron'
import { app } from './app.ts'
import { record } from './state.ts'
import { standInFor } from './strict.ts'
import { windows } from './windows.ts'

const types = ['normal', 'separator', 'submenu', 'checkbox', 'radio', 'header', 'palette'] as const
type ItemType = (typeof types)[number]
type Options = Electron.MenuItemConstructorOptions

/** What roles do that matter here; the label that Electron gives them is their name. */
const roles: Readonly<Record<string, () => void>> = {
  quit: () => app.quit(),
  close: () => windows.find(({ window }) => window.isFocused())?.window.close(),
  minimize: () => windows.find(({ window }) => window.isFocused())?.window.minimize(),
}

/** The radio items side by side with one: ticking one unticks the others. */
const groups = new WeakMap<object, readonly MenuItemImplementation[]>()
const groupOf = (item: MenuItemImplementation): readonly MenuItemImplementation[] => groups.get(item) ?? []

class MenuItemImplementation {
  readonly id: string
  readonly type: ItemType
  readonly role: Electron.MenuItem['role']
  readonly accelerator: string | null
  readonly click: (event?: object) => void
  readonly submenu: Electron.Menu | undefined
  readonly icon: Options['icon']
  readonly registerAccelerator: boolean
  label: string
  sublabel: string
  toolTip: string
  enabled: boolean
  visible: boolean
  #checked: boolean

  constructor(options: Options) {
    for (const key of ['before', 'after', 'beforeGroupContaining', 'afterGroupContaining'] as const) {
      if (options[key] !== undefined) throw new Error(`stand-in: MenuItem.${key} is not implemented`)
    }
    const hasSubmenu = options.submenu !== undefined
    if (options.type === 'submenu' && !hasSubmenu) throw new Error('Invalid submenu')
    this.type = options.type ?? (hasSubmenu ? 'submenu' : 'normal')
    if (!types.includes(this.type)) throw new Error(`Unknown menu item type: ${this.type}`)
    this.id = options.id ?? ''
    this.role = options.role as Electron.MenuItem['role']
    this.label = options.label ?? options.role ?? ''
    this.sublabel = options.sublabel ?? ''
    this.toolTip = options.toolTip ?? ''
    this.accelerator = options.accelerator ?? null
    this.registerAccelerator = options.registerAccelerator ?? true
    this.icon = options.icon
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.#checked = options.checked ?? false
    this.submenu = Array.isArray(options.submenu) ? buildFromTemplate(options.submenu) : options.submenu
    this.click = (event = {}) => {
      if (!this.enabled) return
      if (this.type === 'checkbox') this.checked = !this.checked
      if (this.type === 'radio') this.checked = true
      const focusedWindow = windows.find(({ window }) => window.isFocused())?.window
      if (options.role !== undefined) roles[options.role]?.()
      else options.click?.(this as unknown as Electron.MenuItem, focusedWindow, event as Electron.KeyboardEvent)
    }
  }
  get checked(): boolean {
    return this.#checked
  }
  set checked(value: boolean) {
    if (this.type === 'radio' && value) for (const other of groupOf(this)) other.#checked = false
    this.#checked = value
  }
}

class MenuImplementation {
  readonly items: Electron.MenuItem[] = []

  append(item: Electron.MenuItem): void {
    this.insert(this.items.length, item)
  }
  insert(position: number, item: Electron.MenuItem): void {
    this.items.splice(position, 0, item)
    this.#regroup()
  }
  /** Radio items side by side are one choice, and Electron ticks the first when none is. */
  #regroup(): void {
    let group: MenuItemImplementation[] = []
    for (const item of implementationsIn(this)) {
      if (item.type !== 'radio') group = []
      else {
        group.push(item)
        groups.set(item, group)
      }
    }
  }
  getMenuItemById(id: string): Electron.MenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item
      const found = item.submenu?.getMenuItemById(id)
      if (found !== undefined && found !== null) return found
    }
    return null
  }
  popup(): void {
    record('Menu.popup', shownOf(facades.get(this)))
  }
  closePopup(): void {
    record('Menu.closePopup')
  }
}

const facades = new WeakMap<MenuImplementation, Electron.Menu>()
const behind = new WeakMap<object, MenuItemImplementation>()
const implementationsIn = ({ items }: { readonly items: readonly Electron.MenuItem[] }): MenuItemImplementation[] =>
  items.map((item) => behind.get(item)!)

function createItem(options: Options): Electron.MenuItem {
  const implementation = new MenuItemImplementation(options)
  const item = standInFor<Electron.MenuItem>()('MenuItem', implementation)
  behind.set(item, implementation)
  return item
}

function createMenu(): Electron.Menu {
  const implementation = new MenuImplementation()
  const menu = standInFor<Electron.Menu>()('Menu', implementation)
  facades.set(implementation, menu)
  return menu
}

function buildFromTemplate(template: readonly (Options | Electron.MenuItem)[]): Electron.Menu {
  if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu: Menu template must be an array')
  const menu = createMenu()
  for (const entry of template as readonly (Options | Electron.MenuItem)[]) {
    if (behind.has(entry)) menu.append(entry as Electron.MenuItem)
    else {
      const options = entry as Options
      if (options.label === undefined && options.role === undefined && options.type === undefined) {
        throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type')
      }
      menu.append(createItem(options))
    }
  }
  return menu
}

let applicationMenu: Electron.Menu | null = null
const menuStatics = standInFor<typeof Electron.Menu>()('Menu', {
  prototype: MenuImplementation.prototype as unknown as Electron.Menu,
  buildFromTemplate: (template: (Options | Electron.MenuItem)[]) => buildFromTemplate(template),
  setApplicationMenu: (menu: Electron.Menu | null) => {
    applicationMenu = menu
  },
  getApplicationMenu: () => applicationMenu,
})

export const Menu = new Proxy(MenuImplementation as unknown as typeof Electron.Menu, {
  construct: () => createMenu(),
  get: (_target, key) => Reflect.get(menuStatics, key) as unknown,
})
export const MenuItem = new Proxy(MenuItemImplementation as unknown as typeof Electron.MenuItem, {
  construct: (_target, [options]: [Options]) => createItem(options),
})

/** An item as a person sees it. */
export interface ShownItem {
  readonly id: string
  readonly label: string
  readonly sublabel: string
  readonly type: ItemType
  readonly enabled: boolean
  readonly checked: boolean
  readonly accelerator: string | null
  readonly submenu: readonly ShownItem[] | null
}

/** What is shown of a menu at this moment: on Linux later changes of its items are not. */
export function shownOf(menu: Electron.Menu | null | undefined): readonly ShownItem[] {
  const items = implementationsIn(menu ?? { items: [] })
  for (const item of items) {
    if (item.type === 'radio' && !groupOf(item).some(({ checked }) => checked)) groupOf(item)[0]!.checked = true
  }
  return items
    .filter(({ visible }) => visible)
    .map(({ id, label, sublabel, type, enabled, checked, accelerator, submenu }) => ({
      id,
      label,
      sublabel,
      type,
      enabled,
      checked,
      accelerator,
      submenu: submenu === undefined ? null : shownOf(submenu),
    }))
}

/** The item whose id or label that is, with those in submenus. */
export function findItem(menu: Electron.Menu, name: string): MenuItemImplementation | undefined {
  for (const item of implementationsIn(menu)) {
    if (item.visible && (item.id === name || item.label === name)) return item
    const found = item.submenu === undefined ? undefined : findItem(item.submenu, name)
    if (found !== undefined) return found
  }
  return undefined
}
