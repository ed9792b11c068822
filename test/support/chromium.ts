import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'

/** The Chromium of this computer, if it has one. */
export const browser = (process.env['PATH'] ?? '')
  .split(':')
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((program) => join(folder, program)))
  .find((program) => existsSync(program))

/** Pictures of pages are kept there when it is set, for people to look at. */
const pictures = process.env['MAILTIDE_SCREENSHOTS'] ?? ''

/** Starts the Chromium of this computer. Who starts it closes it. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(browser === undefined ? {} : { executablePath: browser }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })

/** A page of its own profile. How long it is waited for, the time of the test says. */
export async function openPage(chromium: Browser): Promise<Page> {
  const page = await chromium.newPage()
  page.setDefaultTimeout(0)
  return page
}

const looks = [
  { name: 'wide', width: 1_000, height: 720, colorScheme: 'light' },
  { name: 'narrow', width: 400, height: 720, colorScheme: 'light' },
  { name: 'dark', width: 1_000, height: 720, colorScheme: 'dark' },
] as const

/** Keeps pictures of a page as it is now: wide, as narrow as a phone, and dark. */
export async function picture(page: Page, name: string): Promise<void> {
  if (pictures === '') return
  for (const { width, height, colorScheme, name: look } of looks) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(pictures, `${name} ${look}.png`) })
  }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize({ width: 1_000, height: 720 })
}
