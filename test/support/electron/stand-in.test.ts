import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DesktopApp } from './desktop-app.ts'
import { describeDesktop } from './launch.ts'

const main = join(import.meta.dirname, 'fixture', 'main.mjs')
const told = (app: DesktopApp) =>
  app.evaluate(() => (globalThis as unknown as { fixture: { told: string[] } }).fixture.told)

describeDesktop('the computer around an app', ['tray', 'notifications', 'os-events', 'records'], (launch) => {
  let app: DesktopApp
  let page: Page
  beforeAll(async () => {
    app = await launch({ main })
    page = await app.firstWindow()
    await page.getByText('Hello page').waitFor()
  })
  afterAll(async () => {
    await app.close()
  })

  it('says so when something is used that it has not', async () => {
    const uses = await app.evaluate(({ app: electronApp, Menu, powerSaveBlocker, BrowserWindow, nativeTheme }) => {
      const failure = (use: () => unknown): string => {
        try {
          return String(use())
        } catch (error) {
          return (error as Error).message
        }
      }
      return [
        failure(() => electronApp.getGPUInfo('basic')),
        failure(() => Menu.sendActionToFirstResponder('copy')),
        failure(() => powerSaveBlocker.start('prevent-app-suspension')),
        failure(() => BrowserWindow.getAllWindows()[0]!.setKiosk(true)),
        failure(() => Object.assign(nativeTheme, { shouldUseSepia: true })),
      ]
    })
    expect(uses).toEqual([
      'stand-in: app.getGPUInfo is not implemented',
      'stand-in: Menu.sendActionToFirstResponder is not implemented',
      'stand-in: powerSaveBlocker.start is not implemented',
      'stand-in: BrowserWindow.setKiosk is not implemented',
      'stand-in: nativeTheme.shouldUseSepia is not implemented',
    ])
  })

  it('shows the menu of the tray as it was when it was set', async () => {
    const items = await app.standIn.trayItems()
    expect(items.map(({ id, type }) => `${id}:${type}`)).toEqual([
      'open:normal',
      'off:normal',
      ':separator',
      'tick:checkbox',
      ':submenu',
      ':normal',
    ])
    expect(items[0]).toMatchObject({ label: 'Open', accelerator: 'CmdOrCtrl+O', enabled: true })
    expect(items[4]?.submenu?.map(({ id, checked }) => [id, checked])).toEqual([
      ['one', false],
      ['two', true],
      ['three', false],
    ])
    await app.standIn.trayClick('open')
    await app.standIn.trayClick('three')
    await expect(app.standIn.trayClick('off')).rejects.toThrow(`'off' of the tray is disabled`)
    await expect(app.standIn.trayClick('none')).rejects.toThrow(`There is no item 'none'`)
    expect(await told(app)).toContain('open')
    // The item has changed, the menu on the screen has not: Linux shows it when the menu is set again.
    expect((await app.standIn.trayItems())[4]?.submenu?.[2]?.checked).toBe(false)
  })

  it('gives a radio group one tick, and the first when none has it', async () => {
    const ticks = await app.evaluate(({ Menu }) => {
      const group = (checked?: string) =>
        Menu.buildFromTemplate(
          ['a', 'b', 'c'].map((id) => ({ id, label: id, type: 'radio' as const, checked: id === checked })),
        )
      const chosen = group('b')
      chosen.items[2]!.click()
      return chosen.items.map((item) => item.checked)
    })
    expect(ticks).toEqual([false, false, true])
  })

  it('refuses a tray without an image, and a menu item that is nothing', async () => {
    const failures = await app.evaluate(({ Tray, Menu, nativeImage }) => {
      const failure = (use: () => unknown): string => {
        try {
          use()
          return 'nothing'
        } catch (error) {
          return (error as Error).message
        }
      }
      return [
        failure(() => new Tray('/nowhere/tray.png')),
        failure(() => new Tray(nativeImage.createEmpty())),
        failure(() => Menu.buildFromTemplate([{}])),
      ]
    })
    expect(failures).toEqual([
      'stand-in: the image of the tray is empty: /nowhere/tray.png',
      'stand-in: the image of the tray is empty: ',
      'Invalid template for MenuItem: must have at least one of label, role or type',
    ])
  })

  it('answers permissions as the session says, and allows all without a handler', async () => {
    expect(await app.standIn.permission('geolocation')).toEqual({ request: false, check: true })
    expect(await app.standIn.permission('fullscreen')).toEqual({ request: true, check: true })
  })

  it('hands popups to the app, and lets nothing leave the computer', async () => {
    await page.getByText('popup').click()
    await page.evaluate(() => void window.open('about:blank'))
    await app.until(async () => (await app.standIn.spy('opened')).length === 2)
    expect(await app.standIn.spy('opened')).toEqual(['https://elsewhere.invalid/popup', 'about:blank'])
    expect(await app.windows()).toHaveLength(1)
    expect(await app.standIn.spy('external')).toEqual([])
    await app.evaluate(async ({ BrowserWindow }) => {
      await BrowserWindow.getAllWindows()[0]!
        .loadURL('https://elsewhere.invalid/')
        .catch(() => undefined)
      await BrowserWindow.getAllWindows()[0]!.loadURL('app://bundle/index.html')
    })
    expect(await app.standIn.spy('external')).toEqual(['https://elsewhere.invalid/'])
  })

  it('plugs screens in and out, wakes and sleeps, changes theme', async () => {
    await app.evaluate(({ screen, powerMonitor, nativeTheme }) => {
      const heard: string[] = []
      Object.assign(globalThis, { heard })
      screen.on('display-removed', (_event, { id }) => heard.push(`removed ${id}`))
      screen.on('display-added', (_event, { id }) => heard.push(`added ${id}`))
      powerMonitor.on('suspend', () => heard.push('suspend'))
      powerMonitor.on('resume', () => heard.push('resume'))
      powerMonitor.on('on-battery', () => heard.push(`battery ${powerMonitor.isOnBatteryPower()}`))
      ;(powerMonitor as NodeJS.EventEmitter).on('shutdown', (event: { preventDefault(): void }) =>
        event.preventDefault(),
      )
      nativeTheme.on('updated', () => heard.push(`dark ${nativeTheme.shouldUseDarkColors}`))
    })
    const small = { x: 0, y: 0, width: 1280, height: 720 }
    await app.standIn.setDisplays([small, { x: 1280, y: 0, width: 1920, height: 1080, scaleFactor: 2 }])
    expect(
      await app.evaluate(({ screen }) => screen.getDisplayMatching({ x: 1300, y: 9, width: 9, height: 9 }).id),
    ).toBe(2)
    await app.standIn.setDisplays([small])
    await app.standIn.power('suspend')
    await app.standIn.power('resume')
    await app.standIn.setOnBattery(true)
    await app.standIn.setDark(true)
    expect(await app.standIn.power('shutdown')).toEqual({ isPrevented: true })
    expect(await app.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)).toEqual([
      'added 2',
      'removed 2',
      'suspend',
      'resume',
      'battery true',
      'dark true',
    ])
    // The page hears of it from the browser, a moment later.
    await app.until(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches).catch(() => false))
  })

  it('seals texts with the key store of the computer, and with no other', async () => {
    const seal = () =>
      app.evaluate(async ({ safeStorage }) => (await safeStorage.encryptStringAsync('secret')).toString('base64'))
    const open = (text: string) =>
      app.evaluate(
        async ({ safeStorage }, sealed) => await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64')),
        text,
      )
    const sealed = await seal()
    expect(sealed).not.toContain('secret')
    expect(await open(sealed)).toEqual({ result: 'secret', shouldReEncrypt: false })
    await app.standIn.setKeyring('basic_text')
    expect(await app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe('basic_text')
    await expect(open(sealed)).rejects.toThrow('Error while decrypting')
    await app.standIn.setKeyring('none')
    await expect(seal()).rejects.toThrow('Encryption is not available')
    expect(await app.evaluate(({ safeStorage }) => safeStorage.isAsyncEncryptionAvailable())).toBe(false)
  })

  it('shows notifications, and a click on one', async () => {
    await app.evaluate(({ Notification }) => {
      const notification = new Notification({ title: 'Disk full', body: 'Free some space' })
      notification.on('click', () => Object.assign(globalThis, { clicked: notification.title }))
      notification.show()
    })
    expect(await app.standIn.notifications()).toMatchObject([
      { title: 'Disk full', body: 'Free some space', isShown: true },
    ])
    await app.standIn.notificationClick(-1)
    expect(await app.evaluate(() => (globalThis as unknown as { clicked: string }).clicked)).toBe('Disk full')
  })

  it('keeps what is destroyed from being used', async () => {
    const failures = await app.evaluate(async ({ BrowserWindow }) => {
      const window = new BrowserWindow({ show: false })
      const { webContents } = window
      const closed = new Promise((done) => window.once('closed', () => done(null)))
      window.destroy()
      await closed
      const failure = (use: () => unknown): string => {
        try {
          use()
          return 'nothing'
        } catch (error) {
          return (error as Error).message
        }
      }
      return [window.isDestroyed(), failure(() => window.show()), failure(() => webContents.send('told', 1))]
    })
    expect(failures).toEqual([true, 'Object has been destroyed', 'Object has been destroyed'])
  })

  it('gives a second instance up, which ends, and tells the first', async () => {
    const second = await launch({ main, userData: app.userData, args: ['--from-second'] })
    expect(await second.exited).toBe(0)
    await app.until(async () => (await told(app)).includes('second-instance --from-second'))
  })

  it('quits from the tray, and when its test is gone', async () => {
    expect(await app.standIn.spy('errors')).toEqual([])
    await app.standIn.trayClick('quit')
    expect(await app.exited).toBe(0)
    expect(existsSync(join(app.userData, 'stand-in.lock'))).toBe(false)
    const orphan = await launch({ main, packagedIn: '/resources' })
    await orphan.firstWindow()
    const seen = await orphan.evaluate(({ app: electronApp }) => [
      electronApp.isPackaged,
      process.resourcesPath,
      process.argv.length,
    ])
    expect(seen).toEqual([true, '/resources', 2])
    orphan.process().disconnect()
    expect(await orphan.exited).toBe(1)
    await orphan.close()
  })
})
