import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Camera,
  cameraOf,
  finish,
  isRenewing,
  madeWithHere,
  objection,
  strangers,
  whyNotComparable,
} from './references.ts'
import { type View, views } from './views.ts'
import { type Gallery, hasBrowser, type OpenPage, objections, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

const sizes = {
  small: { width: 800, height: 600 },
  large: { width: 1600, height: 1000 },
  narrow: { width: 400, height: 800 },
} as const
type Size = keyof typeof sizes
type Theme = 'light' | 'dark'

/** A browser at a zoom of 200 %, and the widest screens: nothing may scroll sideways there either. */
const moreSizes = [
  { width: 550, height: 400 },
  { width: 3440, height: 1440 },
] as const

const looksOf = ({ looks, isNarrow }: View): readonly (readonly [Size, Theme])[] => [
  ...(looks === 'all'
    ? ([
        ['small', 'light'],
        ['small', 'dark'],
        ['large', 'light'],
        ['large', 'dark'],
      ] as const)
    : ([
        ['small', 'light'],
        ['large', 'dark'],
      ] as const)),
  ...(isNarrow === true ? ([['narrow', 'light']] as const) : []),
]

/** All states of a page are many pictures, and a computer that does other things besides is slow to draw them. */
const LONG = isRenewing ? 3_600_000 : 300_000

/** Nothing that blinks or moves is in a picture. The page's policy allows no other style from strings. */
const still = (page: Page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('*, *::before, *::after { caret-color: transparent !important; transition: none !important }')
    document.adoptedStyleSheets = [sheet]
  })

async function open(page: OpenPage, view: View, size: Size = 'large'): Promise<void> {
  await page.context().setOffline(false)
  await page.setViewportSize(sizes[size])
  await gallery.reopen(page, view.address)
  await page.evaluate(() => window.localStorage.clear())
  await page.locator(view.shows).first().waitFor()
  await still(page)
  await view.prepare?.(page)
  // What is built in parts is whole.
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

/** Gives the window this size, or the height that the view asks for. */
async function resize(page: Page, size: { width: number; height: number }, wanted: View['height'] = 0): Promise<void> {
  const { width } = size
  const height = Math.max(size.height, wanted === 'whole' ? 0 : wanted)
  await page.setViewportSize({ width, height })
  if (wanted !== 'whole') return
  // Charts grow with the window up to a limit: what is whole is known when nothing grows any more.
  for (let shown = height, whole = height; ; shown = whole) {
    whole = Math.max(height, await wholeHeight(page))
    if (whole === shown) return
    await page.setViewportSize({ width, height: whole })
  }
}

const wholeHeight = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const main = document.querySelector('#main')
    const inner = main === null ? 0 : main.getBoundingClientRect().top + main.scrollHeight
    return Math.ceil(Math.max(inner, document.documentElement.scrollHeight))
  })

/** How far the document itself scrolls: never sideways, and down only where the frame is no longer a frame. */
const scrolls = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement
    return { sideways: scrollWidth - clientWidth, down: clientWidth > 640 ? scrollHeight - clientHeight : 0 }
  })

const names = new Set(views.flatMap((view) => looksOf(view).map(([size, theme]) => `${view.name}-${size}-${theme}`)))
/**
 * Of pages with many states that look much alike, the ordinary run takes those that are looked at in all ways, and the gallery; `npm run e2e`
 * and `npm run screenshots` take every one.
 */
const isEverything = isRenewing || process.env['MODE'] === 'everything'
const lookedAt = isEverything ? views : views.filter(({ looks, name }) => looks === 'all' || name === 'gallery')
const parts = [...new Set(lookedAt.map(({ name }) => name.split('-')[0]!))]

/** Rules that depend on the size of the window. */
const rulesOfSize = ['target-size', 'scrollable-region-focusable', 'region', 'page-has-heading-one']

/** What axe finds: in light everything, in dark only the colours are another matter, and on a narrow page only the room. */
async function axeOf(page: OpenPage, view: View): Promise<readonly string[]> {
  const found: string[] = []
  const look = async (theme: Theme, size: Size, rules: readonly string[] | null): Promise<void> => {
    await page.emulateMedia({ colorScheme: theme })
    if (view.isTransient === true) await open(page, view, size)
    await resize(page, sizes[size], view.height)
    for (const text of await objections(page, rules)) found.push(`${view.name}-${size}-${theme}: ${text}`)
  }
  await look('light', 'large', null)
  await look('dark', 'large', ['color-contrast'])
  if (view.isNarrow === true) await look('light', 'narrow', rulesOfSize)
  return found
}

async function picturesOf(page: OpenPage, view: View, take: Camera): Promise<readonly string[]> {
  const found: string[] = []
  for (const [size, theme] of looksOf(view)) {
    await page.emulateMedia({ colorScheme: theme })
    if (view.isTransient === true) await open(page, view, size)
    await resize(page, sizes[size], view.height)
    const seen = await objection(`${view.name}-${size}-${theme}`, take)
    if (seen !== null) found.push(seen)
  }
  return found
}

/** Sizes at which something can be reached only by scrolling where nobody expects it. */
async function scrollsOf(page: OpenPage, view: View): Promise<readonly string[]> {
  const found: string[] = []
  for (const size of [...Object.values(sizes), ...moreSizes]) {
    await resize(page, size)
    const { sideways, down } = await scrolls(page)
    if (sideways > 0 || down > 0) found.push(`${view.name} at ${size.width}: ${sideways} sideways, ${down} down`)
  }
  return found
}

describe.skipIf(!hasBrowser)('the window', () => {
  let page: OpenPage
  let take: Camera
  let whyNot: string | null = null
  beforeAll(async () => {
    if (!hasBrowser) return
    page = await gallery.open('')
    take = await cameraOf(page)
    if (!isRenewing) whyNot = await whyNotComparable(await madeWithHere(page))
    if (whyNot !== null) process.stdout.write(`${whyNot}\n`)
  })

  describe.each(parts)('in all states of its part %s', (part) => {
    const own = lookedAt.filter(({ name }) => name.split('-')[0] === part)

    it(
      'looks as somebody has seen it',
      async ({ skip }) => {
        if (whyNot !== null) skip(whyNot)
        const found: string[] = []
        for (const view of own) {
          await open(page, view)
          found.push(...(await picturesOf(page, view, take)))
        }
        expect(found).toEqual([])
        expect(page.faults).toEqual([])
      },
      LONG,
    )

    it.skipIf(isRenewing)(
      'has nothing that axe objects to, and never scrolls as a whole',
      async () => {
        const found: string[] = []
        for (const view of own) {
          await open(page, view)
          if (view.isTransient !== true && part !== 'gallery') found.push(...(await scrollsOf(page, view)))
          found.push(...(await axeOf(page, view)))
        }
        expect(found).toEqual([])
        expect(page.faults).toEqual([])
      },
      LONG,
    )
  })

  it('has no picture of what is no more', async () => {
    if (isRenewing) await finish(await madeWithHere(page), names)
    expect(await strangers(names)).toEqual([])
  })

  it('loads far less JavaScript than its budget of 350 kB', async () => {
    const bytes = gzipSync(await gallery.javascript()).length
    process.stdout.write(`The window loads ${Math.round(bytes / 1000)} kB of JavaScript, compressed\n`)
    expect(bytes).toBeLessThan(200_000)
  })
})
