import { AppError, asAppError, isAbort } from '../shared/errors.ts'
import type { ApiServer } from './api/server.ts'
import { serveApi } from './api/server.ts'
import type { FeedSource } from './desktop/feed.ts'
import type { Link } from './desktop/link.ts'
import { createFaces, type Faces } from './faces.ts'
import { createLateService } from './late-service.ts'
import { type Host, openHost, serviceOn } from './open-host.ts'
import type { Env } from './platform/data-folder.ts'
import { runLines } from './platform/run-lines.ts'
import { removeServiceFile, writeServiceFile } from './platform/service-file.ts'
import type { MakeSettingsStore } from './platform/settings.ts'
import type { Log, SecretBox, Surroundings } from './ports.ts'
import type { HostTrouble } from './service/alerts.ts'
import type { ServiceControl } from './service/service.ts'

export interface DesktopHostOptions {
  readonly env: Env
  readonly openBox: (env: Env, log: Log, hide: (secret: string) => void) => Promise<SecretBox>
  readonly settingsStore: MakeSettingsStore
  readonly feed: FeedSource
  /** The computer's power and network, as the desktop tells; by default what the system tells any program. */
  readonly surroundings?: Surroundings
  /** What is done until then, when it takes long: to follow "Mailtide is starting: ". */
  readonly onDoing: (doing: string) => void
  /** The database is open and syncing has begun. */
  readonly onReady: () => void
  /** It could not be brought up; the contract goes on answering with the reason. */
  readonly onFailed: (error: AppError) => void
}

export interface DesktopHost extends Link {
  readonly host: Host
}

/** How often a taken port is asked for again. */
const PORT_RETRY_MS = 5_000

/**
 * The service in this process. Resolves as soon as the data folder is ours, since the tray wants to be there; the database is opened
 * behind it. Throws `already_running` when another process has the folder, and whatever keeps it from being used.
 */
export async function startDesktopHost(options: DesktopHostOptions): Promise<DesktopHost> {
  const host = await openHost({
    kind: 'desktop',
    env: options.env,
    flags: {},
    openBox: options.openBox,
    settingsStore: options.settingsStore,
    ...(options.surroundings === undefined ? {} : { surroundings: options.surroundings }),
    console: (line) => process.stdout.write(`${line}\n`),
  })
  const log = host.logging.log.named('service')
  const late = createLateService()
  const closers: (() => Promise<void> | void)[] = [host.close]
  let faces: Faces
  try {
    faces = await createFaces(host, late.service)
  } catch (error) {
    await host.close()
    throw error
  }
  const api = keepServing(host, faces)
  closers.push(api.close, faces.events.close, host.logging.subscribe(options.feed.log))

  const opening = (async () => {
    const service = await serviceOn(host, api.at, (doing) => {
      late.tell(doing)
      options.onDoing(doing)
    })
    closers.push(service.close)
    closers.push(service.subscribe(options.feed.status))
    faces.events.attach(service)
    api.attach(service)
    await service.start()
    late.arrive(service)
    log.info(runLines.running(' in the tray'))
    options.onReady()
  })().catch((error: unknown) => {
    if (isAbort(error)) return
    const failure = asAppError(error)
    log.error(failure.remedy === undefined ? failure.message : `${failure.message}. ${failure.remedy}`)
    if (!(error instanceof AppError)) log.error(failure.stack ?? failure.message)
    late.fail(failure)
    options.onFailed(failure)
  })
  let closing: Promise<void> | undefined
  return {
    host,
    handlers: faces.handlers,
    close: () => {
      closing ??= (async () => {
        log.info(runLines.stopping())
        // A database that is being opened cannot be let go before it is open.
        await opening
        for (const close of closers.reverse()) {
          try {
            await close()
          } catch (error) {
            // One thing that does not close must not keep the others open, the lock least of all.
            log.error(`Closing failed: ${asAppError(error).message}`)
          }
        }
      })()
      return closing
    },
  }
}

/** The HTTP API, kept up: where the port is taken it is asked for again, with the setting as it is then, and all else goes on. */
function keepServing(host: Host, faces: Faces) {
  const log = host.logging.log.named('api')
  const at: { port: number | null; trouble: HostTrouble | null } = { port: null, trouble: null }
  const stop = new AbortController()
  let service: ServiceControl | null = null
  let server: ApiServer | null = null
  const tell = async (): Promise<void> => {
    const startedAt = host.clock.now().toISOString()
    await writeServiceFile(host.paths, { pid: process.pid, port: at.port, host: host.kind, startedAt })
    service?.hostChanged()
  }
  const serving = (async () => {
    while (server === null) {
      try {
        server = await serveApi(faces.api, host.settings.values().apiPort)
      } catch (error) {
        const { message, remedy } = asAppError(error)
        if (at.trouble?.message !== message) {
          at.trouble = {
            message: `${message}. Syncing goes on; scripts and browsers cannot reach Mailtide`,
            remedy: remedy ?? 'Choose another port in the settings',
          }
          log.warning(`${message}. Syncing goes on without the HTTP API; it is tried again`)
          await tell()
        }
        await host.clock.sleep(PORT_RETRY_MS, stop.signal)
      }
    }
    at.port = server.port
    at.trouble = null
    log.info(`Status: http://127.0.0.1:${server.port}/api/v1/background-sync/status`)
    await tell()
  })().catch((error: unknown) => {
    if (!isAbort(error)) log.error(`The HTTP API cannot be served: ${asAppError(error).message}`)
  })
  return {
    at,
    attach: (arrived: ServiceControl) => {
      service = arrived
      arrived.hostChanged()
    },
    close: async () => {
      stop.abort()
      await serving
      await server?.close()
      await removeServiceFile(host.paths)
    },
  }
}
