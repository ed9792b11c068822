import { describe, expect, it } from 'vitest'
import {
  describeAccount,
  describeBackfill,
  describeService,
  describeSignInEnd,
  duration,
  moment,
  number,
} from '../../shared/describe.ts'
import type { BackfillProgress } from '../../shared/status.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

const now = new Date('2026-01-01T00:01:00.000Z')

it.each([
  [0, 'less than a second'],
  [0.6, '1 second'],
  [45.23, '45 seconds'],
  [60, '1 minute'],
  [65, '1 minute 5 seconds'],
  [3_600, '1 hour'],
  [3_661, '1 hour 1 minute'],
  [86_399, '23 hours 59 minutes'],
  [266_400, '3 days 2 hours'],
  [-5, 'less than a second'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words)
})

it.each([
  ['2026-01-01T00:01:00.200Z', 'now'],
  ['2026-01-01T00:05:00.000Z', 'in 4 minutes'],
  ['2025-12-31T22:01:00.000Z', '2 hours ago'],
])('%s is %s', (at, words) => {
  expect(moment(at, now)).toBe(words)
})

it('groups digits', () => {
  expect([0, 999, 1_000, 1_234_567.6].map(number)).toEqual(['0', '999', '1,000', '1,234,568'])
})

describe('the service', () => {
  const current = {
    account: 'ada@example.com',
    phase: 'downloading',
    done: 1_500,
    total: 20_000,
    per_second: 40,
  } as const
  it.each([
    [{ state: 'stopped' as const }, 'Not syncing. Stored mail stays available.'],
    [{}, 'Waiting. The next cycle starts in 4 minutes.'],
    [{ next_cycle_at: null }, 'Waiting for the next cycle.'],
    [{ state: 'syncing' as const }, 'Syncing.'],
    [{ state: 'syncing' as const, current }, 'Syncing ada@example.com: downloading, 1,500 of 20,000.'],
    [{ state: 'stopping' as const }, 'Stopping after the current chunk.'],
    [{ state: 'failed' as const, failure: { message: 'No disk', remedy: 'Buy one' } }, 'Failed: No disk'],
  ])('%j: %s', (changes, words) => {
    expect(describeService({ ...idle, ...changes }, now)).toBe(words)
  })
})

describe('an account', () => {
  const until = '2026-01-01T00:01:30.000Z'
  it.each([
    [{ state: 'new' as const }, 'Not synced yet.'],
    [{ state: 'up_to_date' as const }, 'Up to date, synced 1 minute ago.'],
    [{ state: 'syncing' as const }, 'Syncing now.'],
    [{ state: 'paused' as const }, 'Paused.'],
    [{ state: 'paused' as const, since: '2025-12-31T22:00:00.000Z' }, 'Paused 2 hours 1 minute ago.'],
    [
      { state: 'waiting' as const, reason: 'quota' as const, until, message: 'Gmail asked for a pause', remedy: null },
      'Waiting, continues in 30 seconds: Gmail asked for a pause',
    ],
    [
      {
        state: 'waiting' as const,
        reason: 'battery' as const,
        until,
        message: 'The first download waits while the computer is on battery; new mail is synced',
        remedy: 'r',
      },
      'The first download waits while the computer is on battery; new mail is synced, next in 30 seconds.',
    ],
    [
      { state: 'needs_reauth' as const, reason: 'revoked', message: 'Access was revoked', remedy: 'Sign in' },
      'Needs you to sign in again: Access was revoked',
    ],
    [
      { state: 'error' as const, code: 'mailbox_off' as const, message: 'Gmail is off', remedy: 'r', until: null },
      'Stopped by an error: Gmail is off',
    ],
    [
      { state: 'error' as const, code: 'api_disabled' as const, message: 'API is off', remedy: 'r', until },
      'Error, tries again in 30 seconds: API is off',
    ],
  ])('%j: %s', (state, words) => {
    expect(describeAccount({ ...adaAccount, ...state }, { running: true }, now)).toBe(words)
  })
})

it('nothing goes on, and nothing is waited for, while the service does not run', () => {
  const waits = { state: 'waiting', reason: 'quota', until: now.toISOString(), message: 'm', remedy: null } as const
  const stopped = { running: false }
  expect(describeAccount({ ...adaAccount, ...waits }, stopped, now)).toBe(
    'Last sync not finished; it continues when syncing is started.',
  )
  expect(describeAccount({ ...adaAccount, state: 'backfilling' }, stopped, now)).toBe(
    'First download not finished; it continues when syncing is started.',
  )
})

describe('a first download', () => {
  const half: BackfillProgress = {
    listed: 2_000,
    listing_complete: true,
    done: 1_000,
    total: 2_000,
    percent: 50,
    per_second: 4.25,
    eta_seconds: 235,
    started_at: null,
    back_to: null,
  }
  it.each([
    [null, 'about to start'],
    [{ ...half, total: 0 }, 'listing messages'],
    [half, '1,000 of 2,000 (50.0 %), 4.3 a second, 3 minutes 55 seconds left'],
    [
      { ...half, back_to: '2019-03-14T09:00:00.000Z' },
      '1,000 of 2,000 (50.0 %), 4.3 a second, 3 minutes 55 seconds left, back to March 2019 so far',
    ],
    [
      { ...half, listing_complete: false, back_to: '2019-03-14T09:00:00.000Z' },
      '1,000 of 2,000 listed so far, 4.3 a second',
    ],
    [{ ...half, done: 1_999, percent: 99.95, per_second: null, eta_seconds: null }, '1,999 of 2,000 (99.9 %)'],
  ])('%j: %s', (backfill, words) => {
    expect(describeBackfill({ backfill }, { running: true })).toBe(words)
  })
})

describe('the end of a sign-in', () => {
  const at = '2026-01-04T12:00:00.000Z'
  it.each([
    [{ sign_in_ends_at: null, state: 'up_to_date' as const }, null],
    [{ sign_in_ends_at: at, state: 'needs_reauth' as const }, null],
    [
      { sign_in_ends_at: at, state: 'up_to_date' as const },
      'Google ends the sign-in on 2026-01-04, in 3 days 12 hours: the OAuth client is in testing mode, or access was allowed for a limited time.',
    ],
  ])('%j: %s', (account, words) => {
    expect(describeSignInEnd(account, new Date('2026-01-01T00:00:00.000Z'))).toBe(words)
  })
})
