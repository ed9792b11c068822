import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { serveApi } from '../../electron/api/server.ts'
import { attach } from '../../electron/desktop/attached.ts'
import { createFeed } from '../../electron/desktop/feed.ts'
import { openApiToken, readApiToken } from '../../electron/platform/api-token.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { acquireLock } from '../../electron/platform/lock.ts'
import { removeServiceFile, writeServiceFile } from '../../electron/platform/service-file.ts'
import type { Clock } from '../../electron/ports.ts'
import { buildApi, entry } from '../api/api-under-test.ts'
import { silentLog } from '../support/silent-log.ts'

/** Waits a hundredth of what is asked. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }

/** A data folder that a service of another process seems to own: it answers over HTTP alone. */
async function elsewhere() {
  const home = mkdtempSync(join(tmpdir(), 'mailtide-attached-'))
  const paths = await prepareDataFolder(home)
  const lock = await acquireLock(paths, 'headless')
  await openApiToken(paths.apiToken, () => undefined)
  const built = buildApi({ clock: systemClock })
  built.rules.token = (await readApiToken(paths.apiToken)) ?? ''
  const server = await serveApi(built.api, 0)
  const startedAt = '2026-11-25T12:00:00.000Z'
  await writeServiceFile(paths, { pid: process.pid, port: server.port, host: 'headless', startedAt })
  const end = async () => {
    built.events.close()
    await server.close()
    await removeServiceFile(paths)
    await lock.release()
  }
  onTestFinished(async () => {
    await end()
    rmSync(home, { recursive: true, force: true })
  })
  return { ...built, paths, end }
}

it('shows what a service of another process tells, and has it do what is asked', async () => {
  const { paths, service, logs } = await elsewhere()
  const feed = createFeed()
  const lines: string[] = []
  feed.subscribe('log', ({ message }) => lines.push(message))
  const onConnection = vi.fn()
  const link = await attach({ paths, feed, clock: hasty, log: silentLog, onConnection, onGone: vi.fn() })
  onTestFinished(link.close)
  await expect.poll(() => feed.snapshot()?.accounts).toEqual(service.snapshot().accounts)
  expect(onConnection.mock.calls).toEqual([
    ['connected', expect.objectContaining({ pid: process.pid, host: 'headless' })],
  ])
  logs.write(entry(1))
  logs.write(entry(2, 'debug'))
  await expect.poll(() => lines).toEqual(['Line 1', 'Line 2'])
  expect((await link.handlers.health({})).status).toBe('ok')
  await expect(link.handlers.syncNow({ account: 'nobody@example.com' })).rejects.toMatchObject({ code: 'not_found' })
})

it('tells how many lines of the log were let go on the way, so that none is missed unseen', async () => {
  const { paths, logs } = await elsewhere()
  const feed = createFeed()
  let came = 0
  let lost = 0
  feed.subscribe('log', () => came++)
  feed.subscribe('lost', ({ count }) => {
    lost += count ?? Number.NaN
  })
  const link = await attach({ paths, feed, clock: hasty, log: silentLog, onConnection: vi.fn(), onGone: vi.fn() })
  onTestFinished(link.close)
  await expect.poll(() => feed.snapshot()).not.toBeNull()
  // More than the service keeps for one who listens, before anybody can read.
  const lines = 50_000
  for (let line = 0; line < lines; line++) logs.write(entry(line))
  await expect.poll(() => came + lost, { timeout: 20_000 }).toBe(lines)
  expect(lost).toBeGreaterThan(0)
})

it('says when the service has gone, and who that was', async () => {
  const { paths, end } = await elsewhere()
  const feed = createFeed()
  const onConnection = vi.fn()
  const onGone = vi.fn()
  const link = await attach({
    paths,
    feed,
    clock: { ...hasty, monotonic: () => hasty.monotonic() * 100 },
    log: silentLog,
    onConnection,
    onGone,
  })
  onTestFinished(link.close)
  await expect.poll(() => feed.snapshot()).not.toBeNull()
  await end()
  await vi.waitFor(() => expect(onGone).toHaveBeenCalledTimes(1), 20_000)
  expect(onGone.mock.calls[0]?.[0]).toMatchObject({ code: 'not_running' })
  expect(onConnection.mock.calls.map(([state]) => state)).toEqual(['connected', 'lost'])
})

it('leaves the service alone at the end', async () => {
  const { paths, events, service } = await elsewhere()
  const onGone = vi.fn()
  const link = await attach({ paths, feed: createFeed(), clock: hasty, log: silentLog, onConnection: vi.fn(), onGone })
  await expect.poll(() => events.readers()).toBe(1)
  await link.close()
  await expect.poll(() => events.readers()).toBe(0)
  expect(onGone).not.toHaveBeenCalled()
  expect(service.snapshot().running).toBe(true)
})
