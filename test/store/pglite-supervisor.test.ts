import { describe, expect, it } from 'vitest'
import { databaseDiskFull, storeError } from '../../electron/store/faults.ts'
import type { Connection } from '../../electron/store/pglite/connection.ts'
import { createSupervisor, type Fault } from '../../electron/store/pglite/supervisor.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const MINUTE = 60_000
const broken = storeError('The database did not open in time', 'Nothing that was stored is lost')

/** A connection whose end is in the test's hand. */
function connection() {
  const end = Promise.withResolvers<Awaited<Connection['ended']>>()
  let isAlive = true
  const opened = {
    get alive() {
      return isAlive
    },
    ended: end.promise,
  } as Connection
  return {
    opened,
    die: (reason = broken) => {
      isAlive = false
      end.resolve(reason)
    },
  }
}

function supervised(open: () => Promise<Connection>, hasSpace = async () => true) {
  const clock = createFakeClock()
  const faults: Fault[] = []
  const supervisor = createSupervisor({ clock, open, hasSpace, onFault: (fault) => faults.push(fault) })
  return { clock, faults, supervisor }
}

describe('a database that died', () => {
  it('and takes long to fail each time it is opened again, is failed for good after three times', async () => {
    const first = connection()
    let openings = 0
    const { clock, faults, supervisor } = supervised(async () => {
      if (openings++ === 0) return first.opened
      // Longer than it takes until a death is forgotten.
      await clock.advance(11 * MINUTE)
      throw broken
    })
    await supervisor.start()
    first.die()
    await expect(supervisor.get()).rejects.toMatchObject({ message: expect.stringContaining('again and again') })
    expect(openings).toBe(1 + 3)
    expect(faults.map(({ final }) => final)).toEqual([false, false, false, false, true])
    await expect(supervisor.get()).rejects.toMatchObject({ message: expect.stringContaining('again and again') })
    expect(openings).toBe(1 + 3)
  })

  it('and was opened in between has its three tries again', async () => {
    const all = [connection(), connection(), connection()]
    const outcomes = [all[0], null, null, all[1], null, null, all[2]]
    const { clock, faults, supervisor } = supervised(async () => {
      await clock.advance(11 * MINUTE)
      const next = outcomes.shift()
      if (next === null || next === undefined) throw broken
      return next.opened
    })
    await supervisor.start()
    for (const [index, each] of all.entries()) {
      expect(await supervisor.get()).toBe(each.opened)
      if (index < 2) each.die()
      await Promise.resolve()
    }
    expect(faults.some(({ final }) => final)).toBe(false)
    expect(supervisor.restarts).toBe(6)
  })

  it('is not opened any more once somebody stops it', async () => {
    const first = connection()
    const stopped = storeError('The database is closed', 'Start Mailtide again')
    let openings = 0
    const { supervisor } = supervised(async () => {
      if (openings++ === 0) return first.opened
      void supervisor.stop(stopped)
      throw broken
    })
    await supervisor.start()
    first.die()
    await expect(supervisor.get()).rejects.toBe(stopped)
    expect(openings).toBe(2)
    expect(await supervisor.stop(stopped)).toBeNull()
  })

  it('for want of room is tried whenever there seems to be some, and no count ends it', async () => {
    const first = connection()
    const last = connection()
    let openings = 0
    let isRoom = false
    const { clock, faults, supervisor } = supervised(
      async () => {
        openings++
        if (openings === 1) return first.opened
        if (openings < 12) throw databaseDiskFull()
        return last.opened
      },
      async () => isRoom,
    )
    await supervisor.start()
    first.die(databaseDiskFull())
    await expect(supervisor.get()).rejects.toMatchObject({ code: 'disk' })
    expect(openings).toBe(1)
    isRoom = true
    for (let time = 0; time < 10; time++) {
      await expect(supervisor.get()).rejects.toMatchObject({ code: 'disk' })
      // As with a quota, of which nobody tells: it is not opened for everybody who asks.
      await expect(supervisor.get()).rejects.toMatchObject({ code: 'disk' })
      expect(openings).toBe(2 + time)
      await clock.advance(10_000)
    }
    expect(await supervisor.get()).toBe(last.opened)
    expect(faults.some(({ final }) => final)).toBe(false)
  })

  it('of a full disk again and again, each time when it is written to, is opened once in ten seconds', async () => {
    const lives: ReturnType<typeof connection>[] = []
    const { clock, faults, supervisor } = supervised(async () => {
      lives.push(connection())
      return lives.at(-1)!.opened
    })
    await supervisor.start()
    for (let time = 1; time <= 10; time++) {
      lives.at(-1)?.die(databaseDiskFull())
      await expect(supervisor.get()).resolves.toBeDefined()
      expect(lives.length).toBe(1 + time)
      lives.at(-1)?.die(databaseDiskFull())
      await expect(supervisor.get()).rejects.toMatchObject({ code: 'disk' })
      expect(lives.length).toBe(1 + time)
      await clock.advance(10_000)
    }
    expect(faults.some(({ final }) => final)).toBe(false)
  })
})
