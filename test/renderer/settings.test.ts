import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError, toProblem } from '../../shared/errors.ts'
import { defaultSettings, settingNames, toWire, wireName } from '../../shared/settings.ts'
import type { UpdateState } from '../../shared/update-state.ts'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

const asked = new Set(['settings', 'clientsList', 'storage', 'tokenShow', 'failures'])
const calls = async (page: Page) =>
  (await page.evaluate(() => window.gallery.backend.calls.map(({ name, input }) => [name, input] as const)))
    .filter(([name]) => !asked.has(name))
    .map(([name, input]) => `${name} ${JSON.stringify(input)}`)
const open = async (address = '?scene=calm#/settings', options = {}) => {
  const page = await gallery.open(address, options)
  await page.locator('#settings-about').waitFor()
  return page
}
const row = (page: Page, name: string) => page.locator('.row').filter({ has: page.getByText(name, { exact: true }) })

const sources = Object.fromEntries(settingNames.map((name) => [wireName(name), 'default' as const]))

describe.skipIf(!hasBrowser)('in Settings', () => {
  it('a number is taken when it is right, and explained beside its field when it is not', async () => {
    const page = await open()
    const field = page.getByRole('textbox', { name: 'Start a cycle every' })
    await field.fill('1500')
    await field.press('Enter')
    await row(page, 'Start a cycle every')
      .getByText('“1500” is no such value. Enter a whole number from 1 to 1,440; 5 stays in force until then.')
      .waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await calls(page)).toEqual([])
    await page.evaluate((answer) => window.gallery.backend.answer('settingsChange', answer), {
      settings: toWire({ ...defaultSettings, intervalMinutes: 15 }),
      sources: { ...sources, interval_minutes: 'file' as const },
      takes_effect: {},
    })
    await field.fill('15')
    await field.blur()
    await row(page, 'Start a cycle every').getByText('You chose 15.').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBeNull()
    await row(page, 'Start a cycle every').getByRole('button', { name: 'Use default' }).click()
    const size = page.getByRole('textbox', { name: 'Leave free on the disk' })
    expect(await size.inputValue()).toBe('2\u00A0GB')
    await size.fill('1.5 GB')
    await size.press('Enter')
    await expect
      .poll(() => calls(page))
      .toEqual([
        'settingsChange {"interval_minutes":15}',
        'settingsChange {"interval_minutes":null}',
        'settingsChange {"min_free_bytes":1500000000}',
      ])
    await page.context().close()
  })

  it('a switch and a choice are obeyed, and a refusal leaves the old value', async () => {
    const page = await open()
    const spam = page.getByRole('switch', { name: 'Copy spam and trash' })
    await page.evaluate(
      (problem) => window.gallery.backend.refuse('settingsChange', problem),
      toProblem(new AppError('disk', 'The settings cannot be written', { remedy: 'Free some space' })),
    )
    await spam.focus()
    await spam.press('Space')
    await page.getByText('The settings cannot be written.').waitFor()
    expect(await spam.isChecked()).toBe(true)
    await page.getByRole('combobox', { name: 'When a message is deleted in Gmail' }).selectOption('purge')
    expect(await calls(page)).toEqual([
      'settingsChange {"include_spam_trash":false}',
      'settingsChange {"on_remote_delete":"purge"}',
    ])
    await page.context().close()
  })

  it('what the environment holds cannot be changed, and says why', async () => {
    const page = await gallery.open('?scene=calm#/overview')
    await page.evaluate((answer) => window.gallery.backend.answer('settings', answer), {
      settings: toWire(defaultSettings),
      sources: { ...sources, api_port: 'environment' as const },
    })
    await page.evaluate(() => {
      window.location.hash = '#/settings/api'
    })
    const port = page.getByRole('textbox', { name: 'Port' })
    await port.waitFor()
    expect(await port.isDisabled()).toBe(true)
    await row(page, 'Port').getByText('MAILTIDE_API_PORT or MAILTIDE_PORT').waitFor()
    // The address leads to the section.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('API')
    await page.context().close()
  })

  it('the token is masked until one looks, copied, and renewed after a warning', async () => {
    const page = await open()
    const token = row(page, 'API token')
    await token.getByText('••••••••••••3f9c').waitFor()
    expect(await page.content()).not.toContain('made-up-token-3f9c')
    await token.getByRole('button', { name: 'Show token' }).click()
    await token.getByText('made-up-token-3f9c').waitFor()
    await token.getByRole('button', { name: 'Copy: API token' }).click()
    await token.getByRole('button', { name: 'Renew' }).click()
    const dialog = page.getByRole('dialog', { name: 'Renew the API token' })
    await dialog.getByText('refused at once').waitFor()
    await dialog.getByRole('button', { name: 'Renew' }).click()
    await token.getByText('another-made-up-token-77aa').waitFor()
    expect(await calls(page)).toEqual(['tokenRenew {}', 'giveToken "another-made-up-token-77aa"'])
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual(['made-up-token-3f9c'])
    await page.context().close()
  })

  it('accounts are paused and removed, clients forgotten, the app started at login', async () => {
    const page = await open()
    await row(page, 'anna.lindqvist@nordvik.example').getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'More for anna.lindqvist@nordvik.example' }).click()
    await page.getByRole('menuitem', { name: 'Remove account' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove account' }).click()
    await page.getByRole('button', { name: 'Remove the client mailtide' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('switch', { name: 'Start at login' }).focus()
    await page.keyboard.press('Space')
    await expect.poll(() => page.getByRole('switch', { name: 'Start at login' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Open folder' }).click()
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual(['startAtLogin', 'openDataFolder'])
    expect(await calls(page)).toEqual([
      'accountsChange {"id":"anna","paused":true}',
      'accountsRemove {"id":"anna","mail":"keep","revoke":"false"}',
      'clientsRemove {"name":"mailtide"}',
    ])
    await page.context().close()
  })

  it('a newer version is looked for, installed by a restart, or fetched where the app cannot install it', async () => {
    const page = await open()
    const updates = row(page, 'Updates')
    const tell = (update: UpdateState) =>
      page.evaluate((told) => window.gallery.backend.tellDesktop({ update: told }), update)
    await updates.getByText('Mailtide is up to date.').waitFor()
    const look = updates.getByRole('button', { name: 'Look now' })
    await look.focus()
    await page.keyboard.press('Enter')
    await tell({ kind: 'checking' })
    await updates.getByText('Looking for a newer version.').waitFor()
    await page.keyboard.press('Enter')
    await tell({ kind: 'current', checked_at: null })
    await updates.getByText('Not checked for a newer version yet.').waitFor()
    // The keyboard is where it was.
    expect(await look.evaluate((button) => button === document.activeElement)).toBe(true)
    await tell({ kind: 'downloading', version: '9.9.9', percent: 42.7 })
    await updates.getByText('Downloading Mailtide 9.9.9: 42 %.').waitFor()
    expect(await updates.getByRole('button').count()).toBe(0)
    await tell({ kind: 'ready', version: '9.9.9' })
    await updates.getByRole('button', { name: 'Restart and update' }).click()
    await tell({ kind: 'available', version: '9.9.9' })
    await updates.getByRole('button', { name: 'Open the page' }).click()
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual([
      'update {"action":"check"}',
      'update {"action":"restart"}',
      'update {"action":"download"}',
    ])
    await page.context().close()
  })

  it('who comes for a section finds it in sight, however much of what stands above is answered later', async () => {
    const page = await open('?scene=calm#/settings/about')
    await page.getByText(/Database 2\.6\sGB/).waitFor()
    const heading = page.getByRole('heading', { name: 'About' })
    const isInSight = () =>
      heading.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect()
        return top >= 0 && bottom <= window.innerHeight
      })
    await expect.poll(isInSight).toBe(true)
    expect(await heading.evaluate((element) => element === document.activeElement)).toBe(true)
    // Once the person moves, nothing pulls them back.
    await page.mouse.move(400, 300)
    await page.mouse.wheel(0, -5_000)
    await expect.poll(isInSight).toBe(false)
    await page.evaluate(() => window.gallery.backend.tellDesktop({ update: { kind: 'failed', reason: 'No answer' } }))
    await page.getByText('No answer. Mailtide tries again').waitFor()
    expect(await isInSight()).toBe(false)
    await page.context().close()
  })

  it('one finds a setting by a word', async () => {
    const page = await open()
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('quota')
    expect(await page.locator('.row .name').allTextContents()).toEqual(['Keep to Gmail’s quota'])
    await page.getByRole('searchbox', { name: 'Search settings' }).fill('zebra')
    await page.getByText('No setting has “zebra” in its name or text').waitFor()
    await page.context().close()
  })
})
