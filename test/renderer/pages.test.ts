import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gallery, hasBrowser, NOW, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

const JONAS = 'jonas.weidenbrueck@weidenbrueck-partner.example'
const log = (page: Page) => page.getByRole('log')
const foot = (page: Page) => page.locator('.log-foot p')
const control = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const isAtEnd = (page: Page) =>
  log(page).evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop < 5 && box.scrollTop > 0)

/** Keys and wheels scroll in steps: whoever goes on before the last one is taken up again. */
const comesToRest = (page: Page) =>
  log(page).evaluate(async (box) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
    let before = Number.NaN
    for (let still = 0; still < 10; still = box.scrollTop === before ? still + 1 : 0) {
      before = box.scrollTop
      await frame()
    }
  })

/** Lines as the service would tell them now. */
const tell = (page: Page, messages: readonly string[]) =>
  page.evaluate(
    ([at, ...lines]) =>
      window.gallery.backend.log(lines.map((message) => ({ at: at!, level: 'info', name: 'sync.engine', message }))),
    [NOW.toISOString(), ...messages],
  )

const NOT_SAVED = 'The file /full/x.txt cannot be written. Free some space.'
const refuseToSave = (page: Page) =>
  page.evaluate(() =>
    window.gallery.backend.refuse('saveText', {
      type: 'urn:mailtide:problem:disk',
      title: 'The file /full/x.txt cannot be written',
      status: 507,
      code: 'disk',
      remedy: 'Free some space',
    }),
  )

describe.skipIf(!hasBrowser)('the page of the log', () => {
  it('follows the newest line, stands still while one reads further up, and goes on at the end', async () => {
    const page = await gallery.open('?scene=calm#/logs')
    await expect.poll(() => isAtEnd(page)).toBe(true)
    await tell(page, ['It goes on'])
    await log(page).getByText('It goes on').waitFor()
    await expect.poll(() => isAtEnd(page)).toBe(true)

    await log(page).hover()
    await page.mouse.wheel(0, -900)
    await foot(page).getByText('Paused at 14:26:08').waitFor()
    await comesToRest(page)
    const seen = await log(page).evaluate((box) => box.scrollTop)
    await tell(page, ['First unseen', 'Second unseen'])
    await foot(page).getByText('2 new lines').waitFor()
    expect(await log(page).evaluate((box) => box.scrollTop)).toBe(seen)
    expect(await log(page).getByText('First unseen').count()).toBe(0)

    await control(page, 'Show new lines').click()
    await log(page).getByText('Second unseen').waitFor()
    await expect.poll(() => isAtEnd(page)).toBe(true)
    expect(await foot(page).textContent()).toContain('Live')
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('finds lines by text, level and account, marks what was searched, and keeps the choice in its address', async () => {
    const page = await gallery.open(`?scene=busy#/logs?account=${encodeURIComponent(JONAS)}&level=error`)
    await foot(page).getByText('500 of 5,000 lines').waitFor()
    expect(await page.getByLabel('Account').inputValue()).toBe(JONAS)
    expect(await log(page).locator('li[data-level]').first().getAttribute('data-level')).toBe('error')

    await page.getByLabel('Level').selectOption('warning')
    await foot(page).getByText('1,000 of 5,000 lines').waitFor()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('NOT answer')
    await foot(page).getByText('500 of 5,000 lines').waitFor()
    expect(await log(page).locator('mark').first().textContent()).toBe('not answer')
    await expect.poll(() => page.evaluate(() => window.location.hash)).toContain('level=warning')

    await page.keyboard.type(' nonsense')
    await page.getByText('No line matches').waitFor()
    await control(page, 'Show all lines').click()
    await foot(page).getByText('newest line at the bottom').waitFor()
    await log(page).locator('li[data-level=debug]').first().waitFor()
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('is where an account that stopped by an error leads: to its own lines', async () => {
    const page = await gallery.open('?scene=busy#/overview')
    await page.getByRole('article', { name: JONAS }).getByRole('link', { name: 'Show in log' }).click()
    await foot(page).getByText('1,000 of 5,000 lines').waitFor()
    expect(await page.getByLabel('Account').inputValue()).toBe(JONAS)
    expect(await page.getByLabel('Level').inputValue()).toBe('warning')
    await page.context().close()
  })

  it('leads from a moment to the line that was written then, and marks it', async () => {
    const at = new Date(NOW.getTime() - 4_004_000)
    const page = await gallery.open(`?scene=busy#/logs?at=${encodeURIComponent(at.toISOString())}&level=debug`)
    const line = log(page).locator('li[data-target]')
    await line.waitFor()
    expect(await line.locator('time').getAttribute('datetime')).toBe(at.toISOString())
    await foot(page).getByText('Paused at').waitFor()
    await page.context().close()
  })

  it('copies and saves the lines that are shown, as they stand in the log file', async () => {
    const page = await gallery.open('?scene=busy#/logs?level=error')
    await foot(page).getByText('500 of 5,000 lines').waitFor()
    await control(page, 'Copy').click()
    await foot(page).getByText('500 lines copied').waitFor()
    const opened = () => page.evaluate(() => window.gallery.backend.opened)
    const lines = (await opened()).at(-1)?.trimEnd().split('\n')
    expect(lines).toHaveLength(500)
    expect(lines?.at(-1)).toMatch(
      /^2026-11-25 14:26:04 - sync\.engine - ERROR - Sync failed for jonas\S+ An unexpected error .* \[stack=TypeError/,
    )
    await control(page, 'Download').click()
    await foot(page).getByText('500 lines saved').waitFor()
    await control(page, 'Open folder').click()
    expect((await opened()).slice(-2)).toEqual(['mailtide-log-2026-11-25.txt', 'openLogs'])
    await page.context().close()
  })

  it('says why lines are not saved, and what to do', async () => {
    const page = await gallery.open('?scene=busy#/logs?level=error')
    await foot(page).getByText('500 of 5,000 lines').waitFor()
    await refuseToSave(page)
    await control(page, 'Download').click()
    await page.getByRole('alert').getByText(NOT_SAVED).waitFor()
    expect(await foot(page).textContent()).not.toContain('saved')
    await page.context().close()
  })

  it('says where lines are missing, that there is no connection, and once that the token is needed', async () => {
    const page = await gallery.open('?scene=calm#/logs')
    await page.evaluate(() => window.gallery.backend.lose({ kind: 'log', count: 12, reason: 'too_slow' }))
    await log(page).getByText('12 lines missing here').waitFor()
    await page.evaluate(() => window.gallery.backend.connect({ state: 'lost', retryAt: null }))
    await foot(page).getByText('No connection to Mailtide').waitFor()
    await page.evaluate(() =>
      window.gallery.backend.connect({
        state: 'refused',
        problem: { type: 'urn:x', title: 'No token', status: 401, code: 'forbidden' },
      }),
    )
    await page.getByText('This page needs the API token').waitFor()
    expect(await page.locator('.banner').count()).toBe(1)
    await page.context().close()
  })

  it('can be used by keyboard alone: the lines scroll, and are told to people who listen as a log', async () => {
    const page = await gallery.open('?scene=calm#/logs')
    await expect.poll(() => isAtEnd(page)).toBe(true)
    await page.getByLabel('Account').focus()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Log, newest line last')
    await page.keyboard.press('PageUp')
    await foot(page).getByText('Paused at').waitFor()
    await comesToRest(page)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await foot(page).getByText('Live').waitFor()
    await expect.poll(() => isAtEnd(page)).toBe(true)
    await page.context().close()
  })

  it('holds 100,000 lines with a few dozen of them in the page', async () => {
    const page = await gallery.open('?scene=calm#/logs')
    await tell(
      page,
      Array.from({ length: 95_000 }, (_, index) => `Line ${index}`),
    )
    await page.getByPlaceholder('Search 100,000 lines').waitFor()
    await log(page).getByText('Line 94999', { exact: false }).waitFor()
    await log(page).focus()
    await page.keyboard.press('Home')
    await log(page).getByText('Wednesday').waitFor()
    expect(await log(page).locator('li').count()).toBeLessThan(120)
    await page.context().close()
  })
})

describe.skipIf(!hasBrowser)('the page of the charts', () => {
  const plot = (page: Page, name: string) => page.getByRole('slider', { name: new RegExp(`^${name}`) })

  it('reads each value by keyboard and by pointer, in the head of the chart', async () => {
    const page = await gallery.open('?scene=calm#/metrics?span=month')
    const messages = plot(page, 'Messages stored')
    await messages.focus()
    await page.keyboard.press('Home')
    expect(await messages.getAttribute('aria-valuenow')).toBe('1')
    const first = await messages.getAttribute('aria-valuetext')
    expect(first).toMatch(/^\d+ messages in 72 cycles from\s26\sOctober,\s18:00$/)
    await page.keyboard.press('PageDown')
    expect(await messages.getAttribute('aria-valuenow')).toBe('1')
    await page.keyboard.press('ArrowRight')
    expect(await messages.getAttribute('aria-valuenow')).toBe('2')
    await page.keyboard.press('End')
    expect(await messages.getAttribute('aria-valuenow')).toBe('120')
    const box = (await messages.locator('svg').boundingBox())!
    await page.mouse.move(box.x + 2, box.y + 20)
    expect(await page.locator('.chart-wide .chart-head p').textContent()).toBe(first)
    await page.mouse.move(0, 0)
    await page.keyboard.press('Escape')
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('shows the span and the table that were chosen, also after a reload, and exports what it shows', async () => {
    const page = await gallery.open('?scene=calm#/metrics')
    await page.getByText('In the last 24 hours Mailtide stored').waitFor()
    await page.getByRole('radio', { name: 'Week' }).click()
    await page.getByText('In the last 7 days Mailtide stored').waitFor()
    await page.getByRole('radio', { name: 'Table' }).click()
    const rows = page.getByRole('region', { name: 'Figures of the last 7 days' }).locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(168)
    await control(page, 'Export CSV').click()
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual(['mailtide-metrics-week-2026-11-25.csv'])
    await refuseToSave(page)
    await control(page, 'Export CSV').click()
    await page.getByRole('alert').getByText(NOT_SAVED).waitFor()
    expect(await page.evaluate(() => window.location.hash)).toBe('#/metrics?span=week&view=table')
    await page.reload()
    await rows.first().waitFor()
    await page.context().close()
  })

  it('shows all columns of the table where there is room, in every span', async () => {
    const page = await gallery.open('?scene=calm#/metrics?span=hour&view=table', { width: 1600, height: 1000 })
    for (const [span, name] of [
      ['Hour', 'hour'],
      ['Day', '24 hours'],
      ['Week', '7 days'],
      ['Month', '30 days'],
    ] as const) {
      await page.getByRole('radio', { name: span }).click()
      const table = page.getByRole('region', { name: `Figures of the last ${name}` })
      await table.locator('tbody tr').first().waitFor()
      const [whole, shown] = await table.evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])
      expect({ span, whole }).toEqual({ span, whole: shown })
    }
    await page.context().close()
  })

  it('keeps the names of the columns and the times in sight, however far the table is scrolled', async () => {
    const page = await gallery.open('?scene=calm#/metrics?span=week&view=table', { width: 400, height: 800 })
    const table = page.getByRole('region', { name: 'Figures of the last 7 days' })
    await table.locator('tbody tr').first().waitFor()
    const seen = await table.evaluate((card) => {
      card.scrollTo({ left: card.scrollWidth, top: 1000 })
      const { left, right, top } = card.getBoundingClientRect()
      const textAt = (x: number, y: number) => document.elementFromPoint(x, y)?.closest('th, td')?.textContent
      const row = (y: number) => [textAt(left + 20, y), textAt(right - 20, y)]
      const head = card.querySelector('thead')!.getBoundingClientRect()
      return {
        scrolled: card.scrollTop,
        head: row(head.bottom - 10),
        isAtTop: head.top - top,
        below: row(head.bottom + 40),
      }
    })
    expect(seen).toMatchObject({ scrolled: 1000, head: ['From', 'Quota units'] })
    expect(seen.isAtTop).toBeCloseTo(1, 0)
    expect(seen.below).toEqual([expect.stringMatching(/\d\d:00$/), expect.stringMatching(/^\d{3},\d{3}$/)])
    await page.context().close()
  })

  it('says why there are no figures, and keeps what it knew', async () => {
    const page = await gallery.open('?scene=calm#/overview')
    await page.evaluate(() =>
      window.gallery.backend.answer('metricsSeries', {
        span: 'day',
        step_seconds: 900,
        points: [],
      }),
    )
    await page.evaluate(() => window.location.assign('#/metrics'))
    await page.getByText('Nothing was synced in the last 24 hours').waitFor()
    // The charts are built one after another.
    await expect.poll(() => page.getByText('Nothing in this span').count()).toBe(4)
    await expect.poll(() => page.getByText('No errors in this span').count()).toBe(1)
    await page.context().close()
  })
})
