import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { packageFolder, readPackage, thirdPartyText } from '../../build/licences.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailtide-licences-'))
afterAll(() => rmSync(folder, { recursive: true }))

function makePackage(name: string, manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  return path
}

describe('the package that a module of a bundle comes from', () => {
  it.each([
    ['/x/node_modules/zod/index.js', '/x/node_modules/zod'],
    ['/x/node_modules/@hono/node-server/dist/index.mjs', '/x/node_modules/@hono/node-server'],
    ['/x/node_modules/a/node_modules/b/index.js', '/x/node_modules/a/node_modules/b'],
    ['\0/x/node_modules/pg/lib/index.js?commonjs-proxy', '/x/node_modules/pg'],
    ['C:\\x\\node_modules\\pg\\lib\\index.js', 'C:/x/node_modules/pg'],
  ])('of %j is %s', (id, expected) => {
    expect(packageFolder(id)).toBe(expected)
  })

  it.each(['/x/electron/main.ts', '\0rolldown/runtime.js', '/x/node_modules_of_mine/a.js'])('of %j is none', (id) => {
    expect(packageFolder(id)).toBeNull()
  })
})

describe('the licence of a package', () => {
  it('is its own text, with its notices', () => {
    const path = makePackage(
      'a',
      { license: 'Apache-2.0' },
      { 'LICENSE.md': 'Its text\n', NOTICE: 'By us', 'index.js': '' },
    )
    expect(readPackage(path)).toEqual({ name: 'a', version: '1.2.3', licence: 'Apache-2.0', text: 'Its text\n\nBy us' })
  })

  it('is MIT’s text in its author’s name where it names that licence without the text', () => {
    const path = makePackage('b', { license: 'MIT', author: 'Ada <ada@example.com> (https://example.com)' })
    expect(readPackage(path).text).toMatch(/^Copyright \(c\) Ada\n\nPermission is hereby granted/)
  })

  it.each([{ license: 'GPL-3.0' }, {}])(
    'keeps a package out of the product that has no text and says %j',
    (manifest) => {
      const path = makePackage('c', manifest)
      expect(() => readPackage(path)).toThrow(/has no text of its licence/)
    },
  )
})

it('everything is listed by name, and PostgreSQL where PGlite is', () => {
  const one = (name: string) => ({ name, version: '1.0.0', licence: 'MIT', text: `Text of ${name}` })
  const text = thirdPartyText([one('zod'), one('@electric-sql/pglite'), one('hono')])
  const names = [...text.matchAll(/^(\S+) .*\nLicence: /gm)].map(([, name]) => name)
  expect(names).toEqual(['@electric-sql/pglite', 'hono', 'PostgreSQL', 'zod'])
  expect(text).toContain('Text of hono')
  expect(thirdPartyText([one('zod')])).not.toContain('PostgreSQL')
})
