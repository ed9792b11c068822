import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import { type Computer, callFrom, type RunningApp, setUpComputer } from '../../support/desktop.ts'
import { describeDesktop } from '../../support/electron/launch.ts'

const EMAIL = 'ada@example.test'

describeDesktop('the running app', ['tray', 'notifications', 'os-events', 'records'], (launch) => {
  let simulator: Simulator
  let computer: Computer
  let app: RunningApp
  let page: Page
  beforeAll(async () => {
    simulator = await startSimulator({})
    simulator.addMailbox(EMAIL)
    computer = await setUpComputer(launch, simulator)
    app = await computer.start()
    page = await app.firstWindow()
    await app.untilStatus(({ state }) => state === 'idle')
  })
  afterAll(async () => {
    await computer.remove()
    await simulator.close()
  })
  const isVisible = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false)
  const hide = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

  it('gives its page the bridge and nothing else', async () => {
    const seen = await page.evaluate(() => {
      const { mailtide } = globalThis as unknown as { mailtide: object }
      return {
        bridge: Object.keys(mailtide),
        isFrozen: Object.isFrozen(mailtide),
        others: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter(
          (name) => name in globalThis,
        ),
      }
    })
    expect(seen).toEqual({ bridge: ['call', 'subscribe'], isFrozen: true, others: [] })
  })

  it('runs no script that is not its own', async () => {
    await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.wasRun = true'
      document.body.append(script)
    })
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false)
  })

  it('opens Google’s pages in the person’s browser, and no others', async () => {
    const opened = () => app.standIn.spy('opened')
    const google = 'https://console.cloud.google.com/auth/clients'
    expect(await callFrom(page, 'openUrl', { url: google })).toEqual({ ok: true, value: {} })
    expect(await callFrom(page, 'openUrl', { url: 'https://evil.example/' })).toMatchObject({
      ok: false,
      problem: { code: 'forbidden', title: 'Mailtide opens no such page' },
    })
    expect(await callFrom(page, 'openUrl', { url: 'file:///etc/passwd' })).toMatchObject({ ok: false })
    await page.evaluate(() => {
      window.open('https://evil.example/')
      window.open('https://support.google.com/accounts')
    })
    await app.until(async () => (await opened()).includes('https://support.google.com/accounts'))
    expect(await opened()).toEqual([google, 'https://support.google.com/accounts'])
    expect(await app.windows()).toHaveLength(1)
  })

  it('stays on its page whatever the page tries', async () => {
    const address = page.url()
    await page.evaluate(() => {
      location.href = 'https://evil.example/'
    })
    await page.evaluate(() => {
      const link = document.createElement('a')
      link.href = 'file:///etc/passwd'
      document.body.append(link)
      link.click()
      link.remove()
    })
    expect(page.url()).toBe(address)
    expect(
      await page.evaluate(() =>
        fetch('https://evil.example/').then(
          () => 'fetched',
          () => 'refused',
        ),
      ),
    ).toBe('refused')
    expect(await app.standIn.spy('external')).toEqual([])
  })

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])(
    'is asked for %s and refuses',
    async (name) => {
      expect(await app.standIn.permission(name)).toEqual({ check: false, request: false })
    },
  )

  it('answers what it is asked wrongly with a problem', async () => {
    expect(await callFrom(page, 'formatDisk')).toMatchObject({ ok: false, problem: { code: 'not_found' } })
    expect(await callFrom(page, '__proto__')).toMatchObject({ ok: false, problem: { code: 'not_found' } })
    expect(await callFrom(page, 'start', { interval_minutes: 0 })).toMatchObject({
      ok: false,
      problem: { code: 'bad_input' },
    })
    expect(await callFrom(page, 'saveText', { name: '../../x', text: '' })).toMatchObject({
      ok: false,
      problem: { code: 'bad_input' },
    })
  })

  it('copies the address of its status, which answers', async () => {
    await app.standIn.trayClick('Copy status URL')
    const url = await app.until(() => app.evaluate(async ({ clipboard }) => (await clipboard.readText()) || null))
    const answer = await fetch(url)
    expect([url, answer.status]).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/background-sync\/status$/),
      200,
    ])
  })

  it('shows the folder of its logs, and says when the system cannot', async () => {
    await app.standIn.trayClick('Open logs folder')
    await app.until(async () => (await app.standIn.spy('opened')).includes(computer.paths.logs))
    await app.standIn.setOpenPathError('no file manager')
    expect(await callFrom(page, 'openLogs')).toMatchObject({ ok: false, problem: { code: 'disk' } })
    await app.standIn.setOpenPathError('')
  })

  it('starts at login when told so, hidden, and says what the system says', async () => {
    const file = join(computer.env['XDG_CONFIG_HOME'] ?? '', 'autostart', 'mailtide.desktop')
    expect((await app.item('start-at-login')).checked).toBe(false)
    await app.standIn.trayClick('Start at login')
    await app.untilTray(async () => (await app.item('start-at-login')).checked)
    expect(readFileSync(file, 'utf8')).toMatch(/^Exec=.*--hidden/m)
    expect(await callFrom(page, 'startAtLogin', { on: false })).toEqual({ ok: true, value: { starts_at_login: false } })
    await app.untilTray(async () => !(await app.item('start-at-login')).checked)
    expect(existsSync(file)).toBe(false)
  })

  it('comes to the front when it is started again, but not when that was hidden', async () => {
    await hide()
    await app.until(async () => !(await isVisible()))
    const hidden = await computer.start({ args: ['--hidden'] })
    expect(await hidden.exited).toBe(0)
    expect(await isVisible()).toBe(false)
    const again = await computer.start()
    expect(await again.exited).toBe(0)
    await app.until(isVisible)
    await hide()
    await app.until(async () => !(await isVisible()))
    // A click on the icon in the Dock.
    await app.standIn.activate(false)
    await app.until(isVisible)
    expect(await app.windows()).toHaveLength(1)
  })

  it.each([
    [['status', '--json'], 0, `"pid": `],
    [['interval', '15'], 0, '15 minutes'],
    [['accounts', 'list'], 0, 'no account'],
    [['statsu'], 2, 'Did you mean status?'],
    [['--version'], 0, '0.1.0'],
    [['run'], 1, 'The app has its service in the tray'],
    [['start'], 1, 'Service is already running'],
  ])('answers the command %j as any installation does', async (args, code, words) => {
    const command = await computer.start({ args })
    expect([await command.exited, command.output()]).toEqual([code, expect.stringContaining(words)])
  })

  it('shows in the tray what a command changed', async () => {
    await app.untilTray(async () => (await app.item('interval')).label === 'Interval: 15 minutes')
    expect((await app.item('interval:15')).checked).toBe(true)
  })

  it('loads its page again when that crashed, and syncs on', async () => {
    await app.standIn.crashPage()
    page = await app.until(async () => {
      const [shown] = await app.windows()
      return (await shown
        ?.getByRole('heading', { level: 1 })
        .isVisible()
        .catch(() => false))
        ? shown
        : null
    })
    expect((await callFrom(page, 'health')).ok).toBe(true)
  })

  it('goes on without its window when that is lost, and opens another', async () => {
    const gone = page
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.destroy())
    await app.until(async () => (await app.windows()).length === 0)
    await app.standIn.trayClick('Open window')
    page = await app.until(async () => (await app.windows()).find((each) => each !== gone))
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect((await app.status())?.running).toBe(true)
  })

  it('keeps its icon readable when the panel turns dark', async () => {
    await app.standIn.setDark(true)
    await app.until(async () => (await app.standIn.trayImage()).endsWith('-on-dark.png'))
    await app.standIn.setDark(false)
    await app.until(async () => (await app.standIn.trayImage()).endsWith('-on-light.png'))
  })

  it('sleeps and wakes without a word of trouble', async () => {
    await app.standIn.power('suspend')
    await app.standIn.power('resume')
    expect((await app.status())?.alerts).toEqual([])
  })

  it('closes in order when the system shuts down, and holds that up until it has', async () => {
    // On Linux Electron lets the system go on when nobody listens to its shutdown any more.
    await app.evaluate(({ powerMonitor }, lock) => {
      powerMonitor.on(
        'removeListener' as 'shutdown',
        ((event: string) => {
          const { existsSync } = process.getBuiltinModule('node:fs')
          if (event === 'shutdown') process.stdout.write(`Let go, lock there: ${existsSync(lock)}\n`)
        }) as () => void,
      )
    }, computer.paths.lock)
    expect(await app.standIn.power('shutdown')).toEqual({ isPrevented: true })
    expect(await app.exited).toBe(0)
    expect(existsSync(computer.paths.lock)).toBe(false)
    expect(app.output()).toContain('Let go, lock there: false')
  })
})
