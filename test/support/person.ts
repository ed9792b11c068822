import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Page } from 'playwright'
import { expect } from 'vitest'
import type { DataPaths } from '../../electron/platform/data-folder.ts'
import { DEMO_EMAIL, isDemo } from '../../shared/demo.ts'
import type { RunningApp } from './desktop.ts'

/** Where a person meets the app for the first time. */
export interface FirstDay {
  readonly paths: DataPaths
  start(): Promise<RunningApp>
  /** Names the pictures, which are kept in the folder `MAILTIDE_SCREENSHOTS` when it is set, for people to look at. */
  readonly name: string
}

interface Step {
  readonly name: string
  run(): Promise<void>
}

const pictures = process.env['MAILTIDE_SCREENSHOTS']

/** A person's first way through the app, one step after another: with the demo, which needs no Google account. */
export function firstDay(given: () => FirstDay): readonly Step[] {
  let app: RunningApp
  let page: Page
  let stored = 0
  const image = async () => basename(await app.standIn.trayImage())
  const picture = async (name: string): Promise<void> => {
    if (pictures === undefined) return
    mkdirSync(pictures, { recursive: true })
    await page.screenshot({ path: join(pictures, `${given().name} ${name}.png`) })
  }
  const reads = (text: string | RegExp) => page.getByText(text).first().waitFor()
  const open = async (): Promise<void> => {
    app = await given().start()
    page = await app.firstWindow()
  }
  const steps: readonly Step[] = [
    {
      name: 'sees the window open, and an empty Mailtide that says so everywhere',
      run: async () => {
        await open()
        await app.untilStatus(({ state }) => state === 'idle')
        await app.untilTray(async () => (await app.standIn.trayTip()).startsWith('Mailtide: No account yet'))
        expect(await page.title()).toContain('Mailtide')
        expect((await app.item('add-account')).enabled).toBe(true)
        expect((await app.item('sync-now')).enabled).toBe(false)
        await page.getByRole('heading', { level: 1, name: 'Keep a complete copy of your Gmail' }).waitFor()
        await picture('1 empty')
      },
    },
    {
      name: 'starts the demo by one button, and sees its mail arrive in window and tray',
      run: async () => {
        // The choice is in the address of the page, and shows when that has changed.
        await page.getByRole('radio', { name: /^A demo mailbox/ }).click()
        await picture('2 demo')
        await page.getByRole('button', { name: 'Start the demo' }).click()
        await page.getByRole('article', { name: `${DEMO_EMAIL} Demo` }).waitFor()
        await app.untilTray(async () => (await app.standIn.trayTip()).includes(`Copying ${DEMO_EMAIL} (demo)`))
        await reads('Copying the mailbox')
        await app.until(async () => (await image()).startsWith('syncing-'))
        await picture('3 copying')
      },
    },
    {
      name: 'has the whole of it after a moment',
      run: async () => {
        const { accounts } = await app.untilStatus((snapshot) =>
          snapshot.accounts.some((each) => each.state === 'up_to_date'),
        )
        stored = accounts[0]?.messages_stored ?? 0
        // One may just have been sent, and be asked for again: Gmail shows such a mail a moment later.
        expect(accounts).toMatchObject([{ email: DEMO_EMAIL, demo: true }])
        expect(stored).toBeGreaterThanOrEqual(200)
        await reads('Up to date')
        await app.until(async () => (await image()).startsWith('idle-'))
        await picture('4 up to date')
      },
    },
    {
      name: 'changes the interval in the tray, which holds at once and everywhere',
      run: async () => {
        const before = await app.standIn.trayItems()
        expect(before.find(({ id }) => id === 'interval')?.label).toBe('Interval: 5 minutes')
        await app.standIn.trayClick('10 minutes')
        await app.untilStatus(({ interval_minutes }) => interval_minutes === 10)
        await app.untilTray(async () => (await app.item('interval:10')).checked)
        expect((await app.item('interval:5')).checked).toBe(false)
        expect(JSON.parse(readFileSync(given().paths.settings, 'utf8'))).toMatchObject({ intervalMinutes: 10 })
        await app.until(async () => (await page.getByLabel('Every').inputValue()) === '10')
      },
    },
    {
      name: 'stops and starts syncing in the tray',
      run: async () => {
        await app.standIn.trayClick('Stop syncing')
        await app.untilStatus(({ state }) => state === 'stopped')
        await app.until(async () => (await image()).startsWith('stopped-'))
        await reads('No mail is copied until you start it again')
        await picture('5 stopped')
        await app.standIn.trayClick('Start syncing')
        await app.untilStatus(({ running }) => running)
        await app.until(async () => !(await image()).startsWith('stopped-'))
      },
    },
    {
      name: 'closes the window and is told once that syncing goes on',
      run: async () => {
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
      },
    },
    {
      name: 'quits in the tray: everything is closed, and nothing was sent anywhere',
      run: async () => {
        expect(await app.standIn.spy('external')).toEqual([])
        expect(await app.standIn.spy('errors')).toEqual([])
        await app.standIn.trayClick('Quit Mailtide').catch(() => undefined)
        expect(await app.exited).toBe(0)
        const { lock, service, logFile } = given().paths
        expect([lock, service].filter((path) => existsSync(path))).toEqual([])
        expect(readFileSync(logFile, 'utf8')).toMatch(/ - service - INFO - Stopping\.\.\.\n/)
      },
    },
    {
      name: 'finds everything as it was at the next start, the demo too, and ends it in the window',
      run: async () => {
        await open()
        const found = await app.untilStatus(({ accounts }) => accounts.length > 0)
        expect(found.accounts).toMatchObject([{ email: DEMO_EMAIL, demo: true }])
        expect(found.accounts[0]?.messages_stored).toBeGreaterThanOrEqual(stored)
        await app.untilTray(async () => (await app.item('interval:10')).checked)
        expect(found.alerts).toEqual([])
        const card = page.getByRole('article', { name: `${DEMO_EMAIL} Demo` })
        await card.getByRole('button', { name: 'End the demo' }).click()
        await picture('6 end')
        await page.getByRole('dialog').getByRole('button', { name: 'End the demo' }).click()
        await app.untilStatus(({ accounts }) => !accounts.some(isDemo))
        await card.waitFor({ state: 'detached' })
        await app.untilTray(async () => (await app.standIn.trayTip()).startsWith('Mailtide: No account yet'))
        await picture('7 ended')
        expect(await app.close()).toBe(0)
      },
    },
  ]
  // Each goes on where the one before it ended: after one that failed the others could only wait for nothing.
  let failed: string | null = null
  return steps.map(({ name, run }) => ({
    name,
    run: async () => {
      if (failed !== null) throw new Error(`The step before failed: ${failed}`)
      failed = name
      await run()
      failed = null
    },
  }))
}
