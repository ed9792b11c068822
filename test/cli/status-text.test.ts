import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wrap } from '../../electron/cli/lines.ts'
import { coloured, plain } from '../../electron/cli/paint.ts'
import { accountsText, statusText } from '../../electron/cli/status-text.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

const now = new Date('2026-01-01T00:01:00.000Z')
const show = (changes: Partial<Snapshot>) => statusText({ ...idle, ...changes }, now, plain)

const backfilling: AccountSnapshot = {
  ...adaAccount,
  state: 'backfilling',
  last_synced_at: null,
  messages_waiting: 19_000,
  messages_failed: 2,
  backfill: {
    listed: 20_000,
    listing_complete: true,
    done: 1_000,
    total: 20_000,
    percent: 5,
    per_second: 42,
    eta_seconds: 452,
    started_at: null,
    back_to: null,
  },
  last_error: {
    code: 'network',
    message: 'Gmail did not answer',
    remedy: 'Check the network',
    at: '2026-01-01T00:00:00.000Z',
  },
}

it('shows the service, then each account with its progress, rate, remaining time and last error', () => {
  const account = { ...adaAccount, state: 'syncing' as const, email: 'bob@example.com' }
  const current = {
    account: 'ada@example.com',
    phase: 'downloading' as const,
    done: 1_000,
    total: 20_000,
    per_second: 42,
  }
  expect(show({ state: 'syncing', current, accounts: [backfilling, account] })).toBe(
    `Mailtide 0.1.0 is running (test, pid 42, port 8000)
Syncing ada@example.com: downloading, 1,000 of 20,000.
Every 5 minutes; 3 cycles so far, the last took 45 seconds. 1,000 emails synced,
  0 errors.
Data folder: /data

ada@example.com
  First download: 1,000 of 20,000 (5.0 %), 42 a second, 7 minutes 32 seconds
    left.
  ##............................ 5.0 %
  1,000 messages stored, 2 of them deleted in Gmail, 19,000 to download, 2
    failed and will be retried
  Last error, 1 minute ago: Gmail did not answer
  What to do: Check the network

bob@example.com
  Syncing now.
  1,000 messages stored, 2 of them deleted in Gmail
`,
  )
})

it('says what the person has to do, once', () => {
  const message = 'Google no longer accepts the sign-in'
  const account: AccountSnapshot = {
    ...adaAccount,
    state: 'needs_reauth',
    reason: 'revoked',
    message,
    remedy: 'Sign in again',
    guide: 'invalid_grant',
    last_error: { code: 'needs_reauth', message, remedy: 'Sign in again', at: '2026-01-01T00:00:00.000Z' },
  }
  const text = show({ accounts: [account] })
  expect(text.match(/no longer accepts/g)).toHaveLength(1)
  expect(text).toContain('  What to do: Sign in again\n  More: mailtide guide invalid_grant\n')
})

it('says when addresses are not Google’s, when nothing is durable, what failed, and which alerts stand', () => {
  const text = show({
    state: 'failed',
    failure: { message: 'The database does not start', remedy: 'Restore a copy' },
    overrides: { gmail_root_url: 'http://127.0.0.1:9/', oauth_url: 'http://127.0.0.1:9/oauth/' },
    store: { ...idle.store, durable: false },
    alerts: [
      {
        key: 'd',
        kind: 'disk',
        account: null,
        message: 'Nearly full',
        remedy: 'Free some space',
        since: '2026-01-01T00:00:00.000Z',
      },
    ],
    host: { ...idle.host, port: null },
    accounts: [],
  })
  for (const words of [
    'Failed: The database does not start',
    'What to do: Restore a copy',
    'http://127.0.0.1:9/,',
    'http://127.0.0.1:9/oauth/',
    'does not survive a power cut',
    '! Nearly full',
    'Free some space',
    'HTTP API off',
    'mailtide accounts add',
  ]) {
    expect(text).toContain(words)
  }
})

it('colours without changing the words', () => {
  // The escapes are what is taken out.
  const bare = statusText(idle, now, coloured).replaceAll(/\p{Cc}\[\d+m/gu, '')
  expect(bare).toBe(statusText(idle, now, plain))
})

it('lists accounts with their state in words', () => {
  expect(
    accountsText([
      { ...adaAccount, messages_failed: 3 },
      { ...adaAccount, email: 'n@e.org', state: 'new', last_synced_at: null },
      { ...adaAccount, email: 'd@e.org', demo: true },
    ]),
  ).toBe(
    `ada@example.com (up to date)
  1,000 messages stored, 3 failed, last synced 2026-01-01T00:00:00.000Z
n@e.org (new)
  1,000 messages stored, never synced
d@e.org (demo, up to date)
  1,000 messages stored, last synced 2026-01-01T00:00:00.000Z
`,
  )
})

describe('a line', () => {
  it('is at most 80 columns wide unless a word is wider, and no word is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 }),
        fc.constantFrom('', '  '),
        (words, indent) => {
          const lines = wrap(words.join(' '), indent)
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
          expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '))
        },
      ),
    )
    expect(wrap('x'.repeat(100))).toEqual(['x'.repeat(100)])
  })

  it('cannot carry control characters to the terminal', () => {
    expect(wrap('a\u001b[2Jb\nc')).toEqual(['a\\u001b[2Jb\\nc'])
  })
})

it('shows the day on which Google ends a sign-in', () => {
  const account = { ...adaAccount, sign_in_ends_at: '2026-01-04T12:00:00.000Z' }
  expect(show({ accounts: [account] })).toContain(
    '  Google ends the sign-in on 2026-01-04, in 3 days 11 hours: the OAuth client',
  )
})
