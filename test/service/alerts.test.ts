import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertFacts, newAlerts, standingAlerts } from '../../electron/service/alerts.ts'
import { NOT_VERIFIED } from '../../shared/audit.ts'
import { type AccountSnapshot, type AccountState, Alert, type LastError, type Snapshot } from '../../shared/status.ts'

const now = new Date('2026-11-25T12:00:00Z')
const hour = 3_600_000
const facts: AlertFacts = {
  now,
  uptimeMs: 60_000,
  restartedUnexpectedly: false,
  errorsLastHour: 0,
  errorsPerHour: 20,
  minFreeBytes: 2_000_000_000,
  failing: new Map(),
  cycleSeconds: null,
  judgeLast: true,
  clockAheadMs: null,
  apiTrouble: null,
  originals: null,
  recovered: null,
}

const account = (state: AccountState, change: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  id: 'a',
  email: 'ada@example.org',
  demo: false,
  last_synced_at: '2026-11-25T11:55:00.000Z',
  next_due_at: null,
  messages_stored: 1,
  messages_deleted: 0,
  messages_waiting: 0,
  messages_failed: 0,
  backfill: null,
  last_error: null,
  completeness: NOT_VERIFIED,
  sign_in_ends_at: null,
  quota: { table: 'new', units_per_second: 98, units_used: 0, errors: 0 },
  ...change,
  ...state,
})
const snapshot = (accounts: readonly AccountSnapshot[], change: Partial<Snapshot> = {}): Snapshot => ({
  revision: 1,
  version: '0.1.0',
  host: { kind: 'test', pid: 1, port: null, data_folder: '/tmp' },
  running: true,
  state: 'idle',
  failure: null,
  interval_minutes: 5,
  started_at: null,
  uptime_seconds: 0,
  next_cycle_at: null,
  current: null,
  total_cycles: 0,
  total_emails_synced: 0,
  error_count: 0,
  errors_by_kind: {},
  last_sync_duration_seconds: null,
  last_cycle: null,
  accounts: [...accounts],
  alerts: [],
  store: { kind: 'pglite', durable: true, restarts: 0, database_bytes: null, raw_bytes: null, free_bytes: null },
  overrides: { gmail_root_url: null, oauth_url: null },
  ...change,
})
const reauth: AccountState = {
  state: 'needs_reauth',
  reason: 'needs_reauth',
  message: 'Revoked',
  remedy: 'Sign in again',
}
const waiting = (reason: 'disk' | 'originals' | 'network' | 'quota'): AccountState => ({
  state: 'waiting',
  reason,
  until: '2026-11-25T12:01:00.000Z',
  message: 'Waiting',
  remedy: null,
})
const cycle = (seconds: number) => ({
  started_at: '2026-11-25T11:00:00.000Z',
  finished_at: '2026-11-25T11:10:00.000Z',
  duration_seconds: seconds,
  accounts: 1,
  emails: 0,
  errors: 0,
})
const lastError = (code: LastError['code']): LastError => ({
  code,
  message: 'It failed',
  remedy: null,
  at: '2026-11-25T11:55:00.000Z',
})
const disk = (free_bytes: number): Snapshot['store'] => ({ ...snapshot([]).store, free_bytes })
const kinds = (...args: Parameters<typeof standingAlerts>): string[] =>
  standingAlerts(...args).map((alert) => alert.kind)

describe('an alert stands', () => {
  it.each<[string, Snapshot, Partial<AlertFacts>, string[]]>([
    ['never while all is well', snapshot([account({ state: 'up_to_date' })]), {}, []],
    ['when an account needs a sign-in', snapshot([account(reauth)]), {}, ['needs_reauth']],
    [
      'once for a full disk, whoever met it',
      snapshot([account(waiting('disk')), account(waiting('disk'), { id: 'b' })]),
      {},
      ['disk'],
    ],
    ['not for a short wait for the network', snapshot([account(waiting('network'))]), {}, []],
    [
      'when the network has been away for hours',
      snapshot([account(waiting('network'))]),
      { failing: new Map([['a', 3 * hour]]) },
      ['sync_failure'],
    ],
    [
      'not for a network that is away shortly after the computer slept for a night',
      snapshot([account(waiting('network'), { last_synced_at: '2026-11-24T08:00:00.000Z' })]),
      { failing: new Map([['a', 60_000]]) },
      [],
    ],
    [
      'not for quota, however long',
      snapshot([account(waiting('quota'))]),
      { failing: new Map([['a', 30 * hour]]) },
      [],
    ],
    ['when errors are many', snapshot([]), { errorsLastHour: 21 }, ['error_rate']],
    ['when a cycle took longer than the interval', snapshot([], { last_cycle: cycle(301) }), {}, ['slow_cycle']],
    ['not for how an earlier run ended', snapshot([], { last_cycle: cycle(301) }), { judgeLast: false }, []],
    ['when a cycle runs longer than the interval', snapshot([]), { cycleSeconds: 301 }, ['slow_cycle']],
    ['when the last run was killed', snapshot([]), { restartedUnexpectedly: true }, ['unexpected_restart']],
    [
      'for an hour after a run that was killed, and no longer',
      snapshot([]),
      { restartedUnexpectedly: true, uptimeMs: 3_600_000 },
      [],
    ],
    [
      'once, whoever met it, when the folder of originals is away',
      snapshot([account(waiting('originals')), account(waiting('originals'))]),
      { originals: { message: 'The folder of originals is missing', remedy: 'Connect its drive' } },
      ['originals'],
    ],
    ['before the disk is so full that syncing waits', snapshot([], { store: disk(3_900_000_000) }), {}, ['disk']],
    ['not while the disk has twice the space', snapshot([], { store: disk(4_000_000_000) }), {}, []],
    ['not for space when none is asked for', snapshot([], { store: disk(0) }), { minFreeBytes: 0 }, []],
    [
      'when the clock is behind what was done already',
      snapshot([], { last_cycle: { ...cycle(10), finished_at: '2026-11-25T12:06:00.000Z' } }),
      {},
      ['clock'],
    ],
    [
      'not for an account that waits while syncing is stopped',
      snapshot([account(waiting('network'))], { running: false }),
      { failing: new Map([['a', 30 * hour]]) },
      [],
    ],
    ['when the store failed', snapshot([], { failure: { message: 'm', remedy: 'r' } }), {}, ['store']],
  ])('%s', (_name, shown, change, expected) => {
    expect(kinds(shown, [], { ...facts, ...change })).toEqual(expected)
  })

  it('for originals that could not be read, with what their disk says, while the account goes on', () => {
    const unread = { count: 2, message: 'The file /raw/x cannot be used (EIO)', remedy: 'Check its health' }
    const alerts = standingAlerts(
      snapshot([account({ state: 'up_to_date' }, { completeness: { ...NOT_VERIFIED, unread } })]),
      [],
      facts,
    )
    expect(alerts).toEqual([
      {
        key: 'unreadable:a',
        kind: 'unreadable',
        account: null,
        message: '2 originals of ada@example.org could not be read: The file /raw/x cannot be used (EIO)',
        remedy: 'Check its health',
        since: now.toISOString(),
      },
    ])
  })

  it('from its beginning as long as its cause does, is told once, and again when it comes back', () => {
    const first = standingAlerts(snapshot([account(reauth)]), [], facts)
    const later = standingAlerts(snapshot([account(reauth)]), first, {
      ...facts,
      now: new Date('2026-11-25T13:00:00Z'),
    })
    expect(later).toEqual(first)
    expect(newAlerts(first, [])).toHaveLength(1)
    expect(newAlerts(later, first)).toEqual([])
    expect(standingAlerts(snapshot([account({ state: 'up_to_date' })]), later, facts)).toEqual([])
  })

  it('while the account tries again, until that turn succeeds', () => {
    const failed = { ...account({ state: 'syncing' }), last_error: lastError('disk') }
    const failing = { ...facts, failing: new Map([['a', 60_000]]) }
    for (const state of [reauth, waiting('disk')]) {
      const told = standingAlerts(snapshot([account(state)]), [], facts)
      const again = standingAlerts(snapshot([failed]), told, failing)
      expect(again).toEqual(told)
      expect(newAlerts(standingAlerts(snapshot([account(state)]), again, failing), again)).toEqual([])
      expect(standingAlerts(snapshot([account({ state: 'syncing' })]), again, facts)).toEqual([])
    }
  })

  it('for one disk problem until there is a tenth more space than the limit', () => {
    const told = standingAlerts(snapshot([], { store: disk(3_999_000_000) }), [], facts)
    expect(standingAlerts(snapshot([], { store: disk(4_300_000_000) }), told, facts)).toHaveLength(1)
    expect(standingAlerts(snapshot([], { store: disk(4_400_000_000) }), told, facts)).toEqual([])
    expect(told[0]?.remedy).toContain('minFreeBytes')
  })

  it('for errors until they are half as many', () => {
    const told = standingAlerts(snapshot([]), [], { ...facts, errorsLastHour: 21 })
    expect(kinds(snapshot([]), told, { ...facts, errorsLastHour: 11 })).toEqual(['error_rate'])
    expect(kinds(snapshot([]), told, { ...facts, errorsLastHour: 10 })).toEqual([])
  })

  it('for slow cycles across idle ones, until one that did something is quick', () => {
    const told = standingAlerts(snapshot([], { last_cycle: cycle(301) }), [], facts)
    const idle = { ...cycle(0), accounts: 0 }
    expect(standingAlerts(snapshot([], { last_cycle: idle }), told, facts)).toEqual(told)
    expect(standingAlerts(snapshot([], { last_cycle: cycle(299) }), told, facts)).toEqual([])
  })
})

describe('whatever happens', () => {
  const states = fc.constantFrom<AccountState>(
    { state: 'up_to_date' },
    { state: 'syncing' },
    { state: 'backfilling' },
    { state: 'paused' },
    reauth,
    waiting('disk'),
    waiting('network'),
    waiting('quota'),
    { state: 'error', code: 'bug', message: 'Broken', remedy: 'See the log', until: null },
  )
  const step = fc.record({
    states: fc.array(states, { minLength: 2, maxLength: 2 }),
    failing: fc.subarray(['a', 'b']),
    hours: fc.integer({ min: 0, max: 6 }),
    minutes: fc.integer({ min: 0, max: 300 }),
    errors: fc.integer({ min: 0, max: 40 }),
    free: fc.integer({ min: 0, max: 10 }),
    lastSeconds: fc.integer({ min: 0, max: 600 }),
    lastAccounts: fc.integer({ min: 0, max: 1 }),
    running: fc.boolean(),
    failed: fc.boolean(),
    killed: fc.boolean(),
  })

  it('each alert is told when its cause begins, once, with what to do, and again only after it was over', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let standing: readonly Alert[] = []
        let time = now.getTime()
        for (const [index, at] of steps.entries()) {
          time += at.minutes * 60_000
          const accounts = at.states.map((state, position) =>
            account(state, { id: 'ab'[position] ?? 'a', last_error: lastError('disk') }),
          )
          const shown = snapshot(accounts, {
            running: at.running,
            failure: at.failed ? { message: 'The store failed', remedy: 'See the log' } : null,
            last_cycle: { ...cycle(at.lastSeconds), accounts: at.lastAccounts },
            store: disk(at.free * 1_000_000_000),
          })
          const present: AlertFacts = {
            ...facts,
            now: new Date(time),
            uptimeMs: time - now.getTime(),
            restartedUnexpectedly: steps[0]?.killed ?? false,
            errorsLastHour: at.errors,
            failing: new Map(at.failing.map((id) => [id, at.hours * hour])),
          }
          const next = standingAlerts(shown, standing, present)
          const told = newAlerts(next, standing)
          const keysBefore = new Set(standing.map(({ key }) => key))
          expect(new Set(next.map(({ key }) => key)).size).toBe(next.length)
          for (const alert of next) {
            expect(alert.message).not.toBe('')
            expect(alert.remedy).not.toBe('')
            expect(Alert.safeParse(alert).success).toBe(true)
            // Told exactly when it was not standing, and `since` says when that was.
            expect(told.includes(alert)).toBe(!keysBefore.has(alert.key))
            const before = standing.find(({ key }) => key === alert.key)
            expect(alert.since).toBe(before?.since ?? new Date(time).toISOString())
          }
          // The same again tells nothing: looking more often must not say more.
          const again = standingAlerts(shown, next, present)
          expect(newAlerts(again, next)).toEqual([])
          expect(again, `step ${index}`).toEqual(next)
          standing = next
        }
        // And when all is well, all is over.
        const well = snapshot([account({ state: 'up_to_date' })], { last_cycle: cycle(1), store: disk(9_000_000_000) })
        expect(standingAlerts(well, standing, { ...facts, uptimeMs: 3_600_000 })).toEqual([])
      }),
    )
  })
})

describe('a sign-in that ends by itself', () => {
  const ending = (at: string, state: AccountState = { state: 'up_to_date' }) =>
    standingAlerts(snapshot([account(state, { sign_in_ends_at: at })]), [], facts)

  it('is told two days before, with the day, and while the account works', () => {
    expect(ending('2026-11-27T12:00:01.000Z')).toEqual([])
    for (const state of [
      { state: 'up_to_date' as const },
      { state: 'syncing' as const },
      { state: 'paused' as const },
    ]) {
      expect(ending('2026-11-27T11:59:59.000Z', state)).toMatchObject([
        {
          key: 'sign_in_ends:a',
          kind: 'sign_in_ends',
          account: 'ada@example.org',
          message: 'Google ends the sign-in of ada@example.org on 2026-11-27 11:59 UTC',
          remedy: expect.stringMatching(/^Sign in again before that.*In production/),
        },
      ])
    }
  })

  it('is not told beside the sign-in that is asked for when it is over', () => {
    const over = ending('2026-11-25T11:00:00.000Z', {
      state: 'needs_reauth',
      reason: 'needs_reauth',
      message: 'm',
      remedy: 'r',
    })
    expect(over.map(({ kind }) => kind)).toEqual(['needs_reauth'])
  })
})

describe('a clock that differs from Google’s', () => {
  const told = (clockAheadMs: number | null) => standingAlerts(snapshot([]), [], { ...facts, clockAheadMs })

  it.each([
    [301_000, 'This computer’s clock is 5 minutes 1 second ahead of Google’s'],
    [-2 * hour, 'This computer’s clock is 2 hours behind Google’s'],
  ])('by more than five minutes is said: %i ms', (ms, message) => {
    expect(told(ms)).toMatchObject([
      { key: 'clock', kind: 'clock', message, remedy: expect.stringMatching(/^Set the clock/) },
    ])
  })
  it.each([null, 0, 299_000, -299_000])('by less is not: %s ms', (ms) => {
    expect(told(ms)).toEqual([])
  })
})

describe('a copy that is not complete', () => {
  it.each([
    [{ differences: 0, lost: 0 }, []],
    [
      { differences: 3, lost: 1 },
      [
        [
          'The copy of ada@example.org is not complete: 3 differences, 1 of them beyond repair',
          'Repair it: mailtide verify --repair',
        ],
      ],
    ],
    [
      { differences: 1, lost: 1 },
      [
        [
          'The copy of ada@example.org is not complete: 1 difference, 1 of them beyond repair',
          'Restore the originals from a backup. To see which: mailtide verify',
        ],
      ],
    ],
  ])('is told until it is repaired: %o', (found, told) => {
    const completeness = { ...NOT_VERIFIED, ...found }
    const alerts = standingAlerts(snapshot([account({ state: 'up_to_date' }, { completeness })]), [], facts)
    expect(alerts.map(({ message, remedy }) => [message, remedy])).toEqual(told)
  })
})
