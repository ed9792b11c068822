import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { extractAll } from '@electron/asar'
import type { DesktopApp } from '../electron/desktop-app.ts'
import { launchStandIn } from '../electron/launch-stand-in.ts'
import type { Packed } from './pack.ts'

const run = promisify(execFile)
const register = new URL('../electron/register.ts', import.meta.url).href

/** The app as it was packed: the code out of its archive, with the resources that lie beside that, on the stand-in. */
export interface PackedApp {
  /** A command, as the person who installed the app gives it; the standard output. */
  command(...words: readonly string[]): Promise<string>
  launch(...args: readonly string[]): Promise<DesktopApp>
}

/** `target` must not exist yet. Nothing but Node can read from an archive as Electron does, so its files are taken out. */
export function installPacked(packed: Packed, target: string, env: Readonly<Record<string, string>>): PackedApp {
  extractAll(packed.asar, target)
  const main = join(target, 'dist', 'main', 'main.js')
  return {
    command: async (...words) => {
      const { stdout } = await run(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--import', register, main, ...words],
        { env: { PATH: process.env['PATH'], STAND_IN_PACKAGED: '1', STAND_IN_RESOURCES: packed.resources, ...env } },
      )
      return stdout
    },
    launch: (...args) => launchStandIn({ main, packagedIn: packed.resources, env, args }),
  }
}
