import { execFile } from 'node:child_process'

const BUS_ANSWERS_WITHIN_MS = 3_000
const watcher = ['org.kde.StatusNotifierWatcher', '/StatusNotifierWatcher', 'org.kde.StatusNotifierWatcher']

/**
 * Whether a Linux panel shows tray icons: the watcher knows of a host (https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/).
 * GNOME has one only with its AppIndicator extension. Null where it cannot be asked. Never throws.
 */
export function askTrayHost(busctl = 'busctl'): Promise<boolean | null> {
  return new Promise((resolve) => {
    execFile(
      busctl,
      ['--user', 'get-property', ...watcher, 'IsStatusNotifierHostRegistered'],
      { timeout: BUS_ANSWERS_WITHIN_MS, maxBuffer: 10_000, env: { ...process.env, LC_ALL: 'C' } },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim() === 'b true' ? true : stdout.trim() === 'b false' ? false : null)
        // The bus is there and nobody on it watches for icons.
        else resolve(/not provided by any|ServiceUnknown|NameHasNoOwner|has no owner/.test(stderr) ? false : null)
      },
    )
  })
}
