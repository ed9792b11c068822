import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Env } from '../platform/data-folder.ts'
import type { UpdatePlace } from './updates.ts'

export interface Installation {
  readonly isPackaged: boolean
  readonly platform: NodeJS.Platform
  readonly env: Env
  readonly resourcesPath: string
  /** The app's program. */
  readonly execPath: string
  /** Whether a Mac's app is signed by a developer whom Apple knows; its updater takes no other. */
  readonly isSigned?: (app: string) => Promise<boolean>
}

const nowhere = (reason: string): UpdatePlace => ({ by: 'nowhere', reason })

/** Who updates an app that was installed in this way. */
export async function updatePlace(installation: Installation): Promise<UpdatePlace> {
  const { isPackaged, platform, env, resourcesPath, execPath } = installation
  if (!isPackaged) return nowhere('This is a build from source: update the source')
  switch (platform) {
    case 'linux':
      return await onLinux(env, resourcesPath)
    case 'win32':
      return { by: 'itself' }
    case 'darwin':
      return await onMac(execPath, installation.isSigned ?? signedByDeveloper)
    default:
      return nowhere('There are no updates for this system')
  }
}

async function onLinux(env: Env, resourcesPath: string): Promise<UpdatePlace> {
  const file = env['APPIMAGE']
  if (file) {
    if (await isWritable(dirname(file))) return { by: 'itself' }
    return nowhere(`You may not replace ${file}: an administrator updates Mailtide`)
  }
  // Written by electron-builder into packages that a package manager installs.
  const kind = await readFile(join(resourcesPath, 'package-type'), 'utf8').catch(() => '')
  if (kind.trim() === 'deb') return { by: 'person' }
  return nowhere('This installation does not update itself: install the newest Mailtide over it')
}

async function onMac(execPath: string, isSigned: (app: string) => Promise<boolean>): Promise<UpdatePlace> {
  // <app>.app/Contents/MacOS/<program>
  const app = resolve(execPath, '..', '..', '..')
  if (!(await isSigned(app))) return nowhere('This build is not signed, and macOS does not replace unsigned apps')
  if (!(await isWritable(dirname(app))))
    return nowhere('Move Mailtide into the folder Applications, so that it can be updated')
  return { by: 'itself' }
}

async function isWritable(folder: string): Promise<boolean> {
  return await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}

/** https://developer.apple.com/documentation/technotes/tn3127-inside-code-signing-requirements */
async function signedByDeveloper(app: string): Promise<boolean> {
  return await promisify(execFile)('codesign', ['--verify', '-R=anchor apple generic', app]).then(
    () => true,
    () => false,
  )
}
