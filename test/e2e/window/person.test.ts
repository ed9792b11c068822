import type { Page } from 'playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../../electron/demo/generator.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import { describeWindow, type WindowHost } from '../../support/window/host.ts'
import { keyboardOf } from '../../support/window/keyboard.ts'
import { changeAll, settingsByCommand, settingsIn, settingsOver } from '../../support/window/settings-walk.ts'
import { ended } from '../sign-in-support.ts'

const ADA = 'ada@example.test'
const BOB = 'bob@example.test'
const MAILS = 60
const MORE = 140
const patience = { timeout: 20_000 }

/** Through Google's pages, as a person who says yes. */
async function consent(google: Page, email: string): Promise<void> {
  await google.getByRole('button', { name: email }).click()
  await google.getByRole('button', { name: 'Continue' }).click()
  await ended(google)
  await google.close()
}

describeWindow('a person at the window', (open) => {
  let simulator: Simulator
  let host: WindowHost
  let page: Page
  beforeAll(async () => {
    simulator = await startSimulator({ seed: 3 })
    simulator.dials.consent = 'ask'
    fillMailbox(simulator.addMailbox(ADA), { count: MAILS, seed: 6 })
    fillMailbox(simulator.addMailbox(BOB), { count: MORE, seed: 7 })
    host = await open({ simulator, settings: { apiPort: 0, pacing: 'off', minFreeBytes: 0, parallelAccounts: 2 } })
    page = host.page
  })
  afterAll(async () => {
    await host?.close()
    await simulator.close()
  })
  const title = () => page.getByRole('heading', { level: 1 })
  const step = () => page.locator('#step-now')
  const card = (email: string) => page.getByRole('article', { name: email })
  const state = (email: string) => card(email).locator('.account-state > b')

  it('tries a demo mailbox by one button, sees its mail arrive, and ends it', { timeout: 120_000 }, async () => {
    await page.getByRole('heading', { level: 1, name: 'Keep a complete copy of your Gmail' }).waitFor()
    await page.getByRole('radio', { name: 'A demo mailbox' }).click()
    await page.getByRole('button', { name: 'Start the demo' }).click()
    const demo = page.locator('article').filter({ has: page.getByText('Made-up mail, from a Gmail on this computer.') })
    await demo.waitFor()
    await host.until(({ accounts: [account] }) => account?.demo === true && account.messages_stored > 0)
    await demo.getByText(/^[Ss]tored [1-9]/).waitFor()
    await demo.getByRole('button', { name: 'End the demo' }).click()
    const question = page.getByRole('dialog', { name: 'End the demo' })
    await question.getByRole('button', { name: 'End the demo' }).click()
    await host.until(({ accounts }) => accounts.length === 0)
    await page.getByRole('heading', { level: 1, name: 'No account yet' }).waitFor()
    await page.getByRole('link', { name: 'Add account' }).first().click()
  })

  it('is led from nothing through Google’s setup to mail that arrives', async () => {
    await page.getByRole('heading', { level: 1, name: 'Keep a complete copy of your Gmail' }).waitFor()
    while ((await step().textContent()) !== 'Add the client to Mailtide') {
      const before = await step().textContent()
      await page.getByRole('button', { name: 'Done, continue' }).click()
      await expect.poll(() => step().textContent(), patience).not.toBe(before)
    }
    const bring = async (json: object): Promise<void> => {
      if ((await page.getByLabel('Content of the file').count()) === 0)
        await page.getByRole('button', { name: 'Paste instead' }).click()
      await page.getByLabel('Content of the file').fill(JSON.stringify(json))
      await page.getByRole('button', { name: 'Use this text' }).click()
    }
    const { client_id, client_secret } = simulator.addClient()
    await bring({ web: { client_id, client_secret } })
    await page.getByText('web application', { exact: false }).first().waitFor()
    await bring({ installed: { client_id, client_secret, project_id: 'my-mail', redirect_uris: ['http://localhost'] } })
    await page.getByText('Mailtide keeps the client').first().waitFor()
    await page.getByRole('button', { name: 'Continue' }).click()
    simulator.dials.latency = 40
    const google = await host.outside(() => page.getByRole('button', { name: 'Sign in with Google' }).click())
    await consent(google, ADA)
    await state(ADA).filter({ hasText: 'Copying the mailbox' }).waitFor()
    expect(page.url()).toContain('#/overview')
    simulator.dials.latency = 0
    await state(ADA).filter({ hasText: 'Up to date' }).waitFor()
    await card(ADA).getByText(`stored ${MAILS}`).waitFor()
    await expect.poll(() => title().textContent(), patience).toBe('Everything is up to date')
    expect((await host.status())?.accounts).toMatchObject([{ email: ADA, messages_stored: MAILS }])
  })

  it('watches a first download through faults, with true figures, and stops and starts it', async () => {
    Object.assign(simulator.dials, { latency: [150, 250], tooMany: 0.05, cut: 0.05, serverError: 0.03, garbage: 0.02 })
    const added = await host.call('POST', '/api/v1/accounts', { authorized_user: simulator.authorizedUser(BOB) })
    expect(added.status).toBe(201)
    await state(BOB).filter({ hasText: 'Copying the mailbox' }).waitFor()
    expect(await title().textContent()).toMatch(/^Syncing [12] of 2 accounts$/)
    const bar = card(BOB).getByRole('progressbar')
    await card(BOB)
      .getByText(/messages\/s$/)
      .waitFor()
    await card(BOB).getByText(/left$/).waitFor()
    const seen: number[] = []
    for (let look = 0; look < 4; look++) {
      seen.push(Number(await bar.getAttribute('aria-valuenow')))
      await page.waitForTimeout(60)
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen)
    expect(Math.max(...seen)).toBeLessThan(100)

    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByRole('heading', { level: 1, name: 'Stopped' }).waitFor()
    await state(BOB).filter({ hasText: 'Mailbox not copied yet' }).waitFor()
    const [, stopped] = (await host.until(({ state: now }) => now === 'stopped')).accounts
    await card(BOB).getByText(`stored ${stopped?.messages_stored}`).waitFor()
    await page.getByRole('combobox', { name: 'Every' }).selectOption('10 minutes')
    const { state: still } = await host.until(({ interval_minutes }) => interval_minutes === 10)
    expect(still).toBe('stopped')
  })

  it('sees what failed, and why, and has it tried again', async () => {
    Object.assign(simulator.dials, { latency: 0, tooMany: 0, cut: 0, serverError: 0, garbage: 0, deletedBetween: 0.2 })
    await page.getByRole('button', { name: 'Start' }).click()
    const { accounts } = await host.until(
      ({ accounts: [, bob] }) => (bob?.messages_failed ?? 0) > 0 && bob?.messages_waiting === 0,
    )
    simulator.dials.deletedBetween = 0
    const failed = accounts[1]!.messages_failed
    await card(BOB)
      .getByRole('button', { name: `${failed} waiting` })
      .click()
    await expect.poll(() => card(BOB).locator('tbody tr').count(), patience).toBe(failed)
    await card(BOB).getByText('The message is no longer in Gmail', { exact: false }).first().waitFor()
    await card(BOB).getByRole('button', { name: 'Try now' }).click()
    await host.until(({ accounts: [, bob] }) => bob?.state === 'up_to_date' && bob.messages_failed === 0)
    await card(BOB).getByText('None any more: all messages are stored and read.').waitFor()
    await expect.poll(() => title().textContent(), patience).toBe('Everything is up to date')
  })

  it('sees at once which account needs a sign-in, and mends it by its button', async () => {
    simulator.mailbox(BOB).revoke()
    await page.getByRole('button', { name: 'Sync now' }).click()
    const call = page.getByRole('heading', { level: 2, name: '1 account needs you' })
    await call.waitFor()
    expect(await page.getByRole('article').first().locator('.account-name > .sr').textContent()).toBe(BOB)
    await state(BOB).filter({ hasText: 'Needs you to sign in' }).waitFor()
    await expect.poll(() => page.title(), patience).toContain('1 account needs you')
    simulator.mailbox(BOB).signIn()
    const google = await host.outside(() => card(BOB).getByRole('button', { name: 'Sign in again' }).click())
    await card(BOB).getByText('Finish the sign-in on Google’s page').waitFor()
    await consent(google, BOB)
    await state(BOB).filter({ hasText: 'Up to date' }).waitFor()
    await call.waitFor({ state: 'detached' })
    await card(BOB).getByText('Finish the sign-in on Google’s page').waitFor({ state: 'detached' })
  })

  it('changes every setting, and the command and HTTP tell the same', async () => {
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.locator('.rows').first().waitFor()
    const expected = await changeAll(host)
    expect(await settingsOver(host)).toEqual(expected)
    expect(await settingsByCommand(host)).toEqual(expected)
    expect(await settingsIn(page)).toEqual(expected)
    // The other way round: what the command changes, the window shows when one comes back to it.
    expect((await host.mailtide('config set intervalMinutes 42')).code).toBe(0)
    expect((await host.mailtide('config set requireToken false')).code).toBe(0)
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.locator('.rows').first().waitFor()
    expect(await settingsIn(page)).toEqual({ ...expected, interval_minutes: 42, require_token: false })
  })

  it('needs no pointer: accounts, pages, a setting, the log and a sign-in by keyboard alone', async () => {
    const keys = keyboardOf(page)
    await keys.to(/^Overview$/, 'Shift+Tab')
    await keys.press('Enter')
    await expect.poll(async () => (await keys.focus()).name, patience).toBe(await title().textContent())
    const more = new RegExp(`^More for ${ADA}$`)
    await keys.to(more)
    await keys.press('Enter', 'ArrowDown')
    expect((await keys.focus()).name).toBe('Pause')
    await keys.press('Enter')
    await host.until(({ accounts }) => accounts[0]?.state === 'paused')
    await state(ADA).filter({ hasText: 'Paused by you' }).waitFor()
    expect((await keys.focus()).name).toMatch(more)
    await keys.to(/^Resume$/, 'Shift+Tab')
    await keys.press('Enter')
    await host.until(({ accounts }) => accounts[0]?.state === 'up_to_date')
    // The link it was chosen by is gone.
    await keys.isKept()

    await keys.to(/^Settings$/, 'Shift+Tab')
    await keys.press('Enter')
    await page.getByRole('textbox', { name: 'Start a cycle every' }).waitFor()
    await keys.to(/^Start a cycle every$/)
    await keys.press('ControlOrMeta+A')
    await keys.type('7')
    await keys.press('Enter')
    await host.until(({ interval_minutes }) => interval_minutes === 7)
    expect((await keys.focus()).name).toBe('Start a cycle every')

    // Not the part of the settings that is called so too.
    await keys.to(/^Metrics$/, 'Shift+Tab')
    await keys.to(/^Logs$/)
    await keys.press('Enter')
    await keys.to(/^Search/)
    await keys.type('Sync cycle completed')
    await page.getByRole('log').locator('mark').first().waitFor()

    await keys.to(/^Add account$/, 'Shift+Tab')
    await keys.press('Enter')
    await keys.to(/^Sign in with Google$/)
    const google = await host.outside(() => keys.press('Enter'))
    await google.close()
    await page.getByText('Finish the sign-in on Google’s page').waitFor()
    await keys.isKept()
    await keys.to(/^Give up$/)
    await keys.press('Enter')
    await page.getByText('Finish the sign-in on Google’s page').waitFor({ state: 'detached' })
    await keys.isKept()
  })

  it('keeps the keyboard’s place when a dialog closes, and when an account goes', async () => {
    const keys = keyboardOf(page)
    await keys.to(/^Overview$/, 'Shift+Tab')
    await keys.press('Enter')
    const more = new RegExp(`^More for ${BOB}$`)
    await keys.to(more)
    const ask = async (): Promise<void> => {
      await keys.press('Enter')
      await page.getByRole('menu').waitFor()
      await keys.press('End', 'Enter')
      await page.getByRole('dialog', { name: `Remove ${BOB}` }).waitFor()
    }
    await ask()
    await keys.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await keys.focus()).name).toMatch(more)
    await ask()
    await keys.to(/^Remove account$/)
    await keys.press('Enter')
    await host.until(({ accounts }) => accounts.length === 1)
    await card(BOB).waitFor({ state: 'detached' })
    await keys.isKept()
    expect((await keys.focus()).ring).toBe(true)
  })
})
