import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { serveApi } from '../../electron/api/server.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { buildApi, token } from '../api/api-under-test.ts'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

/** The real API, whose service syncs nothing. */
async function serve() {
  const built = buildApi({ clock: systemClock })
  built.events.attach(built.service)
  const server = await serveApi(built.api, 0)
  const stop = async () => {
    built.events.close()
    await server.close()
  }
  onTestFinished(stop)
  return { ...built, port: server.port, stop }
}

describe.skipIf(!hasBrowser)('the window in a browser', () => {
  it('takes the token out of its link, shows what is pushed, and asks the service', async () => {
    const { port, service, links } = await serve()
    const page = await gallery.openAt(port, `#code=${links.make().code}`)
    await page.getByRole('article', { name: 'ada@example.com' }).waitFor()
    expect(page.url()).toBe(`http://127.0.0.1:${port}/`)
    service.publish({ state: 'syncing', next_cycle_at: null })
    await page.getByRole('heading', { level: 1, name: 'Syncing' }).waitFor()
    await page.getByRole('button', { name: 'More for ada' }).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('heading', { level: 1, name: 'Stopped' }).waitFor()
    expect(service.calls).toEqual(['pause ada1', 'stopped'])
    // The token lives as long as the tab.
    await page.reload()
    await page.getByRole('combobox', { name: 'Every' }).selectOption('10 minutes')
    await expect.poll(() => service.calls.at(-1)).toMatch(/^settings/)
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('opens by a link once; the second time it says so, and shows what needs no token', async () => {
    const { port, links } = await serve()
    const { code } = links.make()
    const first = await gallery.openAt(port, `#code=${code}`)
    await first.getByRole('article', { name: 'ada@example.com' }).waitFor()
    expect(await first.evaluate(() => Object.values(window.sessionStorage))).toEqual([token])
    expect(await first.evaluate(() => [document.cookie, window.localStorage.length])).toEqual(['', 0])
    await first.context().close()
    const second = await gallery.openAt(port, `#code=${code}`)
    await second.getByText('This link was used already.').waitFor()
    expect(second.url()).toBe(`http://127.0.0.1:${port}/`)
    expect(await second.evaluate(() => window.sessionStorage.length)).toBe(0)
    expect(await second.getByRole('article', { name: 'ada@example.com' }).count()).toBe(1)
    await second.context().close()
  })

  it('says beside the button what needs the token, and takes one that is entered', async () => {
    const { port, service } = await serve()
    const page = await gallery.openAt(port, '')
    await page.getByRole('button', { name: 'More for ada' }).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await page.getByRole('alert').getByText('This needs the API token.').waitFor()
    await page.getByRole('alert').getByRole('button', { name: 'Enter token' }).click()
    await page.getByRole('textbox', { name: 'API token' }).fill('not-the-token')
    await page.getByRole('button', { name: 'Use token' }).click()
    await page.getByText('Mailtide does not know this token.').waitFor()
    await page.getByRole('textbox', { name: 'API token' }).fill(token)
    await page.getByRole('button', { name: 'Use token' }).click()
    await page.getByRole('button', { name: 'More for ada' }).click()
    await page.getByRole('menuitem', { name: 'Pause' }).click()
    await expect.poll(() => service.calls).toEqual(['pause ada1'])
    await page.context().close()
  })

  it('shows the log and the figures of the service, as soon as it has the token', async () => {
    const { port, logs } = await serve()
    const page = await gallery.openAt(port, '#/metrics')
    await page.getByText('This page needs the API token.').waitFor()
    await page.getByRole('link', { name: 'Logs' }).click()
    await page.getByRole('button', { name: 'Enter token' }).click()
    await page.getByRole('textbox', { name: 'API token' }).fill(token)
    await page.getByRole('button', { name: 'Use token' }).click()
    const log = page.getByRole('log')
    await log.locator('li').first().waitFor()
    logs.write({ at: new Date().toISOString(), level: 'warning', name: 'sync.engine', message: 'Written just now' })
    await log.getByText('Written just now').waitFor()
    await page.getByRole('link', { name: 'Metrics' }).click()
    await page.getByText('Nothing was synced in the last 24 hours.').waitFor()
    expect(await page.getByText('This page needs the API token.').count()).toBe(0)
    await page.context().close()
  })

  it('says that the service is gone, and keeps what it knew', async () => {
    const { port, stop, links } = await serve()
    const page = await gallery.openAt(port, `#code=${links.make().code}`)
    await page.getByRole('article', { name: 'ada@example.com' }).waitFor()
    await stop()
    await page.getByText('No connection to Mailtide.').waitFor()
    expect(await page.getByRole('article', { name: 'ada@example.com' }).count()).toBe(1)
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('alert').getByText('Mailtide does not answer.').waitFor()
    await page.context().close()
  })
})
