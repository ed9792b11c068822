import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../electron/ports.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { silentLog } from '../support/silent-log.ts'
import { addAccount, type FakeTurn, nothing, startCore } from './core.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  await addAccount(test.db, 'ada')
})

/** A turn that ends when it is let go, whatever is asked of it. */
function stubbornTurn() {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const { promise, resolve: letGo } = Promise.withResolvers<void>()
  const turn: FakeTurn = async () => {
    begin()
    await promise
    return nothing
  }
  return { turn, begun, letGo }
}

describe('a start', () => {
  it('that comes while a stop is under way waits for it, and then starts', async () => {
    const { turn, begun, letGo } = stubbornTurn()
    const { service } = await startCore(test.db, { turn })
    await service.start()
    await begun
    const stopping = service.stop()
    const starting = service.start()
    letGo()
    await stopping
    expect(await starting).toMatchObject({ changed: 'started' })
    expect(service.snapshot().running).toBe(true)
  })

  it('with another interval that comes while a stop is under way starts, rather than changing what is about to end', async () => {
    const { turn, begun, letGo } = stubbornTurn()
    const { service } = await startCore(test.db, { turn })
    await service.start()
    await begun
    const stopping = service.stop()
    const starting = service.start(10)
    letGo()
    await stopping
    expect(await starting).toEqual({ changed: 'started', intervalMinutes: 10 })
    expect(service.snapshot()).toMatchObject({ running: true, interval_minutes: 10 })
  })

  it('is not undone by the second of two stops', async () => {
    const { turn, begun, letGo } = stubbornTurn()
    const { service, clock } = await startCore(test.db, { turn })
    await service.start()
    await begun
    const first = service.stop()
    await clock.advance(4_000)
    const second = service.stop()
    await clock.advance(3_500)
    await first
    const starting = service.start()
    letGo()
    await Promise.allSettled([second, starting])
    await clock.advance(10_000)
    expect(service.snapshot().running).toBe(true)
    await expect(service.start()).rejects.toMatchObject({ code: 'already_running' })
  })

  it('that comes while everything is being closed is refused', async () => {
    const { turn, begun, letGo } = stubbornTurn()
    const { service } = await startCore(test.db, { turn })
    await service.start()
    await begun
    const closing = service.close()
    const starting = service.start()
    letGo()
    await closing
    await expect(starting).rejects.toMatchObject({ code: 'aborted' })
    await expect(service.start()).rejects.toMatchObject({ code: 'aborted' })
    expect(service.snapshot().running).toBe(false)
  })

  it('is shown at once, also while a database that several share is asked for the accounts', async () => {
    const { service } = await startCore({ ...test.db, kind: 'postgres' })
    await service.start()
    expect(service.snapshot()).toMatchObject({ state: 'syncing', running: true })
  })
})

it('a service that stops promises no cycle and takes no "Sync now"', async () => {
  const { service, until } = await startCore(test.db)
  await service.start()
  await until(({ state, next_cycle_at }) => state === 'idle' && next_cycle_at !== null)
  const stopped = service.stop()
  expect(service.snapshot()).toMatchObject({ state: 'stopping', next_cycle_at: null })
  await expect(service.syncNow()).rejects.toMatchObject({ code: 'not_running' })
  await stopped
})

it('a stop and a start by hand are in the log, and the end of the service is no stop by hand', async () => {
  const lines: string[] = []
  const log: Log = { ...silentLog, info: (message) => void lines.push(message), named: () => log }
  const { service } = await startCore(test.db, { log })
  await service.start()
  expect(lines.filter((line) => line.startsWith('Syncing was'))).toEqual([])
  await service.stop()
  await service.start()
  await service.close()
  expect(lines.filter((line) => line.startsWith('Syncing was'))).toEqual([
    'Syncing was stopped; the service keeps answering',
    'Syncing was started again',
  ])
})
