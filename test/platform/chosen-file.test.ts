import { execFileSync } from 'node:child_process'
import { chmod, chown, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeChosenFile } from '../../electron/platform/chosen-file.ts'
import { tempFolder } from './temp-home.ts'

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

/** As a user whom permissions bind; root may write everywhere. */
async function asAnother(work: () => Promise<unknown>): Promise<void> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

/** A folder of the user that `asAnother` is. */
async function itsFolder(): Promise<string> {
  const folder = await tempFolder()
  if (process.geteuid?.() === 0) await chown(folder, 65_534, 65_534)
  return folder
}

async function itsFile(path: string, text: string, mode: number): Promise<void> {
  await writeFile(path, text)
  if (process.geteuid?.() === 0) await chown(path, 65_534, 65_534)
  await chmod(path, mode)
}

it('makes a file where there was none, as other programs do, and nothing else', async () => {
  const folder = await tempFolder()
  await writeChosenFile(join(folder, 'figures.csv'), 'a,b')
  await writeFile(join(folder, 'usual'), '')
  expect(await readFile(join(folder, 'figures.csv'), 'utf8')).toBe('a,b')
  expect(await modeOf(join(folder, 'figures.csv'))).toBe(await modeOf(join(folder, 'usual')))
  expect(await readdir(folder)).toEqual(['figures.csv', 'usual'])
})

it('takes a name as long as the file system allows', async () => {
  const folder = await tempFolder()
  const name = 'ü'.repeat(127)
  await writeChosenFile(join(folder, name), 'a,b')
  expect(await readdir(folder)).toEqual([name])
})

describe.runIf(process.platform !== 'win32')('a file of that name', () => {
  it('is replaced by another one, never written over, and keeps who may read it', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'figures.csv')
    await writeFile(path, 'old and longer')
    await chmod(path, 0o664)
    const old = await stat(path)
    await writeChosenFile(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
    expect((await stat(path)).ino).not.toBe(old.ino)
    expect(await modeOf(path)).toBe(0o664)
    expect(await readdir(folder)).toEqual(['figures.csv'])
  })

  it.runIf(process.geteuid?.() === 0)('keeps its owner where this user may say so', async () => {
    const path = join(await tempFolder(), 'figures.csv')
    await writeFile(path, 'old')
    await chown(path, 1_001, 1_002)
    await writeChosenFile(path, 'new')
    const { uid, gid } = await stat(path)
    expect([uid, gid]).toEqual([1_001, 1_002])
  })

  it('keeps its old text when the new one finds no room, and says what helps', async () => {
    const folder = await tempFolder()
    const path = join(folder, 'figures.csv')
    await writeFile(path, 'old')
    // A process that may write no file of more than 8 kB fails in the middle of this one, as on a full disk.
    const module = join(import.meta.dirname, '../../electron/platform/chosen-file.ts')
    const script = `import { writeChosenFile } from ${JSON.stringify(module)}
      await writeChosenFile(process.argv[1], 'x'.repeat(100_000)).catch(({ message }) => console.log(message))`
    const command = 'ulimit -f 8; exec "$0" --input-type=module -e "$1" "$2"'
    const said = execFileSync('bash', ['-c', command, process.execPath, script, path], { encoding: 'utf8' })
    expect(said).toBe(`The file ${path} cannot be written\n`)
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['figures.csv'])
  })

  it('stays as it is where its folder permits no new file, which is said', async () => {
    const folder = await itsFolder()
    const path = join(folder, 'figures.csv')
    await itsFile(path, 'old', 0o644)
    await chmod(folder, 0o555)
    await asAnother(() =>
      expect(writeChosenFile(path, 'new')).rejects.toMatchObject({
        code: 'disk',
        message: `${path} is left as it is: its folder permits no new file, without which it cannot be replaced safely`,
        remedy: `Choose another folder, or give your user write permission in ${folder}`,
      }),
    )
    await chmod(folder, 0o755)
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  it('that may not be written is not replaced either', async () => {
    const folder = await itsFolder()
    const path = join(folder, 'figures.csv')
    await itsFile(path, 'old', 0o444)
    await asAnother(() =>
      expect(writeChosenFile(path, 'new')).rejects.toMatchObject({
        message: `The file ${path} cannot be written`,
        remedy: 'Choose another folder, or give your user write permission there',
      }),
    )
    expect(await readFile(path, 'utf8')).toBe('old')
  })

  it('that is a link stays one, and what it leads to is replaced', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, 'elsewhere'))
    await symlink('elsewhere', join(folder, 'also-elsewhere'))
    await symlink('also-elsewhere/real.csv', join(folder, 'link'))
    // At first it leads to nothing.
    for (const text of ['first', 'second']) {
      await writeChosenFile(join(folder, 'link'), text)
      expect(await readFile(join(folder, 'elsewhere', 'real.csv'), 'utf8')).toBe(text)
    }
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true)
    expect(await readlink(join(folder, 'link'))).toBe('also-elsewhere/real.csv')
    expect(await readdir(join(folder, 'elsewhere'))).toEqual(['real.csv'])
  })

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a named pipe', async (path: string) => execFileSync('mkfifo', [path])],
  ])('that is %s is left alone', async (_what, make) => {
    const path = join(await tempFolder(), 'figures.csv')
    await make(path)
    await expect(writeChosenFile(path, 'new')).rejects.toMatchObject({
      message: `${path} is not a file, so nothing is written there`,
      remedy: 'Choose another name',
    })
    expect((await stat(path)).isFile()).toBe(false)
  })

  it('that is a link to itself is told', async () => {
    const path = join(await tempFolder(), 'figures.csv')
    await symlink(path, path)
    await expect(writeChosenFile(path, 'new')).rejects.toMatchObject({ code: 'disk' })
  })
})
