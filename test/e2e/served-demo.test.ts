import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { DEMO_EMAIL } from '../../shared/demo.ts'
import { builtApp } from '../support/built-app.ts'
import { browser, launchBrowser } from '../support/chromium.ts'
import { type Installed, installCommand } from '../support/command.ts'

describe.skipIf(browser === undefined)('a person at the window that the headless service serves', () => {
  let google: Simulator
  let installed: Installed
  beforeAll(async () => {
    google = await startSimulator({})
    installed = await installCommand(google, {}, join(await builtApp(), 'dist', 'main', 'cli.js'))
  })
  afterAll(async () => {
    await installed.remove()
    await google.close()
  })

  it('starts the demo by one button, sees its mail arrive, and ends it', async () => {
    const service = await installed.run()
    const { url } = JSON.parse((await installed.mailtide('open', '--no-browser', '--json')).stdout) as { url: string }
    const chromium = await launchBrowser()
    try {
      const page = await chromium.newPage()
      const faults: string[] = []
      page.on('pageerror', ({ message }) => faults.push(message))
      page.setDefaultTimeout(0)
      await page.goto(url)
      await page.getByRole('radio', { name: /^A demo mailbox/ }).check()
      await page.getByRole('button', { name: 'Start the demo' }).click()
      const card = page.getByRole('article', { name: `${DEMO_EMAIL} Demo` })
      await card.getByText('Copying the mailbox').waitFor()
      await card.getByText(/^[1-9]\d?%$/).waitFor()
      await card.getByRole('button', { name: 'End the demo' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'End the demo' }).click()
      await page.getByRole('heading', { level: 1, name: 'No account yet' }).waitFor()
      expect((await installed.status()).accounts).toEqual([])
      expect(faults).toEqual([])
    } finally {
      await chromium.close()
    }
    service.child.kill('SIGTERM')
    expect(await service.ended).toMatchObject({ code: 0 })
    expect(google.stats().requests).toBe(0)
  })
})
