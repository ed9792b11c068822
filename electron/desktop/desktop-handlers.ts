import type { Clipboard, Dialog, Shell } from 'electron'
import type { DesktopHandlers } from '../../shared/desktop.ts'
import { AppError } from '../../shared/errors.ts'
import { writeChosenFile } from '../platform/chosen-file.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import type { LoginItem } from './login-item.ts'
import { openLogsFolder } from './menu-actions.ts'
import type { OutsidePages } from './outside-pages.ts'
import type { Updates } from './updates.ts'

export interface DesktopHandlersDeps {
  readonly paths: Pick<DataPaths, 'home' | 'logs'>
  readonly shell: Pick<Shell, 'openPath' | 'openExternal'>
  readonly clipboard: Pick<Clipboard, 'writeText'>
  readonly dialog: Pick<Dialog, 'showSaveDialog'>
  readonly pages: Pick<OutsidePages, 'check'>
  readonly login: LoginItem
  readonly updates: Pick<Updates, 'checkNow' | 'restart'>
  /** Where new versions are for those who install them themselves. */
  readonly releasesPage: string
  /** What the app tells of itself is another now. */
  readonly onChange: () => Promise<void>
}

/** What the window asks of the app itself. */
export function createDesktopHandlers(deps: DesktopHandlersDeps): DesktopHandlers {
  const { paths, shell, clipboard, dialog, pages, login } = deps
  return {
    openLogs: async () => {
      await openLogsFolder(shell, paths.logs)
      return {}
    },
    openDataFolder: async () => {
      await openLogsFolder(shell, paths.home)
      return {}
    },
    openUrl: async ({ url }) => {
      await openInBrowser(shell, pages.check(url))
      return {}
    },
    copyText: async ({ text }) => {
      await clipboard.writeText(text)
      return {}
    },
    saveText: async ({ name, text }) => {
      const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: name })
      if (canceled || filePath === '') return { saved: false }
      await writeChosenFile(filePath, text)
      return { saved: true }
    },
    startAtLogin: async ({ on }) => {
      await login.set(on)
      await deps.onChange()
      return { starts_at_login: (await login.state()).isOn }
    },
    update: async ({ action }) => {
      if (action === 'download') await openInBrowser(shell, deps.releasesPage)
      else if (action === 'restart') await deps.updates.restart()
      // How it goes is told by the state; a page does not wait for a download.
      else void deps.updates.checkNow()
      return {}
    },
  }
}

/** Throws `AppError('not_found')` where the system has no browser for it. */
export async function openInBrowser(shell: Pick<Shell, 'openExternal'>, url: string): Promise<void> {
  try {
    await shell.openExternal(url)
  } catch (error) {
    throw new AppError('not_found', 'The system opened no browser', {
      remedy: 'Open your browser and paste the address into it',
      cause: error,
    })
  }
}
