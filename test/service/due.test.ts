import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DueFacts, isDue, nextCycleAt, nextDueAt } from '../../electron/service/due.ts'
import type { AccountState } from '../../shared/status.ts'

const minute = 60_000
const now = Date.parse('2026-11-25T12:00:00Z')
const at = (ms: number): string => new Date(ms).toISOString()
const rule = { resyncAfterMinutes: 60, cycleStartedAt: now }
const facts = (change: Partial<DueFacts> = {}): DueFacts => ({
  state: { state: 'up_to_date' },
  lastSyncedAt: now - 5 * minute,
  nextTryAt: null,
  forced: false,
  ...change,
})
const waiting = (reason: 'quota' | 'network', until: number): AccountState => ({
  state: 'waiting',
  reason,
  until: at(until),
  message: 'Waiting',
  remedy: null,
})
const needsReauth: AccountState = { state: 'needs_reauth', reason: 'revoked', message: 'Revoked', remedy: 'Sign in' }

describe('an account is due', () => {
  it.each<[string, Partial<DueFacts>, boolean]>([
    ['when it never synced', { lastSyncedAt: null, state: { state: 'new' } }, true],
    ['when its last sync is over an hour ago', { lastSyncedAt: now - 61 * minute }, true],
    ['not when it is exactly an hour ago', { lastSyncedAt: now - 60 * minute }, false],
    ['not when it synced five minutes ago', {}, false],
    ['when a queued message is to be tried', { nextTryAt: now - 1 }, true],
    ['not when the queued message is to be tried later', { nextTryAt: now + 1 }, false],
    ['when somebody asks for it', { forced: true }, true],
    ['not while it waits', { state: waiting('network', now + 1), lastSyncedAt: null }, false],
    ['when its wait is over', { state: waiting('network', now) }, true],
    ['in a network wait, when somebody asks for it', { state: waiting('network', now + minute), forced: true }, true],
    [
      'not in a quota wait, though somebody asks for it',
      { state: waiting('quota', now + minute), forced: true },
      false,
    ],
    ['never while paused', { state: { state: 'paused' }, forced: true, lastSyncedAt: null }, false],
    ['not while it needs a sign-in', { state: needsReauth, lastSyncedAt: null }, false],
  ])('%s', (_name, change, expected) => {
    expect(isDue(facts(change), now, rule)).toBe(expected)
  })

  it('though its last sync or the end of its wait lies far in the future, since the wall clock was set back', () => {
    const year = 365 * 24 * 60 * minute
    expect(isDue(facts({ lastSyncedAt: now + year }), now, rule)).toBe(true)
    expect(isDue(facts({ state: waiting('network', now + year) }), now, rule)).toBe(true)
    expect(isDue(facts({ lastSyncedAt: now + 5_000 }), now, rule)).toBe(false)
  })

  it('in every cycle, and once a cycle, when resync is set to 0', () => {
    const always = { resyncAfterMinutes: 0, cycleStartedAt: now }
    expect(isDue(facts({ lastSyncedAt: now - 1 }), now, always)).toBe(true)
    expect(isDue(facts({ lastSyncedAt: now + 5 }), now + 10, always)).toBe(false)
  })
})

describe('the next cycle', () => {
  const options = { lastStartedAt: now, intervalMinutes: 5, now: now + minute }

  it('begins at the tick when nothing is waited for', () => {
    expect(nextCycleAt([facts()], options)).toBe(now + 5 * minute)
  })

  it('begins when a 30 s quota pause is over, not five minutes later', () => {
    expect(nextCycleAt([facts({ state: waiting('quota', now + minute + 30_000) })], options)).toBe(
      now + minute + 30_000,
    )
  })

  it('begins when a queued message is to be tried again', () => {
    expect(nextCycleAt([facts({ nextTryAt: now + 2 * minute })], options)).toBe(now + 2 * minute)
  })

  it('begins within the interval after the wall clock was set back by a year', () => {
    const lastStartedAt = now + 365 * 24 * 60 * minute
    expect(nextCycleAt([], { ...options, lastStartedAt, now })).toBe(now + 5 * minute)
  })

  it('begins at once after a cycle that ran longer than the interval', () => {
    expect(nextCycleAt([], { ...options, now: now + 17 * minute })).toBe(now + 17 * minute)
  })

  it('is never woken by an account that is paused or needs a sign-in', () => {
    const idle = [facts({ state: { state: 'paused' }, nextTryAt: now }), facts({ state: needsReauth, nextTryAt: now })]
    expect(nextCycleAt(idle, options)).toBe(now + 5 * minute)
  })

  it('is the first tick at which an account is due, as the person is told', () => {
    const told = nextDueAt(facts({ lastSyncedAt: now }), {
      nextTickAt: now + 5 * minute,
      intervalMinutes: 5,
      resyncAfterMinutes: 58,
    })
    expect(told).toBe(now + 60 * minute)
  })

  it('is never in the past and never after the tick', () => {
    const time = fc.integer({ min: now - 100 * minute, max: now + 100 * minute })
    fc.assert(
      fc.property(
        fc.array(fc.option(time)),
        time,
        fc.integer({ min: 1, max: 1440 }),
        (tries, lastStartedAt, interval) => {
          const accounts = tries.map((nextTryAt) => facts({ nextTryAt }))
          const next = nextCycleAt(accounts, { lastStartedAt, intervalMinutes: interval, now })
          expect(next).toBeGreaterThanOrEqual(now)
          expect(next).toBeLessThanOrEqual(Math.max(now, lastStartedAt + interval * minute))
        },
      ),
    )
  })
})
