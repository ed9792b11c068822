import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AttachOptions } from '../../electron/desktop/attached.ts'
import { createFeed, type FeedSource } from '../../electron/desktop/feed.ts'
import type { Link, LinkState } from '../../electron/desktop/link.ts'
import { createSwitchboard } from '../../electron/desktop/switchboard.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import type { LockOwner } from '../../electron/platform/lock.ts'
import { ServiceGone } from '../../electron/remote/client.ts'
import type { Handlers } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { idle } from '../api/fake-service.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const owner = { pid: 4711, host: 'headless' } as LockOwner
const taken = () => new AppError('already_running', 'Service is already running')
const gone = () => new ServiceGone(null, 'Mailtide is not running', { remedy: 'Start it' })

/** A service that says who answers. */
function fakeLink(name: string, interval = 5): Link & { isClosed: boolean; readonly asked: string[] } {
  const asked: string[] = []
  const handlers = {
    health: async () => ({ status: 'ok', version: name, uptime_seconds: 1 }),
    status: async () => ({ sync_status: { interval_minutes: interval } }),
    start: async (input: object) => {
      asked.push(`start ${JSON.stringify(input)}`)
      return { message: 'Interval changed', interval_minutes: 7 }
    },
  } as unknown as Handlers
  const link = {
    handlers,
    asked,
    isClosed: false,
    close: async () => {
      link.isClosed = true
    },
  }
  return link
}

function board(ways: {
  readonly isTaken?: () => boolean
  readonly own?: (told: {
    onDoing: (doing: string) => void
    onReady: () => void
    onFailed: (error: AppError) => void
  }) => Promise<Link>
  readonly other?: (told: Pick<AttachOptions, 'onConnection' | 'onGone'>) => Promise<Link>
  readonly feed?: FeedSource
}) {
  const home = mkdtempSync(join(tmpdir(), 'mailtide-switchboard-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const paths = dataPaths(home)
  const clock = createFakeClock()
  const states: LinkState['kind'][] = []
  const switchboard = createSwitchboard({
    paths,
    feed: ways.feed ?? createFeed(),
    clock,
    startOwn: ways.own ?? (async () => Promise.reject(taken())),
    isTaken: async () => ways.isTaken?.() ?? false,
    attach: ways.other ?? (async () => Promise.reject(gone())),
  })
  switchboard.onState(({ kind }) => states.push(kind))
  const version = async () => (await switchboard.handlers.health({})).version
  return { switchboard, states, paths, clock, version }
}

describe('a service of our own', () => {
  it('answers once it is up, and says until then that it is starting', async () => {
    let ready = (): void => undefined
    const { switchboard, states, version } = board({
      own: async ({ onReady, onDoing }) => {
        ready = onReady
        onDoing('restoring the database')
        await expect(version()).rejects.toMatchObject({ message: 'Mailtide is starting: restoring the database' })
        return fakeLink('own')
      },
    })
    await expect(version()).rejects.toMatchObject({ code: 'store', message: 'Mailtide is starting' })
    await switchboard.begin()
    ready()
    expect(await version()).toBe('own')
    expect(states).toEqual(['starting', 'starting', 'starting', 'own'])
  })

  it('that cannot be brought up says why, and is tried again by start', async () => {
    let isBroken = true
    const { switchboard, states, version } = board({
      own: async ({ onReady }) => {
        if (isBroken) throw new AppError('store_newer', 'The data folder is of a newer version')
        queueMicrotask(onReady)
        return fakeLink('own')
      },
    })
    await switchboard.begin()
    await expect(version()).rejects.toMatchObject({ code: 'store_newer' })
    isBroken = false
    expect(await switchboard.handlers.start({})).toEqual({ message: 'Service started', interval_minutes: 5 })
    expect(await version()).toBe('own')
    expect(states).toEqual(['starting', 'starting', 'failed', 'starting', 'own'])
  })

  it('that fails while its database is opened is let go before it is begun again', async () => {
    const links = [fakeLink('first'), fakeLink('second')]
    let count = 0
    const { switchboard, version } = board({
      own: async ({ onReady, onFailed }) => {
        const link = links[count++]!
        queueMicrotask(count === 1 ? () => onFailed(new AppError('disk', 'The disk is full')) : onReady)
        return link
      },
    })
    await switchboard.begin()
    await Promise.resolve()
    expect(switchboard.state().kind).toBe('failed')
    await switchboard.handlers.start({ interval_minutes: 7 })
    expect(links.map(({ isClosed }) => isClosed)).toEqual([true, false])
    expect(links[1]?.asked).toEqual(['start {"interval_minutes":7}'])
    expect(await version()).toBe('second')
  })

  it('that fails for good while it runs is begun anew by start, and one that only stopped is not', async () => {
    const links = [fakeLink('first'), fakeLink('second')]
    const made: Link[] = []
    const feed = createFeed()
    const { switchboard, version } = board({
      feed,
      own: async ({ onReady }) => {
        const link = links[made.length]!
        made.push(link)
        queueMicrotask(onReady)
        feed.status({ ...idle, state: 'stopped' })
        return link
      },
    })
    await switchboard.begin()
    await switchboard.handlers.start({})
    expect([links[0]?.asked, made.length]).toEqual([['start {}'], 1])
    feed.status({ ...idle, state: 'failed' })
    expect(await version()).toBe('first')
    expect(await switchboard.handlers.start({})).toEqual({ message: 'Service started', interval_minutes: 5 })
    expect([links[0]?.isClosed, await version()]).toEqual([true, 'second'])
  })
})

describe('a service of another process', () => {
  const attached = () => {
    const link = fakeLink('other')
    let told: Pick<AttachOptions, 'onConnection' | 'onGone'> | undefined
    let ownIsFree = false
    let isTaken = false
    const setting = board({
      isTaken: () => isTaken,
      own: async ({ onReady }) => {
        if (!ownIsFree) throw taken()
        queueMicrotask(onReady)
        return fakeLink('own')
      },
      other: async (given) => {
        told = given
        given.onConnection('connected', owner)
        return link
      },
    })
    return {
      ...setting,
      link,
      told: () => told!,
      take: () => {
        isTaken = true
      },
      free: () => {
        ownIsFree = true
      },
    }
  }

  it('is worked with, and left alone at the end', async () => {
    const { switchboard, states, version, link } = attached()
    await switchboard.begin()
    expect(switchboard.state()).toEqual({ kind: 'attached', owner })
    expect(await version()).toBe('other')
    await switchboard.close()
    expect(link.isClosed).toBe(true)
    expect(states).toEqual(['starting', 'starting', 'attached'])
  })

  it('that was stopped stays stopped until somebody starts it here', async () => {
    const { switchboard, version, told, free, states } = attached()
    await switchboard.begin()
    told().onConnection('lost', owner)
    told().onGone(gone())
    await expect(version()).rejects.toMatchObject({ code: 'not_running' })
    free()
    await switchboard.handlers.start({})
    expect(await version()).toBe('own')
    expect(states).toEqual(['starting', 'starting', 'attached', 'lost', 'gone', 'starting', 'own'])
  })

  it('that was stopped and is started again elsewhere is worked with again', async () => {
    const { switchboard, clock, told, take, states } = attached()
    await switchboard.begin()
    told().onConnection('lost', owner)
    told().onGone(gone())
    await clock.advance(4_000)
    expect(switchboard.state().kind).toBe('gone')
    take()
    await clock.advance(2_000)
    expect(states).toEqual(['starting', 'starting', 'attached', 'lost', 'gone', 'starting', 'attached'])
    await switchboard.close()
  })

  it('that died, leaving its lock, is followed by one of our own', async () => {
    const { switchboard, version, told, free, paths } = attached()
    await switchboard.begin()
    free()
    writeFileSync(paths.lock, '{}')
    told().onConnection('lost', owner)
    told().onGone(gone())
    await expect.poll(() => switchboard.state().kind).toBe('own')
    expect(await version()).toBe('own')
  })

  it('that is starting is waited for', async () => {
    let tries = 0
    const { switchboard, clock } = board({
      other: async ({ onConnection }) => {
        tries++
        if (tries < 3) throw gone()
        onConnection('connected', owner)
        return fakeLink('other')
      },
    })
    const begun = switchboard.begin()
    await clock.advance(1_000)
    await begun
    expect(switchboard.state()).toEqual({ kind: 'attached', owner })
    expect(tries).toBe(3)
  })
})

it('closing while it begins closes what came of it', async () => {
  const link = fakeLink('own')
  const { promise, resolve: arrive } = Promise.withResolvers<Link>()
  const { switchboard } = board({ own: () => promise })
  void switchboard.begin()
  const closed = switchboard.close()
  arrive(link)
  await closed
  expect(link.isClosed).toBe(true)
})
