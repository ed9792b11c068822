import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { openUpdateSource, type UpdaterModule } from '../../electron/desktop/update-source.ts'
import { silentLog } from '../support/silent-log.ts'

/** electron-updater as far as it is used: what was asked of it, and what it answers. */
class FakeUpdater extends EventEmitter {
  autoDownload = true
  autoInstallOnAppQuit = true
  allowDowngrade = true
  allowPrerelease = true
  disableWebInstaller = false
  logger: unknown = null
  readonly asked: unknown[] = []
  check: () => Promise<unknown> = async () => null
  download: (token: { isCancelled: boolean }) => Promise<string[]> = async () => []
  install: () => void = () => undefined
  checkForUpdates = (): Promise<unknown> => this.check()
  downloadUpdate = (token: { isCancelled: boolean }): Promise<string[]> => this.download(token)
  quitAndInstall = (...words: unknown[]): void => {
    this.asked.push(words)
    this.install()
  }
}

class Token {
  isCancelled = false
  cancel(): void {
    this.isCancelled = true
  }
}

async function open() {
  const updater = new FakeUpdater()
  const source = await openUpdateSource({
    log: silentLog,
    letNextStart: () => updater.asked.push('next may start'),
    load: async () => ({ autoUpdater: updater, CancellationToken: Token }) as unknown as UpdaterModule,
  })
  return { updater, source }
}

const failure = (message: string, code?: string): Error => Object.assign(new Error(message), { code })

describe('electron-updater', () => {
  it('does nothing by itself, and never goes back to an older version', async () => {
    const { updater } = await open()
    expect(updater).toMatchObject({
      autoDownload: false,
      autoInstallOnAppQuit: false,
      allowDowngrade: false,
      allowPrerelease: false,
      disableWebInstaller: true,
    })
  })

  it('tells the version of a newer release, and null otherwise', async () => {
    const { updater, source } = await open()
    expect(await source.check()).toBeNull()
    updater.check = async () => ({ isUpdateAvailable: false, updateInfo: { version: '1.0.0' } })
    expect(await source.check()).toBeNull()
    updater.check = async () => ({ isUpdateAvailable: true, updateInfo: { version: '2.0.0' } })
    expect(await source.check()).toBe('2.0.0')
  })

  it('tells how far a download is, and stops it when nobody wants it any more', async () => {
    const { updater, source } = await open()
    const told: number[] = []
    updater.download = async (token) => {
      updater.emit('download-progress', { percent: 12.5 })
      stop.abort()
      if (token.isCancelled) throw failure('cancelled')
      return []
    }
    const stop = new AbortController()
    await expect(source.download((percent) => told.push(percent), stop.signal)).rejects.toThrow('cancelled')
    updater.emit('download-progress', { percent: 99 })
    expect(told).toEqual([12.5])
    expect(updater.listenerCount('download-progress')).toBe(0)
  })

  it('lets the next instance start before it installs and ends this one', async () => {
    const { updater, source } = await open()
    source.installOnQuit(true)
    expect(updater.autoInstallOnAppQuit).toBe(true)
    source.installAndRestart()
    expect(updater.asked).toEqual(['next may start', [true, true]])
    expect(updater.listenerCount('error')).toBe(0)
  })

  it('throws what electron-updater only tells by an event when nothing could be installed', async () => {
    const { updater, source } = await open()
    updater.install = () => updater.emit('error', failure('EACCES: permission denied'))
    expect(() => source.installAndRestart()).toThrow('The update failed (EACCES: permission denied)')
  })

  it.each([
    [failure('net::ERR_INTERNET_DISCONNECTED'), 'network', 'The releases of Mailtide cannot be reached'],
    [failure('getaddrinfo ENOTFOUND github.com'), 'network', 'The releases of Mailtide cannot be reached'],
    [failure('503 Service Unavailable\nHeaders: {…}', 'HTTP_ERROR_503'), 'network', /cannot be reached/],
    [
      failure(
        'Cannot find latest-linux.yml\n  Headers: { "set-cookie": "secret" }',
        'ERR_UPDATER_CHANNEL_FILE_NOT_FOUND',
      ),
      'server',
      'The releases of Mailtide cannot be used (ERR_UPDATER_CHANNEL_FILE_NOT_FOUND)',
    ],
    [failure('Something else\nwith a second line'), 'bug', 'The update failed (Something else)'],
  ])('says in a line why it failed: %s', async (error, code, message) => {
    const { updater, source } = await open()
    updater.check = () => Promise.reject(error)
    await expect(source.check()).rejects.toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })
})
