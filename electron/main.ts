/**
 * The desktop app. Everything that Electron wants before it is ready happens here, before the first `await`:
 * https://www.electronjs.org/docs/latest/tutorial/esm#you-must-use-await-generously-before-the-apps-ready-event
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, safeStorage } from 'electron'
import { AppError, asAppError } from '../shared/errors.ts'
import { errandOf } from './desktop/arguments.ts'
import { trustOwnAuthorities } from './desktop/certificates.ts'
import { appItself, appWords } from './desktop/command.ts'
import { refuseDebugging } from './desktop/guards.ts'
import { wasStartedAtLogin } from './desktop/login-item.ts'
import { setProfile, setProfileOfCommand, setSpareProfile } from './desktop/profile.ts'
import { registerAppScheme } from './desktop/protocol.ts'
import { type OwnLink, type OwnLinkOptions, runDesktop } from './desktop/run.ts'
import { systemSealing } from './desktop/secret-box.ts'
import { keepHeapsSmall } from './lean-heap.ts'
import { systemClock } from './platform/clock.ts'
import { type DataPaths, dataFolder, dataPaths, type Env, userHome } from './platform/data-folder.ts'
import { createLogging } from './platform/log.ts'
import { headlessBox, plainBox } from './platform/secret-boxes.ts'
import type { Log, SecretBox } from './ports.ts'
import { homepage, version } from './version.ts'

const env: Env = process.env

const findHome = (): string => dataFolder({ env, platform: process.platform, home: userHome() })

refuseDebugging(app)
const errand = errandOf(process.argv, app.isPackaged)
if (errand.kind === 'command') {
  setProfileOfCommand(app, findHome)
  void answer(errand.words)
} else beginApp()

/** A command that was given to the app: nothing of the app comes up for it. */
async function answer(words: readonly string[]): Promise<void> {
  app.dock?.hide()
  const { loadedLate, runInProcess } = await import('./cli/in-process.ts')
  const exitCode = await runInProcess(words, {
    version,
    self: appItself(app, process),
    serviceWords: appWords,
    offline: {
      ...loadedLate(async () => {
        keepHeapsSmall()
        trustOwnAuthorities(env, (message) => process.stderr.write(`mailtide: ${message}\n`))
        const { createOfflineCommands } = await import('./headless-offline.ts')
        const { electronSettingsStore } = await import('./desktop/settings-store.ts')
        return createOfflineCommands({
          openBox: async (from, log, hide) => (await openBox(from, log, hide)).box,
          settingsStore: electronSettingsStore,
        })
      }),
      run: async () => {
        throw new AppError('bad_input', 'The app has its service in the tray', {
          remedy:
            'Start it with: mailtide start. On a server without a desktop, use the headless service: docs/running.md',
        })
      },
    },
  })
  app.exit(exitCode)
}

function beginApp(): void {
  let paths: DataPaths
  try {
    paths = dataPaths(findHome())
    setProfile(app, paths.home)
  } catch (error) {
    setSpareProfile(app)
    void endWith(error)
    return
  }
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  if (process.platform === 'win32') app.setAppUserModelId('org.mailtide.app')
  registerAppScheme()
  keepHeapsSmall()
  void begin(paths)
}

/** Says why there is no app, and ends. Before Electron is ready Linux shows no dialog, only a line where nobody looks. */
async function endWith(error: unknown): Promise<void> {
  const { message, remedy } = asAppError(error)
  await app.whenReady()
  dialog.showErrorBox('Mailtide cannot use its data folder', remedy === undefined ? message : `${message}. ${remedy}`)
  app.exit(1)
}

async function begin(paths: DataPaths): Promise<void> {
  // Who started it from a terminal or by another program may be gone long before it: the log is in its file all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  await app.whenReady()
  const consoleLog = createLogging({
    level: 'info',
    format: 'text',
    file: null,
    console: (line) => process.stdout.write(`${line}\n`),
    maxBytes: 0,
    files: 1,
    clock: systemClock,
  }).log.named('desktop')
  await runDesktop({
    paths,
    env,
    clock: systemClock,
    consoleLog,
    files: {
      renderer: join(import.meta.dirname, '..', 'renderer'),
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      tray: trayFolder(),
    },
    releasesPage: `${homepage}/releases/latest`,
    // What macOS started is known once it has told that the app is launched.
    isHidden: wasStartedAtLogin(app, process.platform, process.argv),
    startOwn,
  })
}

/** Beside the archive when packed; among the sources of the build else. */
function trayFolder(): string {
  const packed = join(process.resourcesPath, 'tray')
  return app.isPackaged && existsSync(packed) ? packed : join(import.meta.dirname, '..', '..', 'build', 'tray')
}

async function startOwn(options: OwnLinkOptions): Promise<OwnLink> {
  // Database and Gmail client take a while to load; tray and window are there by then.
  const [{ startDesktopHost }, { electronSettingsStore }] = await Promise.all([
    import('./desktop-host.ts'),
    import('./desktop/settings-store.ts'),
  ])
  const warnings: string[] = []
  trustOwnAuthorities(env, (message) => warnings.push(message))
  let weakness: string | null = null
  const link = await startDesktopHost({
    ...options,
    env,
    settingsStore: electronSettingsStore,
    openBox: async (from, log, hide) => {
      const opened = await openBox(from, log, hide)
      weakness = opened.weakness
      return opened.box
    },
  })
  const log = link.host.logging.log.named('desktop')
  for (const warning of warnings) log.warning(warning)
  return {
    ...link,
    log,
    settings: link.host.settings,
    sealingWeakness: weakness,
  }
}

/** A passphrase that somebody set on purpose comes first, then the system's key store, and no sealing where it has none. */
async function openBox(
  from: Env,
  log: Log,
  hide: (secret: string) => void,
): Promise<{ readonly box: SecretBox; readonly weakness: string | null }> {
  const chosen = await headlessBox(from, hide)
  if (chosen.kind === 'passphrase') return { box: chosen, weakness: null }
  await app.whenReady()
  const { box, weakness } = await systemSealing(safeStorage, process.platform, log)
  return { box: box ?? plainBox, weakness }
}
