import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

describe.skipIf(!hasBrowser)('the demo account in the window', () => {
  it('is marked as what it is, leads on to an account of one’s own, and is ended with its mail', async () => {
    const page = await gallery.open('?scene=demo#/overview')
    const card = page.getByRole('article', { name: 'ada@demo.mailtide.example Demo' })
    await card.getByText('Made-up mail, from a Gmail on this computer.').waitFor()
    expect(await card.getByRole('link', { name: 'Add your Gmail' }).getAttribute('href')).toBe('#/welcome')
    await page.evaluate(() =>
      window.gallery.backend.answer('accountsRemove', {
        message: 'Removed',
        email: 'ada@demo.mailtide.example',
        mail: 'deleting',
        revoked: false,
      }),
    )
    await card.getByRole('button', { name: 'End the demo' }).click()
    const dialog = page.getByRole('dialog', { name: 'End the demo' })
    // There is no permission of Google's to speak of.
    expect(await dialog.getByRole('checkbox').count()).toBe(0)
    await dialog.getByRole('button', { name: 'End the demo' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => window.gallery.backend.calls.at(-1))).toEqual({
      name: 'accountsRemove',
      input: { id: 'demo', mail: 'delete', revoke: 'false' },
    })
    expect(page.faults).toEqual([])
    await page.context().close()
  })

  it('cannot be signed in to, and beside an account of one’s own asks for no other', async () => {
    const page = await gallery.open('?scene=demoBeside#/overview')
    const card = page.getByRole('article', { name: 'ada@demo.mailtide.example Demo' })
    await card.getByText('The demo mailbox is not running: its thread ended.').waitFor()
    expect(await card.getByRole('link', { name: 'Add your Gmail' }).count()).toBe(0)
    await card.getByRole('button', { name: /^More for ada@demo|ada@demo/ }).click()
    const items = await page.getByRole('menuitem').allTextContents()
    expect(items).toContain('End the demo')
    expect(items).not.toContain('Sign in again')
    await page.keyboard.press('Escape')
    await page.evaluate(() => {
      window.location.hash = '#/settings'
    })
    await page.getByText('ada@demo.mailtide.example (demo)').waitFor()
    await page.context().close()
  })
})
