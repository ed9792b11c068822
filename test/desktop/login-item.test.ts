import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { execLine } from '../../electron/desktop/autostart.ts'
import { launchCommand, relaunchOptions } from '../../electron/desktop/launch-command.ts'
import { createLoginItem, type LoginItemDeps, wasStartedAtLogin } from '../../electron/desktop/login-item.ts'

type Settings = ReturnType<LoginItemDeps['app']['getLoginItemSettings']>

const off: Settings = {
  openAtLogin: false,
  wasOpenedAtLogin: false,
  status: 'not-registered',
  executableWillLaunchAtLogin: false,
  launchItems: [],
}

/** The system's own list, in the test's hand. */
function fakeApp(settings: Partial<Settings> = {}) {
  const asked: unknown[] = []
  const set: unknown[] = []
  return {
    asked,
    set,
    settings: { ...off, ...settings },
    getLoginItemSettings(options?: unknown) {
      asked.push(options)
      return this.settings
    },
    setLoginItemSettings: (options: unknown) => void set.push(options),
  }
}

const command = { path: '/opt/Mailtide/mailtide', args: [] }

describe('start at login on macOS', () => {
  const itemOf = (app: ReturnType<typeof fakeApp>) =>
    createLoginItem({ app, platform: 'darwin', command, env: {}, home: '/Users/ada' })
  it.each([
    ['not-registered', false, null],
    ['not-found', false, null],
    ['enabled', true, null],
    ['requires-approval', false, 'allow it in System Settings'],
  ] as const)('with the status %s is on: %s', async (status, isOn, hint) => {
    // What was asked for is not what is so: the person decides in the system's settings.
    expect(await itemOf(fakeApp({ status, openAtLogin: true })).state()).toEqual({ isOn, hint })
  })

  it('is switched by the system’s own call', async () => {
    const app = fakeApp()
    await itemOf(app).set(true)
    await itemOf(app).set(false)
    expect(app.set).toEqual([{ openAtLogin: true }, { openAtLogin: false }])
  })
})

describe('start at login on Windows', () => {
  const itemOf = (app: ReturnType<typeof fakeApp>, args: readonly string[] = []) =>
    createLoginItem({ app, platform: 'win32', command: { ...command, args }, env: {}, home: 'C:\\Users\\ada' })
  it('is asked for with the arguments it was set with, or Windows would not know it', async () => {
    const app = fakeApp({ openAtLogin: true, executableWillLaunchAtLogin: true })
    const item = itemOf(app, ['C:\\my app'])
    expect(await item.state()).toEqual({ isOn: true, hint: null })
    await item.set(true)
    const entry = { path: command.path, args: ['"C:\\my app"', '--hidden'] }
    expect(app.asked).toEqual([entry])
    expect(app.set).toEqual([{ openAtLogin: true, enabled: true, ...entry }])
  })

  it('is off when the person switched it off in the startup apps, and says where', async () => {
    const state = await itemOf(fakeApp({ openAtLogin: true, executableWillLaunchAtLogin: false })).state()
    expect(state).toEqual({ isOn: false, hint: 'switched off in Windows’ startup apps' })
  })
})

describe('start at login on Linux', () => {
  let home: string
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'mailtide-login-'))
  })
  afterEach(() => rm(home, { recursive: true }))
  const itemOf = (path = '/opt/Mailtide/mailtide', env: LoginItemDeps['env'] = {}) =>
    createLoginItem({ app: fakeApp(), platform: 'linux', command: { path, args: [] }, env, home })
  const file = () => join(home, '.config', 'autostart', 'mailtide.desktop')

  it('is a file that the desktop reads, made and removed', async () => {
    const item = itemOf()
    expect(await item.state()).toEqual({ isOn: false, hint: null })
    await item.set(true)
    expect(await item.state()).toEqual({ isOn: true, hint: null })
    const lines = (await readFile(file(), 'utf8')).split('\n')
    expect(lines[0]).toBe('[Desktop Entry]')
    expect(lines).toEqual(
      expect.arrayContaining([
        'Type=Application',
        'Name=Mailtide',
        'Exec="/opt/Mailtide/mailtide" "--hidden"',
        'X-GNOME-Autostart-enabled=true',
      ]),
    )
    await item.set(false)
    await item.set(false)
    expect(await item.state()).toEqual({ isOn: false, hint: null })
  })

  it.each([
    ['Hidden=true', false],
    ['Hidden=false', true],
    ['X-GNOME-Autostart-enabled=false', false],
    ['X-GNOME-Autostart-enabled = false', false],
    ['[Other]\nHidden=true', true],
  ])('is, with %j in the file, on: %s', async (line, isOn) => {
    const item = itemOf()
    await item.set(true)
    const text = (await readFile(file(), 'utf8')).replace(/^X-GNOME.*\n/m, '')
    await writeFile(file(), `# by a person\n${text}${line}\n`)
    expect((await item.state()).isOn).toBe(isOn)
    // What the person switched off stays off, until the person says otherwise here.
    await item.refresh()
    expect((await item.state()).isOn).toBe(isOn)
    await item.set(true)
    expect((await item.state()).isOn).toBe(true)
  })

  it.each(['', 'nothing of the kind', '[Desktop Entry]\n'])('is off when the file holds %j', async (text) => {
    await mkdir(join(home, '.config', 'autostart'), { recursive: true })
    await writeFile(file(), text)
    expect((await itemOf().state()).isOn).toBe(false)
  })

  it('follows the program to its new place, and is not switched on by that', async () => {
    await itemOf('/home/ada/Mailtide-1.AppImage').set(true)
    await itemOf('/home/ada/Mailtide-2.AppImage').refresh()
    expect(await readFile(file(), 'utf8')).toContain('Exec="/home/ada/Mailtide-2.AppImage" "--hidden"')
    await itemOf().set(false)
    await itemOf().refresh()
    expect((await itemOf().state()).isOn).toBe(false)
  })

  it('lies where XDG_CONFIG_HOME says, unless that is relative', async () => {
    const config = join(home, 'elsewhere')
    await itemOf('/x', { XDG_CONFIG_HOME: config }).set(true)
    expect(await readFile(join(config, 'autostart', 'mailtide.desktop'), 'utf8')).toContain('"/x"')
    expect((await itemOf('/x', { XDG_CONFIG_HOME: 'elsewhere' }).state()).isOn).toBe(false)
  })

  it('says what is in the way when it cannot be written', async () => {
    await writeFile(join(home, '.config'), 'a file where a folder should be')
    await expect(itemOf().set(true)).rejects.toMatchObject({
      code: 'disk',
      message: expect.stringContaining('Start at login'),
      remedy: expect.stringContaining('mailtide.desktop'),
    })
    expect((await itemOf().state()).isOn).toBe(false)
  })
})

/** Reads a value of `Exec` back by the rules of the specification: first those of a string, then those of quoting. */
function argumentsOf(value: string): string[] {
  const escapes: Readonly<Record<string, string>> = { '\\': '\\', n: '\n', r: '\r', t: '\t', s: ' ' }
  const text = value.replace(/\\(.)/gs, (_all, letter: string) => escapes[letter] ?? `?${letter}`)
  return [...text.matchAll(/"((?:[^"\\`$]|\\["`$\\])*)"(?: |$)/gs)].map(([, quoted = '']) =>
    quoted.replace(/\\(["`$\\])/g, '$1').replace(/%%/g, '%'),
  )
}

it('any path survives the rules of desktop entries', () => {
  expect(execLine(['/a b/$HOME', '100%'])).toBe('"/a b/\\\\$HOME" "100%%"')
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (words) => {
      const line = execLine(words)
      expect(line).not.toMatch(/[\n\r]/)
      expect(argumentsOf(line)).toEqual(words)
    }),
  )
  const awkward = fc.array(fc.string({ unit: fc.constantFrom('"', '\\', '$', '`', '%', ' ', '\n', '\t', 'n', "'") }))
  fc.assert(
    fc.property(awkward, (words) => {
      expect(argumentsOf(execLine(words))).toEqual(words)
    }),
  )
})

it.each([
  ['packed', { isPackaged: true, env: {} }, { path: '/opt/app/mailtide', args: [] }],
  [
    'an AppImage',
    { isPackaged: true, env: { APPIMAGE: '/home/ada/M.AppImage' } },
    { path: '/home/ada/M.AppImage', args: [] },
  ],
  ['from the sources', { isPackaged: false, env: { APPIMAGE: '/x' } }, { path: '/opt/app/mailtide', args: ['/src'] }],
])('the program is started again as it runs: %s', (_name, run, expected) => {
  expect(launchCommand({ execPath: '/opt/app/mailtide', appPath: '/src', ...run })).toEqual(expected)
})

it.each([
  ['packed', { path: '/opt/app/mailtide', args: [] }, {}, ['--hidden']],
  ['from the sources', { path: '/opt/electron', args: ['/src'] }, { APPIMAGE: '/x' }, ['/src', '--hidden']],
  [
    'an AppImage, whose program is mounted no more',
    { path: '/home/ada/M.AppImage', args: [] },
    { APPIMAGE: '/home/ada/M.AppImage' },
    ['--appimage-extract-and-run', '--hidden'],
  ],
])('the program is started again when it has ended: %s', (_name, command, env, args) => {
  expect(relaunchOptions(command, ['--hidden'], env)).toEqual({ execPath: command.path, args })
})

it('a start at login is told from one by a person', () => {
  const started = (platform: NodeJS.Platform, argv: readonly string[], wasOpenedAtLogin = false): boolean =>
    wasStartedAtLogin(fakeApp({ wasOpenedAtLogin }), platform, argv)
  expect(started('linux', ['mailtide', '--hidden'])).toBe(true)
  expect(started('win32', ['mailtide'], true)).toBe(false)
  expect(started('darwin', ['mailtide'], true)).toBe(true)
  expect(started('darwin', ['mailtide'])).toBe(false)
})
