import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

describe.skipIf(!hasBrowser)('nothing moves while numbers do', () => {
  it.each([
    { width: 1280, height: 800 },
    { width: 800, height: 600 },
    { width: 400, height: 800 },
  ])('in a whole first download, at a width of $width', async (size) => {
    const page = await gallery.open('?scene=busy', size)
    const shifts = await page.evaluate(async () => {
      const { backend, snapshots } = window.gallery
      const { busy } = snapshots
      const seen: string[] = []
      type Shift = PerformanceEntry & {
        readonly sources: readonly {
          readonly node: Node | null
          readonly previousRect: DOMRectReadOnly
          readonly currentRect: DOMRectReadOnly
        }[]
      }
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as Shift[]) {
          for (const { node, previousRect: was, currentRect: is } of entry.sources) {
            seen.push(`${node?.textContent} went from ${was.x},${was.y} ${was.width} to ${is.x},${is.y} ${is.width}`)
          }
        }
      })
      const frames = async (count: number): Promise<void> => {
        for (let frame = 0; frame < count; frame++) await new Promise(requestAnimationFrame)
      }
      await frames(3)
      observer.observe({ type: 'layout-shift', buffered: false })
      const total = 217_540
      for (let step = 0; step <= 40; step++) {
        const done = Math.floor((total - 4) * (step / 40) ** 3)
        backend.push({
          ...busy,
          revision: 2 + step,
          total_emails_synced: done,
          current: busy.current === null ? null : { ...busy.current, done: step * 6, total: 240 },
          accounts: busy.accounts.map((account) =>
            account.backfill === null || account.state !== 'backfilling'
              ? { ...account, messages_stored: account.messages_stored + step }
              : {
                  ...account,
                  messages_stored: done,
                  messages_waiting: total - done - 4,
                  messages_failed: 4,
                  backfill: {
                    ...account.backfill,
                    done,
                    total,
                    percent: Math.floor((done / total) * 1_000) / 10,
                    per_second: 0.1 + step ** 1.7,
                    eta_seconds: (41 - step) * 9_000,
                  },
                },
          ),
        })
        await frames(2)
      }
      await new Promise((done) => setTimeout(done, 100))
      seen.push(...observer.takeRecords().map(({ name }) => name))
      return seen
    })
    expect(
      await page.getByRole('article', { name: 'redaktion' }).getByRole('progressbar').getAttribute('aria-valuenow'),
    ).toBe('99')
    expect(shifts).toEqual([])
    expect(page.faults).toEqual([])
    await page.context().close()
  })
})
