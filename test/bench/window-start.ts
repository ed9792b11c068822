/**
 * `node test/bench/window-start.ts`: how soon the window shows something from a warm start, and whether its thread is ever held up for more
 * than 100 ms on the main path (Overview, Metrics, Logs, Settings, Welcome), in both hosts. Prints
 * the first paint, the largest one, when the first account stood there, and every long task, all in milliseconds; and for how many the page's
 * thread had the processor until then, which other work on the computer hardly changes.
 */
import type { CDPSession, Page } from 'playwright'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import { type WindowHost, windowHosts } from '../support/window/host.ts'

const STARTS = 5
const EMAIL = 'ada@example.test'

interface Paints {
  readonly first_paint_ms: number
  readonly largest_paint_ms: number
  readonly account_ms: number
  readonly long_tasks_ms: readonly number[]
}

/** Watches from the first script of each page on. */
const watch = (): void => {
  const seen = { longTasks: [] as number[], largest: 0, account: 0 }
  Object.assign(globalThis, { seen })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasks.push(Math.round(duration))
  }).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) seen.largest = Math.round(startTime)
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new MutationObserver(() => {
    if (seen.account === 0 && document.querySelector('article') !== null) seen.account = Math.round(performance.now())
  }).observe(document, { subtree: true, childList: true })
}

const paints = (page: Page): Promise<Paints> =>
  page.evaluate(() => {
    const { seen } = globalThis as unknown as {
      seen: { longTasks: number[]; largest: number; account: number }
    }
    const first = performance.getEntriesByName('first-contentful-paint')[0]
    return {
      first_paint_ms: Math.round(first?.startTime ?? 0),
      largest_paint_ms: seen.largest,
      account_ms: seen.account,
      long_tasks_ms: seen.longTasks.splice(0),
    }
  })

/** Milliseconds for which the page's thread had the processor since it began. */
async function busyOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return Math.round((metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000)
}

async function measure(name: string, { page }: WindowHost): Promise<void> {
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.addInitScript(watch)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  for (let start = 0; start < STARTS; start++) {
    const before = await busyOf(session)
    await page.reload()
    await page.getByRole('article').first().waitFor()
    const after = await busyOf(session)
    // A page that came anew counts anew where its process did too.
    const figures = { ...(await paints(page)), busy_ms: after >= before ? after - before : after }
    process.stdout.write(`${name}, start ${start + 1}: ${JSON.stringify(figures)}\n`)
  }
  for (const link of ['Metrics', 'Logs', 'Settings', 'Add account', 'Overview']) {
    await page.getByRole('link', { name: link, exact: true }).first().click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForTimeout(500)
    const { long_tasks_ms } = await paints(page)
    process.stdout.write(`${name}, ${link}: long tasks ${JSON.stringify(long_tasks_ms)}\n`)
  }
}

const simulator = await startSimulator({})
fillMailbox(simulator.addMailbox(EMAIL), { count: 50, seed: 6 })
for (const [name, open] of Object.entries(windowHosts)) {
  const host = await open({ simulator, settings: { apiPort: 0, pacing: 'off', minFreeBytes: 0 } })
  try {
    await host.until(({ state }) => state === 'idle')
    await host.call('POST', '/api/v1/accounts', { authorized_user: simulator.authorizedUser(EMAIL) })
    await host.until(({ accounts }) => accounts[0]?.state === 'up_to_date')
    await measure(name, host)
  } finally {
    await host.close()
  }
}
await simulator.close()
