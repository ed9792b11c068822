import { openHost } from '../../../electron/open-host.ts'
import type { DataPaths } from '../../../electron/platform/data-folder.ts'
import { plainBox } from '../../../electron/platform/secret-boxes.ts'
import type { Clock, Log } from '../../../electron/ports.ts'
import { createService } from '../../../electron/service/create-service.ts'
import type { Service } from '../../../electron/service/types.ts'
import type { OpenStore } from '../../../electron/store/open-store.ts'
import type { Settings } from '../../../shared/settings.ts'
import { emptyTemplate } from '../database.ts'
import { nowhere } from '../surroundings.ts'

/** The product on a data folder, with its real settings, log, credentials and lock, in this process. */
export interface Running {
  readonly service: Service
  readonly store: OpenStore
  readonly paths: DataPaths
  readonly log: Log
  settings(): Settings
  close(): Promise<void>
}

/** Throws what a host would tell whoever started it. */
export async function startOn(env: Readonly<Record<string, string>>, clock: Clock): Promise<Running> {
  const host = await openHost({
    kind: 'test',
    env,
    flags: {},
    openBox: async () => plainBox,
    console: null,
    clock,
    surroundings: nowhere,
  })
  try {
    const { service, store } = await createService({
      paths: host.paths,
      env,
      settings: host.settings.values,
      changeSettings: (patch) => void host.settings.change(patch),
      changeKeptSettings: (patch) => void host.settings.changeKept(patch),
      clock,
      log: host.logging.log,
      tokens: host.tokens,
      clients: host.clients,
      surroundings: host.surroundings,
      host: { kind: host.kind, pid: process.pid, port: null, data_folder: host.paths.home },
      version: '0.0.0',
      restartedUnexpectedly: host.lock.predecessor === 'died',
      assertOwned: host.assertOwned,
      templateDir: await emptyTemplate(),
    })
    return {
      service,
      store,
      paths: host.paths,
      log: host.logging.log,
      settings: host.settings.values,
      close: async () => {
        await service.close()
        await host.close()
      },
    }
  } catch (error) {
    await host.close()
    throw error
  }
}
