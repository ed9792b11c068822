import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { galleryAccounts } from '../../../renderer/gallery/accounts.ts'
import { gallerySnapshots } from '../../../renderer/gallery/snapshots.ts'
import { announcements } from '../../../renderer/model/announce.ts'
import { serviceView } from '../../../renderer/model/service-view.ts'
import { inOrder, matching, tallyOf } from '../../../shared/needs-you.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { now, words } from '../words.ts'

const snapshots = gallerySnapshots(now)
const accounts = Object.values(galleryAccounts(now))
const view = (snapshot: Snapshot) => serviceView(snapshot, words)

describe('the service is told', () => {
  it.each([
    ['busy', 'work', 'Syncing 2 of 8 accounts', 'Syncing 2 of 8', null],
    ['calm', 'ok', 'Everything is up to date', 'Up to date', 'the last one took 6 s and stored 4 messages'],
    ['allButFew', 'ok', 'Everything is up to date but for 3 messages', 'Up to date', undefined],
    ['waiting', 'wait', '1 account is waiting, 2 are up to date', '1 waiting', undefined],
    ['needYou', 'turn', '3 accounts need you, 2 are up to date', '3 accounts need you', undefined],
    ['endsSoon', 'turn', '1 account needs you, 1 is up to date', '1 account needs you', undefined],
    ['unfinished', 'work', '2 accounts are not copied yet, 1 is up to date', '2 not copied yet', undefined],
    ['allPaused', 'rest', 'The account is paused', 'Paused', undefined],
    ['empty', 'rest', 'No account yet', 'No account yet', 'Nothing is synced'],
    ['stopping', 'wait', 'Stopping', 'Stopping', 'Finishing the messages at hand; this takes up to 10 s'],
    ['stopped', 'rest', 'Stopped', 'Stopped', 'No mail is copied until you start it again'],
    [
      'failed',
      'bad',
      'Mailtide stopped by an error',
      'Stopped by an error',
      'The disk is full: 0.2 GB free, 2.0 GB needed. Free some space, then start again',
    ],
  ] as const)('when it is %s', (name, tone, sentence, short, detail) => {
    const told = view(snapshots[name])
    expect([told.look.tone, told.sentence, told.short]).toEqual([tone, sentence, short])
    if (detail !== undefined) expect(told.detail?.replaceAll('\u00A0', ' ') ?? null).toBe(detail)
  })

  it('with what can be asked of it', () => {
    const can = (name: keyof typeof snapshots) => {
      const { canStart, canStop, canSyncNow } = view(snapshots[name])
      return { canStart, canStop, canSyncNow }
    }
    expect(can('busy')).toEqual({ canStart: false, canStop: true, canSyncNow: true })
    expect(can('empty')).toEqual({ canStart: false, canStop: true, canSyncNow: false })
    expect(can('stopping')).toEqual({ canStart: false, canStop: false, canSyncNow: false })
    expect(can('stopped')).toEqual({ canStart: true, canStop: false, canSyncNow: false })
    expect(can('failed')).toEqual({ canStart: true, canStop: false, canSyncNow: false })
  })

  it('to count down only to a cycle whose time is known', () => {
    expect(view(snapshots.calm).next).toEqual({ kind: 'at', at: new Date(now.getTime() + 222_000), isAfterThis: false })
    expect(view(snapshots.busy).next).toEqual({ kind: 'after_this' })
    expect(view(snapshots.stopped).next).toEqual({ kind: 'none' })
  })
})

const someAccounts = fc.shuffledSubarray(accounts)

it('counts each account once, whatever its state', () => {
  fc.assert(
    fc.property(someAccounts, (chosen) => {
      const { all, ...parts } = tallyOf({ accounts: chosen, alerts: [] })
      expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(all)
      expect(all).toBe(chosen.length)
    }),
  )
})

it('shows first who needs the person, and keeps the order otherwise', () => {
  fc.assert(
    fc.property(someAccounts, (chosen) => {
      const { first, rest } = inOrder(chosen, { alerts: [] })
      const places = (part: readonly (typeof chosen)[number][]) => part.map((account) => chosen.indexOf(account))
      for (const part of [places(first), places(rest)]) expect(part).toEqual([...part].sort((a, b) => a - b))
      expect(first.length).toBe(tallyOf({ accounts: chosen, alerts: [] }).needYou)
      expect(first.length + rest.length).toBe(chosen.length)
    }),
  )
})

it('finds accounts by any part of their address, whatever its case', () => {
  expect(matching(accounts, ' WERFT').every(({ email }) => email.includes('werft'))).toBe(true)
  expect(matching(accounts, ' WERFT').length).toBeGreaterThan(5)
  expect(matching(accounts, '')).toEqual(accounts)
})

describe('people who listen are told', () => {
  const { upToDate, syncing, withdrawn } = galleryAccounts(now)
  const change = (before: Partial<Snapshot>, after: Partial<Snapshot>) =>
    announcements({ ...snapshots.calm, ...before }, { ...snapshots.calm, ...after }, words)
  const as = (account: typeof upToDate) => [{ ...account, id: 'a', email: 'ada@example.com' }]

  it('when an account needs them, and when it is well again', () => {
    expect(change({ accounts: as(upToDate) }, { accounts: as(withdrawn) })).toEqual([
      'ada@example.com needs you to sign in',
    ])
    expect(change({ accounts: as(withdrawn) }, { accounts: as(upToDate) })).toEqual(['ada@example.com is up to date'])
  })
  it('nothing of a routine sync, nor of progress', () => {
    expect(change({ accounts: as(upToDate) }, { accounts: as(syncing), state: 'syncing' })).toEqual([])
    expect(change({ accounts: as(syncing), state: 'syncing' }, { accounts: as(upToDate) })).toEqual([])
    expect(change({ accounts: as(upToDate) }, { accounts: [{ ...as(upToDate)[0]!, messages_stored: 1 }] })).toEqual([])
  })
  it('when the service stops, and when an account is gone', () => {
    expect(change({}, { state: 'stopped', running: false })).toEqual(['Stopped'])
    expect(change({ accounts: as(upToDate) }, { accounts: [] })).toEqual(['ada@example.com was removed'])
  })
})
