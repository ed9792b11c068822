import { join } from 'node:path'
import type { Menu, MenuItemConstructorOptions, NativeImage, nativeImage, nativeTheme, Tray } from 'electron'
import { asAppError, isAbort } from '../../shared/errors.ts'
import type { Clock, Log } from '../ports.ts'
import { type MenuAction, type MenuFacts, trayMenu } from './menu.ts'
import { menuTemplate } from './menu-template.ts'
import { trayIconFile } from './tray-icon.ts'
import { type IconState, iconState, tooltip } from './words.ts'

export interface TrayDeps {
  /** Makes Electron's `Tray`; throws where the system has none. */
  readonly make: (image: NativeImage) => Tray
  readonly buildMenu: (template: MenuItemConstructorOptions[]) => Menu
  readonly nativeImage: Pick<typeof nativeImage, 'createFromPath' | 'createFromDataURL'>
  readonly nativeTheme: Pick<
    typeof nativeTheme,
    'shouldUseDarkColors' | 'shouldUseDarkColorsForSystemIntegratedUI' | 'on' | 'off'
  >
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the drawn icons lie. */
  readonly folder: string
  /** Whether a panel shows icons at all; null when that is not known. */
  readonly askHost: () => Promise<boolean | null>
  readonly perform: (action: MenuAction) => void
  /** No icon can show, for the reason given: the window is the only way in. Called once, after `createTray` has returned. */
  readonly onUnavailable: (reason: string) => void
  readonly clock: Clock
  readonly log: Log
}

/** The icon in the panel. */
export interface TrayIcon {
  /** Shows what is so now, at most four times a second. */
  show(facts: MenuFacts): void
  close(): void
}

const FASTEST_MS = 250
/** How long after the icon was made, and after each look, it is looked whether a panel shows it. */
const PANEL_LOOKS_MS: readonly number[] = [0, 2_000, 4_000]

/** Stands in for drawings that are lost: an envelope in a grey that shows on light and dark panels. */
const FALLBACK =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAA7klEQVR4nK2SzQ2CMBSAXy9wdQRHYAPjBOoGdQO5wc0bhAtxAthAmUDdwBEcwSscwK/4EzVAMPAlTV/a5mvfe1UykHEEcRxP8jxPCJeMPhxs2167rnurBWEYHquqOvu+v5UeBEGwVUo5nuctX4KKBW1ZVuZiZakV89qiKBZcmCJQbwGT4cLGipdcpYEoipyyLPeEU4EmgeFCfvPfl5ibqdOR0GHUtAkMOzY3zG84kzBp+YAzrQIhlTWppAIUTVOjhPCLTsGTVB5oaaCPoJPxBOR4IscZ4T9kCB4f6dmiVEQWjD5ktFqbVteCIQwW3AE4o3IR6wjEpAAAAABJRU5ErkJggg=='

/** Puts the icon into the panel. Keep what it gives: an icon that is collected vanishes. To be called when Electron is ready. */
export function createTray(deps: TrayDeps): TrayIcon {
  const { platform, nativeTheme, clock, log, perform } = deps
  const closed = new AbortController()
  const missing = new Set<string>()
  let shown = { file: '', menu: '', tip: '' }
  let facts: MenuFacts | null = null
  let isResting = false
  let isBehind = false
  let tray: Tray | null = null

  const fileOf = (state: IconState): string => {
    // The taskbar of Windows has a theme of its own.
    const isDark =
      platform === 'win32' ? nativeTheme.shouldUseDarkColorsForSystemIntegratedUI : nativeTheme.shouldUseDarkColors
    return trayIconFile(state, { platform, isDark, desktop: deps.env['XDG_CURRENT_DESKTOP'] })
  }
  const imageOf = (file: string): NativeImage => {
    const image = deps.nativeImage.createFromPath(join(deps.folder, file))
    const isMissing = image.isEmpty()
    if (isMissing && !missing.has(file)) {
      missing.add(file)
      log.warning(`The tray icon ${file} is missing or damaged; a plain one is shown. Install Mailtide again`)
    }
    const found = isMissing ? deps.nativeImage.createFromDataURL(FALLBACK) : image
    if (platform === 'darwin') found.setTemplateImage(true)
    return found
  }

  const open = (): void => perform({ kind: 'open-window', place: { page: 'overview' } })
  const make = (): Tray | null => {
    try {
      const file = fileOf('stopped')
      const made = deps.make(imageOf(file))
      shown = { ...shown, file }
      // macOS opens the menu on a click by itself; Linux sends what its panel takes for opening.
      if (platform !== 'darwin') made.on('click', open)
      return made
    } catch (error) {
      log.warning(`There is no tray: ${asAppError(error).message}`)
      // Whoever is told wants to show something here, and does not have us yet.
      queueMicrotask(() => deps.onUnavailable('This system shows no tray icons'))
      return null
    }
  }

  const clicked = (action: MenuAction): void => {
    // The click has moved the tick already, whatever comes of it: what is shown next is set anew.
    shown = { ...shown, menu: '' }
    perform(action)
  }
  const draw = (): void => {
    if (facts === null || tray === null) return
    const file = fileOf(iconState(facts))
    const items = trayMenu(facts)
    const next = { file, menu: JSON.stringify(items), tip: tooltip(facts) }
    if (next.file !== shown.file) {
      tray.setImage(imageOf(file))
      // The plain icon says nothing of the state; macOS has room for a word.
      if (platform === 'darwin') tray.setTitle(missing.has(file) ? 'Mailtide' : '')
    }
    if (next.tip !== shown.tip) tray.setToolTip(next.tip)
    // On Linux a menu shows changes only when it is set anew.
    if (next.menu !== shown.menu) tray.setContextMenu(deps.buildMenu(menuTemplate(items, clicked)))
    shown = next
  }
  /** Draws at once, or when the time since the last drawing is long enough. */
  const changed = (): void => {
    if (isResting) {
      isBehind = true
      return
    }
    draw()
    isResting = true
    clock.sleep(FASTEST_MS, closed.signal).then(
      () => {
        isResting = false
        if (!isBehind) return
        isBehind = false
        changed()
      },
      (error: unknown) => {
        if (!isAbort(error)) throw error
      },
    )
  }

  tray = make()
  nativeTheme.on('updated', changed)
  /** A panel may come up after the programs that start with it at login. */
  const lookForPanel = async (): Promise<void> => {
    let isLate = false
    for (const wait of PANEL_LOOKS_MS) {
      await clock.sleep(wait, closed.signal)
      const hasHost = await deps.askHost()
      if (closed.signal.aborted) return
      // A look that fails after one that found none says nothing new.
      if (hasHost === false || (hasHost === null && isLate)) {
        isLate = true
        continue
      }
      if (isLate) {
        // What was made while nobody watched for icons may never show.
        tray?.destroy()
        shown = { file: '', menu: '', tip: '' }
        tray = make()
        draw()
      }
      return
    }
    log.warning('The panel of this desktop shows no tray icons')
    deps.onUnavailable('The panel of this desktop shows no tray icons. On GNOME, install the AppIndicator extension')
  }
  if (tray !== null && platform === 'linux') {
    lookForPanel().catch((error: unknown) => {
      if (!isAbort(error)) throw error
    })
  }
  return {
    show: (latest) => {
      facts = latest
      changed()
    },
    close: () => {
      closed.abort()
      nativeTheme.off('updated', changed)
      tray?.destroy()
      tray = null
    },
  }
}
