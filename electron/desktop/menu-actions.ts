import type { Clipboard, Shell } from 'electron'
import { AppError } from '../../shared/errors.ts'

/** Shows the folder of logs. Throws `AppError('disk')` when the system cannot. */
export async function openLogsFolder(shell: Pick<Shell, 'openPath'>, folder: string): Promise<void> {
  // It does not throw: it answers with what went wrong, or with nothing.
  const trouble = await shell.openPath(folder)
  if (trouble === '') return
  throw new AppError('disk', `The system cannot show the folder ${folder}: ${trouble}`, {
    remedy: `Open ${folder} yourself, or see the log in the window`,
  })
}

/** Puts the address of the status into the clipboard. */
export async function copyStatusUrl(clipboard: Pick<Clipboard, 'writeText'>, url: string): Promise<void> {
  await clipboard.writeText(url)
}
