import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Snapshot } from '../shared/status.ts'
import { startDemoGmail } from './demo/demo-client.ts'
import { systemClock } from './platform/clock.ts'
import { createTokenStore } from './platform/credentials.ts'
import { type DataPaths, dataFolder, type Env, prepareDataFolder, userHome } from './platform/data-folder.ts'
import { clearLeftovers } from './platform/durable-file.ts'
import { acquireLock, type FolderLock } from './platform/lock.ts'
import { createLogging, type Logging } from './platform/log.ts'
import { createClientStore } from './platform/oauth-clients.ts'
import { passwordsIn } from './platform/outside.ts'
import { sealPlainFiles } from './platform/seal-plain.ts'
import {
  createSettings,
  type MakeSettingsStore,
  openSettingsFile,
  type SettingFlags,
  type SettingsAccess,
} from './platform/settings.ts'
import { createSurroundings, systemLooks } from './platform/surroundings.ts'
import type { ClientStore, Clock, Log, SecretBox, Surroundings, TokenStore } from './ports.ts'
import type { HostTrouble } from './service/alerts.ts'
import { createService } from './service/create-service.ts'
import type { ServiceControl } from './service/service.ts'
import { version } from './version.ts'

export interface HostOptions {
  readonly kind: Snapshot['host']['kind']
  /** A command that has the folder only while it works: nobody may take it for a service. */
  readonly isCommand?: boolean
  readonly env: Env
  readonly flags: SettingFlags
  /** Seals credentials; opened only after the folder is ours. `hide` keeps a text out of the log. */
  readonly openBox: (env: Env, log: Log, hide: (secret: string) => void) => Promise<SecretBox>
  /** What writes the settings file: `conf` where the host has nothing of its own. */
  readonly settingsStore?: MakeSettingsStore
  /** Where log lines are shown; null shows none. */
  readonly console: ((line: string) => void) | null
  readonly clock?: Clock
  /** The computer's power and network; by default what the system tells a program without a desktop. */
  readonly surroundings?: Surroundings
}

/** A data folder that is ours: its lock, settings, log and credentials. */
export interface Host {
  readonly kind: HostOptions['kind']
  readonly env: Env
  readonly clock: Clock
  readonly paths: DataPaths
  readonly lock: FolderLock
  readonly settings: SettingsAccess
  readonly logging: Logging
  readonly tokens: TokenStore
  readonly clients: ClientStore
  readonly surroundings: Surroundings
  /** Throws when the lock is not ours any more. */
  readonly assertOwned: () => void
  /** Gives the folder back. Safe to call twice. */
  close(): Promise<void>
}

const besideUs = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * What a packed app has beside its archive (https://www.electronjs.org/docs/latest/api/process#processresourcespath-readonly): whole
 * folders are copied from it, and WebAssembly is compiled from it, neither of which works from inside.
 */
const packedResources = (): string | undefined => {
  const { resourcesPath } = process as { readonly resourcesPath?: string }
  return resourcesPath !== undefined && existsSync(join(resourcesPath, 'pglite')) ? resourcesPath : undefined
}

/** The empty database that the build made; without it one is made at the first start, which takes seconds and memory. */
export function emptyDatabase(): string | undefined {
  const packed = packedResources()
  const built = import.meta.url.endsWith('.ts') ? '../dist/empty-database' : '../empty-database'
  const folder = packed === undefined ? besideUs(built) : join(packed, 'empty-database')
  return existsSync(join(folder, 'PG_VERSION')) ? folder : undefined
}

/** The window's files as the build made them, beside the bundle; from the sources the last build, if there was one. */
export const windowFolder = (): string => besideUs(import.meta.url.endsWith('.ts') ? '../dist/renderer' : '../renderer')

/** PGlite's own files, which a bundle has beside it. */
export function pgliteFiles(): string | undefined {
  const packed = packedResources()
  if (packed !== undefined) return join(packed, 'pglite')
  return import.meta.url.endsWith('.ts') ? undefined : dirname(fileURLToPath(import.meta.url))
}

/** A service waits so long for a command that works on the folder; a long one (`rebuild`) is told. */
const COMMAND_PATIENCE_MS = 10_000

/** Takes the data folder and reads what lies in it. Throws `already_running`, `disk`, `store_newer` or `bad_settings`, with nothing changed. */
export async function openHost(options: HostOptions): Promise<Host> {
  const { env, kind } = options
  const clock = options.clock ?? systemClock
  const paths = await prepareDataFolder(dataFolder({ env, platform: process.platform, home: userHome() }))
  const lock =
    options.isCommand === true
      ? await acquireLock(paths, 'command')
      : await acquireLock(paths, kind, COMMAND_PATIENCE_MS)
  try {
    await clearLeftovers([paths.home, paths.credentials, paths.clients])
    const { store, warnings } = await openSettingsFile(paths.settings, clock.now(), options.settingsStore)
    const settings = createSettings({ store, warnings, env, flags: options.flags })
    const { logLevel, logFormat, logMaxBytes, logFiles } = settings.values()
    const logging = createLogging({
      level: logLevel,
      format: logFormat,
      file: paths.logFile,
      console: options.console,
      maxBytes: logMaxBytes,
      files: logFiles,
      clock,
    })
    for (const password of passwordsIn(env)) logging.hide(password)
    for (const warning of settings.loaded.warnings) logging.log.named('settings').warning(warning)
    const credentialLog = logging.log.named('credentials')
    const box = await options.openBox(env, credentialLog, logging.hide)
    if (box.kind === 'passphrase') await sealPlainFiles([paths.credentials, paths.clients], box, credentialLog)
    const tokens = createTokenStore(paths.credentials, box, credentialLog)
    const clients = createClientStore(paths.clients, box, credentialLog)
    let isOurs = true
    return {
      kind,
      env,
      clock,
      paths,
      lock,
      settings,
      logging,
      tokens,
      clients,
      surroundings: options.surroundings ?? createSurroundings(systemLooks(process.platform)),
      assertOwned: () => {
        if (!isOurs) throw new Error('The data folder was given back; its database must not be opened')
      },
      close: async () => {
        isOurs = false
        logging.close()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** The way that programs reach a host's service, as its status shows it. */
export interface HostPort {
  /** Null while the HTTP API is off. */
  readonly port: number | null
  /** Why it is off although it should not be. */
  readonly trouble: HostTrouble | null
}

/** The service on a host's folder. What `at` says is read at each snapshot; `onDoing` is told what takes long before it is there. */
export async function serviceOn(
  host: Host,
  at: HostPort,
  onDoing: (doing: string) => void = () => undefined,
): Promise<ServiceControl> {
  const { service } = await createService({
    paths: host.paths,
    env: host.env,
    settings: host.settings.values,
    changeSettings: (patch) => void host.settings.change(patch),
    changeKeptSettings: (patch) => {
      const { logLevel, logFormat, logMaxBytes, logFiles } = host.settings.changeKept(patch)
      host.logging.setLevel(logLevel)
      host.logging.setFormat(logFormat)
      host.logging.setRotation({ maxBytes: logMaxBytes, files: logFiles })
    },
    clock: host.clock,
    log: host.logging.log,
    tokens: host.tokens,
    clients: host.clients,
    surroundings: host.surroundings,
    startDemoGmail,
    host: {
      kind: host.kind,
      pid: process.pid,
      get port() {
        return at.port
      },
      data_folder: host.paths.home,
    },
    apiTrouble: () => at.trouble,
    version,
    restartedUnexpectedly: host.lock.predecessor === 'died',
    assertOwned: host.assertOwned,
    onDoing,
    templateDir: emptyDatabase(),
    assetsDir: pgliteFiles(),
  })
  return service
}
