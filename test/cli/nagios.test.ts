import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  alertsAt,
  type CheckOptions,
  judgeSnapshot,
  parseRange,
  rangeText,
  verdictLine,
} from '../../electron/cli/nagios.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

const usual: CheckOptions = {
  now: new Date('2026-01-01T00:05:00.000Z'),
  warning: null,
  critical: null,
  account: undefined,
}
const judge = (snapshot: Partial<Snapshot>, options: Partial<CheckOptions> = {}) =>
  judgeSnapshot({ ...idle, ...snapshot }, { ...usual, ...options })
const ada = (changes: object): AccountSnapshot => ({ ...adaAccount, ...changes }) as AccountSnapshot
const alert = (kind: Alert['kind'], account: string | null = null): Alert => ({
  key: kind,
  kind,
  account,
  message: `It is ${kind}`,
  remedy: 'Do something',
  since: '2026-01-01T00:00:00.000Z',
})

describe('a threshold range', () => {
  // The examples of the guidelines: https://nagios-plugins.org/doc/guidelines.html#THRESHOLDFORMAT
  it.each([
    ['10', [-1, 11], [0, 10]],
    ['10:', [9], [10, 1e9]],
    ['~:10', [11], [-5, 10]],
    ['10:20', [9, 21], [10, 20]],
    ['@10:20', [10, 20], [9, 21]],
    ['1.5', [1.6], [1.5]],
  ] as const)('%s alerts as the guidelines say', (text, alerting, silent) => {
    const range = parseRange(text)
    if (range === null) throw new Error('It is a range')
    for (const value of alerting) expect(alertsAt(range, value), `${value}`).toBe(true)
    for (const value of silent) expect(alertsAt(range, value), `${value}`).toBe(false)
  })

  it.each(['', ':', 'x', '20:10', '@', '10:x', '1e3', '--1', '10 20'])('%j is none', (text) => {
    expect(parseRange(text)).toBeNull()
  })

  it('is written as it was read', () => {
    const bound = fc.integer({ min: 0, max: 1e6 })
    fc.assert(
      fc.property(bound, bound, fc.boolean(), (a, b, inside) => {
        const range = { from: Math.min(a, b), to: Math.max(a, b), inside }
        expect(parseRange(rangeText(range, 1))).toEqual(range)
      }),
    )
  })
})

describe('check', () => {
  it('is OK with one line and figures that monitoring can read', () => {
    expect(verdictLine(judge({}))).toBe(
      'MAILTIDE OK - 1 account, 1,000 messages. Waiting. The next cycle starts now. | ' +
        "'ada@example.com age'=300s;7800;23400;0 messages=1000;;;0 failed=0;;;0 waiting=0;;;0 errors=0c;;;0 " +
        'emails=1000c;;;0 cycle=45.23s;;;0',
    )
  })

  it.each([
    ['a service that failed', { state: 'failed', failure: { message: 'No disk', remedy: 'x' } }, 'CRITICAL', 'No disk'],
    ['syncing that was stopped', { state: 'stopped', running: false }, 'WARNING', 'syncing is stopped'],
    ['no accounts', { accounts: [] }, 'WARNING', 'no accounts'],
    ['an alert', { alerts: [alert('slow_cycle')] }, 'WARNING', 'It is slow_cycle'],
    [
      'an account that must sign in',
      { alerts: [alert('needs_reauth', 'ada@example.com')] },
      'CRITICAL',
      'It is needs_reauth',
    ],
    ['a broken database', { alerts: [alert('disk'), alert('store')] }, 'CRITICAL', 'It is store; It is disk'],
    [
      'an account in error',
      { accounts: [ada({ state: 'error', code: 'policy', message: 'Blocked', remedy: 'Ask', until: null })] },
      'CRITICAL',
      'ada@example.com: Stopped by an error: Blocked',
    ],
    [
      'a full disk',
      {
        accounts: [
          ada({
            state: 'waiting',
            reason: 'disk',
            until: '2026-01-01T00:06:00.000Z',
            message: 'Disk full',
            remedy: 'x',
          }),
        ],
      },
      'CRITICAL',
      'Disk full',
    ],
    [
      'an old copy',
      { accounts: [ada({ last_synced_at: '2025-12-31T21:50:00.000Z', next_due_at: '2025-12-31T22:50:00.000Z' })] },
      'WARNING',
      'last synced 2 hours 15 minutes ago',
    ],
    [
      'a very old copy',
      { accounts: [ada({ last_synced_at: '2025-12-31T00:00:00.000Z', next_due_at: '2025-12-31T01:00:00.000Z' })] },
      'CRITICAL',
      'last synced 1 day',
    ],
  ] as const)('tells of %s', (_, snapshot, severity, words) => {
    const verdict = judge(snapshot as unknown as Partial<Snapshot>)
    expect(verdict.severity).toBe(severity)
    expect(verdict.text).toContain(words)
  })

  it('leaves a paused account, a first download and a wait for quota in peace', () => {
    const waiting = {
      state: 'waiting',
      reason: 'quota',
      until: '2026-01-01T00:06:00.000Z',
      message: 'Quota',
      remedy: null,
    }
    for (const accounts of [
      [ada({ state: 'paused', last_synced_at: '2020-01-01T00:00:00.000Z' })],
      [ada({ state: 'backfilling', last_synced_at: null, next_due_at: null })],
      [ada(waiting)],
    ]) {
      expect(judge({ accounts }).severity).toBe('OK')
    }
  })

  it('goes by the thresholds it is given, for the account it is given', () => {
    const bob = ada({ id: 'b', email: 'bob@example.com', last_synced_at: '2025-12-31T23:45:00.000Z' })
    const accounts = [adaAccount, bob]
    const warning = parseRange('10')
    const critical = parseRange('15')
    expect(judge({ accounts }, { warning, critical })).toMatchObject({ severity: 'CRITICAL' })
    expect(judge({ accounts }, { warning, critical, account: 'ada@example.com' }).severity).toBe('OK')
    expect(judge({ accounts }, { warning, account: 'b' })).toMatchObject({
      severity: 'WARNING',
      text: 'bob@example.com: last synced 20 minutes ago',
    })
    expect(judge({ accounts, alerts: [alert('sync_failure', 'b')] }, { account: 'ada@example.com' }).severity).toBe(
      'OK',
    )
    expect(judge({ accounts }, { account: 'eve@example.com' })).toMatchObject({ severity: 'UNKNOWN', figures: [] })
  })

  it('never breaks its line: bars and quotes in names and texts are made harmless', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), (email) => {
        const line = verdictLine(
          judge({ accounts: [ada({ email })], alerts: [{ ...alert('disk'), message: 'a|b\nc' }] }),
        )
        expect(line.split('|')).toHaveLength(2)
        expect(line).not.toContain('\n')
        const [, figures = ''] = line.split(' | ')
        // A label is bare, or quoted with its own quotes doubled.
        expect(figures).toMatch(/^(([\w.@-]+|'([^'=|]|'')*')=[\d.]+[sc]?;[\d:.~@]*;[\d:.~@]*;0( |$))+$/)
      }),
    )
  })
})
