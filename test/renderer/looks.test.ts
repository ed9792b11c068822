import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gallery, hasBrowser, openGallery, picture } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

const sizes = {
  '1280': { width: 1280, height: 800 },
  '800x600': { width: 800, height: 600 },
  '1720': { width: 1720, height: 1000 },
  /** What is left of a window of 1100 pixels at a zoom of 200 %. */
  '200%': { width: 550, height: 400 },
} as const
const scenes = [
  'busy',
  'calm',
  'one',
  'demo',
  'fifty',
  'empty',
  'rare',
  'stopped',
  'failed',
  'alerts',
  'unfinished',
] as const

/** Those that hold most kinds of things, and are looked at in every size. */
const richest: ReadonlySet<string> = new Set(['busy', 'rare'])

/** What axe finds, in words. Of another theme only the colours are another matter. */
async function objections(page: Page, theme: 'light' | 'dark'): Promise<readonly string[]> {
  const { violations } = await page.evaluate(
    (only) =>
      window.axe.run(document, {
        resultTypes: ['violations'],
        ...(only === null ? {} : { runOnly: { type: 'rule', values: [only] } }),
      }),
    theme === 'light' ? null : 'color-contrast',
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** How far the document itself scrolls: never sideways, and down only where the frame is no longer a frame. */
const scrolls = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
    return { sideways: scrollWidth - clientWidth, down: clientWidth > 640 ? scrollHeight - clientHeight : 0 }
  })

/** Another snapshot in the same page, as the service would tell it. */
const show = (page: Page, scene: (typeof scenes)[number]) =>
  page.evaluate((name) => window.gallery.backend.push(window.gallery.snapshots[name]), scene)

describe.skipIf(!hasBrowser)('the window', () => {
  it.each(['light', 'dark'] as const)(
    'has nothing that axe objects to in %s, and never scrolls as a whole',
    async (theme) => {
      const page = await gallery.open('?scene=busy#/overview', { theme })
      // The page's policy allows no code from strings; the browser's own door does.
      await page.evaluate(axe.source)
      for (const [size, { width, height }] of Object.entries(sizes)) {
        await page.setViewportSize({ width, height })
        for (const scene of scenes) {
          await show(page, scene)
          await picture(page, `${scene}-${theme}-${size}`)
          expect([scene, size, await scrolls(page)]).toEqual([scene, size, { sideways: 0, down: 0 }])
          if (size === '1280' || richest.has(scene)) {
            expect([scene, size, await objections(page, theme)]).toEqual([scene, size, []])
          }
        }
      }
      expect(page.faults).toEqual([])
      await page.context().close()
    },
  )

  it.each(['light', 'dark'] as const)(
    'has nothing that axe objects to in any state of any component, in %s',
    async (theme) => {
      const page = await gallery.open('', { theme, width: 1100, height: 5000 })
      await page.evaluate(axe.source)
      await picture(page, `states-${theme}`, true)
      expect(await objections(page, theme)).toEqual([])
      expect(page.faults).toEqual([])
      await page.context().close()
    },
  )

  it('loads far less JavaScript than its budget of 350 kB', async () => {
    const bytes = gzipSync(await gallery.javascript()).length
    process.stdout.write(`The window loads ${Math.round(bytes / 1000)} kB of JavaScript, compressed\n`)
    expect(bytes).toBeLessThan(200_000)
  })
})
