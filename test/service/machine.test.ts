import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterFailure, restingState, workingState } from '../../electron/service/machine.ts'
import { AppError, type ErrorCode, errorCodes } from '../../shared/errors.ts'
import { AccountState } from '../../shared/status.ts'

const now = new Date('2026-11-25T12:00:00Z')
const context = { email: 'ada@example.org', attempt: 0, now, random: 0 }
const untilSeconds = (state: AccountState): number | null =>
  'until' in state && state.until !== null ? (Date.parse(state.until) - now.getTime()) / 1000 : null

describe('the state between turns', () => {
  it.each([
    [{ paused: true, pausedAt: null, hasSynced: true, backfill: 'done' }, 'paused'],
    [{ paused: false, pausedAt: null, hasSynced: false, backfill: 'new' }, 'new'],
    [{ paused: false, pausedAt: null, hasSynced: false, backfill: 'listing' }, 'backfilling'],
    [{ paused: false, pausedAt: null, hasSynced: true, backfill: 'downloading' }, 'backfilling'],
    [{ paused: false, pausedAt: null, hasSynced: true, backfill: 'done' }, 'up_to_date'],
    [{ paused: false, pausedAt: null, hasSynced: false, backfill: 'done' }, 'backfilling'],
  ] as const)('of %o is %s', (facts, expected) => {
    expect(restingState(facts).state).toBe(expected)
  })

  it('says since when it is paused, where that is known', () => {
    const facts = { paused: true, hasSynced: true, backfill: 'done' } as const
    expect(restingState({ ...facts, pausedAt: new Date('2026-11-03T08:12:00.000Z') })).toEqual({
      state: 'paused',
      since: '2026-11-03T08:12:00.000Z',
    })
    expect(restingState({ ...facts, pausedAt: null })).toEqual({ state: 'paused' })
  })

  it('is syncing while a turn runs, or backfilling before the first download is over', () => {
    expect(workingState({ paused: false, pausedAt: null, hasSynced: true, backfill: 'done' }).state).toBe('syncing')
    expect(workingState({ paused: false, pausedAt: null, hasSynced: false, backfill: 'downloading' }).state).toBe(
      'backfilling',
    )
  })
})

describe('a failed turn', () => {
  it.each<[ErrorCode, AccountState['state'], string | null, number | null]>([
    ['network', 'waiting', 'network', 5],
    ['server', 'waiting', 'server', 5],
    ['bad_answer', 'waiting', 'server', 5],
    ['quota', 'waiting', 'quota', 20],
    ['concurrency', 'waiting', 'quota', 20],
    ['daily_quota', 'waiting', 'quota', 3600],
    ['disk', 'waiting', 'disk', 30],
    ['originals_away', 'waiting', 'originals', 30],
    ['store', 'waiting', 'store', 2],
    ['needs_reauth', 'needs_reauth', 'needs_reauth', null],
    ['sealed_elsewhere', 'needs_reauth', 'sealed_elsewhere', null],
    ['wrong_account', 'needs_reauth', 'wrong_account', null],
    ['mailbox_off', 'error', null, 86_400],
    ['policy', 'error', null, 86_400],
    ['api_disabled', 'error', null, 300],
    ['mass_deletion', 'error', null, 86_400],
    ['bug', 'error', null, 900],
  ])('by %s leads to %s (%s), for %s s at least', (code, state, reason, least) => {
    const next = afterFailure(new AppError(code, 'It failed'), context)
    expect(next.state).toBe(state)
    if (reason !== null) expect(next).toMatchObject({ reason })
    expect(untilSeconds(next)).toBe(least)
  })

  it('waits as long as the server asked for, and longer each time it fails again', () => {
    const asked = afterFailure(new AppError('quota', 'Slow down', { retryAfterMs: 30_000 }), context)
    expect(untilSeconds(asked)).toBe(30)
    const third = afterFailure(new AppError('server', 'Down'), { ...context, attempt: 3, random: 0.999 })
    expect(untilSeconds(third)).toBeGreaterThan(30)
  })

  it('looks every half minute for the room that a setting keeps free, and less and less often where only writing tells', () => {
    const action = { kind: 'change_setting', setting: 'min_free_bytes' } as const
    const kept = new AppError('disk', 'There is little room', { action })
    const met = new AppError('disk', 'The disk is full')
    const waits = (error: AppError): (number | null)[] =>
      [0, 1, 2, 30].map((attempt) => untilSeconds(afterFailure(error, { ...context, attempt, random: 0.999_999 })))
    expect(waits(kept)).toEqual([30, 30, 30, 30])
    expect(waits(met).map((seconds) => Math.round(seconds ?? 0))).toEqual([45, 60, 120, 300])
  })

  it('never asks for a new sign-in because of the network', () => {
    for (const code of ['network', 'server', 'bad_answer', 'quota', 'concurrency'] as const) {
      expect(afterFailure(new AppError(code, 'x'), context).state).toBe('waiting')
    }
  })

  it('tells what its remedy comes to, whether it waits, stops or needs a sign-in', () => {
    for (const code of ['disk', 'api_disabled', 'needs_reauth'] as const) {
      const action = { kind: 'open_page', url: 'https://console.cloud.google.com/' } as const
      const next = afterFailure(new AppError(code, 'It failed', { action }), context)
      expect(AccountState.parse(next)).toMatchObject({ action })
      expect(afterFailure(new AppError(code, 'It failed'), context)).not.toHaveProperty('action')
    }
  })

  it('always gives a valid state, and an end to every wait within a day', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...errorCodes),
        fc.nat(50),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (code, attempt, random) => {
          const next = afterFailure(new AppError(code, 'It failed'), { ...context, attempt, random })
          expect(AccountState.safeParse(next).success).toBe(true)
          const wait = untilSeconds(next)
          if (next.state === 'waiting') expect(wait).toBeLessThanOrEqual(86_400)
        },
      ),
    )
  })
})
