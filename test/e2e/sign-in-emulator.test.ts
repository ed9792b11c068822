import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createGenerator } from '../../electron/demo/generator.ts'
import { browser, launchBrowser, picture } from '../support/chromium.ts'
import { installCommand } from '../support/command.ts'
import { CLIENT, EMULATED, startEmulator } from '../support/google-emulator.ts'
import { plantSecret } from '../support/log-watch.ts'
import { begin, ended, look, shownAddress } from './sign-in-support.ts'

const MAILS = 12

/** The consent page, the PKCE check and the mailbox of somebody else keep our own simulator honest. */
it('a person signs in on the page of a Google that we did not write, and the account is synced and signed in again', async ({
  skip,
}) => {
  if (browser === undefined) return skip('skipped: no Chromium is installed')
  const generator = createGenerator({ seed: 3, email: EMULATED })
  const emulator = await startEmulator(
    Array.from({ length: MAILS }, (_, index) => ({
      id: (0x19a0_0000_0000_0000n + BigInt(index)).toString(16),
      raw: generator.rawAt(index),
      labels: ['INBOX'],
    })),
  )
  onTestFinished(() => emulator.close())
  plantSecret('the client secret', CLIENT.client_secret)
  const installed = await installCommand({ url: emulator.url, oauthUrl: emulator.url })
  onTestFinished(() => installed.remove())
  const [chromium] = await Promise.all([launchBrowser(), installed.run()])
  onTestFinished(() => chromium.close())
  const file = join(installed.home, '..', 'client.json')
  await writeFile(file, JSON.stringify(CLIENT))
  expect(await installed.mailtide('clients', 'add', file)).toMatchObject({ code: 0 })

  const page = await chromium.newPage()
  const command = installed.start('accounts', 'add', '--no-browser')
  await page.goto(await shownAddress(command))
  await picture(page, '8 the emulator’s page')
  await page.getByRole('button', { name: EMULATED }).click()
  expect(await ended(page)).toContain(`access to ${EMULATED}`)
  expect(await command.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`Added ${EMULATED}`) })
  const { accounts } = await installed.until(
    (snapshot) => snapshot.accounts[0]?.state === 'up_to_date' && snapshot.accounts[0].messages_stored === MAILS,
  )

  const again = await begin(installed, { account: EMULATED })
  await page.goto(again.url)
  await page.getByRole('button', { name: EMULATED }).click()
  await ended(page)
  expect(await look(installed, again)).toMatchObject({ state: 'done', account: { id: accounts[0]?.id } })
  expect((await installed.status()).accounts).toHaveLength(1)
})
