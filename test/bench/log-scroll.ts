/**
 * `node test/bench/log-scroll.ts`: how smoothly the window's log scrolls with 100,000 lines in a real Chromium, while lines come in, beside
 * what the same browser gives a page that does nothing. Prints frames per second and the slowest frames, and the time that the page's thread
 * had the processor for each frame, which other work on the computer does not change: 60 frames per second leave 16.7 ms.
 */
import type { CDPSession, Page } from 'playwright'
import { openGallery } from '../renderer/window.ts'

const LINES = 100_000
const SECONDS = 5

interface Frames {
  readonly frames_per_second: number
  readonly median_ms: number
  readonly slowest_of_hundred_ms: number
  readonly slowest_ms: number
  readonly frames: number
}

interface Busy {
  readonly all: number
  readonly script: number
  readonly layout: number
}

/** Moves the log by `step` pixels in each frame (not at all with 0), and times the frames. */
const timeFrames = (page: Page, step: number): Promise<Frames> =>
  page.evaluate(
    ([by, seconds]) =>
      new Promise<Frames>((resolve) => {
        const box = document.querySelector('.log')!
        const times: number[] = []
        let last = performance.now()
        const end = last + seconds! * 1_000
        const frame = (): void => {
          const now = performance.now()
          times.push(now - last)
          last = now
          box.scrollTop += by!
          if (now < end) {
            requestAnimationFrame(frame)
            return
          }
          const sorted = times.toSorted((a, b) => a - b)
          const at = (part: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * part)]! * 10) / 10
          const total = times.reduce((sum, time) => sum + time, 0)
          resolve({
            frames_per_second: Math.round((times.length / total) * 10_000) / 10,
            median_ms: at(0.5),
            slowest_of_hundred_ms: at(0.99),
            slowest_ms: at(1),
            frames: times.length,
          })
        }
        requestAnimationFrame(frame)
      }),
    [step, SECONDS] as const,
  )

/** Seconds for which the page's thread had the processor since it began. */
async function busyOf(session: CDPSession): Promise<Busy> {
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  return {
    all: of('TaskDuration'),
    script: of('ScriptDuration'),
    layout: of('LayoutDuration') + of('RecalcStyleDuration'),
  }
}

const gallery = await openGallery()
try {
  const page = await gallery.open('?scene=calm#/logs')
  await page.evaluate((count) => {
    const words = [
      'Syncing user: ada@example.com',
      'Sync cycle completed in 45.23s',
      'A call to Gmail is repeated. '.repeat(12),
    ]
    window.gallery.backend.log(
      Array.from({ length: count }, (_, index) => ({
        at: new Date(Date.now() + index).toISOString(),
        level: index % 97 === 0 ? 'error' : 'info',
        name: 'sync.engine',
        message: `${words[index % words.length]} ${index}`,
      })),
    )
  }, LINES - 5_000)
  await page.getByPlaceholder('Search 100,000 lines').waitFor()
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  process.stdout.write(`${LINES} lines\n`)
  const measure = async (what: string, step: number): Promise<void> => {
    const before = await busyOf(session)
    const { frames, ...shown } = await timeFrames(page, step)
    const after = await busyOf(session)
    const each = (name: keyof Busy): number => Math.round(((after[name] - before[name]) / frames) * 10_000) / 10
    const busy = { all: each('all'), script: each('script'), layout: each('layout') }
    process.stdout.write(`${what}: ${JSON.stringify({ ...shown, busy_ms_per_frame: busy })}\n`)
  }
  await measure('standing still', 0)
  await page.locator('.log').focus()
  await page.keyboard.press('Home')
  await page.getByText('Paused at').waitFor()
  await page.evaluate(() =>
    setInterval(
      () =>
        window.gallery.backend.log([
          { at: new Date().toISOString(), level: 'info', name: 'sync.engine', message: 'It goes on' },
        ]),
      20,
    ),
  )
  await measure('reading: a line in each frame', 20)
  await measure('leafing: half a screen in each frame', 300)
  await measure('racing: 5,000 pixels in each frame', 5_000)
  await measure('racing back', -5_000)
} finally {
  await gallery.close()
}
