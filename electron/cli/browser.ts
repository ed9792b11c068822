import { spawn } from 'node:child_process'
import type { Env } from '../platform/data-folder.ts'

/**
 * The program that opens an address in the person's browser, and its words; null where there is no screen to show one: a server, a
 * container, a session over SSH. `BROWSER` names one by hand: https://man7.org/linux/man-pages/man1/xdg-open.1.html
 */
export function browserCommand(url: string, env: Env, platform: NodeJS.Platform): readonly string[] | null {
  const [own = ''] = platform === 'win32' ? [] : (env['BROWSER'] ?? '').split(':')
  const words = own.split(' ').filter((word) => word !== '')
  if (words.length > 0) {
    return words.some((word) => word.includes('%s')) ? words.map((word) => word.replaceAll('%s', url)) : [...words, url]
  }
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return null
  if (platform === 'darwin') return ['open', url]
  // `start` is a word of the shell, to which & in an address would mean something.
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler', url]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : null
}

/** Opens the address; false when no browser could be asked to. Whether it shows the page, nobody can tell. */
export async function openBrowser(url: string, env: Env): Promise<boolean> {
  const command = browserCommand(url, env, process.platform)
  if (command === null) return false
  const [program = '', ...words] = command
  const child = spawn(program, words, { detached: true, stdio: 'ignore', env })
  const isOpened = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true))
    child.once('error', () => resolve(false))
  })
  child.on('error', () => undefined)
  child.unref()
  return isOpened
}
