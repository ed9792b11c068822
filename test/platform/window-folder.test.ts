import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readWindowFrom } from '../../electron/platform/window-folder.ts'

/** A built window beside something that is none of its files. */
function computer() {
  const root = mkdtempSync(join(tmpdir(), 'mailtide-window-folder-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'renderer')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), 'the page')
  writeFileSync(join(folder, 'assets', 'index-1.js'), 'its script')
  writeFileSync(join(root, 'secret.txt'), 'a secret')
  const read = async (at: string, ...names: readonly string[]): Promise<string | null> => {
    const bytes = await readWindowFrom(at)(names)
    return bytes === null ? null : Buffer.from(bytes).toString()
  }
  return { root, folder, read }
}

it('the files of the window are read by their names, also where the folder is reached by a link', async () => {
  const { root, folder, read } = computer()
  symlinkSync(folder, join(root, 'installed'))
  for (const at of [folder, join(root, 'installed')]) {
    expect(await read(at, 'index.html')).toBe('the page')
    expect(await read(at, 'assets', 'index-1.js')).toBe('its script')
  }
})

it('what is not there, and what is no file, is nothing', async () => {
  const { folder, read } = computer()
  expect([await read(folder, 'none.js'), await read(folder, 'assets'), await read(folder)]).toEqual([null, null, null])
  expect(await read(join(folder, 'none'), 'index.html')).toBeNull()
})

it('no link leads out of the folder', async () => {
  const { root, folder, read } = computer()
  symlinkSync(join(root, 'secret.txt'), join(folder, 'assets', 'index-2.js'))
  symlinkSync(root, join(folder, 'up'))
  symlinkSync(join('..', 'secret.txt'), join(folder, 'relative.txt'))
  expect(await read(folder, 'assets', 'index-2.js')).toBeNull()
  expect(await read(folder, 'up', 'secret.txt')).toBeNull()
  expect(await read(folder, 'relative.txt')).toBeNull()
})

it('a way up leads nowhere, even from somebody who checked no name', async () => {
  const { folder, read } = computer()
  expect(await read(folder, '..', 'secret.txt')).toBeNull()
  expect(await read(folder, 'assets', '..', '..', 'secret.txt')).toBeNull()
})
