import { describe, expect, it } from 'vitest'
import { createUpdates, type UpdatePlace, type UpdateSource, type Updates } from '../../electron/desktop/updates.ts'
import type { UpdateState } from '../../shared/update-state.ts'
import { createFakeClock, type FakeClock, settle } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** The releases, in the test's hand. */
interface World {
  readonly clock: FakeClock
  readonly updates: Updates
  readonly seen: UpdateState[]
  /** What was done, in order. */
  readonly done: string[]
  newest: string | null
  isWanted: boolean
  online: boolean
  /** Null while a download hangs. */
  finish: (() => void) | null
  slow: boolean
  isInstallable: boolean
}

function createWorld(place: UpdatePlace = { by: 'itself' }, changes: Partial<World> = {}): World {
  const clock = createFakeClock()
  const done: string[] = []
  const seen: UpdateState[] = []
  const source: UpdateSource = {
    check: async () => {
      done.push('check')
      if (!world.online) throw new Error('net::ERR_INTERNET_DISCONNECTED')
      return world.newest
    },
    download: async (onPercent, signal) => {
      done.push(`download ${world.newest}`)
      onPercent(42.9)
      if (world.slow) {
        await new Promise<void>((resolve, reject) => {
          world.finish = resolve
          signal.addEventListener('abort', () => reject(new Error('cancelled')))
        })
      }
    },
    installOnQuit: (on) => done.push(`install on quit: ${on}`),
    installAndRestart: () => {
      done.push('install')
      if (!world.isInstallable) throw new Error('EACCES')
    },
  }
  const world: World = {
    clock,
    seen,
    done,
    newest: null,
    isWanted: true,
    online: true,
    finish: null,
    slow: false,
    isInstallable: true,
    ...changes,
    updates: undefined as never,
  }
  const updates = createUpdates({
    place: async () => place,
    openSource: async () => {
      done.push('open')
      return source
    },
    isWanted: () => world.isWanted,
    clock,
    log: silentLog,
    closeService: async () => {
      done.push('service closed')
    },
    relaunch: () => done.push('relaunch'),
  })
  updates.onState((state) => seen.push(state))
  return Object.assign(world, { updates })
}

const count = (world: World, what: string): number => world.done.filter((entry) => entry === what).length

describe('an app that updates itself', () => {
  it('looks a few minutes after it started, and then about once a day', async () => {
    const world = createWorld()
    expect(world.updates.state()).toEqual({ kind: 'current', checked_at: null })
    await world.clock.advance(29_000)
    expect(world.done).toEqual([])
    await world.clock.advance(3 * MINUTE)
    expect(world.done).toEqual(['open', 'check'])
    expect(world.updates.state()).toMatchObject({
      kind: 'current',
      checked_at: expect.stringMatching(/^2026-01-01T00:0/),
    })
    await world.clock.advance(21 * HOUR)
    expect(count(world, 'check')).toBe(1)
    await world.clock.advance(6 * HOUR)
    expect(count(world, 'check')).toBe(2)
    await world.clock.advance(10 * 24 * HOUR)
    expect(count(world, 'check')).toBeGreaterThanOrEqual(11)
    expect(count(world, 'check')).toBeLessThanOrEqual(14)
  })

  it('downloads a newer version in the background, and has it installed when the app quits', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0' })
    await world.clock.advance(5 * MINUTE)
    expect(world.done).toEqual(['open', 'check', 'install on quit: true', 'download 2.0.0'])
    expect(world.seen.map(({ kind }) => kind)).toEqual(['current', 'checking', 'downloading', 'downloading', 'ready'])
    expect(world.seen[3]).toEqual({ kind: 'downloading', version: '2.0.0', percent: 42 })
    expect(world.updates.state()).toEqual({ kind: 'ready', version: '2.0.0' })
  })

  it('keeps a version that is ready while nothing newer is there or nobody answers, and fetches the next one', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0' })
    await world.clock.advance(5 * MINUTE)
    const before = world.seen.length
    await world.clock.advance(30 * HOUR)
    world.online = false
    await world.clock.advance(30 * HOUR)
    expect(world.seen.slice(before)).toEqual([])
    expect(count(world, 'download 2.0.0')).toBe(1)
    world.online = true
    world.newest = '2.1.0'
    await world.clock.advance(30 * HOUR)
    expect(world.updates.state()).toEqual({ kind: 'ready', version: '2.1.0' })
  })

  it('says quietly that it could not look, and tries again within two hours', async () => {
    const world = createWorld({ by: 'itself' }, { online: false })
    await world.clock.advance(5 * MINUTE)
    expect(world.updates.state()).toEqual({ kind: 'failed', reason: 'net::ERR_INTERNET_DISCONNECTED' })
    world.online = true
    await world.clock.advance(2 * HOUR)
    expect(world.updates.state()).toMatchObject({ kind: 'current' })
    expect(count(world, 'check')).toBe(2)
  })

  it('looks at once when a person asks, once for all who ask', async () => {
    const world = createWorld()
    await Promise.all([world.updates.checkNow(), world.updates.checkNow()])
    expect(world.done).toEqual(['open', 'check'])
  })

  it('restarts into the new version only after the service has ended in order', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0' })
    await expect(world.updates.restart()).rejects.toMatchObject({ code: 'conflict' })
    await world.updates.checkNow()
    world.done.length = 0
    await world.updates.restart()
    expect(world.done).toEqual(['service closed', 'install'])
  })

  it('starts the present version again when the new one cannot be installed', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0', isInstallable: false })
    await world.updates.checkNow()
    world.done.length = 0
    await world.updates.restart()
    expect(world.done).toEqual(['service closed', 'install', 'install on quit: false', 'relaunch'])
  })

  it('installs nothing while the computer goes down', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0' })
    await world.updates.checkNow()
    world.updates.leaveForShutdown()
    await settle()
    expect(world.done.at(-1)).toBe('install on quit: false')
    expect(world.clock.sleepers()).toBe(0)
  })
})

describe('the setting', () => {
  it('keeps an app from asking anybody anything', async () => {
    const world = createWorld({ by: 'itself' }, { isWanted: false, newest: '2.0.0' })
    await world.updates.checkNow()
    await world.clock.advance(48 * HOUR)
    expect(world.done).toEqual([])
    expect(world.updates.state()).toEqual({ kind: 'off' })
  })

  it('stops a download at once when it is switched off, and begins anew when it is switched on', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0', slow: true })
    void world.updates.checkNow()
    await settle()
    expect(world.updates.state()).toMatchObject({ kind: 'downloading' })
    world.isWanted = false
    world.updates.settingChanged()
    await settle()
    expect(world.updates.state()).toEqual({ kind: 'off' })
    expect(world.done.at(-1)).toBe('install on quit: false')
    expect(world.clock.sleepers()).toBe(0)

    world.isWanted = true
    world.updates.settingChanged()
    world.updates.settingChanged()
    expect(world.clock.sleepers()).toBe(1)
    void world.updates.checkNow()
    await settle()
    world.finish?.()
    await settle()
    expect(world.updates.state()).toEqual({ kind: 'ready', version: '2.0.0' })
    expect(count(world, 'open')).toBe(1)
  })

  it('switched off takes back what was to be installed at the end', async () => {
    const world = createWorld({ by: 'itself' }, { newest: '2.0.0' })
    await world.updates.checkNow()
    world.isWanted = false
    world.updates.settingChanged()
    await settle()
    expect(world.done.at(-1)).toBe('install on quit: false')
    await expect(world.updates.restart()).rejects.toMatchObject({ code: 'conflict' })
  })
})

it('a package of a package manager is told of a newer version, and none is downloaded', async () => {
  const world = createWorld({ by: 'person' }, { newest: '2.0.0' })
  await world.updates.checkNow()
  expect(world.updates.state()).toEqual({ kind: 'available', version: '2.0.0' })
  expect(world.done).toEqual(['open', 'check'])
})

it('an app that cannot be updated says why, asks nobody, and does not go on looking', async () => {
  const world = createWorld({ by: 'nowhere', reason: 'This build is not signed' }, { newest: '2.0.0' })
  await world.clock.advance(5 * MINUTE)
  expect(world.updates.state()).toEqual({ kind: 'impossible', reason: 'This build is not signed' })
  expect(world.done).toEqual([])
  expect(world.clock.sleepers()).toBe(0)
})
