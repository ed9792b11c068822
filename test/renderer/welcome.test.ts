import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError, toProblem } from '../../shared/errors.ts'
import { withoutClient } from './views.ts'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

const calls = (page: Page) =>
  page.evaluate(() =>
    window.gallery.backend.calls
      .filter(({ name }) => name !== 'clientsList')
      .map(({ name, input }) => `${name} ${JSON.stringify(input)}`),
  )
const heading = (page: Page) => page.getByRole('region').getByRole('heading', { level: 2 }).first()
const file = (text: string) => ({
  name: 'client_secret_1.json',
  mimeType: 'application/json',
  buffer: Buffer.from(text),
})
const client = { installed: { client_id: 'made-up', client_secret: 'made-up', redirect_uris: ['http://localhost'] } }

describe.skipIf(!hasBrowser)('on the welcome', () => {
  it('one lands without an account, and stays where one is when accounts come', async () => {
    const page = await gallery.open('?scene=empty')
    await page.waitForURL('**#/welcome')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(
      'Keep a complete copy of your Gmail on this computer',
    )
    await page.evaluate(() => window.gallery.backend.push(window.gallery.snapshots.calm))
    await page.getByRole('heading', { level: 1, name: 'Add an account' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/welcome')
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('the guide goes step by step, and remembers how far one came', async () => {
    const page = await gallery.open('?scene=empty')
    await withoutClient(page)
    expect(await heading(page).textContent()).toBe('Create a Google project')
    await page.getByRole('button', { name: 'Done, continue' }).click()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Turn on the Gmail API')
    await page.getByRole('button', { name: 'Done, continue' }).click()
    expect(await page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('2 of 8 steps done')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('link', { name: 'Add account' }).first().click()
    await page.locator('.guide').waitFor()
    expect(await heading(page).textContent()).toBe('Describe the app')
    expect(await page.evaluate(() => Object.entries(window.localStorage))).toEqual([
      ['mailtide-guide', '["project","api"]'],
    ])
    await page.getByRole('link', { name: /^Open the page at Google/ }).click()
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual([
      'https://console.cloud.google.com/auth/overview',
    ])
    await page.context().close()
  })

  it('a wrong file is told in words, and the right one leads on to the sign-in', async () => {
    const page = await gallery.open('?scene=empty')
    await withoutClient(page)
    await page.getByRole('link', { name: 'Add the client to Mailtide' }).click()
    const input = page.locator('input[type=file]').first()
    const alert = page.getByRole('alert').filter({ hasText: /./ }).first()
    await input.setInputFiles(file('%PDF-1.7'))
    await expect.poll(() => alert.textContent()).toContain('This is no JSON file, or not the whole of one')
    await input.setInputFiles(file(' '.repeat(100_001)))
    await expect.poll(() => alert.textContent()).toContain('This file is far too long')
    await page.evaluate(
      (problem) => window.gallery.backend.refuse('clientsAdd', problem),
      toProblem(
        new AppError('bad_token_file', 'The OAuth client is of the type web application', {
          remedy: 'Create a client of the type desktop app',
          guide: 'redirect_uri_mismatch',
        }),
      ),
    )
    await input.setInputFiles(file('{"web":{}}'))
    await expect.poll(() => alert.textContent()).toContain('The OAuth client is of the type web application')
    // What the guide says of it stands beside it.
    await page.getByText('Only that type can return the browser').first().waitFor()
    await page.evaluate(() => {
      const added = { name: 'mailtide', client_id: 'made-up', project_id: null, accounts: [] }
      window.gallery.backend.answer('clientsAdd', { client: added })
      window.gallery.backend.answer('clientsList', { clients: [added] })
    })
    await page.getByRole('button', { name: 'Paste instead' }).click()
    await page.getByRole('textbox', { name: 'Content of the file' }).fill(JSON.stringify(client))
    await page.getByRole('button', { name: 'Use this text' }).click()
    await page.getByText('Mailtide keeps the client “mailtide” now').waitFor()
    expect(await page.getByRole('textbox', { name: 'Content of the file' }).count()).toBe(0)
    expect((await calls(page)).at(-1)).toBe(`clientsAdd ${JSON.stringify({ client })}`)
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await heading(page).textContent()).toBe('Sign in')
    // Nothing that was brought is kept by the browser.
    expect(await page.evaluate(() => JSON.stringify(window.localStorage))).not.toContain('made-up')
    await page.context().close()
  })

  it('a sign-in that Google refuses is explained, and one that it allows ends on the Overview', async () => {
    const page = await gallery.open('?scene=empty#/welcome')
    await page.evaluate(
      (problem) => window.gallery.backend.refuse('signInBegin', problem),
      toProblem(new AppError('needs_reauth', 'Google says that access was denied', { guide: 'access_denied' })),
    )
    await page.getByRole('button', { name: 'Sign in with Google' }).click()
    await page.getByText('Someone clicked').first().waitFor()
    await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      backend.answer('signInBegin', {
        id: 's',
        url: 'https://accounts.google.com/made-up',
        state: 'done',
        expires_at: '2026-11-25T15:00:00.000Z',
        account: snapshots.calm.accounts[0]!,
        problem: null,
      })
      backend.push(snapshots.calm)
    })
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await page.waitForURL('**#/overview')
    await page.getByRole('heading', { level: 1, name: 'Everything is up to date' }).waitFor()
    expect(await calls(page)).toEqual(['signInBegin {"client":"mailtide"}', 'signInBegin {"client":"mailtide"}'])
    await page.context().close()
  })

  it('an error opens by its address, and is found in a line from Google’s page', async () => {
    const page = await gallery.open('?scene=empty#/welcome/invalid_scope')
    await page.getByText('The project does not list the permission to read mail.').first().waitFor()
    expect(await heading(page).textContent()).toBe('Add the permission to read mail')
    await page.getByRole('textbox', { name: 'What Google’s page says' }).fill('Error 403: org_internal')
    await page.getByRole('status').filter({ hasText: 'does not belong to its organisation' }).waitFor()
    await page.context().close()
  })

  it('a token of another tool is taken over, with the address that a service account needs', async () => {
    const page = await gallery.open('?scene=empty#/welcome')
    await page.getByRole('radio', { name: /^A sign-in of another tool/ }).check()
    await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      backend.answer('accountsAdd', { account: snapshots.calm.accounts[0]! })
      backend.push(snapshots.calm)
    })
    await page.getByRole('textbox', { name: 'Address of the mailbox' }).fill('ada@nordvik.example')
    await page.locator('input[type=file]').first().setInputFiles(file('{"type":"service_account"}'))
    await page.waitForURL('**#/overview')
    expect(await calls(page)).toEqual([
      'accountsAdd {"authorized_user":{"type":"service_account"},"email":"ada@nordvik.example"}',
    ])
    await page.context().close()
  })

  it('the demo is one button: what keeps it from starting is told there, and it ends on the Overview', async () => {
    const page = await gallery.open('?scene=empty#/welcome')
    await page.getByRole('radio', { name: /^A demo mailbox/ }).check()
    await page.evaluate(
      (problem) => window.gallery.backend.refuse('demoAdd', problem),
      toProblem(
        new AppError('demo', 'The demo mailbox is not running: its thread ended', {
          remedy: 'Mailtide keeps trying',
        }),
      ),
    )
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await page.getByRole('alert').filter({ hasText: 'The demo mailbox is not running: its thread ended' }).waitFor()
    await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      backend.answer('demoAdd', { account: snapshots.demo.accounts[0]!, added: true })
      backend.push(snapshots.demo)
    })
    // It is told where it is, too, should somebody come back.
    await page.getByRole('heading', { level: 2, name: 'The demo is running' }).waitFor()
    await page.evaluate(() => window.gallery.backend.push(window.gallery.snapshots.empty))
    await page.getByRole('button', { name: 'Start the demo' }).click()
    await page.waitForURL('**#/overview')
    expect(await calls(page)).toEqual(['demoAdd {}', 'demoAdd {}'])
    await page.context().close()
  })
})
