import { expect, it } from 'vitest'
import { keepSnapshots } from '../../electron/service/keep-snapshots.ts'
import { AppError } from '../../shared/errors.ts'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const HOUR = 60 * 60_000

/** A keeper on a clock in the hand, with snapshots that are only written down: hours since the start at which they were made. */
function begin(settings: { snapshotHours: number }, isBusy: () => boolean = () => false) {
  const clock = createFakeClock()
  const made: SnapshotInfo[] = []
  const hours: number[] = []
  let trouble: AppError | null = null
  const add = (reason: SnapshotInfo['reason'], at: Date): SnapshotInfo => {
    const text = at.toISOString()
    const info = { name: text, made_at: text, verified_at: text, reason, schema: 4, messages: 0, bytes: 0 }
    made.unshift(info)
    return info
  }
  const keeper = keepSnapshots({
    snapshots: {
      list: async () => made,
      take: async ({ reason }) => {
        hours.push(Math.floor(clock.elapsed() / HOUR))
        if (trouble !== null) throw trouble
        return add(reason, clock.now())
      },
    },
    ensureRoom: async () => undefined,
    isBusy,
    clock,
    log: silentLog,
    settings: () => ({ ...settings, snapshotsKept: 2, minFreeBytes: 0 }),
  })
  const fail = (error: AppError | null): void => {
    trouble = error
  }
  return { clock, hours, add, fail, keeper }
}

it('a snapshot is made as often as the setting says, the first soon after the start', async () => {
  const { clock, hours, keeper } = begin({ snapshotHours: 24 })
  await clock.advance(73 * HOUR)
  expect(hours).toEqual([0, 24, 48, 72])
  await keeper.close()
  await clock.advance(100 * HOUR)
  expect(hours).toHaveLength(4)
})

it('none is made while the setting is 0, and a changed one holds from the next look on', async () => {
  const settings = { snapshotHours: 0 }
  const { clock, hours, keeper } = begin(settings)
  await clock.advance(100 * HOUR)
  expect(hours).toEqual([])
  settings.snapshotHours = 1
  await clock.advance(2 * HOUR)
  expect(hours).toEqual([100, 101])
  await keeper.close()
})

it('one waits for mail that is being synced, but not for ever', async () => {
  let isBusy = true
  const { clock, hours, keeper } = begin({ snapshotHours: 24 }, () => isBusy)
  await clock.advance(5 * HOUR)
  expect(hours).toEqual([])
  await clock.advance(68 * HOUR)
  expect(hours).toEqual([24, 72])
  await clock.advance(30 * HOUR)
  isBusy = false
  await clock.advance(HOUR)
  expect(hours).toEqual([24, 72, 103])
  await keeper.close()
})

it('one that failed, for want of room say, is tried again an hour later', async () => {
  const { clock, hours, fail, keeper } = begin({ snapshotHours: 24 })
  fail(new AppError('disk', 'The disk is full'))
  await clock.advance(2.5 * HOUR)
  expect(hours).toEqual([0, 1, 2])
  fail(null)
  await clock.advance(20 * HOUR)
  expect(hours).toEqual([0, 1, 2, 3])
  await keeper.close()
})

it('one made by a clock that ran ahead does not keep others from being made, nor does a copy before a migration', async () => {
  const { clock, hours, add, keeper } = begin({ snapshotHours: 24 })
  add('schedule', new Date('2031-01-01T00:00:00Z'))
  await clock.advance(HOUR)
  expect(hours).toEqual([0])
  await keeper.close()

  const other = begin({ snapshotHours: 24 })
  other.add('migration', other.clock.now())
  await other.clock.advance(HOUR)
  expect(other.hours).toEqual([0])
  await other.keeper.close()
})
