import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page, type Request as PageRequest, type Route } from 'playwright'
import { app, beforeExit } from './app.ts'
import type { PageHost } from './page-host.ts'
import { fromChromium, handlerFor, isOwn } from './schemes.ts'
import { messageOf, recorded } from './state.ts'

/** The pages of windows; any other is a popup that the app did not allow. */
export const hosts = new Map<Page, PageHost>()

let opened: Promise<BrowserContext> | null = null
let isCreating = 0

/** Where the tests can reach the same Chromium by its own protocol; null before the first window. */
export const devTools: { address: string | null } = { address: null }

const flags = [
  '--remote-debugging-port=0',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A second wall behind the interception below, which does not see redirects and sockets.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost , EXCLUDE [::1]',
]

function openChromium(): Promise<BrowserContext> {
  opened ??= (async () => {
    const profile = join(app.getPath('sessionData'), 'stand-in-profile')
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      headless: true,
      viewport: null,
      chromiumSandbox: process.getuid?.() !== 0,
      // Otherwise Playwright would swallow the signals that end the app.
      handleSIGTERM: false,
      handleSIGINT: false,
      handleSIGHUP: false,
      args: flags,
    })
    // A busy machine is no reason to fail.
    context.setDefaultTimeout(60_000)
    beforeExit.push(() => context.close())
    devTools.address = `http://127.0.0.1:${readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0]}`
    await context.route('**/*', answer)
    context.on('page', (page) => {
      if (isCreating === 0) void page.close().catch(() => undefined)
    })
    return context
  })()
  return opened
}

/** A new page for a window. */
export async function newPage(): Promise<Page> {
  const context = await openChromium()
  isCreating++
  try {
    return await context.newPage()
  } finally {
    isCreating--
  }
}

const isLoopback = (url: string): boolean => /^(https?|wss?):\/\/(127\.0\.0\.1|localhost|\[::1\])([:/]|$)/.test(url)

async function answer(route: Route): Promise<void> {
  const request = route.request()
  const host = hostOf(request)
  try {
    // Of popups Chromium tells the page that opens them, before this.
    if (host === undefined) return await route.abort('aborted')
    const url = fromChromium(request.url())
    if (request.isNavigationRequest() && !host.mayNavigate(url, request.frame())) return await route.abort('aborted')
    if (isOwn(request.url())) return await serve(route, host, url)
    if (isLoopback(url)) return await route.continue()
    recorded.external.push(url)
    return await route.abort('blockedbyclient')
  } catch (error) {
    // The page went away meanwhile.
    if (host?.page !== undefined && !host.page.isClosed()) recorded.errors.push(messageOf(error))
  }
}

function hostOf(request: PageRequest): PageHost | undefined {
  try {
    return hosts.get(request.frame().page())
  } catch {
    // The request of a service worker, or the first of a popup.
    return undefined
  }
}

/** Answers an address of the app's own by the app's own handler, and follows where it leads. */
async function serve(route: Route, host: PageHost, first: string): Promise<void> {
  const request = route.request()
  let url = first
  for (let hop = 0; hop < 20; hop++) {
    const handler = handlerFor(url)
    if (handler === undefined) return await route.abort('failed')
    const body = request.postDataBuffer()
    const response = await runHandler(
      handler,
      new Request(url, {
        method: request.method(),
        headers: request.headers(),
        ...(body === null ? {} : { body: new Uint8Array(body) }),
      }),
    )
    if (response === null) return await route.abort('failed')
    const target = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || target === null) {
      return await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: Buffer.from(await response.arrayBuffer()),
      })
    }
    url = new URL(target, url).href
    if (request.isNavigationRequest() && !host.mayRedirect(url)) return await route.abort('aborted')
    if (handlerFor(url) === undefined) {
      recorded.external.push(url)
      return await route.abort('blockedbyclient')
    }
  }
  return await route.abort('failed')
}

async function runHandler(
  handler: NonNullable<ReturnType<typeof handlerFor>>,
  request: Request,
): Promise<Response | null> {
  try {
    return await handler(request)
  } catch (error) {
    recorded.errors.push(`protocol handler: ${messageOf(error)}`)
    return null
  }
}
