import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createRoster } from '../../electron/service/roster.ts'
import { createSignIns } from '../../electron/service/sign-ins.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { adaAccount } from '../api/fake-service.ts'
import { simulated } from '../demo/simulated.ts'
import { browser, openPage } from '../support/chromium.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

/** Pictures of the pages are kept there when it is set, for people to look at. */
const pictures = process.env['MAILTIDE_SCREENSHOTS']

interface Way {
  readonly name: string
  /** What the person does on the consent page. */
  readonly person: 'allows' | 'refuses' | 'allows too little'
  readonly isWrongAccount?: boolean
  readonly state: 'done' | 'failed'
  readonly title: string
  readonly words: string
}

const ways: readonly Way[] = [
  { name: 'success', person: 'allows', state: 'done', title: 'Signed in', words: 'access to ada@example.com' },
  { name: 'refusal', person: 'refuses', state: 'failed', title: 'Not signed in', words: 'was told not to allow' },
  { name: 'unticked', person: 'allows too little', state: 'failed', title: 'Not signed in', words: 'tick the box' },
  {
    name: 'wrong account',
    person: 'allows',
    isWrongAccount: true,
    state: 'failed',
    title: 'Not signed in',
    words: 'You signed in as bob@example.com',
  },
]

describe('in a real browser', () => {
  it.for(ways)('a sign-in ends on a page that says how it went: $name', { timeout: 60_000 }, async (way, { skip }) => {
    if (browser === undefined) return skip('skipped: no Chromium is installed')
    const { simulator } = await simulated()
    simulator.dials.consent = way.person === 'refuses' ? 'deny' : 'grant'
    const client = { client_id: simulator.clientId, client_secret: simulator.clientSecret, project_id: null }
    const signIns = createSignIns({
      clock: createFakeClock(),
      log: silentLog,
      roster: createRoster(),
      authUrl: `${simulator.oauthUrl}auth`,
      oauthUrl: simulator.oauthUrl,
      clients: { choose: async () => client },
      adopt: async () => {
        if (way.isWrongAccount !== true) return accountId('ada1')
        throw new AppError(
          'wrong_account',
          'You signed in as bob@example.com, but the mailbox asked for is ada@example.com',
          {
            remedy: 'Sign in again, and choose ada@example.com on Google’s page',
          },
        )
      },
      welcome: async () => adaAccount,
    })
    onTestFinished(() => signIns.close())
    const { id, url } = await signIns.beginSignIn({
      client: undefined,
      email: undefined,
      account: undefined,
      paste: false,
    })
    const address = new URL(url)
    if (way.person === 'allows too little') address.searchParams.set('scope', 'openid')
    const page = await openPage(browser, address.href)
    expect(await page.evaluate('document.querySelector("h1").textContent')).toBe(way.title)
    expect(await page.evaluate('document.body.innerText')).toContain(way.words)
    // The policy of the page lets its own style through, and nothing else.
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1"), "::before").content')).not.toBe('none')
    expect(await page.evaluate('document.scripts.length')).toBe(0)
    expect(signIns.signIn(id).state).toBe(way.state)
    if (pictures !== undefined) await writeFile(join(pictures, `sign-in ${way.name}.png`), await page.screenshot())
  })
})
