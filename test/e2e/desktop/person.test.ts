import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../../electron/demo/generator.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import { type Computer, callFrom, type RunningApp, setUpComputer } from '../../support/desktop.ts'
import { describeDesktop } from '../../support/electron/launch.ts'

const EMAIL = 'ada@example.test'
const MAILS = 200
/** Pictures of the window are kept there when it is set, for people to look at. */
const pictures = process.env['MAILTIDE_SCREENSHOTS']

describeDesktop('a person with a new app', ['tray', 'notifications', 'records'], (launch) => {
  let simulator: Simulator
  let computer: Computer
  let app: RunningApp
  let page: Page
  beforeAll(async () => {
    simulator = await startSimulator({})
    fillMailbox(simulator.addMailbox(EMAIL), { count: MAILS, seed: 6 })
    computer = await setUpComputer(launch, simulator, { isFresh: true })
    app = await computer.start()
    page = await app.firstWindow()
  })
  afterAll(async () => {
    await computer.remove()
    await simulator.close()
  })
  const image = async () => basename(await app.standIn.trayImage())
  const picture = async (name: string): Promise<void> => {
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, `desktop ${name}.png`) })
  }
  const reads = (text: string | RegExp) => page.getByText(text).first().waitFor()

  it('sees the window open, and an empty Mailtide that says so everywhere', async () => {
    await app.untilStatus(({ state }) => state === 'idle')
    await app.untilTray(async () => (await app.standIn.trayTip()).startsWith('Mailtide: No account yet'))
    expect(await page.title()).toContain('Mailtide')
    expect((await app.item('add-account')).enabled).toBe(true)
    expect((await app.item('sync-now')).enabled).toBe(false)
    await picture('1 empty')
  })

  it('adds an account and sees its mail arrive in window and tray', async () => {
    simulator.dials.latency = 20
    const added = await callFrom(page, 'accountsAdd', { authorized_user: simulator.authorizedUser(EMAIL) })
    expect(added).toMatchObject({ ok: true, value: { account: { email: EMAIL } } })
    await app.untilTray(async () => (await app.standIn.trayTip()).includes(`Copying ${EMAIL}`))
    await page.getByRole('link', { name: 'Overview' }).click()
    await reads(EMAIL)
    await reads('Copying the mailbox')
    await app.until(async () => (await image()).startsWith('syncing-'))
    await picture('2 copying')
    simulator.dials.latency = 0
    await app.untilStatus(({ accounts, state }) => state === 'idle' && accounts[0]?.messages_stored === MAILS)
    await reads('Up to date')
    await app.until(async () => (await image()).startsWith('idle-'))
    await picture('3 up to date')
  })

  it('changes the interval in the tray, which holds at once and everywhere', async () => {
    const before = await app.standIn.trayItems()
    expect(before.find(({ id }) => id === 'interval')?.label).toBe('Interval: 5 minutes')
    await app.standIn.trayClick('10 minutes')
    await app.untilStatus(({ interval_minutes }) => interval_minutes === 10)
    await app.untilTray(async () => (await app.item('interval:10')).checked)
    expect((await app.item('interval:5')).checked).toBe(false)
    expect(JSON.parse(readFileSync(computer.paths.settings, 'utf8'))).toMatchObject({ intervalMinutes: 10 })
    await app.until(async () => (await page.getByLabel('Every').inputValue()) === '10')
  })

  it('stops and starts syncing in the tray', async () => {
    await app.standIn.trayClick('Stop syncing')
    await app.untilStatus(({ state }) => state === 'stopped')
    await app.until(async () => (await image()).startsWith('stopped-'))
    await reads('No mail is copied until you start it again')
    await picture('4 stopped')
    await app.standIn.trayClick('Start syncing')
    await app.untilStatus(({ state }) => state === 'idle')
    await app.until(async () => (await image()).startsWith('idle-'))
  })

  it('closes the window and is told once that syncing goes on', async () => {
    const told = async () => (await app.standIn.notifications()).map(({ title }) => title)
    const before = await told()
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await app.until(async () => (await told()).length > before.length)
    expect((await told()).slice(before.length)).toEqual(['Mailtide keeps syncing'])
    await app.standIn.trayClick('Open window')
    await app.until(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()))
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    expect((await told()).slice(before.length)).toEqual(['Mailtide keeps syncing'])
    expect((await app.status())?.running).toBe(true)
  })

  it('quits in the tray: everything is closed, and nothing was sent anywhere', async () => {
    expect(await app.standIn.spy('external')).toEqual([])
    expect(await app.standIn.spy('errors')).toEqual([])
    await app.standIn.trayClick('Quit Mailtide').catch(() => undefined)
    expect(await app.exited).toBe(0)
    expect([computer.paths.lock, computer.paths.service].filter((path) => existsSync(path))).toEqual([])
    expect(readFileSync(computer.paths.logFile, 'utf8')).toMatch(/ - service - INFO - Stopping\.\.\.\n/)
  })

  it('finds everything as it was at the next start', async () => {
    app = await computer.start()
    page = await app.firstWindow()
    await app.untilStatus(({ accounts, state }) => state === 'idle' && accounts[0]?.messages_stored === MAILS)
    await app.untilTray(async () => (await app.item('interval:10')).checked)
    expect((await app.status())?.alerts).toEqual([])
    await reads('Up to date')
    expect(await app.close()).toBe(0)
  })
})
