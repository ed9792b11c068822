import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { electronBinary } from '../../../build/electron-binary.ts'
import type { DesktopApp, LaunchOptions } from './desktop-app.ts'
import { launchReal } from './launch-real.ts'
import { launchStandIn } from './launch-stand-in.ts'

/** What only the stand-in can show: the computer around the app. A suite that needs none of it runs on the real binary as well. */
export type Need = 'tray' | 'notifications' | 'os-events' | 'records'

export type Launch = (options: LaunchOptions) => Promise<DesktopApp>

const root = join(import.meta.dirname, '..', '..', '..')

/** The real binary, or why there is none. */
export function findElectron(): { readonly binary: string } | { readonly missing: string } {
  const binary = electronBinary(root, process.env)
  return binary === null ? { missing: 'the package electron has fetched no binary' } : { binary }
}

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/**
 * A suite of the desktop app: on the stand-in, and once more on the real binary where there is one and the suite needs nothing that
 * only the stand-in has. Where neither is there it is skipped, and its name says why.
 */
export function describeDesktop(name: string, needs: readonly Need[], body: (launch: Launch) => void): void {
  const found = findElectron()
  const hasChromium = existsSync(chromium)
  if (hasChromium) describe(`${name} (stand-in)`, () => body(launchStandIn))
  if ('binary' in found && needs.length === 0) {
    describe(`${name} (Electron)`, () => body((options) => launchReal(found.binary, options)))
  }
  if ('missing' in found) process.stdout.write(`${name}: not run on the real Electron: ${found.missing}\n`)
  if (!hasChromium && ('missing' in found || needs.length > 0)) {
    describe.skip(`${name} (skipped: no Chromium at ${chromium})`, () => body(launchStandIn))
  }
}
