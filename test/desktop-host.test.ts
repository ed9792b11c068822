import { cpSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Conf from 'conf'
import { expect, it, onTestFinished } from 'vitest'
import { createFeed } from '../electron/desktop/feed.ts'
import { createSwitchboard } from '../electron/desktop/switchboard.ts'
import { startDesktopHost } from '../electron/desktop-host.ts'
import { systemClock } from '../electron/platform/clock.ts'
import { dataPaths, prepareDataFolder } from '../electron/platform/data-folder.ts'
import { plainBox } from '../electron/platform/secret-boxes.ts'
import { AppError } from '../shared/errors.ts'
import type { Snapshot } from '../shared/status.ts'
import { migratedTemplate } from './support/database.ts'
import { removeFolder, tempFolder } from './support/temp-folder.ts'

/** The threads of databases that are opened from now on. */
function databaseThreads(): readonly Worker[] {
  const threads: Worker[] = []
  const note = (thread: Worker): void => {
    if (thread.threadName === 'mailtide-store') threads.push(thread)
  }
  process.on('worker', note)
  onTestFinished(() => void process.off('worker', note))
  return threads
}

/** The service of the app, as the tray and the window reach it, on a folder with an empty database. */
async function desktop() {
  const folder = tempFolder('desktop-host')
  const paths = dataPaths(join(folder, 'data'))
  await prepareDataFolder(paths.home)
  cpSync(await migratedTemplate(), paths.db, { recursive: true })
  const env = { MAILTIDE_HOME: paths.home, MAILTIDE_PORT: '0', MAILTIDE_MIN_FREE_BYTES: '0' }
  const threads = databaseThreads()
  const feed = createFeed()
  const switchboard = createSwitchboard({
    paths,
    feed,
    clock: systemClock,
    startOwn: (told) =>
      startDesktopHost({ env, openBox: async () => plainBox, settingsStore: (of) => new Conf(of), feed, ...told }),
    isTaken: async () => false,
    attach: () => Promise.reject(new AppError('not_running', 'There is no other')),
  })
  onTestFinished(async () => {
    await switchboard.close()
    removeFolder(folder)
  })
  const until = async (what: (snapshot: Snapshot) => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = feed.subscribe('status', (snapshot) => what(snapshot) && resolve())
    await promise.finally(() => stop())
  }
  return { folder, paths, threads, feed, switchboard, until }
}

it('a service whose database failed for good is begun again by start, in the same app', async () => {
  const { folder, paths, threads, feed, switchboard, until } = await desktop()
  await switchboard.begin()
  await until(({ state }) => state === 'idle')
  const before = feed.snapshot()

  const away = join(folder, 'away')
  renameSync(paths.db, away)
  for (const thread of threads) void thread.terminate()
  await until(({ state }) => state === 'failed')
  await expect(switchboard.handlers.health({})).rejects.toMatchObject({ code: 'store' })

  renameSync(away, paths.db)
  expect(await switchboard.handlers.start({})).toEqual({
    message: 'Service started',
    interval_minutes: before?.interval_minutes,
  })
  await until(({ state }) => state === 'idle')
  expect(await switchboard.handlers.health({})).toMatchObject({ status: 'ok' })
  expect(switchboard.state().kind).toBe('own')
})

it('an app that quits while its database is opened waits for that, and leaves nothing open behind', async () => {
  const { paths, threads, switchboard } = await desktop()
  await switchboard.begin()
  expect([switchboard.state().kind, existsSync(paths.lock)]).toEqual(['starting', true])
  await switchboard.close()
  expect(existsSync(paths.lock)).toBe(false)
  // A thread that has ended has no number any more.
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1])
})
