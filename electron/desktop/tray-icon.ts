import type { IconState } from './words.ts'

/** What decides which drawing the panel gets. */
export interface PanelFacts {
  readonly platform: NodeJS.Platform
  /** The panel is dark, as far as the system says. */
  readonly isDark: boolean
  /** `XDG_CURRENT_DESKTOP`, on Linux. */
  readonly desktop: string | undefined
}

/**
 * The file of an icon, of those that `build/icons.ts` draws. macOS colours its template by itself; Windows has all sizes in one file; on Linux
 * the file with `@2x` beside it is for dense screens. GNOME's panel is dark whatever the windows are, and its icons are 24 pixels.
 */
export function trayIconFile(state: IconState, { platform, isDark, desktop }: PanelFacts): string {
  if (platform === 'darwin') return `${state}Template.png`
  if (platform === 'win32') return `${state}-on-${isDark ? 'dark' : 'light'}.ico`
  const isGnome = (desktop ?? '').split(':').some((name) => name === 'GNOME' || name === 'Unity')
  return `${state}-${isGnome ? 24 : 22}-on-${isDark || isGnome ? 'dark' : 'light'}.png`
}
