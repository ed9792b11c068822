import { existsSync, readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright'
import { describe } from 'vitest'
import type { Simulator } from '../../../electron/demo/types.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { mailtide, type Seen } from '../../cli/mailtide.ts'
import { launchBrowser, browser as program } from '../chromium.ts'
import { type Computer, setUpComputer } from '../desktop.ts'
import { launchStandIn } from '../electron/launch-stand-in.ts'

/** The window of one host, with the person's browser beside it and the other ways to the same service. */
export interface WindowHost {
  readonly page: Page
  readonly computer: Computer
  status(): Promise<Snapshot | null>
  /** Resolves with the first snapshot that satisfies the test. */
  until(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Asks the HTTP API with its token. */
  call(method: string, path: string, body?: object): Promise<Response>
  /** The command, in this process. */
  mailtide(line: string): Promise<Seen>
  /** Does what opens a page outside the window, and gives that page in the person's browser. */
  outside(open: () => Promise<void>): Promise<Page>
  close(): Promise<void>
}

export interface WindowHostOptions {
  readonly simulator: Pick<Simulator, 'url' | 'oauthUrl'>
  /** In the settings file. */
  readonly settings: Readonly<Partial<Settings>>
}

export const windowHosts = {
  'a browser on the service': openInBrowser,
  'the desktop app': openOnDesktop,
} as const

/** A suite of the window in both hosts. Skipped in words where there is no browser. */
export function describeWindow(
  name: string,
  body: (open: (options: WindowHostOptions) => Promise<WindowHost>, host: keyof typeof windowHosts) => void,
): void {
  const hosts = Object.keys(windowHosts) as (keyof typeof windowHosts)[]
  describe.skipIf(program === undefined).each(hosts)(`${name}: %s`, (host) => body(windowHosts[host], host))
}

const contextOptions = {
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
  viewport: { width: 1280, height: 800 },
} as const

async function openInBrowser({ simulator, settings }: WindowHostOptions): Promise<WindowHost> {
  const computer = await setUpComputer(launchStandIn, simulator, { settings })
  const service = await computer.startHeadless()
  const chromium = await launchBrowser()
  const context = await chromium.newContext(contextOptions)
  const page = await context.newPage()
  const host = around(computer, page)
  const link = JSON.parse((await host.mailtide('open --no-browser --json')).out) as { url: string }
  await page.goto(link.url)
  return {
    ...host,
    outside: async (open) => {
      const [opened] = await Promise.all([context.waitForEvent('page'), open()])
      await opened.waitForLoadState()
      return opened
    },
    close: async () => {
      await chromium.close()
      await service.stop()
      await computer.remove()
    },
  }
}

async function openOnDesktop({ simulator, settings }: WindowHostOptions): Promise<WindowHost> {
  const computer = await setUpComputer(launchStandIn, simulator, { settings })
  const app = await computer.start()
  const page = await app.firstWindow()
  const person: { browser?: Browser; context?: BrowserContext } = {}
  return {
    ...around(computer, page),
    outside: async (open) => {
      const before = (await app.standIn.spy('opened')).length
      await open()
      const url = await app.until(async () => (await app.standIn.spy('opened'))[before])
      person.browser ??= await launchBrowser()
      person.context ??= await person.browser.newContext(contextOptions)
      const opened = await person.context.newPage()
      await opened.goto(url)
      return opened
    },
    close: async () => {
      await person.browser?.close()
      await app.close()
      await computer.remove()
    },
  }
}

function around(computer: Computer, page: Page): Omit<WindowHost, 'outside' | 'close'> {
  const { paths } = computer
  page.setDefaultTimeout(30_000)
  const call: WindowHost['call'] = async (method, path, body) => {
    const { port } = JSON.parse(readFileSync(paths.service, 'utf8')) as { port: number }
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(paths.apiToken, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
  const status = async (): Promise<Snapshot | null> => {
    if (!existsSync(paths.service)) return null
    const answer = await call('GET', '/api/v1/background-sync/status').catch(() => null)
    return answer?.ok ? ((await answer.json()) as { sync_status: Snapshot }).sync_status : null
  }
  return {
    page,
    computer,
    call,
    status,
    until: async (what) => {
      for (;;) {
        const snapshot = await status()
        if (snapshot !== null && what(snapshot)) return snapshot
        await new Promise((done) => setTimeout(done, 40))
      }
    },
    mailtide: async (line) => await mailtide(paths.home, line, { now: () => new Date() }),
  }
}
