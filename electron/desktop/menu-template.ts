import type { MenuItemConstructorOptions } from 'electron'
import { assertNever } from '../../shared/describe.ts'
import type { MenuAction, MenuItem } from './menu.ts'

/**
 * A label that shows as it is: a single `&` would underline the next letter, and a tab would begin a shortcut. Underscores need nothing:
 * Chromium doubles them itself where GTK and the panels of Linux give them that meaning
 * (https://source.chromium.org/chromium/chromium/src/+/main:components/dbus/menu/menu_property_list.cc).
 */
export const literalLabel = (label: string): string => label.replaceAll(/\s+/g, ' ').replaceAll('&', '&&')

/** The menu as Electron wants it. Items keep their ids. */
export function menuTemplate(
  items: readonly MenuItem[],
  perform: (action: MenuAction) => void,
): MenuItemConstructorOptions[] {
  return items.map((item) => itemTemplate(item, perform))
}

function itemTemplate(item: MenuItem, perform: (action: MenuAction) => void): MenuItemConstructorOptions {
  if (item.kind === 'separator') return { type: 'separator' }
  const named = { id: item.id, label: literalLabel(item.label) }
  switch (item.kind) {
    case 'text':
      return { ...named, enabled: false }
    case 'action':
      return { ...named, enabled: item.enabled, click: () => perform(item.action) }
    case 'check':
      return {
        ...named,
        type: 'checkbox',
        enabled: item.enabled,
        checked: item.checked,
        click: () => perform(item.action),
      }
    case 'radio':
      return {
        ...named,
        type: 'radio',
        enabled: item.enabled,
        checked: item.checked,
        click: () => perform(item.action),
      }
    case 'submenu':
      return { ...named, enabled: item.enabled, submenu: menuTemplate(item.items, perform) }
    default:
      return assertNever(item)
  }
}
