import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folder = join(root, '.github')
const text = readFileSync(join(folder, 'SECURITY.md'), 'utf8')
const promises = (/^## Promises$(.*?)^## /ms.exec(text)?.[1] ?? '')
  .split(/^- /m)
  .slice(1)
  // A heading after the last promise of a part belongs to the next one.
  .map((promise) =>
    promise
      .replace(/^###.*/ms, '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  )

/** `[name](path): “title”, “title”`, as the promises name their tests. */
const testsIn = (promise: string) =>
  [...promise.matchAll(/\[[\w.-]+\]\((\.\.\/test\/[\w./-]+)\):((?: “[^”]+”,?)+)/g)].flatMap(
    ([, path = '', titles = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ path: join(folder, path), title })),
  )

describe('each promise of SECURITY.md', () => {
  it('is among those that are read here', () => {
    expect(promises.length).toBeGreaterThan(20)
    expect(promises.flatMap(testsIn).length).toBe(text.split('“').length - 1)
  })

  it.each(promises)('has a test of that name: %s', (promise) => {
    const named = testsIn(promise)
    expect(named).not.toEqual([])
    for (const { path, title } of named) {
      expect(existsSync(path), path).toBe(true)
      expect(readFileSync(path, 'utf8'), title).toContain(title)
    }
  })
})
