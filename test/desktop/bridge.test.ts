import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Bridge, BridgeEvent } from '../../shared/bridge.ts'
import { buildPreload } from '../support/electron/build-preload.ts'
import type { DesktopApp } from '../support/electron/desktop-app.ts'
import type { WindowFixture } from '../support/electron/fixture/window-main.ts'
import { describeDesktop } from '../support/electron/launch.ts'

declare global {
  interface Window {
    readonly mailtide?: Bridge
    readonly heard: BridgeEvent[]
  }
}

const main = join(import.meta.dirname, '..', 'support', 'electron', 'fixture', 'window-main.ts')

describeDesktop('the bridge between window and app', ['records'], (launch) => {
  let app: DesktopApp
  let page: Page
  let preload: Awaited<ReturnType<typeof buildPreload>>
  beforeAll(async () => {
    preload = await buildPreload()
    app = await launch({ main, env: { FIXTURE_PRELOAD: preload.file } })
    page = await app.firstWindow()
    await page.getByText('idle').waitFor()
  })
  afterAll(async () => {
    await app.close()
    await preload.remove()
  })
  const call = (name: string, input: unknown) =>
    page.evaluate(([operation, given]) => window.mailtide!.call(operation as 'status', given), [name, input] as const)
  const listeners = () => app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.listeners)
  const publish = (state: 'idle' | 'syncing') =>
    app.evaluate(
      (_, next) => (globalThis as unknown as { fixture: WindowFixture }).fixture.service.publish({ state: next }),
      state,
    )

  it('gives the page call and subscribe, and nothing else', async () => {
    const seen = await page.evaluate(() => ({
      keys: Object.keys(window.mailtide!).sort(),
      own: Object.getOwnPropertyNames(window).filter((name) =>
        /^(mailtide|electron|ipcRenderer|require|process|module|global|standIn.*|__.*)$/.test(name),
      ),
      frozen: Object.isFrozen(window.mailtide!),
    }))
    expect(seen).toEqual({ keys: ['call', 'subscribe'], own: ['mailtide'], frozen: true })
  })

  it('answers the operations of the contract, and those of the app itself', async () => {
    expect(await call('status', {})).toMatchObject({ ok: true, value: { sync_status: { state: 'idle' } } })
    expect(await call('syncNow', { account: 'ada@example.com' })).toEqual({
      ok: true,
      value: { message: 'Syncing ada@example.com' },
    })
    expect(await call('openLogs', {})).toEqual({ ok: true, value: {} })
    expect(await app.standIn.spy('opened')).toEqual([join(app.userData, 'logs')])
  })

  it('says with code and remedy what cannot be done, and hides what is a bug', async () => {
    expect(await call('syncNow', { account: 'nobody@example.com' })).toMatchObject({
      ok: false,
      problem: { code: 'not_found', remedy: 'See mailtide accounts list' },
    })
    expect(await call('start', { interval_minutes: 0 })).toMatchObject({
      ok: false,
      problem: { code: 'bad_input', detail: 'interval_minutes: must be a whole number from 1 to 1440' },
    })
    expect(await call('settings', {})).toEqual({
      ok: false,
      problem: expect.objectContaining({ code: 'bug', title: 'An unexpected error occurred in Mailtide' }),
    })
    expect(app.output()).toContain('a bug of the settings')
  })

  it.each(['nothing', '__proto__', 'constructor', 'toString', ''])(
    'refuses the operation %j, which it has not',
    async (name) => {
      expect(await call(name, {})).toMatchObject({ ok: false, problem: { code: 'not_found' } })
    },
  )

  it.each([[undefined], [null], [7], ['text'], [{ account: { nested: true } }], [{ unknown: 1 }]])(
    'refuses the input %j',
    async (input) => {
      expect(await call('syncNow', input)).toMatchObject({ ok: false, problem: { code: 'bad_input' } })
    },
  )

  it('tells the present state at once, and what changes', async () => {
    await publish('syncing')
    await page.getByText('syncing').waitFor()
    const heard = await page.evaluate(() => window.heard.map(({ name }) => name))
    expect(heard.slice(0, 2).sort()).toEqual(['desktop', 'status'])
    await publish('idle')
    await page.getByText('idle').waitFor()
  })

  it('a flood of log lines and states comes in few messages, whole and in order', async () => {
    const listening = page.evaluate(
      () =>
        new Promise<{ lines: string[]; batches: number; states: number }>((done) => {
          const lines: string[] = []
          let batches = 0
          let states = 0
          const stop = window.mailtide!.subscribe({ kinds: ['log', 'status'], level: 'info' }, (events) => {
            batches++
            for (const event of events) {
              if (event.name === 'status') states++
              if (event.name !== 'log' || !event.data.message.startsWith('flood')) continue
              lines.push(event.data.message)
              if (lines.length < 2_000) continue
              stop()
              done({ lines, batches, states })
            }
          })
          // Told to the app only now, by the reply to a question.
          void window.mailtide!.call('health', {}).then(() => document.body.setAttribute('data-listening', ''))
        }),
    )
    await page.locator('body[data-listening]').waitFor()
    await app.evaluate(() => {
      const { log, service } = (globalThis as unknown as { fixture: WindowFixture }).fixture
      for (let n = 0; n < 2_000; n++) {
        log.info(`flood ${String.fromCharCode(97 + (n % 26))} ${n}`)
        service.publish({ total_cycles: n })
      }
    })
    const { lines, batches, states } = await listening
    expect(lines.map((line) => Number(line.split(' ')[2]))).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
    expect(batches).toBeLessThan(100)
    expect(states).toBeLessThan(100)
  })

  it('past log lines come first when they are asked for', async () => {
    const lines = await page.evaluate(
      () =>
        new Promise<string[]>((done) => {
          const stop = window.mailtide!.subscribe({ kinds: ['log'], lines: 3 }, (events) => {
            stop()
            done(events.map((event) => (event.name === 'log' ? event.data.message : event.name)))
          })
        }),
    )
    expect(lines).toHaveLength(3)
  })

  it('a listener that fails hears the next events all the same', async () => {
    await page.evaluate(() => {
      const counts = { calls: 0 }
      Object.assign(window, { counts })
      window.mailtide!.subscribe({ kinds: ['status'] }, () => {
        counts.calls++
        throw new Error('a bug of the page')
      })
    })
    const calls = () => page.evaluate(() => (window as unknown as { counts: { calls: number } }).counts.calls)
    await app.until(async () => (await calls()) === 1)
    await publish('syncing')
    await app.until(async () => (await calls()) >= 2)
    await publish('idle')
    expect(await app.standIn.spy('errors')).toContainEqual(expect.stringContaining('a bug of the page'))
  })

  it('a page that is loaded again leaves no listener behind', async () => {
    for (let n = 0; n < 3; n++) {
      await page.reload()
      await page.getByText('idle').waitFor()
    }
    // Its one subscription listens to two kinds of the feed.
    expect(await listeners()).toBe(2)
    await page.evaluate(() => window.heard.splice(0))
    await publish('syncing')
    await page.getByText('syncing').waitFor()
    expect(await page.evaluate(() => window.heard.filter(({ name }) => name === 'status').length)).toBe(1)
    await publish('idle')
    await app.standIn.crashPage()
    await app.until(async () => (await listeners()) === 0)
    page = await app.until(async () => (await app.windows()).find((each) => each !== page))
    await page.getByText('idle').waitFor()
    expect(await listeners()).toBe(2)
  })

  it('a page gone wrong listens so often and no more', async () => {
    await page.evaluate(() => {
      for (let n = 0; n < 100; n++) window.mailtide!.subscribe({ kinds: ['cycle'] }, () => undefined)
    })
    expect(await call('health', {})).toMatchObject({ ok: true })
    expect(await listeners()).toBe(2 + 31)
    expect(app.output()).toContain('A page asked for events that it cannot have [detail=32 subscriptions]')
    await page.reload()
    await app.until(async () => (await listeners()) === 2)
  })

  it('a page gone wrong listens to nothing that there is not', async () => {
    const refused = () => app.output().split('A page asked for events that it cannot have').length - 1
    const before = refused()
    await page.evaluate(() => {
      for (const wrong of [undefined, null, 7, {}, { kinds: ['mail'] }, { kinds: ['log'], lines: -1 }])
        window.mailtide!.subscribe(wrong as never, () => undefined)
    })
    expect(await call('health', {})).toMatchObject({ ok: true })
    expect([await listeners(), refused() - before]).toEqual([2, 6])
  })

  it('a page of somebody else is told nothing, even with our preload', async () => {
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<h1>Evil</h1>'),
    )
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    await app.evaluate(
      async ({ BrowserWindow }, address) => await BrowserWindow.getAllWindows()[0]!.loadURL(address),
      `http://127.0.0.1:${port}/`,
    )
    await page.getByText('Evil').waitFor()
    expect(await call('status', {})).toMatchObject({ ok: false, problem: { code: 'forbidden' } })
    const heard = await page.evaluate(async () => {
      let count = 0
      window.mailtide!.subscribe({ kinds: ['status'] }, () => count++)
      await window.mailtide!.call('health', {})
      await new Promise((done) => requestAnimationFrame(done))
      return count
    })
    expect(heard).toBe(0)
    server.closeAllConnections()
    server.close()
  })

  it('a window that is gone is told nothing more', async () => {
    await app.evaluate(() => (globalThis as unknown as { fixture: WindowFixture }).fixture.window?.close())
    await app.until(async () => (await listeners()) === 0)
    await publish('syncing')
    expect(app.output()).not.toContain('Object has been destroyed')
  })
})
