import { writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { ConsentError, SimulatedMailbox, Simulator } from '../../electron/demo/types.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { browser, launchBrowser, openPage, picture } from '../support/chromium.ts'
import { type Installed, installCommand } from '../support/command.ts'
import { plantSecret } from '../support/log-watch.ts'
import { plantMailbox } from '../support/plant-mailbox.ts'
import {
  begin,
  consentAs,
  credentials,
  ended,
  listenerOf,
  look,
  paste,
  shownAddress,
  toConsent,
} from './sign-in-support.ts'

const ADA = 'ada@example.test'
const BOB = 'bob@example.test'
const EVE = 'eve@example.test'

let simulator: Simulator
let mailboxes: readonly SimulatedMailbox[]
let installed: Installed
let chromium: Browser
/** One page for all: nothing of one sign-in is kept for the next. */
let page: Page

beforeAll(async () => {
  if (browser === undefined) return
  simulator = await startSimulator({ dials: { consent: 'ask' } })
  mailboxes = [ADA, BOB, EVE].map((email, seed) => {
    const mailbox = simulator.addMailbox(email)
    fillMailbox(mailbox, { count: 20, seed })
    return mailbox
  })
  plantSecret('the client secret', simulator.clientSecret)
  installed = await installCommand(simulator)
  const file = join(installed.home, '..', 'client_secret.json')
  const { clientId: client_id, clientSecret: client_secret } = simulator
  await writeFile(
    file,
    JSON.stringify({ installed: { client_id, client_secret, redirect_uris: ['http://localhost'] } }),
  )
  const [opened] = await Promise.all([launchBrowser(), installed.run()])
  chromium = opened
  page = await openPage(chromium)
  expect(await installed.mailtide('clients', 'add', file, '--name', 'mine')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  if (browser === undefined) return
  await chromium.close()
  await installed.remove()
  for (const mailbox of mailboxes) plantMailbox(mailbox)
  await simulator.close()
})
beforeEach(({ skip }) => {
  if (browser === undefined) return skip('skipped: no Chromium is installed')
  Object.assign(simulator.dials, { verified: true, testingMode: false, tickBoxes: false, consentError: null })
})

const isUpToDate = ({ state, messages_stored }: AccountSnapshot) => state === 'up_to_date' && messages_stored === 20

const stored = async () => ({
  credentials: await credentials(installed),
  accounts: (await installed.status()).accounts.map(({ id, email }) => ({ id, email })),
})

describe('a person who signs in through the browser', () => {
  it('adds an account past the warning of an app that is not verified, and it is synced', async () => {
    simulator.dials.verified = false
    const command = installed.start('accounts', 'add', '--no-browser')
    await page.goto(await shownAddress(command))
    await picture(page, '1 choose an account')
    await page.getByRole('button', { name: ADA }).click()
    await page.getByRole('heading', { name: 'hasn’t verified' }).waitFor()
    await picture(page, '2 not verified')
    await page.getByText('Advanced').click()
    await picture(page, '2 not verified, advanced')
    await page.getByRole('button', { name: 'Go to Mailtide (unsafe)' }).click()
    await page.getByRole('heading', { name: 'wants access' }).waitFor()
    await picture(page, '3 consent')
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(page)).toContain(`access to ${ADA}`)
    await picture(page, '4 signed in')
    // The policy of the page lets its own style through, and nothing else.
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1"), "::before").borderRadius')).toBe('50%')
    expect(await page.evaluate('document.scripts.length')).toBe(0)
    expect(await command.ended).toMatchObject({
      code: 0,
      stdout: `Added ${ADA}. Its first download starts with the next cycle\n`,
    })
    await installed.until(({ accounts }) => accounts.length === 1 && accounts.every(isUpToDate))
  })

  it('adds another one, suggested by its address, as a tester of an app in testing', async () => {
    simulator.dials.testingMode = true
    const begun = await begin(installed, { login_hint: BOB })
    await page.goto(begun.url)
    // The account of the hint has the focus.
    await page.locator('button:focus', { hasText: BOB }).press('Enter')
    await page.getByText('currently being tested').waitFor()
    await picture(page, '2 testing')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'wants access' }).waitFor()
    expect(await page.locator('.who').textContent()).toBe(BOB)
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(page)).toContain(`access to ${BOB}`)
    expect(await look(installed, begun)).toMatchObject({ state: 'done', account: { email: BOB } })
    await installed.until(({ accounts }) => accounts.length === 2 && accounts.every(isUpToDate))
    // A second hit finds nobody, and changes nothing.
    const before = await stored()
    await expect(page.reload()).rejects.toThrow('ERR_CONNECTION_REFUSED')
    expect(await stored()).toEqual(before)
  })

  it('cancels, and reads in the browser and at the command that nothing was stored', async () => {
    const before = await stored()
    const command = installed.start('accounts', 'add', '--no-browser')
    await toConsent(page, await shownAddress(command), EVE)
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await ended(page)).toMatch(
      /told not to allow access[\s\S]*What to do: Sign in again[\s\S]*Nothing was stored/,
    )
    await picture(page, '5 refused')
    const { code, stderr } = await command.ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('mailtide: Google was told not to allow access\n')])
    expect(await stored()).toEqual(before)
  })

  it('heeds the warning of an app that is not verified, and reads how to get past it', async () => {
    simulator.dials.verified = false
    const begun = await begin(installed)
    await page.goto(begun.url)
    await page.getByRole('button', { name: EVE }).click()
    await page.getByRole('button', { name: 'Back to safety' }).click()
    expect(await ended(page)).toMatch(/told not to allow access[\s\S]*choose Advanced and then “Go to …”/)
    expect(await look(installed, begun)).toMatchObject({ state: 'failed', problem: { code: 'needs_reauth' } })
  })

  it.each([
    ['ticks the box of labels alone', 'See and edit your email labels', 'its box was left empty'],
    ['ticks no box', null, 'told not to allow access'],
  ])('%s, and reads which one it needs', async (name, box, words) => {
    const before = await stored()
    const begun = await begin(installed)
    const address = new URL(begun.url)
    const scope = address.searchParams.get('scope')
    address.searchParams.set('scope', `${scope} https://www.googleapis.com/auth/gmail.labels`)
    await toConsent(page, address.href, EVE)
    await picture(page, '3 consent with boxes')
    if (box !== null) await page.getByLabel(box).check()
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(page)).toMatch(new RegExp(`${words}[\\s\\S]*tick`))
    await picture(page, `5 ${name}`)
    expect(await look(installed, begun)).toMatchObject({ state: 'failed', problem: { code: 'needs_reauth' } })
    expect(await stored()).toEqual(before)
  })

  it('is refused with the wrong account, and nothing that is stored changes', async () => {
    const before = await stored()
    const command = installed.start('accounts', 'reauth', ADA, '--no-browser')
    expect(await consentAs(page, await shownAddress(command), BOB)).toContain(
      `You signed in as ${BOB}, but the mailbox asked for is ${ADA}`,
    )
    await picture(page, '5 wrong account')
    const { code, stderr } = await command.ended
    expect([code, stderr]).toEqual([1, expect.stringContaining(`You signed in as ${BOB}`)])
    expect(await stored()).toEqual(before)
  })

  it('signs a known account in again, without saying which', async () => {
    const command = installed.start('accounts', 'add', '--no-browser')
    await consentAs(page, await shownAddress(command), ADA)
    expect(await command.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('signed in again') })
    expect((await installed.status()).accounts).toHaveLength(2)
  })
})

describe('a sign-in that is given up while the browser is on Google’s page', () => {
  it('by Ctrl-C says so to the terminal, and to the browser that comes back', async () => {
    const before = await stored()
    const command = installed.start('accounts', 'add', '--no-browser')
    await toConsent(page, await shownAddress(command), EVE)
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('The sign-in was cancelled') })
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(page)).toContain('The sign-in was cancelled in Mailtide.')
    await picture(page, '5 given up')
    expect(await stored()).toEqual(before)
  })

  it('by DELETE says so too, and to a person who cancels as well', async () => {
    const begun = await begin(installed)
    await toConsent(page, begun.url, EVE)
    await installed.callAsOwner('DELETE', `/api/v1/sign-in/${begun.id}`)
    await page.getByRole('button', { name: 'Cancel' }).click()
    expect(await ended(page)).toContain('cancelled')
    expect(await look(installed, begun)).toMatchObject({ state: 'failed', problem: { code: 'aborted' } })
  })
})

describe('an error page of Google’s, from which no browser comes back', () => {
  it.each([
    ['access_denied', 'not one of its test users'],
    ['access_not_configured', 'administrator'],
    ['admin_policy_enforced', 'administrator'],
    ['deleted_client', 'was deleted'],
    ['disallowed_useragent', 'inside other programs'],
    ['invalid_client', 'does not know the OAuth client'],
    ['invalid_request', 'rejected the sign-in request'],
    ['org_internal', 'its own organisation'],
    ['policy_enforced', 'Advanced Protection'],
    ['rate_limit_exceeded', 'not let more people'],
    ['redirect_uri_mismatch', 'is not a desktop app'],
    ['restricted_client', 'not set up'],
  ] as const)('%s: the sign-in waits, and its pasted address says what it means', async (error, words) => {
    simulator.dials.consentError = error satisfies ConsentError
    const begun = await begin(installed)
    await page.goto(begun.url)
    const account = page.getByRole('button', { name: ADA })
    if (await account.isVisible()) await account.click()
    await page.getByText(new RegExp(`^Error 4\\d\\d: ${error}$`)).waitFor()
    await picture(page, `6 ${error}`)
    expect((await look(installed, begun)).state).toBe('waiting')
    expect(await paste(installed, begun, page.url())).toMatchObject({
      state: 'failed',
      problem: { code: 'needs_reauth', title: expect.stringContaining(words), remedy: expect.stringMatching(/\w/) },
    })
  })

  it('is pasted into the waiting command, after things that are none', async () => {
    simulator.dials.consentError = 'org_internal'
    const command = installed.converse('accounts', 'add', '--no-browser')
    const url = await shownAddress(command)
    command.child.stdin?.write('\nI see an error\n')
    await page.goto(url)
    await page.getByRole('button', { name: ADA }).click()
    await page.getByText('org_internal').waitFor()
    command.child.stdin?.write(`${page.url()}\n`)
    const { code, stderr } = await command.ended
    expect([code, stderr]).toEqual([1, expect.stringContaining('neither the address nor the code of a sign-in')])
    expect(stderr).toMatch(
      /mailtide: The OAuth client is only for members of its own organisation\nWhat to do: .+\nMore: mailtide guide org_internal\n$/,
    )
  })
})

describe('the listener', () => {
  it('keeps two sign-ins apart', async () => {
    const [first, second] = [await begin(installed, { login_hint: ADA }), await begin(installed, { login_hint: BOB })]
    const [one, other] = [page, await openPage(chromium)]
    onTestFinished(() => other.close())
    await toConsent(one, first.url, ADA)
    // The state of the first one at the port of the second one.
    const crossed = new URL(listenerOf(second.url))
    crossed.search = new URLSearchParams({
      state: new URL(first.url).searchParams.get('state') ?? '',
      code: 'x',
    }).toString()
    expect((await other.goto(crossed.href))?.status()).toBe(400)
    await picture(other, '7 another sign-in')
    await toConsent(other, second.url, BOB)
    await other.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(other)).toContain(BOB)
    expect((await look(installed, first)).state).toBe('waiting')
    await one.getByRole('button', { name: 'Continue' }).click()
    expect(await ended(one)).toContain(ADA)
    expect(await look(installed, first)).toMatchObject({ state: 'done', account: { email: ADA } })
    expect(await look(installed, second)).toMatchObject({ state: 'done', account: { email: BOB } })
  })

  it('is not impressed by other pages, other paths, icons and a port scan', async () => {
    const begun = await begin(installed)
    const listener = listenerOf(begun.url)
    const state = new URL(begun.url).searchParams.get('state') ?? ''
    expect((await page.goto(`${listener}favicon.ico`))?.status()).toBe(404)
    await picture(page, '7 nothing here')
    expect((await page.goto(listener))?.status()).toBe(400)
    expect((await page.goto(`${listener}?state=guessed&code=x`))?.status()).toBe(400)
    // Another page that knows the state, and asks by script, picture and frame.
    await page.goto(simulator.url)
    await page.evaluate(`(async (url) => {
      await fetch(url, { mode: 'no-cors' }).catch(() => undefined)
      for (const name of ['img', 'iframe', 'script']) {
        const element = document.createElement(name)
        const loaded = new Promise((done) => { element.onload = element.onerror = done })
        element.src = url
        document.body.append(element)
        await loaded
      }
    })('${listener}?state=${state}&code=stolen')`)
    const port = Number(new URL(listener).port)
    const sockets = [
      '',
      'SSH-2.0-scan\r\n',
      '\u0016\u0003\u0001',
      'GET / HTTP/1.1\r\nHost: evil\r\n\r\n',
      `GET /${'x'.repeat(100_000)}`,
    ].map((junk) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => undefined).write(junk)
      return socket
    })
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    expect((await look(installed, begun)).state).toBe('waiting')
    expect(await consentAs(page, begun.url, ADA)).toContain(`access to ${ADA}`)
    expect(await look(installed, begun)).toMatchObject({ state: 'done', account: { email: ADA } })
  })
})
