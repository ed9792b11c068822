import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataFolder, isOfAnother, prepareDataFolder, refuseForeignHome } from '../../electron/platform/data-folder.ts'
import { tempFolder } from './temp-home.ts'

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('where the data folder is', () => {
  const linux = { platform: 'linux' as const, home: '/home/ada' }
  it.each([
    ['Linux', { ...linux, env: {} }, '/home/ada/.config/mailtide'],
    ['Linux with XDG_CONFIG_HOME', { ...linux, env: { XDG_CONFIG_HOME: '/cfg' } }, '/cfg/mailtide'],
    [
      'Linux with a relative XDG_CONFIG_HOME',
      { ...linux, env: { XDG_CONFIG_HOME: 'cfg' } },
      '/home/ada/.config/mailtide',
    ],
    [
      'macOS',
      { platform: 'darwin' as const, home: '/Users/ada', env: {} },
      '/Users/ada/Library/Application Support/mailtide',
    ],
    ['Windows', { platform: 'win32' as const, home: '/u', env: { APPDATA: '/u/Roaming' } }, '/u/Roaming/mailtide'],
    ['Windows without APPDATA', { platform: 'win32' as const, home: '/u', env: {} }, '/u/AppData/Roaming/mailtide'],
    ['MAILTIDE_HOME', { ...linux, env: { MAILTIDE_HOME: '/srv/mail' } }, '/srv/mail'],
    ['an empty MAILTIDE_HOME', { ...linux, env: { MAILTIDE_HOME: '' } }, '/home/ada/.config/mailtide'],
    ['a MAILTIDE_HOME with ~', { ...linux, env: { MAILTIDE_HOME: '~/mail' } }, '/home/ada/mail'],
    ['a relative MAILTIDE_HOME', { ...linux, env: { MAILTIDE_HOME: 'mail' } }, resolve('mail')],
  ])('%s', (_, system, expected) => {
    expect(dataFolder(system)).toBe(expected)
  })

  it('is asked for where the user has no home, and needs none where it is named', () => {
    const nobody = { platform: 'linux' as const, home: '' }
    expect(dataFolder({ ...nobody, env: { MAILTIDE_HOME: '/data' } })).toBe('/data')
    expect(dataFolder({ ...nobody, env: { XDG_CONFIG_HOME: '/cfg' } })).toBe('/cfg/mailtide')
    for (const env of [{}, { MAILTIDE_HOME: '~/mail' }]) {
      expect(() => dataFolder({ ...nobody, env })).toThrow(
        expect.objectContaining({ code: 'bad_settings', remedy: expect.stringContaining('MAILTIDE_HOME') }),
      )
    }
  })
})

it('makes a folder that only its owner can enter, and can be asked again', async () => {
  const home = join(await tempFolder(), 'deep', 'home')
  const paths = await prepareDataFolder(home)
  expect(await prepareDataFolder(home)).toEqual(paths)
  if (process.platform !== 'win32') {
    for (const folder of [home, paths.credentials, paths.raw, paths.logs]) expect(await modeOf(folder)).toBe(0o700)
  }
})

it('refuses a folder that another user owns and that it cannot close to them', async () => {
  const parent = await tempFolder()
  const home = join(parent, 'theirs')
  await mkdir(home)
  // Nobody but the system's user can make a folder of somebody else.
  if (process.getuid?.() !== 0) return expect(isOfAnother(1001, 1000)).toBe(true)
  await chown(home, 1001, 1001)
  await chmod(home, 0o777)
  await chmod(parent, 0o755)
  process.seteuid?.(1000)
  try {
    await expect(prepareDataFolder(home)).rejects.toMatchObject({
      code: 'disk',
      message: `The data folder ${home} belongs to another user, who could read and change its content`,
      remedy: 'Set MAILTIDE_HOME to a folder of your own',
    })
  } finally {
    process.seteuid?.(0)
  }
  expect(await readdir(home)).toEqual([])
})

it.each([
  ['to its own user', 1000, 1000, false],
  ['to another user', 1001, 1000, true],
  ['to the system, as a foreign disk does', 0, 1000, false],
  ['to anybody, for the system', 1001, 0, false],
  ['to nobody that the system could name', 0, undefined, false],
] as const)('a folder that belongs %s is judged by that (owner %i)', (_, owner, self, expected) => {
  expect(isOfAnother(owner, self)).toBe(expected)
})

it('closes a folder that others could read', async () => {
  const home = await tempFolder()
  await chmod(home, 0o755)
  await prepareDataFolder(home)
  if (process.platform !== 'win32') expect(await modeOf(home)).toBe(0o700)
})

it('refuses the folder of a newer version and changes nothing in it', async () => {
  const home = await tempFolder()
  await prepareDataFolder(home)
  await writeFile(join(home, 'version'), '2\n')
  await expect(prepareDataFolder(home)).rejects.toMatchObject({
    code: 'store_newer',
    remedy: expect.stringContaining('newest version'),
  })
  expect(await readFile(join(home, 'version'), 'utf8')).toBe('2\n')
})

it('refuses a folder full of other things rather than closing it to others, naming one of them', async () => {
  const home = await tempFolder()
  await chmod(home, 0o755)
  await writeFile(join(home, 'thesis.odt'), 'x')
  await expect(prepareDataFolder(home)).rejects.toMatchObject({
    code: 'bad_settings',
    message: expect.stringContaining('thesis.odt'),
  })
  if (process.platform !== 'win32') expect(await modeOf(home)).toBe(0o755)
})

it.each([
  ['photographs', 'raw'],
  ['sources', 'version'],
])('refuses a folder of %s, which has a name in common with ours', async (_what, name) => {
  const home = await tempFolder()
  await chmod(home, 0o755)
  if (name === 'raw') await mkdir(join(home, name))
  else await writeFile(join(home, name), '2.7.18\n')
  await writeFile(join(home, 'summer.jpg'), 'x')
  const refusal = { code: 'bad_settings', message: expect.stringContaining('summer.jpg') }
  await expect(prepareDataFolder(home)).rejects.toMatchObject(refusal)
  expect(() => refuseForeignHome(home)).toThrow(expect.objectContaining(refusal))
  if (process.platform !== 'win32') expect(await modeOf(home)).toBe(0o755)
})

it('knows its folder by what is in it when its version was lost or cut off', async () => {
  const home = await tempFolder()
  await prepareDataFolder(home)
  await writeFile(join(home, 'api-token'), 'x')
  await writeFile(join(home, 'notes.txt'), 'x')
  await writeFile(join(home, 'version'), '')
  refuseForeignHome(home)
  await prepareDataFolder(home)
  expect(await readFile(join(home, 'version'), 'utf8')).toBe('1\n')
})

it('takes the empty root of a mounted volume, and is not troubled by foreign files later', async () => {
  const home = await tempFolder()
  await mkdir(join(home, 'lost+found'))
  await prepareDataFolder(home)
  await writeFile(join(home, 'notes.txt'), 'x')
  await prepareDataFolder(home)
})

it('goes on after a crash in the middle of the first start', async () => {
  const home = await tempFolder()
  await mkdir(join(home, 'raw'))
  await prepareDataFolder(home)
})

it('says so when a file is in the way', async () => {
  const home = join(await tempFolder(), 'file')
  await writeFile(home, 'x')
  for (const path of [home, join(home, 'below')]) {
    await expect(prepareDataFolder(path)).rejects.toMatchObject({
      code: 'disk',
      remedy: expect.stringContaining('MAILTIDE_HOME'),
    })
  }
})

it.runIf(process.platform === 'linux')('says so when the folder may not be written', async () => {
  // Not even root may make folders there.
  await expect(prepareDataFolder('/sys/mailtide')).rejects.toMatchObject({
    code: 'disk',
    remedy: expect.stringContaining('permission'),
  })
})
