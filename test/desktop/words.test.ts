import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accountLine,
  cut,
  iconState,
  localTimes,
  nextLine,
  shownAddress,
  statusLine,
  tooltip,
} from '../../electron/desktop/words.ts'
import { AppError } from '../../shared/errors.ts'
import type { AccountState, Alert, BackfillProgress, Snapshot } from '../../shared/status.ts'
import { account, anyFacts, facts, owner } from './facts.ts'

const upToDate = { state: 'up_to_date' } as const
const reauth = { state: 'needs_reauth', reason: 'revoked', message: 'm', remedy: 'r' } as const
const waitingFor = (
  reason: 'quota' | 'network' | 'server' | 'disk' | 'store' | 'battery' | 'metered',
): AccountState => ({
  state: 'waiting',
  reason,
  until: '2026-01-01T14:35:00.000Z',
  message: 'm',
  remedy: null,
})
const half: BackfillProgress = {
  listed: 1000,
  listing_complete: true,
  done: 999,
  total: 1000,
  percent: 99.9,
  per_second: null,
  eta_seconds: null,
  started_at: null,
  back_to: null,
}
const accounts = (...states: readonly AccountState[]): Partial<Snapshot> => ({
  accounts: states.map((state, at) => account(state, `a${at}@example.org`)),
})

describe('the line of status', () => {
  it.each<[string, Partial<Snapshot>]>([
    ['No account yet', { accounts: [] }],
    ['Everything is up to date', accounts(upToDate, upToDate)],
    ['1 account needs you, 1 is up to date', accounts(upToDate, reauth)],
    ['2 accounts need you', accounts(reauth, waitingFor('disk'))],
    ['1 account is waiting, 7 are up to date', accounts(waitingFor('quota'), ...Array<AccountState>(7).fill(upToDate))],
    ['1 account needs you, 2 are waiting', accounts(reauth, waitingFor('network'), waitingFor('battery'))],
    ['The account is paused', accounts({ state: 'paused' })],
    ['1 account is up to date, 1 is paused', accounts(upToDate, { state: 'paused' })],
    ['1 account is not copied yet, 1 is up to date', accounts(upToDate, { state: 'new' })],
    ['1 account needs you', accounts({ ...waitingFor('server'), cause: 'clock' } as AccountState)],
    ['Stopping', { state: 'stopping' }],
    ['Stopped: no mail is copied until you start it again', { state: 'stopped', running: false }],
    [
      'Failed: The database is damaged',
      { state: 'failed', running: false, failure: { message: 'The database is damaged', remedy: 'r' } },
    ],
    ['Syncing', { state: 'syncing' }],
    [
      'Syncing a0@example.org',
      {
        ...accounts({ state: 'syncing' }),
        state: 'syncing',
        current: { account: 'a0@example.org', phase: 'catching_up', done: 1, total: 3, per_second: 1 },
      },
    ],
    [
      'Copying a0@example.org, 99 %',
      {
        state: 'syncing',
        accounts: [{ ...account({ state: 'backfilling' }, 'a0@example.org'), backfill: half }],
        current: { account: 'a0@example.org', phase: 'downloading', done: 1, total: 3, per_second: 1 },
      },
    ],
    [
      'Copying a0@example.org (demo), 99 %',
      {
        state: 'syncing',
        accounts: [{ ...account({ state: 'backfilling' }, 'a0@example.org'), demo: true, backfill: half }],
        current: { account: 'a0@example.org', phase: 'downloading', done: 1, total: 3, per_second: 1 },
      },
    ],
    [
      'Copying a0@example.org',
      {
        state: 'syncing',
        accounts: [
          { ...account({ state: 'backfilling' }, 'a0@example.org'), backfill: { ...half, listing_complete: false } },
        ],
        current: { account: 'a0@example.org', phase: 'listing', done: 1, total: 3, per_second: 1 },
      },
    ],
  ])('is: %s', (words, changes) => {
    expect(statusLine(facts(changes))).toBe(words)
  })

  it.each([
    ['Starting', { kind: 'starting', doing: null }],
    [
      'Starting: restoring the database from the snapshot of 2026-01-01 10:00 UTC',
      { kind: 'starting', doing: 'restoring the database from the snapshot of 2026-01-01 10:00 UTC' },
    ],
    ['Stopped: the background service was stopped', { kind: 'gone' }],
    ['No answer from the background service (process 4711)', { kind: 'lost', owner }],
    ['Mailtide cannot run: The disk is full', { kind: 'failed', error: new AppError('disk', 'The disk is full') }],
  ] as const)('is: %s', (words, link) => {
    expect(statusLine(facts({}, { link }))).toBe(words)
  })

  it('names the next sync only while one is to come', () => {
    const next_cycle_at = '2026-01-01T14:35:00.000Z'
    expect(nextLine(facts({ next_cycle_at }))).toBe('Next sync at 14:35')
    expect(nextLine(facts({ next_cycle_at: null }))).toBeNull()
    expect(nextLine(facts({ next_cycle_at, state: 'syncing' }))).toBeNull()
    expect(nextLine(facts({ next_cycle_at }, { link: { kind: 'lost', owner } }))).toBeNull()
  })
})

describe('the line of an account', () => {
  it.each<[string, AccountState]>([
    ['Waiting for its first sync', { state: 'new' }],
    ['Copying the mailbox', { state: 'backfilling' }],
    ['Up to date', upToDate],
    ['Syncing', { state: 'syncing' }],
    ['Paused by you', { state: 'paused' }],
    ['Needs you to sign in', reauth],
    ['Stopped by an error', { state: 'error', code: 'policy', message: 'm', remedy: 'r', until: null }],
    ['Waiting for Google’s quota until 14:35', waitingFor('quota')],
    ['Waiting for the network, next try 14:35', waitingFor('network')],
    ['Waiting for Google’s servers, next try 14:35', waitingFor('server')],
    ['Waiting for free disk space', waitingFor('disk')],
    ['Waiting for the database, next try 14:35', waitingFor('store')],
    ['First download waits: on battery', waitingFor('battery')],
    ['First download waits: metered network', waitingFor('metered')],
  ])('is: %s', (words, state) => {
    expect(accountLine(account(state), facts())).toBe(words)
  })

  it('waits for nothing and copies nothing while the service is stopped', () => {
    const stopped = facts({ state: 'stopped', running: false })
    expect(accountLine(account(waitingFor('network')), stopped)).toBe('Last sync not finished')
    expect(accountLine(account({ state: 'backfilling' }), stopped)).toBe('Mailbox not copied yet')
  })

  it('says 100 % only when nothing is left', () => {
    expect(accountLine({ ...account({ state: 'backfilling' }), backfill: half }, facts())).toBe(
      'Copying the mailbox, 99 %',
    )
  })
})

describe('the icon', () => {
  const alert = (kind: Alert['kind']): Alert => ({
    key: kind,
    kind,
    account: null,
    message: 'm',
    remedy: 'r',
    since: '2026-01-01T00:00:00.000Z',
  })
  it.each<[string, string, Parameters<typeof facts>]>([
    ['idle', 'all is well', [accounts(upToDate)]],
    ['syncing', 'it syncs', [{ state: 'syncing' }]],
    ['attention', 'an account needs the person, even while others sync', [{ ...accounts(reauth), state: 'syncing' }]],
    ['attention', 'the disk is full', [accounts(waitingFor('disk'))]],
    ['attention', 'the clock is wrong', [{ alerts: [alert('clock')] }]],
    ['attention', 'it failed', [{ state: 'failed', running: false }]],
    ['attention', 'it cannot start', [{}, { link: { kind: 'failed', error: new AppError('disk', 'Full') } }]],
    ['idle', 'what is wrong mends itself', [{ ...accounts(waitingFor('network')), alerts: [alert('slow_cycle')] }]],
    ['stopped', 'it is stopped, whatever waits for the person', [{ ...accounts(reauth), state: 'stopped' }]],
    ['stopped', 'it stops', [{ state: 'stopping' }]],
    ['stopped', 'it starts', [{}, { link: { kind: 'starting', doing: null } }]],
    ['stopped', 'the other process does not answer', [{}, { link: { kind: 'lost', owner } }]],
  ])('is %s when %s', (state, _when, given) => {
    expect(iconState(facts(...given))).toBe(state)
  })
})

describe('the tooltip', () => {
  it('says what is so and what comes next', () => {
    const told = facts({ ...accounts(upToDate), next_cycle_at: '2026-01-01T14:35:00.000Z' })
    expect(tooltip(told)).toBe('Mailtide: Everything is up to date · Next sync at 14:35')
  })

  it('is one line that Windows shows whole, whatever happens', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const tip = tooltip(given)
        expect(tip.length).toBeLessThanOrEqual(127)
        expect(tip).not.toMatch(/[\n\r\t]/)
        expect(tip).toMatch(/^Mailtide: ./)
        expect(tip.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('an address', () => {
  it.each([
    ['ada@example.org', 'ada@example.org'],
    [`${'a'.repeat(60)}@example.org`, `${'a'.repeat(31)}…@example.org`],
    [`ada@${'d'.repeat(60)}.example`, `ada@${'d'.repeat(34)}…`],
    ['a&b_c@example.org', 'a&b_c@example.org'],
    ['דוד@example.org', '\u2066דוד@example.org\u2069'],
    // Somebody who makes an address up must not turn the menu round.
    ['ada\u202e@example.org\n', 'ada@example.org'],
  ])('%j shows as %j', (email, shown) => {
    expect(shownAddress(email)).toBe(shown)
  })

  it('is never cut within a letter', () => {
    expect(cut('a👩‍👩‍👧b', 2)).toBe('a…')
    expect(cut('e\u0301e\u0301', 2)).toBe('e\u0301e\u0301')
    expect(cut('', 3)).toBe('')
  })
})

it('moments are said as people near them do', () => {
  const timeOf = localTimes(() => new Date('2026-11-25T20:00:00Z'), 'en-GB', 'Europe/Berlin')
  expect(timeOf('2026-11-25T21:35:00Z')).toBe('22:35')
  // Past midnight there.
  expect(timeOf('2026-11-25T23:35:00Z')).toBe('26 November, 00:35')
})
