import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createGenerator } from '../../electron/demo/generator.ts'
import { browser, launchBrowser, openPage, picture } from '../support/chromium.ts'
import { type Installed, installCommand } from '../support/command.ts'
import { CLIENT, EMULATED, type Emulator, startEmulator } from '../support/google-emulator.ts'
import { plantSecret } from '../support/log-watch.ts'
import { begin, ended, look, shownAddress } from './sign-in-support.ts'

/** The consent page, the PKCE check and the mailbox of somebody else keep our own simulator honest. */
const MAILS = 12
let emulator: Emulator
let installed: Installed
let chromium: Browser
let page: Page

beforeAll(async () => {
  if (browser === undefined) return
  const generator = createGenerator({ seed: 3, email: EMULATED })
  emulator = await startEmulator(
    Array.from({ length: MAILS }, (_, index) => ({
      id: (0x19a0_0000_0000_0000n + BigInt(index)).toString(16),
      raw: generator.rawAt(index),
      labels: ['INBOX'],
    })),
  )
  plantSecret('the client secret', CLIENT.client_secret)
  installed = await installCommand({ url: emulator.url, oauthUrl: emulator.url })
  const file = join(installed.home, '..', 'client.json')
  await writeFile(file, JSON.stringify(CLIENT))
  const [opened] = await Promise.all([launchBrowser(), installed.run()])
  chromium = opened
  page = await openPage(chromium)
  expect(await installed.mailtide('clients', 'add', file)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  if (browser === undefined) return
  await chromium.close()
  await installed.remove()
  await emulator.close()
})
beforeEach(({ skip }) => {
  if (browser === undefined) return skip('skipped: no Chromium is installed')
})

it('a person signs in on the page of a Google that we did not write, and the account is synced', async () => {
  const command = installed.start('accounts', 'add', '--no-browser')
  await page.goto(await shownAddress(command))
  await picture(page, '8 the emulator’s page')
  await page.getByRole('button', { name: EMULATED }).click()
  expect(await ended(page)).toContain(`access to ${EMULATED}`)
  expect(await command.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`Added ${EMULATED}`) })
  await installed.until(({ accounts }) => accounts[0]?.state === 'up_to_date' && accounts[0].messages_stored === MAILS)
})

it('signs in again there, and is the same account', async () => {
  const { accounts } = await installed.status()
  const again = await begin(installed, { account: EMULATED })
  await page.goto(again.url)
  await page.getByRole('button', { name: EMULATED }).click()
  await ended(page)
  expect(await look(installed, again)).toMatchObject({ state: 'done', account: { id: accounts[0]?.id } })
  expect((await installed.status()).accounts).toHaveLength(1)
})
