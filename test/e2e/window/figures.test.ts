import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gallerySeries } from '../../../renderer/gallery/series.ts'
import { MetricsSeries, type SeriesPoint, type SeriesSpan, seriesSpans } from '../../../shared/figures.ts'
import type { LogEntry, LogLevel } from '../../../shared/log-entry.ts'
import { formatText } from '../../../shared/log-text.ts'
import { formats, words } from '../../renderer/words.ts'
import { describeFigures, type FakeHost } from '../../support/window/fake-host.ts'

const LINES = 100_000
/** The service remembers 5,000 lines: whoever is slower than that is told of a gap. */
const BATCH = 4_000
const patience = { timeout: 30_000 }
const begun = Date.now() - LINES

const levels: readonly LogLevel[] = [
  'debug',
  'info',
  'info',
  'info',
  'warning',
  'info',
  'info',
  'error',
  'info',
  'info',
]
const line = (index: number): LogEntry => ({
  at: new Date(begun + index).toISOString(),
  level: levels[index % levels.length]!,
  name: index % 2 === 0 ? 'sync.engine' : 'gmail.client',
  message:
    index % 5 === 0
      ? `Syncing user: ${index % 10 === 0 ? 'ada@example.com' : 'bob@example.test'} ${index}`
      : `A call to Gmail was answered ${index}`,
})

const now = new Date()
const seriesOf = (span: SeriesSpan): MetricsSeries => gallerySeries(now, span)

/** Scrolls by so many pixels in each frame; how many rows were made anew for it, and how long the frames took. */
const scroll = (page: Page, step: number, frames: number) =>
  page.evaluate(
    async ([by, count]) => {
      const box = document.querySelector('.log')!
      let made = 0
      const watch = new MutationObserver((records) => {
        for (const { addedNodes } of records) made += [...addedNodes].filter((node) => node.nodeName === 'LI').length
      })
      watch.observe(box, { subtree: true, childList: true })
      let most = 0
      const start = performance.now()
      for (let frame = 0; frame < count; frame++) {
        box.scrollTop += by
        await new Promise(requestAnimationFrame)
        most = Math.max(most, box.querySelectorAll('li').length)
      }
      watch.disconnect()
      return { made, most, frames_per_second: Math.round((count / (performance.now() - start)) * 1_000) }
    },
    [step, frames] as const,
  )

describeFigures('the figures of the window', (open) => {
  let host: FakeHost
  let page: Page
  beforeAll(async () => {
    host = await open({ metricsSeries: async (span) => seriesOf(span) })
    page = host.page
    await page.getByRole('article').first().waitFor()
  })
  afterAll(async () => {
    await host?.close()
  })
  const foot = () => page.locator('.log-foot')
  const search = () => page.getByRole('searchbox', { name: 'Search the log' })
  const button = (name: string) => page.getByRole('button', { name, exact: true })

  it('the log has all of 100,000 lines, and the right ones by level, account and text', {
    timeout: 240_000,
  }, async () => {
    await page.getByRole('link', { name: 'Logs' }).click()
    const past = 1
    await page.getByPlaceholder(`Search ${past} line`).waitFor()
    for (let from = past; from < LINES; from += BATCH) {
      for (let index = from; index < Math.min(LINES, from + BATCH); index++) host.logs.write(line(index))
      await page.getByPlaceholder(`Search ${formats.number(Math.min(LINES, from + BATCH))} lines`).waitFor()
    }
    const wanted = Array.from({ length: LINES - 1 }, (_, index) => line(index + 1))
    const count = (what: (entry: LogEntry) => boolean): string => formats.number(wanted.filter(what).length)
    await page.getByLabel('Level').selectOption('error')
    await foot()
      .getByText(`${count(({ level }) => level === 'error')} of 100,000 lines`)
      .waitFor()
    await page.getByLabel('Level').selectOption('info')
    await search().fill('bob@example.test')
    await foot()
      .getByText(`${count(({ message }) => message.includes('bob@'))} of 100,000 lines`)
      .waitFor()
    expect(await page.getByRole('log').locator('mark').first().textContent()).toBe('bob@example.test')
    await search().fill('answered 9999')
    const found = wanted.filter(({ message, level }) => message.includes('answered 9999') && level !== 'debug')
    await foot().getByText(`${found.length} of 100,000 lines`).waitFor()
    await button('Copy').click()
    await foot().getByText(`${found.length} lines copied`).waitFor()
    const text = found.map((entry) => `${formatText(entry)}\n`).join('')
    const timeless = (said: string): readonly string[] => said.split('\n').map((row) => row.slice(row.indexOf(' - ')))
    expect(timeless(await host.copied())).toEqual(timeless(text))
    expect(timeless(await host.saved(() => button('Download').click()))).toEqual(timeless(text))
    await search().fill('')
  })

  it('the log stands still when it is paused, counts what comes, and goes on', async () => {
    await page.getByLabel('Level').selectOption('debug')
    await button('Pause').click()
    await foot().getByText('Paused at').waitFor()
    const last = () => page.getByRole('log').locator('li').last().textContent()
    const before = await last()
    for (let index = 0; index < 7; index++) host.logs.write({ ...line(LINES + index), message: `Later ${index}` })
    await foot().getByText('7 new lines').waitFor()
    expect(await last()).toBe(before)
    await button('Show new lines').click()
    await page.getByRole('log').getByText('Later 6').waitFor()
    await foot().getByText('Live').waitFor()
  })

  it('the log scrolls with a few rows at a time, whatever its length', async () => {
    await page.getByRole('log').focus()
    await page.keyboard.press('Home')
    await foot().getByText('Paused at').waitFor()
    await expect.poll(() => page.getByRole('log').evaluate((box) => box.scrollTop), patience).toBe(0)
    const reading = await scroll(page, 20, 60)
    const leafing = await scroll(page, 300, 60)
    process.stdout.write(`scrolling 100,000 lines: ${JSON.stringify({ reading, leafing })}\n`)
    // A line is about 22 pixels high: what comes into sight is made, and nothing else.
    expect(reading.made).toBeLessThanOrEqual(60 * 2 + 60)
    expect(leafing.made).toBeLessThanOrEqual(60 * 20)
    expect(Math.max(reading.most, leafing.most)).toBeLessThan(120)
  })

  it.each(seriesSpans)('the charts of a %s are exact by keyboard and by pointer', async (span) => {
    await page.getByRole('link', { name: 'Metrics' }).click()
    await page.getByRole('radio', { name: words.metrics.spans[span] }).click()
    await page.getByRole('radio', { name: 'Charts' }).click()
    const { points } = MetricsSeries.parse(await host.get(`/api/v1/metrics/series?span=${span}`))
    expect(points).toEqual(seriesOf(span).points)
    const messages = page.getByRole('slider', { name: /^Messages stored/ })
    const said = (point: SeriesPoint): string =>
      `${formats.number(point.emails)} ${point.emails === 1 ? 'message' : 'messages'} in ${formats.number(point.cycles)} ${point.cycles === 1 ? 'cycle' : 'cycles'} `
    await expect.poll(() => messages.getAttribute('aria-valuemax'), patience).toBe(String(points.length))
    await messages.focus()
    await page.keyboard.press('Home')
    for (const index of [0, 1, 2, 3]) {
      expect([index, await messages.getAttribute('aria-valuenow')]).toEqual([index, String(index + 1)])
      const point = points[index]!
      const text = await messages.getAttribute('aria-valuetext')
      if (point.cycles > 0) expect(text).toContain(said(point))
      await page.keyboard.press('ArrowRight')
    }
    const quota = page.getByRole('slider', { name: /^Gmail quota used/ })
    await quota.scrollIntoViewIfNeeded()
    const box = (await quota.locator('svg').boundingBox())!
    for (const index of [0, Math.floor(points.length / 2), points.length - 1]) {
      await page.mouse.move(box.x + ((index + 0.5) / points.length) * box.width, box.y + box.height / 2)
      await expect
        .poll(() => quota.getAttribute('aria-valuetext'), patience)
        .toContain(`${formats.number(points[index]!.quota_units)} unit`)
    }
    await page.mouse.move(1, 1)
  })

  it('the table of a month, its charts, HTTP and the exported file have the same figures', async () => {
    await page.getByRole('link', { name: 'Metrics' }).click()
    await page.getByRole('radio', { name: 'Month' }).click()
    await page.getByRole('radio', { name: 'Table' }).click()
    const { points } = MetricsSeries.parse(await host.get('/api/v1/metrics/series?span=month'))
    const table = page.getByRole('region', { name: 'Figures of the last 30 days' })
    await table.locator('tbody tr').first().waitFor()
    const shown = await table.evaluate((region) => ({
      titles: [...region.querySelectorAll('thead th')].map((cell) => cell.textContent),
      rows: [...region.querySelectorAll('tbody tr')].map((row) =>
        [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
      ),
    }))
    const column = (title: string): readonly string[] =>
      shown.rows.map((row) => row[shown.titles.indexOf(title) - 1] ?? '')
    const newestFirst = points.toReversed()
    expect(column('Messages')).toEqual(newestFirst.map(({ emails }) => formats.number(emails)))
    expect(column('Cycles')).toEqual(newestFirst.map(({ cycles }) => formats.number(cycles)))
    expect(column('Quota units')).toEqual(newestFirst.map(({ quota_units }) => formats.number(quota_units)))
    expect(column('Errors')).toEqual(newestFirst.map(({ errors }) => formats.number(errors)))

    const csv = await host.saved(() => button('Export CSV').click())
    const [head = [], ...rows] = csv
      .trimEnd()
      .split('\r\n')
      .map((row) => row.split(','))
    expect(rows.length).toBe(points.length)
    for (const [index, row] of rows.entries()) {
      const cell = (name: string): string => row[head.indexOf(name)] ?? 'missing'
      const point = points[index]!
      expect(cell('at')).toBe(point.at)
      for (const name of ['cycles', 'emails', 'errors', 'quota_units', 'database_bytes', 'raw_bytes'] as const) {
        expect([index, name, cell(name)]).toEqual([index, name, String(point[name] ?? '')])
      }
      for (const name of ['duration_seconds_mean', 'duration_seconds_max'] as const) {
        expect([index, name, cell(name)]).toEqual([index, name, String(point[name] ?? '')])
      }
      for (const [kind, count] of Object.entries(point.errors_by_kind))
        expect(cell(`errors_${kind}`)).toBe(String(count))
    }
  })
})
