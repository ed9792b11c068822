import { existsSync, mkdirSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { removeFolder, removeFolders, tempFolder } from './temp-folder.ts'

it('what a test leaves goes with its file', () => {
  const [left, removed] = [tempFolder('left'), tempFolder('left')]
  expect(basename(left)).toMatch(/^mailtide-left-\w{6}$/)
  removeFolder(removed)
  expect([existsSync(left), existsSync(removed)]).toEqual([true, false])
  removeFolders()
  expect(existsSync(left)).toBe(false)
})

it('what a killed run left goes after a day, and nothing else does', () => {
  const dayAgo = new Date(Date.now() - 25 * 60 * 60_000)
  const places = ['mailtide-swept-aB3_x9', 'mailtide-swept-folder-aB3_x9', 'mailtide-swept-bcd123'].map((name) =>
    join(tmpdir(), name),
  )
  for (const place of places) mkdirSync(place, { recursive: true })
  for (const old of places.slice(0, 2)) utimesSync(old, dayAgo, dayAgo)
  const own = tempFolder('swept')
  expect(places.map((place) => existsSync(place))).toEqual([false, true, true])
  for (const place of [...places, own]) removeFolder(place)
})
