import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DesktopApp } from './desktop-app.ts'
import { describeDesktop } from './launch.ts'

/** What `fixture/preload.cjs` gives its page. */
interface FixtureBridge {
  invoke(channel: string, value: unknown): Promise<unknown>
  send(channel: string, value: unknown): void
  on(channel: string, listener: (value: unknown) => void): () => void
  twice(work: (value: number) => number): number
  later(work: (value: number) => number): Promise<number>
  fail(): never
  requireNode(): string
  readonly nested: { readonly list: readonly unknown[] }
  readonly sandboxed: boolean
}
declare global {
  interface Window {
    readonly fixture: FixtureBridge
  }
}

const main = join(import.meta.dirname, 'fixture', 'main.mjs')

/** Facts about Electron on which the product leans: the same on the real binary, or the stand-in is wrong. */
describeDesktop('Electron between page and app', [], (launch) => {
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

  it('tells the handler which page and origin asked', async () => {
    expect(await page.locator('#said').textContent()).toBe('Hello page at app://bundle/index.html of app://bundle')
  })

  it('copies values through bridge and IPC as the structured clone does', async () => {
    const seen = await page.evaluate(async () => {
      const value = (await window.fixture.invoke('echo', {
        date: new Date(5),
        map: new Map([[1, new Set([2])]]),
        bytes: new Uint8Array([1, 2]),
        floats: new Float64Array([0.5]),
        missing: undefined,
        nan: Number.NaN,
        minusZero: -0,
        big: 10n,
        list: [1, { none: null }],
        pattern: /a+/gi,
      })) as Record<string, unknown>
      return [
        value['date'] instanceof Date && value['date'].getTime(),
        (value['map'] as Map<number, Set<number>>).get(1)?.has(2),
        value['bytes'] instanceof Uint8Array && [...value['bytes']],
        value['floats'] instanceof Float64Array && [...value['floats']],
        'missing' in value && value['missing'] === undefined,
        Number.isNaN(value['nan']),
        Object.is(value['minusZero'], -0),
        value['big'] === 10n,
        value['list'],
        String(value['pattern']),
      ]
    })
    expect(seen).toEqual([5, true, [1, 2], [0.5], true, true, true, true, [1, { none: null }], '/a+/gi'])
  })

  it('refuses what cannot be cloned, and strips errors of main to their text', async () => {
    const failures = await page.evaluate(async () => {
      const textOf = (error: unknown): string => (error as Error).message
      return await Promise.all([
        window.fixture.invoke('echo', () => 1).catch(textOf),
        window.fixture.invoke('fail', 1).catch(textOf),
        window.fixture.invoke('nobody', 1).catch(textOf),
      ])
    })
    expect(failures).toEqual([
      'An object could not be cloned.',
      "Error invoking remote method 'fail': RangeError: said by main",
      "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    ])
  })

  it('proxies functions and promises between the worlds of the page', async () => {
    const seen = await page.evaluate(async () => {
      let message = ''
      try {
        window.fixture.fail()
      } catch (error) {
        message = (error as Error).message
      }
      return [window.fixture.twice((n) => n * 5), await window.fixture.later((n) => n + 1), message]
    })
    expect(seen).toEqual([25, 4, 'said by the preload'])
  })

  it('freezes what is exposed, deeply, and shows the page nothing else', async () => {
    const seen = await page.evaluate(() => {
      const { fixture } = window
      const globals = window as unknown as Record<string, unknown>
      return {
        frozen: [fixture, fixture.nested, fixture.nested.list, fixture.nested.list[1]].every(Object.isFrozen),
        types: ['require', 'process', 'module', 'ipcRenderer', 'standInPost', 'standInReceive'].map(
          (name) => typeof globals[name],
        ),
        replaced: Reflect.set(window, 'fixture', 1),
        node: fixture.requireNode(),
        sandboxed: fixture.sandboxed,
      }
    })
    expect(seen.frozen).toBe(true)
    expect(seen.types).toEqual(Array(6).fill('undefined'))
    expect(seen.replaced).toBe(false)
    expect(seen.node).toMatch(/module not found/)
    expect(seen.sandboxed).toBe(true)
  })

  it('sends events to the page in order, until it listens no more', async () => {
    const heard = await page.evaluate(
      () =>
        new Promise<unknown[]>((done) => {
          const values: unknown[] = []
          const stop = window.fixture.on('told', (value) => {
            values.push(value)
            if (values.length === 20) {
              stop()
              window.fixture.send('tell', 'too late')
              setTimeout(() => done(values), 50)
            }
          })
          for (let n = 0; n < 20; n++) window.fixture.send('tell', n)
        }),
    )
    expect(heard).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('obeys the content security policy that the protocol handler sends', async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.wasRun = true'
      document.head.append(script)
      return 'wasRun' in window
    })
    expect(ran).toBe(false)
    expect(await page.evaluate(() => fetch('./nothing').then(({ status }) => status))).toBe(404)
  })

  it('asks before a page navigates, and not before the app does', async () => {
    await page.getByText('leave').click()
    const told = () => app.evaluate(() => (globalThis as unknown as { fixture: { told: string[] } }).fixture.told)
    await app.until(async () => (await told()).includes('will-navigate https://elsewhere.invalid/'))
    await app.evaluate(async ({ BrowserWindow }) => {
      await BrowserWindow.getAllWindows()[0]!.loadURL('app://bundle/index.html?again')
    })
    expect((await told()).filter((line) => line.startsWith('will-navigate'))).toHaveLength(1)
    await page.getByText('app://bundle/index.html?again').waitFor()
  })

  it('asks before the app’s own address leads elsewhere', async () => {
    await page.getByText('redirect').click()
    const told = () => app.evaluate(() => (globalThis as unknown as { fixture: { told: string[] } }).fixture.told)
    await app.until(async () => (await told()).includes('will-redirect https://elsewhere.invalid/'))
    expect(await page.locator('h1').textContent()).toBe('Fixture')
  })

  it('brings a crashed page back in the same window when it is reloaded', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer())
    await app.until(() =>
      app.evaluate(() =>
        (globalThis as unknown as { fixture: { told: string[] } }).fixture.told.includes('gone crashed'),
      ),
    )
    const heading = await app.evaluate(async ({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0]!
      const loaded = new Promise((done) => webContents.once('did-finish-load', () => done(null)))
      webContents.reload()
      await loaded
      return (await webContents.executeJavaScript('document.querySelector("h1").textContent')) as unknown
    })
    expect(heading).toBe('Fixture')
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.isCrashed())).toBe(
      false,
    )
  })
})

describeDesktop('Electron at its end', [], (launch) => {
  it('asks in turn whether it may quit, and each may say no', async () => {
    const app = await launch({ main })
    // A page that is still being loaded when its window goes is another story.
    await (await app.firstWindow()).waitForLoadState('load')
    const told = () => app.evaluate(() => (globalThis as unknown as { fixture: { told: string[] } }).fixture.told)
    const prevent = async (what: string) => {
      await app.evaluate(({ app: electronApp }, name) => {
        const { fixture } = globalThis as unknown as { fixture: { told: string[]; preventQuit: string } }
        fixture.preventQuit = name
        fixture.told.length = 0
        electronApp.quit()
      }, what)
      await app.until(async () => (await told()).includes(what))
      // What would come next, if nobody had said no.
      await app.evaluate(() => new Promise((done) => setImmediate(() => setImmediate(() => done(null)))))
      return await told()
    }
    expect(await prevent('before-quit')).toEqual(['before-quit'])
    expect(await prevent('close')).toEqual(['before-quit', 'close'])
    expect(await prevent('will-quit')).toEqual(['before-quit', 'close', 'closed', 'will-quit'])
    await app.evaluate(() => {
      const { fixture } = globalThis as unknown as { fixture: { told: string[]; preventQuit: string } }
      fixture.preventQuit = ''
      fixture.told.length = 0
    })
    expect(await app.close()).toBe(0)
    await app.until(async () => app.output().includes('before-quit, will-quit, quit 0'))
  })
})
