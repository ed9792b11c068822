import { AppError, asAppError } from '../shared/errors.ts'
import type { Snapshot } from '../shared/status.ts'
import { type ApiServer, serveApi } from './api/server.ts'
import { createFaces } from './faces.ts'
import { createLateService } from './late-service.ts'
import { type Host, openHost, serviceOn } from './open-host.ts'
import type { Env } from './platform/data-folder.ts'
import { runLines } from './platform/run-lines.ts'
import { type ServiceManager, serviceManager, statusLine } from './platform/sd-notify.ts'
import { headlessBox } from './platform/secret-boxes.ts'
import { removeServiceFile, writeServiceFile } from './platform/service-file.ts'
import type { SettingFlags } from './platform/settings.ts'
import type { Service } from './service/types.ts'

export interface HeadlessOptions {
  readonly env: Env
  readonly flags: SettingFlags
  readonly kind?: Snapshot['host']['kind']
  /** Called when the service answers and syncs. */
  readonly onReady?: (running: {
    readonly service: Service
    readonly port: number
    readonly home: string
  }) => void | Promise<void>
}

/** After a signal everything is closed within this time, or the process ends as it is: nothing committed is lost by that. */
const LAST_CHANCE_MS = 9_500

/** One Ctrl+C reaches all of a terminal's processes, and npm or our own launcher then hands it on: that is no second signal. */
const SAME_PRESS_MS = 500

/**
 * The service in the foreground, under plain Node, until a signal: what `mailtide run` does. Gives the exit code. A second signal ends the
 * process at once.
 */
export async function runHeadless(options: HeadlessOptions): Promise<number> {
  // Before the folder is taken: whoever stops us from then on finds us giving it back.
  const stopping = stopSignal()
  const host = await openHost({
    kind: options.kind ?? 'headless',
    env: options.env,
    flags: options.flags,
    openBox: (env, _log, hide) => headlessBox(env, hide),
    console: (line) => process.stdout.write(`${line}\n`),
  }).catch((error: unknown) => {
    stopping.release()
    throw error
  })
  outliveConsole()
  const log = host.logging.log.named('service')
  stopping.takeOver((reason) => log.info(runLines.stopping(reason)))
  const manager = serviceManager({
    env: options.env,
    pid: process.pid,
    parentPid: process.ppid,
    clock: host.clock,
    log: host.logging.log.named('service'),
  })
  manager?.starting()
  let told: Promise<void> | undefined
  const closers: (() => Promise<void>)[] = [
    host.close,
    async () => {
      await told
      manager?.close()
    },
  ]
  let exitCode = 0
  try {
    await serve(host, options, closers, manager)
    const why = await stopping.asked
    if (why.exitCode !== 0) log.error(runLines.crashing(why.reason))
    exitCode = why.exitCode
  } catch (error) {
    const failure = asAppError(error)
    log.error(failure.remedy === undefined ? failure.message : `${failure.message}. ${failure.remedy}`)
    if (!(error instanceof AppError)) log.error(failure.stack ?? failure.message)
    exitCode = 1
  }
  // The manager hears of it while things close, never instead of it.
  told = manager?.stopping()
  for (const close of closers.reverse()) {
    try {
      await close()
    } catch (error) {
      // One thing that does not close must not keep the others open, the lock least of all.
      log.error(`Closing failed: ${asAppError(error).message}`)
      exitCode = 1
    }
  }
  stopping.release()
  return exitCode
}

/** Brings everything up, in order; each step leaves its way down in `closers`. The port comes first: without it nothing is synced. */
async function serve(
  host: Host,
  options: HeadlessOptions,
  closers: (() => Promise<void>)[],
  manager: ServiceManager | null,
): Promise<void> {
  const { paths, settings, logging } = host
  const { apiPort } = settings.values()
  const late = createLateService()
  const { events, api } = await createFaces(host, late.service)
  const server: ApiServer = await serveApi(api, apiPort)
  closers.push(server.close)
  if (server.isSharedByName) {
    logging.log
      .named('api')
      .warning(
        `Another program answers on port ${server.port} at [::1]. Use http://127.0.0.1:${server.port}: whoever says localhost may reach that program, and give it the API token`,
      )
  }
  closers.push(async () => events.close())

  const service = await serviceOn(host, { port: server.port, trouble: null }, (doing) => {
    late.tell(doing)
    manager?.status(`Starting: ${doing}`)
  })
  closers.push(service.close)
  events.attach(service)
  // Whoever finds the API answering finds a service that syncs.
  await service.start()
  late.arrive(service)
  closers.push(() => removeServiceFile(paths))
  await writeServiceFile(paths, {
    pid: process.pid,
    port: server.port,
    host: host.kind,
    startedAt: host.clock.now().toISOString(),
  })
  logging.log
    .named('service')
    .info(runLines.running(`. Status: http://127.0.0.1:${server.port}/api/v1/background-sync/status`))
  if (service.snapshot().accounts.length === 0) {
    logging.log.named('service').info('There is no account yet. Add one: mailtide accounts add')
  }
  if (manager !== null) {
    const unsubscribe = service.subscribe((snapshot) => manager.status(statusLine(snapshot)))
    closers.push(async () => unsubscribe())
    manager.ready(service.checkHealth)
  }
  await options.onReady?.({ service, port: server.port, home: paths.home })
}

/**
 * Whoever read what we show may go (a pipe's other end, a terminal): a command ends then, but a service goes on; its log has
 * a file as well.
 */
function outliveConsole(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', () => undefined)
  }
}

interface StopSignal {
  readonly asked: Promise<{ readonly exitCode: number; readonly reason: string }>
  /** From now on signals are ours alone, and the one that asks to stop is told. */
  takeOver(tell: (reason: string) => void): void
  release(): void
}

/** The first signal, or an error nobody foresaw, asks to stop; the second ends the process at once. */
function stopSignal(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number; reason: string }>()
  let isAsked = false
  let askedAt = 0
  let tell: ((reason: string) => void) | undefined
  let lastChance: NodeJS.Timeout | undefined
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isAsked) {
      if (performance.now() - askedAt > SAME_PRESS_MS) process.exit(1)
      return
    }
    isAsked = true
    askedAt = performance.now()
    // Also while it is still starting.
    lastChance = setTimeout(() => process.exit(1), LAST_CHANCE_MS)
    tell?.(signal)
    resolve({ exitCode: 0, reason: signal })
  }
  const onError = (error: unknown): void => {
    if (isAsked) return
    isAsked = true
    lastChance = setTimeout(() => process.exit(1), LAST_CHANCE_MS)
    resolve({ exitCode: 1, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  return {
    asked: promise,
    takeOver: (told) => {
      tell = told
      for (const signal of signals) {
        // A library below `conf` answers a signal by sending it again, which would count as the second one and end us at once.
        process.removeAllListeners(signal)
        process.on(signal, onSignal)
      }
    },
    release: () => {
      clearTimeout(lastChance)
      for (const signal of signals) process.off(signal, onSignal)
      process.off('uncaughtException', onError)
      process.off('unhandledRejection', onError)
    },
  }
}
