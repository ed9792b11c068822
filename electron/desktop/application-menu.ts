import type { MenuItemConstructorOptions } from 'electron'

/**
 * The menu of the app: at the top of the screen on macOS, behind Alt elsewhere. Electron's own would lead to Electron's pages; without any,
 * macOS has no copy and paste, and nobody can enlarge the text. What Electron knows by role it also words, and gives its usual keys.
 */
export function applicationMenu(platform: NodeJS.Platform, isPackaged: boolean): MenuItemConstructorOptions[] {
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const isMac = platform === 'darwin'
  const app: MenuItemConstructorOptions = {
    label: 'Mailtide',
    submenu: isMac
      ? [
          { role: 'about' },
          separator,
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          separator,
          { role: 'quit' },
        ]
      : [{ role: 'close' }, separator, { role: 'quit' }],
  }
  const edit: MenuItemConstructorOptions = {
    label: 'Edit',
    submenu: [
      { role: 'undo' },
      { role: 'redo' },
      separator,
      { role: 'cut' },
      { role: 'copy' },
      { role: 'paste' },
      { role: 'selectAll' },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
      ...(isPackaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
    ],
  }
  const window: MenuItemConstructorOptions = {
    label: 'Window',
    submenu: [{ role: 'minimize' }, ...(isMac ? [{ role: 'zoom' } as const, { role: 'close' } as const] : [])],
  }
  return [app, edit, view, window]
}
