import type { MenuItemConstructorOptions } from 'electron'
import { expect, it } from 'vitest'
import { applicationMenu } from '../../electron/desktop/application-menu.ts'

const roles = (items: readonly MenuItemConstructorOptions[]): string[] =>
  items.flatMap(({ role, submenu }) => [
    ...(role === undefined ? [] : [role]),
    ...(Array.isArray(submenu) ? roles(submenu) : []),
  ])

it.each(['linux', 'win32', 'darwin'] as const)('the menu on %s copies, enlarges, closes and quits', (platform) => {
  expect(roles(applicationMenu(platform, true))).toEqual(
    expect.arrayContaining([
      'copy',
      'paste',
      'selectAll',
      'zoomIn',
      'zoomOut',
      'resetZoom',
      'close',
      'quit',
      'minimize',
    ]),
  )
})

it('a packed app shows no tools for developers, and no way to load its page again', () => {
  const tools = (isPackaged: boolean) =>
    roles(applicationMenu('linux', isPackaged)).filter((role) => ['reload', 'toggleDevTools'].includes(role))
  expect([tools(true), tools(false)]).toEqual([[], ['reload', 'toggleDevTools']])
})
