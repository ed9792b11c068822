import { describe, expect, it } from 'vitest'
import { galleryAccounts } from '../../../renderer/gallery/accounts.ts'
import { gallerySnapshots } from '../../../renderer/gallery/snapshots.ts'
import { remedyView } from '../../../renderer/model/remedy.ts'
import { type FailureCause, failureCauses } from '../../../shared/errors.ts'
import { needsYou } from '../../../shared/needs-you.ts'
import type { AccountSnapshot } from '../../../shared/status.ts'
import { now, words } from '../words.ts'

const quiet = { alerts: [] }
const accounts = galleryAccounts(now)
const email = 'wrong.deleted@client.example'

const asking = (message: string, reason = 'needs_reauth', cause?: FailureCause): AccountSnapshot => ({
  ...accounts.upToDate,
  email,
  state: 'needs_reauth',
  reason,
  message,
  remedy: 'Do this',
  cause,
})

/** Whose words stand there, and what the buttons do. */
function told(account: AccountSnapshot): string {
  const view = remedyView(account, quiet, words, now)
  if (view === null) return 'nothing'
  const own = Object.entries(words.remedies.text).find(([, text]) => text === view.text)?.[0] ?? 'the service'
  return [own, ...view.actions.map(({ kind }) => kind)].join(' ')
}

describe('a dead sign-in', () => {
  const expected: Readonly<Record<FailureCause, string>> = {
    withdrawn: 'withdrawn sign_in',
    testing_mode: 'testing sign_in show_how',
    session_control: 'session sign_in',
    scope: 'scope sign_in',
    client: 'client bring_client',
    blocked: 'blocked sign_in copy_client_id',
    service_account: 'the service try_again',
    clock: 'the service sign_in',
  }
  it.each(failureCauses)('has a remedy for the cause %s, whatever is said of it', (cause) => {
    expect(told(asking('Whatever was said', 'needs_reauth', cause))).toBe(expected[cause])
  })
  it('has one without a known cause', () => {
    expect(told(asking('The OAuth client of a service account was deleted by an administrator'))).toBe(
      'the service sign_in',
    )
  })
  it('names the account where another one signed in, and the host that sealed it', () => {
    const view = remedyView(asking('You signed in as a@b.example', 'wrong_account'), quiet, words, now)
    expect(view?.actions).toEqual([{ kind: 'sign_in', label: `Sign in as ${email}` }])
    expect(told(asking('Sealed', 'sealed_elsewhere'))).toBe('sealed sign_in')
  })
  it('is told without the address, which the card shows already, and as whole sentences', () => {
    expect(remedyView(asking(`Google refuses the sign-in (${email})`), quiet, words, now)?.text).toBe(
      'Google refuses the sign-in. Do this.',
    )
  })
})

describe('an account that was stopped', () => {
  it.each([
    ['apiOff', 'apiOff try_again open_url'],
    ['blocked', 'blocked try_again copy_client_id'],
    ['bug', 'the service try_again'],
    ['disk', 'the service try_again settings open_folder'],
    ['clock', 'clock try_again'],
    ['upToDate', 'nothing'],
    ['quota', 'nothing'],
    ['paused', 'nothing'],
  ] as const)('has a remedy when it is %s', (name, wanted) => {
    expect(told(accounts[name])).toBe(wanted)
  })

  it('opens only pages of Google’s console', () => {
    const urlFor = (url: string) => {
      const action = { kind: 'open_page', url } as const
      const actions = remedyView({ ...accounts.apiOff, action } as AccountSnapshot, quiet, words, now)?.actions
      return actions?.flatMap((action) => (action.kind === 'open_url' ? [action.url] : []))[0]
    }
    const library = 'https://console.cloud.google.com/apis/library/gmail.googleapis.com'
    expect(urlFor(`${library}?project=1`)).toBe(`${library}?project=1`)
    expect(urlFor('https://evil.example/?https://console.cloud.google.com/')).toBe(library)
    expect(urlFor('https://console.cloud.google.com.evil.example/x')).toBe(library)
    expect(urlFor('https://console.cloud.google.com@evil.example/x')).toBe(library)
    expect(urlFor('javascript:alert(1)')).toBe(library)
    expect(urlFor('no address')).toBe(library)
  })

  it('is offered what the service says it comes to, whatever words it is told in', () => {
    const disk = { ...accounts.disk, message: 'Voll', remedy: 'Platz schaffen' } as AccountSnapshot
    expect(told(disk)).toBe('the service try_again settings open_folder')
    const remedy = 'Free some space, or lower the setting minFreeBytes'
    const unoffered = { ...disk, remedy, action: undefined } as AccountSnapshot
    expect(told(unoffered)).toBe('the service try_again open_folder')
  })
})

it('whoever needs the person has a remedy, and nobody else', () => {
  const snapshots = Object.values(gallerySnapshots(now))
  for (const snapshot of snapshots) {
    for (const account of snapshot.accounts) {
      expect([account.email, remedyView(account, snapshot, words, now) !== null]).toEqual([
        account.email,
        needsYou(account, snapshot),
      ])
    }
  }
})
