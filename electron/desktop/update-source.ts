import type { AppUpdater } from 'electron-updater'
import { AppError } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import type { UpdateSource } from './updates.ts'

/** What is used of electron-updater (https://www.electron.build/auto-update). */
export type Updater = Pick<
  AppUpdater,
  | 'autoDownload'
  | 'autoInstallOnAppQuit'
  | 'allowDowngrade'
  | 'allowPrerelease'
  | 'disableWebInstaller'
  | 'logger'
  | 'checkForUpdates'
  | 'downloadUpdate'
  | 'quitAndInstall'
  | 'on'
  | 'off'
>

interface CancellationToken {
  cancel(): void
}

export interface UpdaterModule {
  readonly autoUpdater: Updater
  readonly CancellationToken: new () => CancellationToken
}

export interface UpdateSourceOptions {
  readonly log: Log
  /**
   * Lets another instance start. The new version is started before this one has ended, and would take itself for a second start of the
   * app.
   */
  readonly letNextStart: () => void
  readonly load?: () => Promise<UpdaterModule>
}

/** Loaded only where it is used: the module reads Electron's app and the packed configuration as it loads. */
const loadUpdater = async (): Promise<UpdaterModule> =>
  (await import('electron-updater')).default as unknown as UpdaterModule

/** Releases as electron-builder publishes them, by electron-updater. */
export async function openUpdateSource(options: UpdateSourceOptions): Promise<UpdateSource> {
  const { log, letNextStart, load = loadUpdater } = options
  const { autoUpdater: updater, CancellationToken } = await load()
  const quiet = (message: unknown): void => log.debug(firstLine(message))
  updater.logger = { info: quiet, warn: quiet, error: quiet, debug: quiet }
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.allowDowngrade = false
  updater.allowPrerelease = false
  updater.disableWebInstaller = true
  return {
    check: async () => {
      try {
        const found = await updater.checkForUpdates()
        return found?.isUpdateAvailable === true ? found.updateInfo.version : null
      } catch (error) {
        throw inWords(error)
      }
    },
    download: async (onPercent, signal) => {
      const token = new CancellationToken()
      const cancel = (): void => token.cancel()
      const progress = ({ percent }: { readonly percent: number }): void => onPercent(percent)
      signal.addEventListener('abort', cancel, { once: true })
      updater.on('download-progress', progress)
      try {
        await updater.downloadUpdate(token as Parameters<Updater['downloadUpdate']>[0])
      } catch (error) {
        throw inWords(error)
      } finally {
        updater.off('download-progress', progress)
        signal.removeEventListener('abort', cancel)
      }
    },
    installOnQuit: (on) => {
      updater.autoInstallOnAppQuit = on
    },
    installAndRestart: () => {
      // It tells a failure by an event in the midst of the call, and throws nothing.
      const failures: Error[] = []
      const fail = (error: Error): void => void failures.push(error)
      updater.on('error', fail)
      try {
        letNextStart()
        updater.quitAndInstall(true, true)
      } finally {
        updater.off('error', fail)
      }
      if (failures[0] !== undefined) throw inWords(failures[0])
    },
  }
}

const firstLine = (message: unknown): string => String(message).split('\n', 1)[0]?.slice(0, 300) ?? ''

/** electron-updater's errors carry whole answers with their headers; to people two things matter. */
function inWords(error: unknown): AppError {
  const code = String((error as { readonly code?: unknown } | null)?.code ?? '')
  const text = firstLine(error instanceof Error ? error.message : error)
  if (/^net::|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|HTTP_ERROR_5\d\d/.test(`${text} ${code}`) || /^net::/.test(text)) {
    return new AppError('network', 'The releases of Mailtide cannot be reached', { cause: error })
  }
  if (/^ERR_UPDATER_|^HTTP_ERROR_/.test(code)) {
    return new AppError('server', `The releases of Mailtide cannot be used (${code})`, { cause: error })
  }
  return new AppError('bug', `The update failed (${text})`, { cause: error })
}
