import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserWindowConstructorOptions } from 'electron'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { buildPreload } from '../support/electron/build-preload.ts'
import type { DesktopApp, LaunchOptions } from '../support/electron/desktop-app.ts'
import type { WindowFixture } from '../support/electron/fixture/window-main.ts'
import { describeDesktop } from '../support/electron/launch.ts'

const main = join(import.meta.dirname, '..', 'support', 'electron', 'fixture', 'window-main.ts')
const small = { x: 0, y: 0, width: 1280, height: 720 }
const large = { x: 1280, y: 0, width: 1920, height: 1080 }

describeDesktop('the window', ['records', 'os-events'], (launch) => {
  let preload: Awaited<ReturnType<typeof buildPreload>>
  let home: string
  let app: DesktopApp
  let page: Page
  const start = async (options: Partial<LaunchOptions> = {}) => {
    const started = await launch({ main, ...options, env: { FIXTURE_PRELOAD: preload.file, ...options.env } })
    await started.until(() =>
      started.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.window !== null),
    )
    return started
  }
  const bounds = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())
  const isVisible = () =>
    app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.window!.isVisible())
  const show = (at?: string) =>
    app.evaluate((_, name) => (globalThis as unknown as { fixture: WindowFixture }).fixture.window!.show(name), at)
  const closeByPerson = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
  const count = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
  const later = (ms: number) =>
    app.evaluate((_, by) => {
      const { fixture } = globalThis as unknown as { fixture: WindowFixture }
      fixture.now += by
    }, ms)
  const dialogs = async () =>
    (await app.standIn.spy('calls')).flatMap(([name, options]) =>
      name === 'dialog.showMessageBox' ? [(options as { message: string }).message] : [],
    )

  beforeAll(async () => {
    preload = await buildPreload()
    home = await mkdtemp(join(tmpdir(), 'mailtide-window-'))
    app = await start({ userData: home })
    page = await app.firstWindow()
  })
  afterAll(async () => {
    await app.close()
    await preload.remove()
    await rm(home, { recursive: true, maxRetries: 5 })
  })

  it('has a page that is walled off from the computer, and a bridge by which it sees the service', async () => {
    const made = (await app.standIn.spy('calls')).flatMap(([name, options]) =>
      name === 'BrowserWindow' ? [(options as BrowserWindowConstructorOptions).webPreferences] : [],
    )
    expect(made[0]).toEqual({
      preload: preload.file,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      spellcheck: false,
      // The app is not packed.
      devTools: true,
    })
    // One that is walled off, with rules of its own, and may ask for its own files.
    expect(await app.standIn.spy('calls')).toContainEqual([
      'protocol.registerSchemesAsPrivileged',
      [{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }],
    ])
    await page.getByText('idle').waitFor()
  })

  it('is shown when it is drawn, in the middle of the screen, on the ground of the theme', async () => {
    await app.until(isVisible)
    expect(await bounds()).toEqual({ x: 80, y: 0, width: 1120, height: 680 })
    const ground = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBackgroundColor())
    expect(await ground()).toBe('#f3f6f7')
    await app.standIn.setDark(true)
    expect(await ground()).toBe('#12191d')
    await app.standIn.setDark(false)
  })

  it('has files of its own, typed, under a policy that lets nothing else in', async () => {
    expect(await page.locator('h1').evaluate((heading) => getComputedStyle(heading).color)).toBe('rgb(1, 2, 3)')
    const answers = await page.evaluate(async () => {
      const ask = async (path: string, method = 'GET') => {
        const { status, headers } = await fetch(path, { method })
        return [status, headers.get('content-type'), headers.get('x-content-type-options')]
      }
      return [
        await ask('./page.js'),
        await ask('./nothing.js'),
        await ask('./%2e%2e%2fmain.mjs'),
        await ask('./page.js', 'POST'),
      ]
    })
    expect(answers).toEqual([
      [200, 'text/javascript; charset=utf-8', 'nosniff'],
      [404, 'text/plain; charset=utf-8', 'nosniff'],
      [404, 'text/plain; charset=utf-8', 'nosniff'],
      [405, 'text/plain; charset=utf-8', 'nosniff'],
    ])
    const tried = await page.evaluate(async () => {
      const script = document.createElement('script')
      script.textContent = 'window.wasRun = true'
      const style = document.createElement('style')
      style.textContent = 'h1 { color: rgb(9, 9, 9) }'
      const frame = document.createElement('iframe')
      frame.src = './index.html'
      document.body.append(script, style, frame)
      const color = getComputedStyle(document.querySelector('h1')!).color
      const fetched = await fetch('https://evil.invalid/').then(
        () => 'fetched',
        () => 'refused',
      )
      const framed = frame.contentDocument?.querySelector('h1') ?? null
      frame.remove()
      return ['wasRun' in window, color, fetched, framed]
    })
    expect(tried).toEqual([false, 'rgb(1, 2, 3)', 'refused', null])
    expect(await app.standIn.spy('external')).toEqual([])
  })

  it('stays where it is: no page leads it away, and only pages that Mailtide knows open in the browser', async () => {
    await page.getByText('leave').click()
    await page.getByText('help').click()
    await page.getByText('lure').click()
    await app.until(async () => app.output().includes('A page was not opened in the browser'))
    await app.until(async () => app.output().includes('A page of the app tried to leave'))
    expect(await app.standIn.spy('opened')).toEqual(['https://accounts.google.com/help'])
    expect(await page.locator('h1').textContent()).toBe('Window')
    expect(await count()).toBe(1)
    expect(await app.standIn.webview('https://evil.invalid/')).toEqual({ isPrevented: true })
    expect(await app.standIn.permission('media')).toEqual({ request: false, check: false })
  })

  it('is in the Dock of macOS as long as it is open, and not otherwise', async () => {
    const seen = await app.evaluate(async ({ app: electron, BrowserWindow }) => {
      const { window } = (globalThis as unknown as { fixture: WindowFixture }).fixture
      const calls: string[] = []
      const dock = { show: async () => void calls.push('show'), hide: () => void calls.push('hide') }
      ;(electron as { dock: unknown }).dock = dock
      BrowserWindow.getAllWindows()[0]!.close()
      window!.show()
      ;(electron as { dock: unknown }).dock = undefined
      return calls
    })
    expect(seen).toEqual(['hide', 'show'])
    await app.until(isVisible)
  })

  it('leaves the full screen before it hides on macOS, where that would stay black', async () => {
    const seen = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows() as [Electron.BrowserWindow]
      const platform = Object.getOwnPropertyDescriptor(process, 'platform')!
      Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' })
      window.setFullScreen(true)
      const states: boolean[] = []
      window.once('leave-full-screen', () => states.push(window.isVisible()))
      window.close()
      Object.defineProperty(process, 'platform', platform)
      return [...states, window.isFullScreen(), window.isVisible()]
    })
    expect(seen).toEqual([true, false, false])
    await show()
    await app.until(isVisible)
  })

  it('is hidden when the person closes it, and comes back as it was', async () => {
    const hidden = () => app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.hidden)
    await page.evaluate(() => document.body.setAttribute('data-kept', ''))
    const before = await hidden()
    await closeByPerson()
    expect(await isVisible()).toBe(false)
    expect(await hidden()).toBe(before + 1)
    await show()
    expect(await isVisible()).toBe(true)
    await page.locator('body[data-kept]').waitFor()
  })

  it('opens at a page that is named, without being loaded again', async () => {
    await show('logs')
    await page.waitForURL(/#logs$/)
    await page.locator('body[data-kept]').waitFor()
    await show('logs')
    await show()
    await page.locator('body[data-kept]').waitFor()
    expect(page.url()).toMatch(/#logs$/)
  })

  it('comes forward from the task bar, and from behind the windows of others', async () => {
    const isFocused = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isFocused())
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize())
    await show()
    expect([await isFocused(), await isVisible()]).toEqual([true, true])
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isMinimized())).toBe(false)
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.blur())
    expect(await isFocused()).toBe(false)
    await show()
    expect(await isFocused()).toBe(true)
  })

  it('moves to a screen that is still there', async () => {
    await app.standIn.setDisplays([small, large])
    const place = { x: 1500, y: 100, width: 900, height: 600 }
    await app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]!.setBounds(to), place)
    await app.standIn.setDisplays([small])
    expect(await bounds()).toEqual({ x: 190, y: 40, width: 900, height: 600 })
  })

  it('loads its page again after a crash, and says so honestly when it crashes again within a minute', async () => {
    const crash = async () => {
      const [dead] = (await app.standIn.pages()).targets
      await app.standIn.crashPage()
      await app.until(async () => !(await app.standIn.pages()).targets.includes(dead!))
    }
    await crash()
    page = await app.until(async () => (await app.windows())[0])
    await page.getByText('idle').waitFor()
    expect(await dialogs()).toEqual([])
    await app.standIn.setDialogAnswers([{ response: 1 }])
    await later(59_000)
    await crash()
    await app.until(async () => (await dialogs()).length === 1)
    expect(await dialogs()).toEqual(['The window has stopped working'])
    expect(await count()).toBe(0)
    await show()
    page = await app.firstWindow()
    await page.getByText('idle').waitFor()
    await later(59_000)
    await app.standIn.setDialogAnswers([{ response: 0 }])
    await crash()
    page = await app.firstWindow()
    await page.getByText('idle').waitFor()
    await app.until(isVisible)
  })

  it('nobody is asked about a window that is hidden', async () => {
    const asked = (await dialogs()).length
    await closeByPerson()
    await later(59_000)
    await app.standIn.crashPage()
    await app.until(async () => (await count()) === 0)
    expect(await dialogs()).toHaveLength(asked)
    await show()
    page = await app.firstWindow()
    await page.getByText('idle').waitFor()
  })

  it('is where it was, and as large, when the app starts again; and does not keep it from quitting', async () => {
    const place = { x: 40, y: 30, width: 700, height: 500 }
    await app.evaluate(({ BrowserWindow }, to) => {
      BrowserWindow.getAllWindows()[0]!.setBounds(to)
      BrowserWindow.getAllWindows()[0]!.maximize()
    }, place)
    await closeByPerson()
    await app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.settled())
    await show()
    expect(await app.close()).toBe(0)
    app = await start({ userData: home, args: ['--hidden'] })
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
    await show()
    page = await app.firstWindow()
    await app.until(isVisible)
    const seen = await app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0]!
      return [window.isMaximized(), window.getNormalBounds()]
    })
    expect(seen).toEqual([true, place])
    expect(await app.standIn.spy('errors')).toEqual([])
  })

  it('appears on a desktop that draws nothing before it is shown, and says when its files are missing', async () => {
    const files = await mkdtemp(join(tmpdir(), 'mailtide-files-'))
    await cp(join(import.meta.dirname, '..', 'support', 'electron', 'fixture', 'window'), files, { recursive: true })
    await app.close()
    app = await start({
      env: { STAND_IN_WAYLAND: '1', FIXTURE_WINDOW: files },
      args: ['--hidden'],
      packagedIn: files,
    })
    onTestFinished(() => rm(files, { recursive: true, force: true }))
    await show()
    await app.firstWindow()
    await app.until(isVisible)
    // Installed, it has no tools for developers, however they are asked for.
    const tools = await app.evaluate(({ BrowserWindow, Menu }) => {
      const rolesOf = (items: readonly Electron.MenuItem[]): readonly unknown[] =>
        items.flatMap(({ role, submenu }) => [role, ...rolesOf(submenu?.items ?? [])])
      const { webContents } = BrowserWindow.getAllWindows()[0]!
      webContents.openDevTools()
      const roles = rolesOf(Menu.getApplicationMenu()?.items ?? []).filter((role) => role !== undefined)
      return {
        areOpened: webContents.isDevToolsOpened(),
        roles: roles.filter((role) => /reload|devtools/i.test(String(role))),
        quits: roles.includes('quit'),
      }
    })
    expect(tools).toEqual({ areOpened: false, roles: [], quits: true })

    await rm(files, { recursive: true })
    await app.standIn.setDialogAnswers([{ response: 1 }])
    await app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.window!.close())
    await show()
    await app.until(async () => (await dialogs()).length === 1)
    expect(await dialogs()).toEqual(['The window cannot be shown: its files are missing or damaged'])
    expect(await count()).toBe(0)
  })
})
