import { describe, expect, it } from 'vitest'
import type { Connection, SubscribeOptions } from '../../renderer/backend/backend.ts'
import { createFakeBackend } from '../../renderer/gallery/fake-backend.ts'
import { gallerySnapshots } from '../../renderer/gallery/snapshots.ts'
import { createSnapshotStore, shared } from '../../renderer/snapshot-store.ts'
import { now } from './words.ts'

const { busy, calm } = gallerySnapshots(now)

it('keeps the latest snapshot, and tells whoever shows it', () => {
  const backend = createFakeBackend(calm, now)
  const store = createSnapshotStore(backend)
  const told: (number | undefined)[] = []
  const end = store.subscribe(() => told.push(store.get().snapshot?.revision))
  backend.push({ ...calm, revision: 2 })
  end()
  backend.push({ ...calm, revision: 3 })
  expect(told).toEqual([2])
  expect(store.get().snapshot?.revision).toBe(3)
})

it('keeps what it knew while the connection is lost', () => {
  const backend = createFakeBackend(calm, now)
  const store = createSnapshotStore(backend)
  backend.connect({ state: 'lost', retryAt: null })
  expect(store.get()).toMatchObject({ snapshot: { revision: 1 }, connection: { state: 'lost' } })
})

it('begins without a snapshot, and claims nothing', () => {
  let tell: SubscribeOptions['onConnection']
  const store = createSnapshotStore({
    subscribe: (_kind, _listener, options) => {
      tell = options?.onConnection
      return () => undefined
    },
  })
  expect(store.get()).toEqual({ snapshot: null, receivedAt: null, connection: { state: 'connecting' } })
  const connection: Connection = { state: 'connected' }
  tell?.(connection)
  expect(store.get().connection).toEqual(connection)
})

describe('what has not changed', () => {
  const next = structuredClone({
    ...busy,
    revision: 2,
    accounts: busy.accounts.map((account, index) => (index === 1 ? { ...account, messages_stored: 1 } : account)),
  })
  it('is the very same object, so that nothing is drawn again for it', () => {
    const kept = shared(busy, next)
    expect(kept).toEqual(next)
    expect(kept.accounts.map((account, index) => account === busy.accounts[index])).toEqual(
      busy.accounts.map((_, index) => index !== 1),
    )
    expect(kept.alerts).toBe(busy.alerts)
  })
  it('does not hide accounts that came, went or changed places', () => {
    const turned = { ...next, accounts: [...next.accounts].reverse().slice(2) }
    expect(shared(busy, turned)).toEqual(turned)
    expect(shared(null, next)).toBe(next)
  })
})
