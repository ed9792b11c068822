import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { setProfile, setProfileOfCommand, setSpareProfile } from '../../electron/desktop/profile.ts'
import { prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { AppError } from '../../shared/errors.ts'

function computer() {
  const folder = mkdtempSync(join(tmpdir(), 'mailtide-profile-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const set = new Map<string, string>()
  const app = {
    getPath: () => join(folder, '.config'),
    setPath: (name: string, path: string) => void set.set(name, path),
  }
  const home = join(folder, 'data')
  return { folder, app, set, home, spare: join(folder, '.config', 'mailtide', 'electron') }
}
const both = (profile: string) => [
  ['userData', profile],
  ['sessionData', profile],
]

it('Electron’s profile is a folder of the data folder, and nothing else is left there', () => {
  const { app, set, home } = computer()
  setProfile(app, home)
  expect([...set]).toEqual(both(join(home, 'electron')))
  expect(readdirSync(join(home, 'electron'))).toEqual([])
})

it('a profile that cannot be written is said, not taken for a second start', () => {
  const { app, set, home } = computer()
  mkdirSync(home)
  // Not even root writes there.
  symlinkSync('/proc', join(home, 'electron'))
  expect(() => setProfile(app, home)).toThrow()
  expect([...set]).toEqual([])
  rmSync(join(home, 'electron'))
  writeFileSync(join(home, 'electron'), '')
  expect(() => setProfile(app, home)).toThrow(AppError)
})

it('a folder of somebody else is left as it is, and said', () => {
  const { app, set, home } = computer()
  mkdirSync(home)
  writeFileSync(join(home, 'thesis.odt'), '')
  expect(() => setProfile(app, home)).toThrow(`${home} is not a Mailtide data folder: it holds thesis.odt`)
  expect([...set]).toEqual([])
  expect(readdirSync(home)).toEqual(['thesis.odt'])
})

it.each(['none', 'one that Mailtide made', 'an empty one'])(
  'a command shares the profile of the app: %s',
  async (kind) => {
    const { app, set, home } = computer()
    if (kind === 'one that Mailtide made') await prepareDataFolder(home)
    if (kind === 'an empty one') mkdirSync(home)
    setProfileOfCommand(app, () => home)
    expect([...set]).toEqual(both(join(home, 'electron')))
    // It is a data folder like any other after that.
    await expect(prepareDataFolder(home)).resolves.toMatchObject({ home })
  },
)

it.each(['somebody else’s folder', 'no home at all', 'a file in its place'])(
  'a command that has no data folder leaves nothing there: %s',
  (kind) => {
    const { app, set, home, spare } = computer()
    if (kind === 'somebody else’s folder') {
      mkdirSync(home)
      writeFileSync(join(home, 'thesis.odt'), '')
    }
    if (kind === 'a file in its place') writeFileSync(home, '')
    setProfileOfCommand(app, () => {
      if (kind === 'no home at all') throw new AppError('bad_settings', 'Your user has no home folder')
      return home
    })
    expect([...set]).toEqual(both(spare))
    expect(existsSync(join(home, 'electron'))).toBe(false)
  },
)

it('an app that cannot start either way still says why', () => {
  const { app, set, folder } = computer()
  writeFileSync(join(folder, '.config'), '')
  expect(() => setSpareProfile(app)).not.toThrow()
  expect([...set]).toEqual([])
})
