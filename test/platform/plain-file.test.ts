import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openApiToken, readApiToken } from '../../electron/platform/api-token.ts'
import { dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { acquireLock, readOwner } from '../../electron/platform/lock.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { NotAFile, readPlainFile } from '../../electron/platform/plain-file.ts'
import { plainBox } from '../../electron/platform/secret-boxes.ts'
import { readServiceFile, writeServiceFile } from '../../electron/platform/service-file.ts'
import { openSettingsFile } from '../../electron/platform/settings.ts'
import { silentLog } from '../support/silent-log.ts'
import { tempFolder } from './temp-home.ts'

const now = new Date('2026-01-02T03:04:05Z')

describe.runIf(process.platform !== 'win32')('where a file of ours should be', () => {
  const pipeAt = (path: string): unknown => execFileSync('mkfifo', [path])
  /** A data folder with a named pipe in the place of one of its files. */
  const withPipe = async (name: 'apiToken' | 'settings' | 'lock' | 'service' | 'version') => {
    const paths = dataPaths(await tempFolder())
    if (name !== 'version') await prepareDataFolder(paths.home)
    pipeAt(paths[name])
    return paths
  }

  it.each<[string, (path: string) => unknown]>([
    ['a named pipe', pipeAt],
    ['a folder', (path) => mkdirSync(path)],
    ['a device', (path) => symlinkSync('/dev/zero', path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
  ])('%s is told at once, and not read', async (what, make) => {
    const path = join(await tempFolder(), 'thing')
    await make(path)
    await expect(readPlainFile(path)).rejects.toEqual(new NotAFile(path, what))
  })

  it('a file is read, also through a link', async () => {
    const folder = await tempFolder()
    writeFileSync(join(folder, 'file'), 'Text ✓\n')
    symlinkSync('file', join(folder, 'link'))
    expect(await readPlainFile(join(folder, 'link'))).toBe('Text ✓\n')
  })

  it('a file that is far too long is read no further than any of ours goes', async () => {
    const path = join(await tempFolder(), 'huge')
    writeFileSync(path, '{"a":')
    // Nothing of it is on the disk.
    truncateSync(path, 2 ** 40)
    expect(await readPlainFile(path)).toHaveLength(1_000_000)
  })

  it('settings that are far too long are set aside like damaged ones', async () => {
    const { settings } = await prepareDataFolder(await tempFolder())
    writeFileSync(settings, '{}')
    truncateSync(settings, 2 ** 33)
    const { warnings, store } = await openSettingsFile(settings, now)
    expect(warnings).toEqual([expect.stringContaining('damaged')])
    expect(store.store).toEqual({})
  })

  it('a pipe in place of the API token is told with a remedy, and stays', async () => {
    const { apiToken, home } = await withPipe('apiToken')
    const told = {
      code: 'disk',
      message: `The API token cannot be read: ${apiToken} is a named pipe, not a file`,
      remedy: 'Move it away, and restart Mailtide, which then makes a new token',
    }
    await expect(openApiToken(apiToken, () => undefined)).rejects.toMatchObject(told)
    await expect(readApiToken(apiToken)).rejects.toMatchObject(told)
    expect(await readdir(home)).toContain('api-token')
  })

  it('a pipe in place of the settings is told with a remedy', async () => {
    const { settings } = await withPipe('settings')
    await expect(openSettingsFile(settings, now)).rejects.toMatchObject({
      code: 'bad_settings',
      message: `The settings cannot be read: ${settings} is a named pipe, not a file`,
      remedy: 'Move it away; without a settings file the default settings hold',
    })
  })

  it('a pipe in place of the lock is told with a remedy, to the service and to who asks for it', async () => {
    const paths = await withPipe('lock')
    const told = {
      code: 'disk',
      message: `The data folder cannot be used: ${paths.lock} is a named pipe, not a file`,
      remedy: 'Move it away, and start Mailtide again',
    }
    await expect(acquireLock(paths, 'headless')).rejects.toMatchObject(told)
    await expect(readOwner(paths)).rejects.toMatchObject(told)
  })

  it('a pipe in place of the layout number is told with a remedy', async () => {
    const paths = await withPipe('version')
    await expect(prepareDataFolder(paths.home)).rejects.toMatchObject({
      code: 'disk',
      message: `The data folder cannot be used: ${paths.version} is a named pipe, not a file`,
    })
  })

  it('a pipe in place of service.json says nothing, and is replaced', async () => {
    const paths = await withPipe('service')
    expect(await readServiceFile(paths)).toBeNull()
    const service = { pid: 1, port: null, host: 'test', startedAt: now.toISOString() } as const
    await writeServiceFile(paths, service)
    expect(await readServiceFile(paths)).toEqual(service)
  })

  it('a pipe in place of an OAuth client is a damaged one among the others', async () => {
    const folder = await tempFolder()
    const store = createClientStore(folder, plainBox, silentLog)
    const client = { client_id: 'c', client_secret: 's', project_id: null }
    await store.write('well', client)
    pipeAt(join(folder, 'odd.json'))
    expect(await store.list()).toEqual([
      { name: 'odd', client: null },
      { name: 'well', client },
    ])
    await expect(store.read('odd')).rejects.toMatchObject({
      message: `The OAuth client odd in ${join(folder, 'odd.json')} is damaged`,
      remedy: 'Add it again: mailtide clients add',
    })
    await store.write('odd', client)
    expect(await store.read('odd')).toEqual(client)
  })
})
