import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { clearLeftovers, isLeftover, writeDurably } from '../../electron/platform/durable-file.ts'
import { tempFolder } from './temp-home.ts'

it('replaces a file whole, for its owner alone, leaving nothing else behind', async () => {
  const folder = await tempFolder()
  const path = join(folder, 'settings.json')
  await writeFile(path, 'old and longer', { mode: 0o644 })
  await writeDurably(path, 'new')
  expect(await readFile(path, 'utf8')).toBe('new')
  expect(await readdir(folder)).toEqual(['settings.json'])
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('keeps the old file and no half-written one when writing fails', async () => {
  const folder = await tempFolder()
  await expect(writeDurably(join(folder, 'missing', 'x'), 'new')).rejects.toMatchObject({ code: 'ENOENT' })
  const path = join(folder, 'x')
  await writeFile(path, 'old')
  // A folder in the way of the rename.
  await expect(writeDurably(folder, 'new')).rejects.toThrow()
  expect(await readFile(path, 'utf8')).toBe('old')
})

it('survives many writers of one file: one of them wins', async () => {
  const folder = await tempFolder()
  const path = join(folder, 'x')
  const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`.repeat(1000))
  await Promise.all(texts.map((text) => writeDurably(path, text)))
  expect(texts).toContain(await readFile(path, 'utf8'))
  expect(await readdir(folder)).toEqual(['x'])
})

it('knows its own leftovers from other files', () => {
  expect(['.acc.json.0123456789ab.tmp', 'settings.json.tmp-1234567890abcdef'].every(isLeftover)).toBe(true)
  const others = [
    'acc.json',
    '.tmp',
    'x.tmp',
    '.acc.json.tmp',
    'settings.json.tmp-1',
    'settings.json.corrupt-20260101T000000Z',
  ]
  expect(others.some(isLeftover)).toBe(false)
})

it('clears away what a crash in the middle of a write left, and nothing else', async () => {
  const folder = await tempFolder()
  for (const name of ['.ada1.json.0123456789ab.tmp', 'settings.json.tmp-1234567890abcdef', 'ada1.json', '.hidden']) {
    await writeFile(join(folder, name), 'secret')
  }
  await clearLeftovers([join(folder, 'missing'), folder])
  expect((await readdir(folder)).sort()).toEqual(['.hidden', 'ada1.json'])
})
