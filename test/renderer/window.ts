import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import react from '@vitejs/plugin-react'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { galleryPage } from '../../build/gallery-page.ts'
import { builtOf } from '../support/built-app.ts'
import { browser as program } from '../support/chromium.ts'

const root = join(import.meta.dirname, '../../renderer')

/** The policy that both hosts send: no code and no style from strings. */
export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Loopback, so that the page is a secure context as in the product; nothing listens there. */
const ORIGIN = 'http://127.0.0.1:1'

/** At which the gallery is looked at. */
export const NOW = new Date('2026-11-25T14:26:08.000Z')

export interface LookOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
}

export type OpenPage = Page & { readonly faults: readonly string[] }

export interface Gallery {
  /** Opens `gallery.html` with this query and hash, in a context of its own. Everything that goes wrong in the page is in `faults`. */
  open(address: string, options?: LookOptions): Promise<OpenPage>
  /** The same page with another query and hash, loaded anew: far quicker than another one. */
  reopen(page: OpenPage, address: string): Promise<void>
  /** Opens the product's own page as if the service at this port served it; everything else there is the service's. */
  openAt(port: number, address: string): Promise<OpenPage>
  /** Bytes of JavaScript that the product's page loads, compressed. */
  readonly javascript: () => Promise<Buffer>
  close(): Promise<void>
}

export const hasBrowser = program !== undefined

/** Builds the window as the product is built, and opens it in a real Chromium under the product's policy. */
export async function openGallery(): Promise<Gallery> {
  const outDir = await builtOf(
    'window',
    ['renderer/**/*', 'shared/**/*', 'package.json', 'build/gallery-page.ts'],
    async (dir) => {
      // As the product is built: for a test runner React would be its slow, talkative self.
      process.env['NODE_ENV'] = 'production'
      await build({
        root,
        base: './',
        configFile: false,
        logLevel: 'error',
        plugins: [react(), galleryPage()],
        build: {
          outDir: dir,
          emptyOutDir: true,
          rolldownOptions: { input: { index: join(root, 'index.html'), gallery: join(root, 'gallery.html') } },
        },
      })
    },
  )
  const launched: Browser = await chromium.launch({
    executablePath: executable(),
    chromiumSandbox: false,
    // Letters on whole pixels and without coloured edges, colours as they are written, whatever the computer's screen is like.
    args: [
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-lcd-text',
      '--disable-font-subpixel-positioning',
      '--force-color-profile=srgb',
    ],
  })
  const openPage = async (url: string, routes: RegExp, options: LookOptions): Promise<OpenPage> => {
    const { width = 1280, height = 800, theme = 'light' } = options
    const context = await launched.newContext({
      viewport: { width, height },
      colorScheme: theme,
      // What turns for ever would keep a browser without a graphics card busy.
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
    })
    await page.clock.setFixedTime(NOW)
    await page.route(routes, (route) => serve(outDir, route))
    await page.goto(url)
    await page.locator('main').waitFor()
    return Object.assign(page, { faults })
  }
  return {
    open: (address, options = {}) => openPage(`${ORIGIN}/gallery.html${address}`, /./, options),
    reopen: async (page, address) => {
      // Another address alone would not load it.
      await page.goto('about:blank')
      await page.goto(`${ORIGIN}/gallery.html${address}`)
      await page.locator('main').waitFor()
    },
    openAt: (port, address) =>
      openPage(`http://127.0.0.1:${port}/${address}`, /^http:\/\/127\.0\.0\.1:\d+\/(assets\/.*)?(#.*)?$/, {}),
    javascript: async () => {
      const html = await readFile(join(outDir, 'index.html'), 'utf8')
      const files = [...html.matchAll(/(?:src|href)="(\.\/[^"]+\.js)"/g)].map(([, file]) => join(outDir, file!))
      return Buffer.concat(await Promise.all(files.map((file) => readFile(file))))
    },
    close: () => launched.close(),
  }
}

function executable(): string {
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  )
  if (known === undefined) throw new Error('No Chromium is installed')
  return known
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

type Route = Parameters<Parameters<Page['route']>[1]>[0]

async function serve(folder: string, route: Route): Promise<void> {
  const asked = new URL(route.request().url()).pathname
  const pathname = asked === '/' ? '/index.html' : asked
  const type = types[extname(pathname)]
  if (type === undefined) {
    await route.fulfill({ status: 404 })
    return
  }
  await route.fulfill({
    headers: { 'content-type': type, 'content-security-policy': POLICY },
    body: await readFile(join(folder, normalize(pathname))),
  })
}

/** What axe finds, in words. The page's policy allows no code from strings; the browser's own door does. */
export async function objections(page: Page, only: readonly string[] | null = null): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (rules) =>
      window.axe.run(document, {
        resultTypes: ['violations'],
        ...(rules === null ? {} : { runOnly: { type: 'rule', values: [...rules] } }),
        // Of WCAG 2.2, and off unless one asks for it.
        rules: { 'target-size': { enabled: rules === null || rules.includes('target-size') } },
      }),
    only,
  )
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}
