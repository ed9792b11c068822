import fc from 'fast-check'
import type { LinkState } from '../../electron/desktop/link.ts'
import type { MenuFacts } from '../../electron/desktop/menu.ts'
import type { LockOwner } from '../../electron/platform/lock.ts'
import { AppError } from '../../shared/errors.ts'
import {
  type AccountSnapshot,
  type AccountState,
  type Snapshot,
  serviceStates,
  waitReasons,
} from '../../shared/status.ts'
import type { UpdateState } from '../../shared/update-state.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

export const owner: LockOwner = {
  pid: 4711,
  host: 'headless',
  port: 8000,
  since: '2026-01-01T00:00:00.000Z',
  machine: 'here',
  where: 'here',
  identity: { pid: 4711, process_started: '1', machine: 'here', boot: 'b', pid_namespace: 'n' },
}

/** `14:35` whatever the machine's zone. */
export const utcTime = (at: string): string => at.slice(11, 16)

const until = '2026-01-01T14:35:00.000Z'
export const states: readonly AccountState[] = [
  { state: 'new' },
  { state: 'backfilling' },
  { state: 'up_to_date' },
  { state: 'syncing' },
  { state: 'paused' },
  { state: 'needs_reauth', reason: 'revoked', message: 'Google withdrew it', remedy: 'Sign in again' },
  { state: 'error', code: 'policy', message: 'Not allowed', remedy: 'Ask', until: null },
  ...waitReasons.map((reason): AccountState => ({ state: 'waiting', reason, until, message: 'Wait', remedy: null })),
]

export const account = (state: AccountState, email = 'ada@example.org'): AccountSnapshot => ({
  ...adaAccount,
  ...state,
  id: email,
  email,
  backfill: null,
})

export const facts = (changes: Partial<Snapshot> = {}, more: Partial<MenuFacts> = {}): MenuFacts => ({
  link: { kind: 'own' },
  snapshot: { ...idle, next_cycle_at: null, ...changes },
  timeOf: utcTime,
  login: { isOn: false, hint: null },
  update: { kind: 'off' },
  hasWindow: true,
  ...more,
})

const anEmail = fc
  .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), fc.string({ unit: 'grapheme', maxLength: 80 }))
  .map(([local, domain]) => `${local}@${domain}`)

const aLink = fc.constantFrom<LinkState>(
  { kind: 'starting', doing: null },
  { kind: 'own' },
  { kind: 'attached', owner },
  { kind: 'lost', owner },
  { kind: 'gone' },
  { kind: 'failed', error: new AppError('disk', 'The disk is full') },
)

const anUpdate = fc.constantFrom<UpdateState>(
  { kind: 'off' },
  { kind: 'impossible', reason: 'This build is not signed' },
  { kind: 'current', checked_at: null },
  { kind: 'checking' },
  { kind: 'downloading', version: '2.0.0', percent: 40 },
  { kind: 'ready', version: '2.0.0' },
  { kind: 'available', version: '2.0.0' },
  { kind: 'failed', reason: 'The releases of Mailtide cannot be reached' },
)

/** Anything that the tray can be asked to show. */
export const anyFacts: fc.Arbitrary<MenuFacts> = fc
  .record({
    link: aLink,
    hasSnapshot: fc.boolean(),
    state: fc.constantFrom(...serviceStates),
    accounts: fc.array(
      fc.tuple(fc.constantFrom(...states), anEmail).map(([state, email]) => account(state, email)),
      { maxLength: 60 },
    ),
    interval: fc.integer({ min: 1, max: 1440 }),
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    isNext: fc.boolean(),
    hasWindow: fc.boolean(),
    login: fc.option(fc.record({ isOn: fc.boolean(), hint: fc.option(fc.constant('allow it in System Settings')) })),
    failure: fc.option(fc.record({ message: fc.string({ maxLength: 300 }), remedy: fc.string() })),
    update: anUpdate,
  })
  .map(({ link, hasSnapshot, state, accounts, interval, port, isNext, hasWindow, login, failure, update }) => ({
    link,
    snapshot: hasSnapshot
      ? {
          ...idle,
          state,
          running: state !== 'stopped' && state !== 'failed',
          accounts,
          failure,
          interval_minutes: interval,
          host: { ...idle.host, port },
          next_cycle_at: isNext ? until : null,
          current:
            state === 'syncing' && accounts[0] !== undefined
              ? { account: accounts[0].email, phase: 'downloading', done: 1, total: 2, per_second: 1 }
              : null,
        }
      : null,
    timeOf: utcTime,
    login,
    update,
    hasWindow,
  }))
