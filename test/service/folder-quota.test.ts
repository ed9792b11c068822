import { expect, it } from 'vitest'
import { createFolderQuota } from '../../electron/service/folder-quota.ts'
import type { StorageFigures } from '../../shared/figures.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const figures: StorageFigures = {
  kind: 'pglite',
  data_folder: '/data',
  database_bytes: 100,
  raw_bytes: 200,
  logs_bytes: null,
  snapshots_bytes: 300,
  wal_bytes: 50,
  kept_bytes: 0,
  free_bytes: 1,
  min_free_bytes: 0,
  max_folder_bytes: 0,
  durable: true,
  restarts: 0,
}

function begin(limit: number) {
  const clock = createFakeClock()
  const state = { limit, raw: 200, looks: 0 }
  const { ensure, wrote } = createFolderQuota({
    measure: async () => {
      state.looks++
      return { ...figures, raw_bytes: state.raw }
    },
    clock,
    limit: () => state.limit,
  })
  return { clock, state, ensure, wrote }
}

it('without a limit nothing is measured', async () => {
  const { state, ensure } = begin(0)
  await ensure(1e15)
  expect(state.looks).toBe(0)
})

it('everything is counted once, and told when it is more than the limit', async () => {
  await expect(begin(600).ensure()).resolves.toBeUndefined()
  await expect(begin(599).ensure()).rejects.toMatchObject({
    code: 'disk',
    remedy: expect.stringContaining('maxFolderBytes'),
    action: { kind: 'change_setting', setting: 'max_folder_bytes' },
  })
  await expect(begin(650).ensure(51)).rejects.toMatchObject({ code: 'disk' })
})

it('it is measured once a minute while there is room, and each time while there is none, so that room is seen at once', async () => {
  const { clock, state, ensure } = begin(700)
  for (let call = 0; call < 10; call++) await ensure()
  expect(state.looks).toBe(1)
  state.raw = 400
  await clock.advance(60_000)
  await expect(ensure()).rejects.toMatchObject({ code: 'disk' })
  state.raw = 100
  await expect(ensure()).resolves.toBeUndefined()
  state.limit = 100
  await expect(ensure()).rejects.toMatchObject({ code: 'disk' })
  state.limit = 0
  await expect(ensure()).resolves.toBeUndefined()
})

it('it is measured as soon as what was written since may be beyond the limit, however soon that is', async () => {
  const { state, ensure, wrote } = begin(1_000)
  await ensure()
  wrote(300)
  await ensure()
  expect(state.looks).toBe(1)
  wrote(200)
  state.raw = 550
  // Less than was counted, and still within.
  await expect(ensure()).resolves.toBeUndefined()
  expect(state.looks).toBe(2)
  await ensure()
  expect(state.looks).toBe(2)
  wrote(100)
  state.raw = 650
  await expect(ensure()).rejects.toMatchObject({ code: 'disk' })
})
