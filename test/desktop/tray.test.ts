import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { MenuAction } from '../../electron/desktop/menu.ts'
import { createTray, type TrayDeps } from '../../electron/desktop/tray.ts'
import { askTrayHost } from '../../electron/desktop/tray-host.ts'
import { isCollected } from '../support/collected.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'
import { account, facts } from './facts.ts'
import { readPng } from './png.ts'

const drawings = resolve(import.meta.dirname, '../../build/tray')

interface FakeImage {
  readonly file: string
  isTemplate: boolean
  isEmpty(): boolean
  setTemplateImage(on: boolean): void
}
const imageOf = (file: string, exists: boolean): NativeImage => {
  const image: FakeImage = {
    file,
    isTemplate: false,
    isEmpty: () => !exists,
    setTemplateImage: (on) => {
      image.isTemplate = on
    },
  }
  return image as unknown as NativeImage
}

class FakeTray extends EventEmitter {
  images: FakeImage[] = []
  tips: string[] = []
  menus: MenuItemConstructorOptions[][] = []
  titles: string[] = []
  isDestroyed = false
  setImage = (image: FakeImage): void => void this.images.push(image)
  setToolTip = (tip: string): void => void this.tips.push(tip)
  setTitle = (title: string): void => void this.titles.push(title)
  setContextMenu = (menu: MenuItemConstructorOptions[]): void => void this.menus.push(menu)
  destroy = (): void => {
    this.isDestroyed = true
  }
  get file(): string {
    return basename(this.images.at(-1)?.file ?? '')
  }
}

/** A tray in a panel that is all the test's. */
function panel(options: Partial<TrayDeps> & { readonly isDark?: boolean; readonly hasTray?: boolean } = {}) {
  const tray = new FakeTray()
  const theme = Object.assign(new EventEmitter(), {
    shouldUseDarkColors: options.isDark ?? false,
    shouldUseDarkColorsForSystemIntegratedUI: true,
  })
  const clock = createFakeClock()
  const actions: MenuAction[] = []
  const unavailable: string[] = []
  const warnings: string[] = []
  const icon = createTray({
    make: (image) => {
      if (options.hasTray === false) throw new Error('No tray here')
      tray.setImage(image as unknown as FakeImage)
      return tray as unknown as Tray
    },
    buildMenu: (template) => template as unknown as Menu,
    nativeImage: {
      createFromPath: (file) => imageOf(file, existsSync(file)),
      createFromDataURL: (url) => imageOf(url, true),
    },
    nativeTheme: theme as unknown as TrayDeps['nativeTheme'],
    platform: 'linux',
    env: { XDG_CURRENT_DESKTOP: 'KDE' },
    folder: drawings,
    askHost: async () => true,
    perform: (action) => actions.push(action),
    onUnavailable: (reason) => unavailable.push(reason),
    clock,
    log: { ...silentLog, warning: (message) => void warnings.push(message) },
    ...options,
  })
  onTestFinished(icon.close)
  return { icon, tray, theme, clock, actions, unavailable, warnings }
}

const resting = facts({ accounts: [account({ state: 'up_to_date' })] })
const syncing = facts({ accounts: [account({ state: 'syncing' })], state: 'syncing' })

describe('the tray', () => {
  it('shows the state in icon, tooltip and menu, and sets only what changed', async () => {
    const { icon, tray, clock } = panel()
    expect(tray.file).toBe('stopped-22-on-light.png')
    icon.show(resting)
    expect(tray.file).toBe('idle-22-on-light.png')
    expect(tray.tips).toEqual(['Mailtide: Everything is up to date'])
    await clock.advance(1_000)
    icon.show({ ...resting })
    await clock.advance(1_000)
    expect([tray.images.length, tray.tips.length, tray.menus.length]).toEqual([2, 1, 1])
    icon.show({ ...resting, login: { isOn: true, hint: null } })
    expect([tray.images.length, tray.tips.length, tray.menus.length]).toEqual([2, 1, 2])
    expect(tray.menus.at(-1)?.find(({ id }) => id === 'start-at-login')?.checked).toBe(true)
    await clock.advance(1_000)
    icon.show(syncing)
    expect(tray.file).toBe('syncing-22-on-light.png')
    expect(tray.tips).toEqual(['Mailtide: Everything is up to date', 'Mailtide: Syncing'])
  })

  it('sets the menu anew after a click, which has moved a tick whether or not anything came of it', async () => {
    const { icon, tray, clock, actions } = panel()
    icon.show({ ...resting, login: { isOn: false, hint: null } })
    const box = tray.menus.at(-1)?.find(({ id }) => id === 'start-at-login')
    box?.click?.(...([] as unknown as Parameters<NonNullable<typeof box.click>>))
    expect(actions).toEqual([{ kind: 'set-start-at-login', on: true }])
    await clock.advance(1_000)
    // It failed: what is so has not changed.
    icon.show({ ...resting, login: { isOn: false, hint: null } })
    await clock.advance(1_000)
    expect(tray.menus).toHaveLength(2)
  })

  it('draws four times a second at most, and ends with the last that it was told', async () => {
    const { icon, tray, clock } = panel()
    for (let at = 0; at < 100; at++) {
      icon.show(facts({ interval_minutes: 61 + at }))
      await clock.advance(10)
    }
    await clock.advance(250)
    expect(tray.menus.length).toBeGreaterThanOrEqual(4)
    expect(tray.menus.length).toBeLessThanOrEqual(6)
    expect(tray.menus.at(-1)?.find(({ id }) => id === 'interval')?.label).toBe('Interval: 160 minutes')
  })

  it('performs what is clicked, and opens the window by a click on the icon where the system has such a thing', () => {
    const linux = panel()
    linux.icon.show(resting)
    linux.tray.emit('click')
    const item = linux.tray.menus.at(-1)?.find(({ id }) => id === 'sync-now')
    ;(item?.click as undefined | (() => void))?.()
    expect(linux.actions).toEqual([{ kind: 'open-window', place: { page: 'overview' } }, { kind: 'sync-now' }])
    // A click on macOS opens the menu: both at once would be odd.
    expect(panel({ platform: 'darwin' }).tray.eventNames()).toEqual([])
    expect(panel({ platform: 'win32' }).tray.eventNames()).toEqual(['click'])
  })

  it.each([
    ['linux', { XDG_CURRENT_DESKTOP: 'KDE' }, false, 'syncing-22-on-light.png'],
    ['linux', { XDG_CURRENT_DESKTOP: 'KDE' }, true, 'syncing-22-on-dark.png'],
    // The panel of GNOME is dark in its light style too.
    ['linux', { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' }, false, 'syncing-24-on-dark.png'],
    ['linux', {}, false, 'syncing-22-on-light.png'],
    ['win32', {}, false, 'syncing-on-dark.ico'],
    ['darwin', {}, false, 'syncingTemplate.png'],
  ] as const)('takes on %s (%o, dark: %s) the drawing %s', (platform, env, isDark, file) => {
    const { icon, tray, warnings } = panel({ platform, env, isDark })
    icon.show(syncing)
    expect(tray.file).toBe(file)
    expect(tray.images.at(-1)?.isTemplate).toBe(platform === 'darwin')
    expect(warnings).toEqual([])
  })

  it('follows a change of the theme, also in the midst of its rest', async () => {
    const { icon, tray, theme, clock } = panel()
    icon.show(syncing)
    theme.shouldUseDarkColors = true
    theme.emit('updated')
    await clock.advance(300)
    expect(tray.file).toBe('syncing-22-on-dark.png')
  })

  it('shows a plain icon, and says so once for each, when drawings are lost', async () => {
    const { icon, tray, clock, warnings } = panel({ folder: '/nowhere', platform: 'darwin' })
    icon.show(resting)
    await clock.advance(1_000)
    icon.show(syncing)
    await clock.advance(1_000)
    icon.show(resting)
    expect(tray.images.at(-1)?.file).toMatch(/^data:image\/png/)
    expect(tray.titles.at(-1)).toBe('Mailtide')
    expect(warnings).toHaveLength(3)
    expect(warnings[0]).toContain('stoppedTemplate.png')
    const plain = readPng(Buffer.from((tray.images.at(-1)?.file ?? '').split(',')[1] ?? '', 'base64'))
    expect([plain.width, plain.height]).toEqual([16, 16])
    expect(plain.alpha.filter((value) => value > 200).length).toBeGreaterThan(80)
  })

  it('says once that there is none, and goes on without', async () => {
    const { icon, unavailable, clock } = panel({ hasTray: false })
    // Whoever is told may want to show something here at once: it must have the icon by then.
    expect(unavailable).toEqual([])
    icon.show(resting)
    await clock.advance(1_000)
    icon.show(syncing)
    expect(unavailable).toEqual(['This system shows no tray icons'])
  })

  it('says that a panel shows none, with the remedy, and keeps the icon for a panel that comes later', async () => {
    const { icon, tray, unavailable, clock } = panel({ askHost: async () => false })
    await clock.advance(0)
    icon.show(resting)
    // At login it may only be late.
    expect(unavailable).toEqual([])
    await clock.advance(10_000)
    expect(unavailable).toEqual([expect.stringContaining('AppIndicator')])
    expect(tray.menus).toHaveLength(1)
    const unknown = panel({ askHost: async () => null })
    await unknown.clock.advance(0)
    expect(unknown.unavailable).toEqual([])
  })

  it('makes the icon anew for a panel that came after it, and says nothing', async () => {
    let hasHost = false
    const { icon, tray, unavailable, clock } = panel({ askHost: async () => hasHost })
    await clock.advance(0)
    icon.show(resting)
    expect([tray.menus.length, tray.isDestroyed]).toEqual([1, false])
    hasHost = true
    await clock.advance(10_000)
    expect([tray.menus.length, tray.isDestroyed, tray.file]).toEqual([2, true, 'idle-22-on-light.png'])
    expect(unavailable).toEqual([])
  })

  it('is held as long as it is open: an icon that is collected vanishes', async () => {
    const made: WeakRef<Tray>[] = []
    const make = (): Tray => {
      const tray = new FakeTray() as unknown as Tray
      made.push(new WeakRef(tray))
      return tray
    }
    const { icon } = panel({ make })
    icon.show(resting)
    expect(await isCollected(made[0])).toBe(false)
    icon.close()
    expect(await isCollected(made[0])).toBe(true)
  })

  it('is gone when it is closed', async () => {
    const { icon, tray, theme, clock } = panel()
    icon.show(resting)
    icon.close()
    icon.show(syncing)
    theme.emit('updated')
    await clock.advance(1_000)
    expect(tray.isDestroyed).toBe(true)
    expect(tray.menus).toHaveLength(1)
  })
})

describe('whether a Linux panel shows icons', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailtide-tray-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each([
    ['yes', 'echo "b true"', true],
    ['no', 'echo "b false"', false],
    ['odd', 'echo "s hm"', null],
    [
      'nobody',
      'echo "Failed to get property: The name org.kde.StatusNotifierWatcher was not provided by any .service files" >&2; exit 1',
      false,
    ],
    ['no bus', 'echo "Failed to connect to bus: No such file or directory" >&2; exit 1', null],
  ])('when busctl says %s', async (name, script, expected) => {
    const busctl = join(folder, name)
    await writeFile(busctl, `#!/bin/sh\n[ "$1" = --user ] || exit 9\n${script}\n`)
    await chmod(busctl, 0o755)
    expect(await askTrayHost(busctl)).toBe(expected)
  })

  it('is not known without busctl', async () => {
    expect(await askTrayHost(join(folder, 'none'))).toBeNull()
  })
})
