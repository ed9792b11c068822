import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createApi } from '../../electron/api/create-api.ts'
import { createEvents } from '../../electron/api/events.ts'
import { createHandlers } from '../../electron/api/handlers.ts'
import { createLinkCodes } from '../../electron/api/link-codes.ts'
import { serveApi } from '../../electron/api/server.ts'
import { openApiToken } from '../../electron/platform/api-token.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { type DataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { acquireLock } from '../../electron/platform/lock.ts'
import { createLogging, type Logging } from '../../electron/platform/log.ts'
import { writeServiceFile } from '../../electron/platform/service-file.ts'
import { defaultSettings, type SettingName, settingNames } from '../../shared/settings.ts'
import { createFakeService } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { silentLog } from '../support/silent-log.ts'

/** A host in this process: lock, API and `service.json` are real, the service behind them is not. */
export async function startHost(options: { readonly requireToken?: boolean } = {}): Promise<{
  readonly paths: DataPaths
  readonly port: number
  readonly token: string
  readonly service: ReturnType<typeof createFakeService>
  /** Its log: kept in memory alone. */
  readonly logging: Logging
  closeApi(): Promise<void>
}> {
  const paths = await prepareDataFolder(join(await tempFolder(), 'home'))
  const lock = await acquireLock(paths, 'test')
  const apiToken = await openApiToken(paths.apiToken, () => undefined)
  const token = apiToken.present()
  const service = createFakeService()
  const sources = Object.fromEntries(settingNames.map((name) => [name, 'default'])) as Record<SettingName, 'default'>
  const logging = createLogging({
    level: 'debug',
    format: 'text',
    file: null,
    console: null,
    maxBytes: 1_000_000,
    files: 1,
    clock: systemClock,
  })
  const handlers = createHandlers({
    service,
    logs: logging,
    settings: () => ({ values: defaultSettings, sources }),
    token: { ...apiToken, renew: async () => token },
    links: createLinkCodes(systemClock, () => undefined),
  })
  const events = createEvents({ clock: systemClock, logs: logging })
  events.attach(service)
  const app = createApi({
    handlers,
    events,
    version: '0.1.0',
    readWindow: async () => null,
    requireToken: options.requireToken ?? false,
    isToken: apiToken.matches,
    log: silentLog,
  })
  const server = await serveApi(app, 0)
  const closeAll = async () => {
    events.close()
    await server.close()
  }
  onTestFinished(async () => {
    await closeAll()
    await lock.release()
  })
  const { port } = server
  await writeServiceFile(paths, { pid: process.pid, port, host: 'test', startedAt: '2026-01-01T00:00:00Z' })
  return { paths, port, token, service, logging, closeApi: closeAll }
}
