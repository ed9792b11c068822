import { join } from 'node:path'
import { serveApi } from '../../../electron/api/server.ts'
import { openApiToken, readApiToken } from '../../../electron/platform/api-token.ts'
import { systemClock } from '../../../electron/platform/clock.ts'
import { type DataPaths, prepareDataFolder } from '../../../electron/platform/data-folder.ts'
import { acquireLock } from '../../../electron/platform/lock.ts'
import { writeServiceFile } from '../../../electron/platform/service-file.ts'
import { readWindowFrom } from '../../../electron/platform/window-folder.ts'
import { buildApi } from '../../api/api-under-test.ts'
import { createFakeService } from '../../api/fake-service.ts'
import { builtApp } from '../built-app.ts'

/** A made-up service that owns a data folder as a real one does, and serves the window: the command and the app find it there. */
export async function serveMadeUp(home: string, service = createFakeService()) {
  const paths: DataPaths = await prepareDataFolder(home)
  const lock = await acquireLock(paths, 'headless')
  await openApiToken(paths.apiToken, () => undefined)
  const built = buildApi({
    clock: systemClock,
    service,
    readWindow: readWindowFrom(join(await builtApp(), 'dist', 'renderer')),
  })
  built.rules.token = (await readApiToken(paths.apiToken)) ?? ''
  const server = await serveApi(built.api, 0)
  const startedAt = new Date().toISOString()
  await writeServiceFile(paths, { pid: process.pid, port: server.port, host: 'headless', startedAt })
  return {
    ...built,
    paths,
    address: `http://127.0.0.1:${server.port}`,
    close: async () => {
      built.events.close()
      await server.close()
      await lock.release()
    },
  }
}
