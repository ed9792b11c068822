import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gallery, hasBrowser, openGallery } from './window.ts'

let gallery: Gallery
beforeAll(async () => {
  if (hasBrowser) gallery = await openGallery()
})
afterAll(async () => {
  if (hasBrowser) await gallery.close()
})

/** What the page asked of the service, oldest first. */
const calls = (page: Page) =>
  page.evaluate(() => window.gallery.backend.calls.map(({ name, input }) => `${name} ${JSON.stringify(input)}`))
const card = (page: Page, email: string) => page.getByRole('article', { name: email })
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '')

describe.skipIf(!hasBrowser)('on the Overview', () => {
  it('one syncs now, stops, starts and chooses how often', async () => {
    const page = await gallery.open('?scene=calm')
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByRole('combobox', { name: 'Every' }).selectOption('15 minutes')
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.evaluate(() => window.gallery.backend.push(window.gallery.snapshots.stopped))
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Stopped')
    expect(await page.title()).toBe('Stopped · Overview · Mailtide')
    expect(await page.getByRole('button', { name: 'Sync now' }).isDisabled()).toBe(true)
    // To choose an interval does not start what was stopped.
    await page.getByRole('combobox', { name: 'Every' }).selectOption('1 minute')
    await page.getByRole('button', { name: 'Start' }).click()
    expect(await calls(page)).toEqual([
      'syncNow {}',
      'start {"interval_minutes":15}',
      'stop {}',
      'settingsChange {"interval_minutes":1}',
      'start {}',
    ])
    await page.context().close()
  })

  it('an interval of one’s own is among the choices', async () => {
    const page = await gallery.open('?scene=needYou')
    const select = page.getByRole('combobox', { name: 'Every' })
    expect(await select.inputValue()).toBe('7')
    expect(await select.getByRole('option').allTextContents()).toContain('7 minutes')
    await page.context().close()
  })

  it('of fifty accounts only the one that moved is drawn again', async () => {
    const page = await gallery.open('?scene=fifty')
    const touched = await page.evaluate(async () => {
      const { backend, snapshots } = window.gallery
      const cards = new Set<string>()
      const watch = new MutationObserver((records) => {
        for (const { target } of records) {
          const element = target instanceof Element ? target : target.parentElement
          cards.add(element?.closest('article')?.querySelector('.sr')?.textContent ?? 'beside the cards')
        }
      })
      watch.observe(document.querySelector('.accounts')!.closest('main')!, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      })
      const [first, moved, ...others] = snapshots.fifty.accounts
      for (let step = 1; step <= 5; step++) {
        backend.push({
          ...snapshots.fifty,
          revision: 1 + step,
          accounts: [first!, { ...moved!, messages_stored: moved!.messages_stored + step }, ...others],
        })
        await new Promise(requestAnimationFrame)
      }
      await new Promise(requestAnimationFrame)
      watch.disconnect()
      return { cards: [...cards].toSorted(), moved: moved!.email }
    })
    // The sum of all stands above them.
    expect(touched.cards).toEqual(['beside the cards', touched.moved].toSorted())
    await page.context().close()
  })

  it('the list of messages with problems opens, is tried again, and its numbers stay', async () => {
    const page = await gallery.open('?scene=busy')
    const margot = card(page, 'margot.delacroix')
    const toggle = margot.getByRole('button', { name: '3 waiting' })
    await toggle.click()
    expect(await toggle.getAttribute('aria-expanded')).toBe('true')
    await margot.getByText('Connection ends at 47 MB of 61 MB').waitFor()
    const link = margot.getByRole('link', { name: '1932f0c4a7be11d8' })
    expect(await link.getAttribute('href')).toBe(
      'https://mail.google.com/mail/?authuser=margot.delacroix%40kustvaart-archief.example#all/1932f0c4a7be11d8',
    )
    await margot.getByRole('button', { name: 'Try now' }).click()
    const account = { account: 'margot.delacroix@kustvaart-archief.example' }
    expect((await calls(page)).filter((call) => call.startsWith('failuresRetry'))).toEqual([
      `failuresRetry ${JSON.stringify(account)}`,
    ])
    await toggle.click()
    expect(await margot.getByRole('table').count()).toBe(0)
    await page.context().close()
  })

  it('one signs in again from the card, gives it up, and sees it end well', async () => {
    const page = await gallery.open('?scene=busy')
    const article = card(page, 'facturation')
    await article.getByRole('button', { name: 'Sign in again' }).click()
    await article.getByText('Finish the sign-in on Google’s page').waitFor()
    expect(await page.evaluate(() => window.gallery.backend.opened)).toEqual([
      'https://accounts.google.com/o/oauth2/v2/auth?client_id=made-up',
    ])
    await article.getByRole('button', { name: 'Give up' }).click()
    await article.getByText('Finish the sign-in').waitFor({ state: 'detached' })
    expect((await calls(page)).at(-1)).toBe('signInCancel {"id":"sign-in-1"}')

    await article.getByRole('button', { name: 'Sign in again' }).click()
    await article.getByText('Finish the sign-in').waitFor()
    await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      const [account] = snapshots.calm.accounts
      const url = 'https://accounts.google.com/'
      const over = {
        id: 'sign-in-1',
        url,
        state: 'done',
        expires_at: '2026-11-25T15:00:00.000Z',
        problem: null,
      } as const
      backend.answer('signInShow', { ...over, account: account! })
    })
    await article.getByText('Finish the sign-in').waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('a sign-in that Google refuses says why, beside its button', async () => {
    const page = await gallery.open('?scene=busy')
    await page.evaluate(() => {
      const problem = {
        type: 'urn:mailtide:problem:needs_reauth',
        title: 'Google was told not to allow access',
        status: 409,
        code: 'needs_reauth',
        remedy: 'Sign in again and choose Allow',
      } as const
      const { backend } = window.gallery
      const url = 'https://accounts.google.com/'
      const expires_at = '2026-11-25T15:00:00.000Z'
      backend.answer('signInShow', { id: 'sign-in-1', url, state: 'failed', expires_at, account: null, problem })
    })
    const article = card(page, 'facturation')
    await article.getByRole('button', { name: 'Sign in again' }).click()
    await article.getByRole('alert').getByText('Google was told not to allow access.').waitFor()
    expect(await article.getByRole('button', { name: 'Sign in again' }).getAttribute('aria-disabled')).toBe(null)
    await page.context().close()
  })

  it('the file of a new OAuth client repairs an account whose client is dead', async () => {
    const page = await gallery.open('?scene=rare')
    const article = card(page, 'kasse@')
    const bring = async (text: string) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        article.getByRole('button', { name: 'Bring client file' }).click(),
      ])
      await chooser.setFiles({
        name: 'client_secret.json',
        mimeType: 'application/json',
        buffer: Buffer.from(text),
      })
    }
    await bring('not a client')
    await article.getByText('This is no JSON file.').waitFor()
    await bring('{"installed":{"client_id":"x"}}')
    await article.getByText('Finish the sign-in').waitFor()
    expect((await calls(page)).slice(0, 2)).toEqual([
      'clientsAdd {"client":{"installed":{"client_id":"x"}}}',
      'signInBegin {"account":"kasse@werft-nord.example","client":"mailtide"}',
    ])
    await page.context().close()
  })

  it('an account is removed with its mail kept, unless the person says otherwise', async () => {
    const page = await gallery.open('?scene=calm')
    const article = card(page, 'anna.lindqvist')
    const more = article.getByRole('button', { name: 'More for anna' })
    const openDialog = async () => {
      await more.click()
      await page.getByRole('menuitem', { name: 'Remove account' }).click()
      await page.getByRole('dialog', { name: 'Remove anna.lindqvist@nordvik.example' }).waitFor()
    }
    await openDialog()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await focused(page)).toBe('More for anna.lindqvist@nordvik.example')
    expect(await calls(page)).toEqual([])

    await openDialog()
    await page.getByRole('button', { name: 'Remove account' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await openDialog()
    await page.getByRole('radio', { name: 'Delete the stored mail' }).check()
    await page.getByRole('checkbox', { name: 'Take back Google’s permission' }).check()
    await page.getByRole('button', { name: 'Remove and delete mail' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await calls(page)).toEqual([
      'accountsRemove {"id":"anna","mail":"keep","revoke":"false"}',
      'accountsRemove {"id":"anna","mail":"delete","revoke":"true"}',
    ])
    await page.context().close()
  })

  it('everything is reached by keyboard, and the focus comes back', async () => {
    const page = await gallery.open('?scene=calm')
    const seen: string[] = []
    for (let step = 0; step < 11; step++) {
      await page.keyboard.press('Tab')
      seen.push((await focused(page)).slice(0, 24))
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
      expect([seen.at(-1), ring]).toEqual([seen.at(-1), 'solid'])
    }
    expect(seen).toEqual([
      'Skip to content',
      'Overview',
      'Metrics',
      'Logs',
      'Settings',
      'Add account',
      expect.stringContaining('1 minute'),
      'Sync now',
      'Stop',
      'More for anna.lindqvist@',
      'More for maha@alkhatib-t',
    ])
    await page.keyboard.press('Enter')
    expect(await focused(page)).toBe('Sync now')
    await page.keyboard.press('ArrowUp')
    expect(await focused(page)).toBe('Remove account')
    await page.keyboard.press('p')
    expect(await focused(page)).toBe('Pause')
    await page.keyboard.press('Enter')
    expect(await calls(page)).toEqual(['accountsChange {"id":"maha@alkhatib-tarjama.example","paused":true}'])
    expect(await focused(page)).toBe('More for maha@alkhatib-tarjama.example')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('menu').count()).toBe(0)
    expect(await focused(page)).toBe('More for maha@alkhatib-tarjama.example')
    await page.context().close()
  })

  it('an account is found among fifty', async () => {
    const page = await gallery.open('?scene=fifty')
    const search = page.getByRole('searchbox', { name: 'Filter accounts' })
    await search.fill('TEAM-17')
    expect(await page.getByRole('article').count()).toBe(1)
    await search.fill('nobody')
    await page.getByRole('button', { name: 'Show all' }).click()
    expect(await page.getByRole('article').count()).toBe(50)
    await page.context().close()
  })

  it('a lost connection is told, nothing claims to go on, and it is tried again', async () => {
    const page = await gallery.open('?scene=calm')
    await page.evaluate(() => window.gallery.backend.connect({ state: 'lost', retryAt: new Date(Date.now() + 5_000) }))
    const banner = page.locator('.banner')
    expect(await banner.textContent()).toContain('No connection to Mailtide. Shown as of 14:26:08; trying again in 5 s')
    expect(await page.locator('.countdown').count()).toBe(0)
    await banner.getByRole('button', { name: 'Try now' }).click()
    expect(await calls(page)).toEqual(['retryNow null'])
    await page.evaluate(() => window.gallery.backend.connect({ state: 'connected' }))
    await banner.waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('a page without the token asks for it, and shows what it may meanwhile', async () => {
    const page = await gallery.open('?scene=none')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Looking for Mailtide')
    await page.evaluate(() => {
      const problem = { type: 'x', title: 'This needs the API token', status: 401, code: 'forbidden' } as const
      window.gallery.backend.connect({ state: 'refused', problem })
    })
    await page.getByRole('button', { name: 'Enter token' }).click()
    await page.getByRole('textbox', { name: 'API token' }).fill(' the-token ')
    await page.getByRole('button', { name: 'Use token' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await calls(page)).toEqual(['giveToken "the-token"', 'accountsList {}'])
    await page.context().close()
  })

  it('people who listen hear of a change as a sentence', async () => {
    const page = await gallery.open('?scene=calm')
    await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      const [anna, ...others] = snapshots.calm.accounts
      backend.push({ ...snapshots.calm, accounts: [{ ...anna!, state: 'paused' } as typeof anna & object, ...others] })
    })
    await page.getByText('anna.lindqvist@nordvik.example is paused.').waitFor({ state: 'attached' })
    await page.context().close()
  })

  it('shows every address whole', async () => {
    for (const width of [1600, 800, 400]) {
      const page = await gallery.open('?scene=five', { width, height: 600 })
      await page.getByRole('article').first().waitFor()
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('.account-name, .address bdi')]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
          .map(({ textContent }) => textContent),
      )
      expect(cut).toEqual([])
      await page.context().close()
    }
  })

  it('a page that reads from right to left mirrors, and addresses do not', async () => {
    const page = await gallery.open('?scene=busy', { width: 800, height: 600 })
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl'
    })
    const [left, right] = await page.evaluate(() =>
      ['.sidebar', '#main'].map((selector) => document.querySelector(selector)!.getBoundingClientRect().left),
    )
    expect(left).toBeGreaterThan(right!)
    const addresses = await page.evaluate(() =>
      [...document.querySelectorAll('.address')].map(({ children }) => {
        const [name, domain] = [...children].map((part) => part.getBoundingClientRect())
        return {
          isOneLine: name!.top === domain!.top,
          nameComesFirst: name!.left < domain!.left || name!.top < domain!.top,
        }
      }),
    )
    expect(addresses.filter(({ isOneLine }) => isOneLine).length).toBeGreaterThan(1)
    expect(addresses.every(({ nameComesFirst }) => nameComesFirst)).toBe(true)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
      0,
    )
    await page.context().close()
  })

  it('the policy of both hosts allows all that it does', async () => {
    const page = await gallery.open('?scene=busy')
    await page.getByRole('button', { name: 'More for anna' }).click()
    await page.getByRole('menuitem').first().waitFor()
    expect(await page.evaluate(() => document.querySelectorAll('#root [style]').length)).toBeLessThanOrEqual(1)
    expect(page.faults).toEqual([])
    await page.context().close()
  })
})

describe.skipIf(!hasBrowser)('whether the copy is complete', () => {
  it('is one line of the card, and behind it figures by label, what was found, and the way to repair it', async () => {
    const page = await gallery.open('?scene=calm')
    const email = await page.evaluate(() => {
      const { backend, snapshots } = window.gallery
      const figures = { gmail: 12_345, stored: 12_340, waiting: 3, gone: 41 }
      const at = '2026-11-25T11:26:08.000Z'
      const completeness = { figures, checked_at: at, compared_at: at, running: null, lost: 1, differences: 3 }
      const [first, ...rest] = snapshots.calm.accounts
      if (first === undefined) throw new Error('No account')
      const accounts = [{ ...first, completeness: { ...completeness, verdict: 'differs' as const } }, ...rest]
      backend.push({ ...snapshots.calm, revision: 9, accounts })
      return first.email
    })
    expect(await card(page, email).locator('.account-complete').textContent()).toMatch(
      /^Not complete: 2 differences not repaired, 1 original beyond repair, checked /,
    )
    await card(page, email).getByRole('button', { name: 'Details' }).click()
    const dialog = page.getByRole('dialog', { name: `Is the copy of ${email} complete?` })
    expect(await dialog.getByRole('row').allTextContents()).toEqual([
      'LabelGmailStoredWaitingGone, kept',
      'Everything12,34512,340341',
      'INBOX1,2041,200312',
      'SENT3,3103,31000',
      'Archiv/Rechnungen 2019 bis 202480280207',
    ])
    expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
      '1 original is damaged: 1 beyond repair: Gmail no longer has it',
      '5 messages of Gmail are missing: 3 repaired',
    ])
    await dialog.getByRole('button', { name: 'Repair' }).click()
    expect(await calls(page)).toEqual([
      `verifyShow {"account":"${email}"}`,
      `verifyBegin {"account":"${email}","repair":true}`,
    ])
    await page.keyboard.press('Escape')
    expect(await focused(page)).toBe('Details')
    expect(page.faults).toEqual([])
    await page.context().close()
  })
})
