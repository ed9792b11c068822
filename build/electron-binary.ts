import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The program that the package `electron` has fetched, or null. By looking, never by `require('electron')`: that starts a download.
 */
export function electronBinary(root: string, env: Env): string | null {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const override = env['ELECTRON_OVERRIDE_DIST_PATH']
  const binary = override ? join(override, name) : join(folder, 'dist', name)
  return existsSync(binary) ? binary : null
}

/** Whether a window could be shown: a Linux without a display server, as on servers and in containers, has no place for one. */
export function hasDisplay(platform: NodeJS.Platform, env: Env): boolean {
  return platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
}
