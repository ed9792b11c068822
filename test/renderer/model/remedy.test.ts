import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { galleryAccounts } from '../../../renderer/gallery/accounts.ts'
import { gallerySnapshots } from '../../../renderer/gallery/snapshots.ts'
import { needsYou } from '../../../renderer/model/needs-you.ts'
import { remedyView } from '../../../renderer/model/remedy.ts'
import type { AccountSnapshot } from '../../../shared/status.ts'
import { now, words } from '../words.ts'

const quiet = { alerts: [] }
const accounts = galleryAccounts(now)
const email = 'wrong.deleted@client.example'

/** Every message with which an account asks for a sign-in, from the document that is held to the product word for word. */
function documented(): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/sign-in-problems.md'), 'utf8')
  const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  return rows.flatMap((cells) => (cells[2] === 'needs_reauth' ? [cells[4]!.replace('ADDRESS', email)] : []))
}

const asking = (message: string, reason = 'needs_reauth'): AccountSnapshot => ({
  ...accounts.upToDate,
  email,
  state: 'needs_reauth',
  reason,
  message,
  remedy: 'Do this',
})

/** Whose words stand there, and what the buttons do. */
function told(account: AccountSnapshot): string {
  const view = remedyView(account, quiet, words)
  if (view === null) return 'nothing'
  const own = Object.entries(words.remedies.text).find(([, text]) => text === view.text)?.[0] ?? 'the service'
  return [own, ...view.actions.map(({ kind }) => kind)].join(' ')
}

describe('a dead sign-in', () => {
  const expected: readonly (readonly [RegExp, string])[] = [
    [/^Google no longer accepts the sign-in/, 'withdrawn sign_in'],
    [/^The sign-in was not used since/, 'the service sign_in'],
    [/^The sign-in ended on/, 'testing sign_in show_how'],
    [/^The administrator of the Google Workspace does not allow/, 'blocked sign_in copy_client_id'],
    [/^The Google Workspace asks for a fresh sign-in/, 'session sign_in'],
    [/^The Google account was deleted, disabled or suspended/, 'the service sign_in'],
    [/^Google does not accept the OAuth client/, 'client bring_client'],
    [/^The OAuth client was (deleted|disabled)/, 'client bring_client'],
    [/^The OAuth client may not be used/, 'client bring_client'],
    [/^The OAuth client is only for members/, 'blocked sign_in copy_client_id'],
    [/^Google does not accept the stored sign-in/, 'the service sign_in'],
    [/^The sign-in does not permit reading mail/, 'scope sign_in'],
    [/service account/, 'the service try_again'],
  ]
  it.each(documented())('has a remedy: %s', (message) => {
    const wanted = expected.find(([pattern]) => pattern.test(message))?.[1] ?? 'the service sign_in'
    expect(told(asking(message))).toBe(wanted)
  })
  it('is documented in more than a handful of ways', () => {
    expect(new Set(documented()).size).toBeGreaterThan(12)
  })
  it('names the account where another one signed in, and the host that sealed it', () => {
    const view = remedyView(asking('You signed in as a@b.example', 'wrong_account'), quiet, words)
    expect(view?.actions).toEqual([{ kind: 'sign_in', label: `Sign in as ${email}` }])
    expect(told(asking('Sealed', 'sealed_elsewhere'))).toBe('sealed sign_in')
  })
  it('is told without the address, which the card shows already, and as whole sentences', () => {
    expect(remedyView(asking(`Google refuses the sign-in (${email})`), quiet, words)?.text).toBe(
      'Google refuses the sign-in. Do this.',
    )
  })
})

describe('an account that was stopped', () => {
  it.each([
    ['apiOff', 'apiOff try_again open_url'],
    ['blocked', 'blocked try_again copy_client_id'],
    ['bug', 'the service try_again'],
    ['disk', 'the service try_again open_folder'],
    ['clock', 'clock try_again'],
    ['upToDate', 'nothing'],
    ['quota', 'nothing'],
    ['paused', 'nothing'],
  ] as const)('has a remedy when it is %s', (name, wanted) => {
    expect(told(accounts[name])).toBe(wanted)
  })

  it('opens only pages of Google’s console, by the name that the desktop knows', () => {
    const urlFor = (remedy: string) => {
      const actions = remedyView({ ...accounts.apiOff, remedy } as AccountSnapshot, quiet, words)?.actions
      return actions?.flatMap((action) => (action.kind === 'open_url' ? [action.url] : []))[0]
    }
    const library = 'https://console.cloud.google.com/apis/library/gmail.googleapis.com'
    expect(urlFor(`Enable the Gmail API at ${library}?project=1 and wait`)).toBe(`${library}?project=1`)
    expect(
      urlFor('Enable it at https://console.developers.google.com/apis/api/gmail.googleapis.com/overview?project=12.'),
    ).toBe('https://console.cloud.google.com/apis/api/gmail.googleapis.com/overview?project=12')
    expect(urlFor('Enable it at https://evil.example/?https://console.cloud.google.com.evil.example/x')).toBe(library)
  })
})

it('whoever needs the person has a remedy, and nobody else', () => {
  const snapshots = Object.values(gallerySnapshots(now))
  for (const snapshot of snapshots) {
    for (const account of snapshot.accounts) {
      expect([account.email, remedyView(account, snapshot, words) !== null]).toEqual([
        account.email,
        needsYou(account, snapshot),
      ])
    }
  }
})
