import { expect, it, onTestFinished } from 'vitest'
import { serveApi } from '../../electron/api/server.ts'
import { buildApi } from '../api/api-under-test.ts'
import { browser, launchBrowser } from '../support/chromium.ts'

it('a page of ours that asks for the status gets it in a real browser, and one of another origin does not', async ({
  skip,
}) => {
  if (browser === undefined) return skip('skipped: no Chromium is installed')
  const built = buildApi()
  const server = await serveApi(built.api, 0)
  onTestFinished(async () => {
    built.events.close()
    await server.close()
  })
  const chromium = await launchBrowser()
  onTestFinished(() => chromium.close())
  const page = await chromium.newPage()
  await page.goto(`http://127.0.0.1:${server.port}/`)
  const asked = (address: string) =>
    page.evaluate(`fetch('${address}').then((answer) => answer.json()).then(
      (data) => data.sync_status?.state ?? data.code, (error) => String(error))`)
  expect(await asked('/api/v1/test/background-sync/status')).toBe('idle')
  expect(await asked(`http://localhost:${server.port}/api/v1/test/background-sync/status`)).toMatch(/Failed to fetch/)
})
