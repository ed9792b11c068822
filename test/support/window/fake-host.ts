import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe } from 'vitest'
import type { Service } from '../../../electron/service/types.ts'
import type { buildApi } from '../../api/api-under-test.ts'
import { createFakeService } from '../../api/fake-service.ts'
import { launchBrowser, browser as program } from '../chromium.ts'
import { setUpComputer } from '../desktop.ts'
import { launchStandIn } from '../electron/launch-stand-in.ts'
import { serveMadeUp } from './made-up-service.ts'

/** The window in front of a service whose log and figures are the test's own. */
export interface FakeHost {
  readonly page: Page
  readonly logs: ReturnType<typeof buildApi>['logs']
  /** Asks the HTTP API with its token. */
  get(path: string): Promise<unknown>
  /** What lies in the clipboard. */
  copied(): Promise<string>
  /** Does what saves a file, and gives its text. */
  saved(save: () => Promise<void>): Promise<string>
  close(): Promise<void>
}

type Kind = 'browser' | 'desktop'
const names: Readonly<Record<Kind, string>> = { browser: 'a browser on the service', desktop: 'the desktop app' }

/** A suite of the window in both hosts, in front of a made-up service. Skipped in words where there is no browser. */
export function describeFigures(
  name: string,
  body: (open: (service: Partial<Service>) => Promise<FakeHost>) => void,
): void {
  const kinds = Object.keys(names) as Kind[]
  describe.skipIf(program === undefined).each(kinds.map((kind) => ({ kind, host: names[kind] })))(
    `${name}: $host`,
    ({ kind }) => body((service) => openFake(kind, service)),
  )
}

/** The desktop app works with this service as with that of another process that owns the data folder. */
async function openFake(kind: Kind, changes: Partial<Service>): Promise<FakeHost> {
  const computer = await setUpComputer(launchStandIn, { url: 'http://127.0.0.1:9/', oauthUrl: 'http://127.0.0.1:9/' })
  const built = await serveMadeUp(computer.paths.home, Object.assign(createFakeService(), changes))
  const { address } = built
  const shown =
    kind === 'browser'
      ? await showInBrowser(`${address}/#code=${built.links.make().code}`)
      : await showOnDesktop(computer)
  shown.page.setDefaultTimeout(30_000)
  return {
    ...shown,
    logs: built.logs,
    get: async (path) =>
      await (await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${built.rules.token}` } })).json(),
    close: async () => {
      await shown.close()
      await built.close()
      await computer.remove()
    },
  }
}

type Shown = Pick<FakeHost, 'page' | 'copied' | 'saved' | 'close'>

async function showInBrowser(address: string): Promise<Shown> {
  const chromium = await launchBrowser()
  const context = await chromium.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const page = await context.newPage()
  await page.goto(address)
  return {
    page,
    copied: () => page.evaluate(() => navigator.clipboard.readText()),
    saved: async (save) => {
      const [download] = await Promise.all([page.waitForEvent('download'), save()])
      return readFileSync(await download.path(), 'utf8')
    },
    close: () => chromium.close(),
  }
}

async function showOnDesktop(computer: Awaited<ReturnType<typeof setUpComputer>>): Promise<Shown> {
  const app = await computer.start()
  return {
    page: await app.firstWindow(),
    copied: () => app.evaluate(({ clipboard }) => clipboard.readText()),
    saved: async (save) => {
      const filePath = join(computer.folder, 'saved.txt')
      rmSync(filePath, { force: true })
      await app.standIn.setDialogAnswers([{ canceled: false, filePath }])
      await save()
      let seen = 0
      // It is there before all of it is written.
      await app.until(async () => {
        const size = statSync(filePath, { throwIfNoEntry: false })?.size ?? 0
        const isWhole = size > 0 && size === seen
        seen = size
        return isWhole ? true : null
      })
      return readFileSync(filePath, 'utf8')
    },
    close: async () => {
      await app.close()
    },
  }
}
