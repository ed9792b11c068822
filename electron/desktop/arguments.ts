/** What the app was started for. */
export type Errand =
  /** A command such as `mailtide status`: answered without window, tray or lock. */
  | { readonly kind: 'command'; readonly words: readonly string[] }
  /** The app itself. `isHidden`: no window at first, as at login. */
  | { readonly kind: 'app'; readonly isHidden: boolean }

/** Options that a command line shows without a verb. */
const asking = new Set(['--help', '-h', '--version'])

/**
 * What a packed app was called for: `argv` is as Electron gives it, with the app's own path second while it is not packed. Chromium's
 * switches and what macOS adds (`-psn_…`) come before everything else, so a verb is the first word without a dash.
 */
export function errandOf(argv: readonly string[], isPackaged: boolean): Errand {
  const words = argv.slice(isPackaged ? 1 : 2)
  const first = words.findIndex((word) => !word.startsWith('-'))
  if (first >= 0) {
    const own = words.slice(0, first).filter((word) => word === '--json')
    return { kind: 'command', words: [...own, ...words.slice(first)] }
  }
  const asked = words.filter((word) => asking.has(word) || word === '--json')
  if (asked.some((word) => asking.has(word))) return { kind: 'command', words: asked }
  return { kind: 'app', isHidden: words.includes('--hidden') }
}
