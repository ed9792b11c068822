import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { tempFolder } from './temp-home.ts'

/** Everything of a data folder that the platform writes, in a process that closes nothing to others by itself. */
const writesAll = `
process.umask(0)
const at = (name) => import(new URL(name, process.argv[1]))
const { prepareDataFolder } = await at('data-folder.ts')
const { acquireLock } = await at('lock.ts')
const { openApiToken } = await at('api-token.ts')
const { createTokenStore } = await at('credentials.ts')
const { createClientStore } = await at('oauth-clients.ts')
const { plainBox } = await at('secret-boxes.ts')
const { writeServiceFile } = await at('service-file.ts')
const { openSettingsFile } = await at('settings.ts')
const { createLogFile } = await at('log-writer.ts')
const log = { debug() {}, info() {}, warning() {}, error() {}, named: () => log }
const paths = await prepareDataFolder(process.argv[2])
await acquireLock(paths, 'test')
const token = await openApiToken(paths.apiToken, () => undefined)
await token.renew()
await createTokenStore(paths.credentials, plainBox, log).write('ada', { client_id: 'c', client_secret: 's', refresh_token: 'r', scopes: [] })
await createClientStore(paths.clients, plainBox, log).write('ada', { client_id: 'c', client_secret: 's', project_id: null })
await writeServiceFile(paths, { pid: process.pid, port: 1, host: 'test', startedAt: '2026-01-01T00:00:00Z' })
const settings = await openSettingsFile(paths.settings, new Date())
settings.store.store = { intervalMinutes: 7 }
const file = createLogFile(paths.logFile, { maxBytes: 10, files: 3 }, { began() {}, ended: () => '' })
for (const line of ['first line', 'second line', 'third line']) file.write(line)
process.exit(0)
`

describe.runIf(process.platform !== 'win32')('what is written into the data folder', () => {
  it('is for its owner alone, whatever the umask', async () => {
    const home = join(await tempFolder(), 'home')
    const platform = new URL('../../electron/platform/', import.meta.url).href
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', writesAll, '--', platform, home])
    const names = readdirSync(home, { recursive: true, encoding: 'utf8' })
    expect(names).toEqual(
      expect.arrayContaining([
        'api-token',
        'credentials/ada.json',
        'lock',
        'logs/background_sync.log',
        'logs/background_sync.log.1',
        'oauth-clients/ada.json',
        'service.json',
        'settings.json',
        'version',
      ]),
    )
    const open = ['', ...names].filter((name) => (statSync(join(home, name)).mode & 0o077) !== 0)
    expect(open).toEqual([])
  })
})
