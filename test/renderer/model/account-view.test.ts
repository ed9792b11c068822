import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { galleryAccounts } from '../../../renderer/gallery/accounts.ts'
import { gallerySnapshots } from '../../../renderer/gallery/snapshots.ts'
import { accountView, type Line, type Part } from '../../../renderer/model/account-view.ts'
import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'
import { formats, now, words } from '../words.ts'

const accounts = galleryAccounts(now)
const { busy, stopped, calm } = gallerySnapshots(now)

const textOf = (part: Part): string => {
  switch (part.kind) {
    case 'time':
      return words.times.when(part.at, now)
    case 'number':
      return formats.number(part.value)
    case 'troubles':
      return `[${formats.number(part.value)} waiting]`
    case 'log':
      return '[log]'
    case 'resume':
      return '[resume]'
  }
}
const lineText = (line: Line): string =>
  line.map((piece) => (typeof piece === 'string' ? piece : textOf(piece))).join('')
const told = (lines: readonly Line[]): string => lines.map(lineText).join(' · ')

/** The card as one reads it. */
function read(account: AccountSnapshot, snapshot: Snapshot = busy) {
  const { look, state, more, counts, times, gauge } = accountView(account, snapshot, words, now)
  return [look.tone, told([state, ...more]), told(counts), told(times), ...(gauge === null ? [] : [gauge])]
}

describe('an account is told', () => {
  it.each([
    [
      'withdrawn',
      [
        'turn',
        'Needs you to sign in · no new mail since yesterday, 18:04',
        'Stored 9,318',
        'Gmail not counted since then',
      ],
    ],
    [
      'apiOff',
      [
        'bad',
        'Stopped by an error · since 13:58 · [log]',
        'Gmail 22,163 · stored 22,150 · 13 waiting',
        'Last synced 13:53 · next try 14:31',
      ],
    ],
    [
      'copying',
      [
        'work',
        'Copying the mailbox · back to March 2019 so far',
        'Gmail 217,540 · stored 135,898 · 81,642 waiting',
        'Newest mail first',
        { percent: 62, facts: ['4.8 messages/s'], failed: 4, end: 'about 4 h 45 min left' },
      ],
    ],
    [
      'syncing',
      ['work', 'Syncing · 112 of 240 changes', 'Gmail 12,846 · stored 12,718 · 128 waiting', 'Last synced 13:19'],
    ],
    [
      'butForThree',
      [
        'ok',
        'Up to date · but for 3 messages',
        'Gmail 48,212 · stored 49,413 · 1,204 deleted there and kept · [3 waiting]',
        'Last synced 14:22 · due 15:22',
      ],
    ],
    [
      'quota',
      [
        'wait',
        'Waiting for Google’s quota until 14:32 · goes on by itself',
        'Gmail 86,004 · stored 51,377 · 34,627 waiting',
        'Newest mail first',
        { percent: 59, facts: [], failed: 0, end: null },
      ],
    ],
    ['upToDate', ['ok', 'Up to date', 'Gmail 31,870 · stored 31,870', 'Last synced 14:23 · due 15:23']],
    [
      'paused',
      ['rest', 'Paused by you · since 3 November, 14:26 · [resume]', 'Stored 204,771', 'Gmail not counted since then'],
    ],
    ['fresh', ['rest', 'Waiting for its first sync · starts in this cycle', 'Stored 0', 'Gmail not counted yet']],
    [
      'listing',
      [
        'work',
        'Copying the mailbox · listing messages, 12,500 found so far',
        'Stored 0',
        'Gmail is being counted',
        { percent: null, facts: [], failed: 0, end: null },
      ],
    ],
    [
      'network',
      [
        'wait',
        'Waiting for the network · next try 14:31',
        'Gmail 12,846 · stored 12,718 · 128 waiting',
        'Last synced 13:19',
      ],
    ],
    [
      'disk',
      [
        'turn',
        'Waiting for free disk space · continues when there is space',
        'Gmail 88,120 · stored 88,100 · 20 waiting',
        'Last synced 13:19',
      ],
    ],
    [
      'clock',
      ['turn', 'Waiting for the right time · next try 14:27', 'Gmail 88,100 · stored 88,100', 'Last synced 13:19'],
    ],
  ] as const)('when it is %s', (name, text) => {
    expect(read(accounts[name])).toEqual(text)
  })

  it('measures the speed before it tells one, and only while it copies', () => {
    const current = {
      account: accounts.measuring.email,
      phase: 'downloading',
      done: 1,
      total: 9,
      per_second: 0,
    } as const
    const gauge = (snapshot: Snapshot) => accountView(accounts.measuring, snapshot, words, now).gauge
    expect(gauge({ ...busy, current })).toEqual({ percent: 0, facts: ['measuring the speed'], failed: 0, end: null })
    expect(gauge(busy)?.facts).toEqual([])
  })

  it('as waiting for nothing while the service is stopped', () => {
    expect(read(accounts.network, stopped)[1]).toBe('Last sync not finished · continues when Mailtide is started again')
    expect(read(accounts.copying, stopped)[1]).toBe('Mailbox not copied yet · continues when Mailtide is started again')
    expect(read(accounts.fresh, stopped)[1]).toBe('Waiting for its first sync · starts when Mailtide is started again')
    expect(read(accounts.upToDate, stopped)[1]).toBe('Up to date · as of 14:23')
    // Nobody comes at the time when its turn would have been.
    expect(read(accounts.upToDate, stopped)[3]).toBe('Last synced 14:23')
  })

  it('with the time of its first sync between cycles', () => {
    expect(read(accounts.fresh, calm)[1]).toBe('Waiting for its first sync · starts at 14:29')
  })

  it('as due or tried now when its time has come', () => {
    const past = new Date(now.getTime() - 1_000).toISOString()
    expect(read({ ...accounts.upToDate, next_due_at: past })[3]).toBe('Last synced 14:23 · due now')
    expect(read({ ...accounts.network, until: past } as AccountSnapshot)[1]).toBe(
      'Waiting for the network · next try now',
    )
  })
})

it('is never told as copied to a hundred percent while anything waits, nor as more than Gmail says', () => {
  const count = fc.nat(1_000_000)
  fc.assert(
    fc.property(
      count,
      count,
      count,
      fc.double({ min: 0, max: 100, noNaN: true }),
      (stored, waiting, failed, percent) => {
        const account: AccountSnapshot = {
          ...accounts.copying,
          messages_stored: stored,
          messages_waiting: waiting,
          messages_failed: failed,
          backfill: { ...accounts.copying.backfill!, percent },
        }
        const { gauge, counts } = accountView(account, busy, words, now)
        expect(gauge?.percent).toBeLessThanOrEqual(waiting + failed > 0 ? Math.min(99, percent) : percent)
        const [gmail, here, left] = counts.map((line) =>
          line.reduce(
            (sum: number, piece) => sum + (typeof piece !== 'string' && 'value' in piece ? piece.value : 0),
            0,
          ),
        )
        expect(gmail).toBe(here! + (left ?? 0))
      },
    ),
  )
})
