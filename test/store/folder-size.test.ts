import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFolderSize, folderBytes } from '../../electron/store/folder-size.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mailtide-size-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** As the store writes: never in place. */
function put(path: string, bytes: number): void {
  writeFileSync(join(home, '.temp'), Buffer.alloc(bytes))
  renameSync(join(home, '.temp'), path)
}
const longAgo = new Date('2026-01-01T00:00:00Z')

it('a missing folder weighs nothing', async () => {
  expect(await createFolderSize(join(home, 'none'))()).toBe(0)
  expect(await folderBytes(join(home, 'none'))).toBe(0)
})

it('a folder that did not change is not read again', async () => {
  const folder = join(home, 'raw', 'ada', 'ab')
  mkdirSync(folder, { recursive: true })
  put(join(folder, 'one'), 100)
  const settle = () => utimesSync(folder, longAgo, longAgo)
  settle()
  const size = createFolderSize(join(home, 'raw'))
  expect(await size()).toBe(100)
  put(join(folder, 'two'), 11)
  settle() // as if nothing had happened
  expect(await size()).toBe(100)
  put(join(folder, 'three'), 1)
  expect(await size()).toBe(112)
})

it('whatever is written, replaced or removed, the size is that of all files', async () => {
  const change = fc.record({
    account: fc.constantFrom('ada', 'bob'),
    bucket: fc.constantFrom('00', 'ff'),
    name: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.option(fc.integer({ min: 0, max: 2_000 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 5 }), async (rounds) => {
      const root = join(home, 'raw')
      rmSync(root, { recursive: true, force: true })
      const size = createFolderSize(root)
      const present = new Map<string, number>()
      for (const round of rounds) {
        for (const { account, bucket, name, bytes } of round) {
          const folder = join(root, account, bucket)
          mkdirSync(folder, { recursive: true })
          const path = join(folder, name)
          if (bytes === null) rmSync(path, { force: true })
          else put(path, bytes)
          if (bytes === null) present.delete(path)
          else present.set(path, bytes)
        }
        const expected = [...present.values()].reduce((sum, bytes) => sum + bytes, 0)
        expect(await size()).toBe(expected)
        expect(await folderBytes(root)).toBe(expected)
      }
    }),
    { numRuns: 30 },
  )
})

it('measuring can be given up, and is right the next time', async () => {
  put(join(home, 'one'), 5)
  const size = createFolderSize(home)
  await expect(size(AbortSignal.abort())).rejects.toThrow()
  expect(await size()).toBe(5)
})
