import { cpSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import Conf from 'conf'
import { expect, it, onTestFinished, vi } from 'vitest'
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

/** The database's threads, as they are spoken to. */
function databaseThreads(): readonly Worker[] {
  const threads: Worker[] = []
  const post = Worker.prototype.postMessage
  const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...args) {
    if (this.threadName === 'mailtide-store' && !threads.includes(this)) threads.push(this)
    post.apply(this, args)
  })
  onTestFinished(() => spy.mockRestore())
  return threads
}

it('a service whose database failed for good is begun again by start, in the same app', async () => {
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
