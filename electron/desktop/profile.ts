import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from 'electron'
import { inWords, refuseForeignHome } from '../platform/data-folder.ts'
import { PRIVATE_FOLDER } from '../platform/durable-file.ts'

type Paths = Pick<App, 'getPath' | 'setPath'>

/**
 * Puts Electron's own profile, and with it the lock of a single app and the key that Windows seals with, into the data folder. Before `ready`, with
 * nothing awaited. Throws `disk` where it cannot be written: Electron would take that for a second start, and the app would end without a word.
 * Throws `bad_settings` where the folder is somebody else's, and leaves it as it is.
 */
export function setProfile(app: Paths, home: string): void {
  refuseForeignHome(home)
  putProfile(app, home)
}

function putProfile(app: Paths, home: string): void {
  const profile = join(home, 'electron')
  try {
    mkdirSync(profile, { recursive: true, mode: PRIVATE_FOLDER })
    const probe = join(profile, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw inWords(error, home)
  }
  app.setPath('userData', profile)
  app.setPath('sessionData', profile)
}

/**
 * The profile of a command: that of the app, since what one seals the other must open. Where the folder is none that Mailtide may use, the command
 * says so itself, and Electron's files go where the default data folder has them: left alone they would lie in that folder between ours, which would
 * then be taken for somebody else's. Never throws.
 */
export function setProfileOfCommand(app: Paths, findHome: () => string): void {
  try {
    setProfile(app, findHome())
  } catch {
    setSpareProfile(app)
  }
}

/** For an app that cannot use its data folder and only says so. Never throws. */
export function setSpareProfile(app: Paths): void {
  try {
    putProfile(app, join(app.getPath('appData'), 'mailtide'))
  } catch {
    // Nothing can be kept anywhere, so that nothing can be in the way either.
  }
}
