import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..', '..')
const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8')

interface Configuration {
  readonly [key: string]: unknown
  readonly linux: Record<string, unknown>
  readonly mac: Record<string, unknown>
}
const configuration = (): Configuration => parse(text) as Configuration

/** electron-builder's own judgement, with the schema that its version has. */
const require = createRequire(createRequire(import.meta.url).resolve('app-builder-lib/package.json'))
const { validateConfiguration } = require('./out/util/config/config.js') as {
  validateConfiguration(value: unknown, log: object): Promise<void>
}
const { DebugLogger } = require('builder-util') as { readonly DebugLogger: new (isEnabled: boolean) => object }
const validate = (value: unknown): Promise<void> => validateConfiguration(value, new DebugLogger(false))

describe('the configuration of the packages', () => {
  it('is one that electron-builder understands, for all three systems', async () => {
    await expect(validate(configuration())).resolves.toBeUndefined()
    expect(Object.keys(configuration())).toEqual(expect.arrayContaining(['linux', 'deb', 'mac', 'dmg', 'win', 'nsis']))
  })

  it.each([
    ['a word it does not know', (c: Configuration) => ({ ...c, asarr: true })],
    ['a choice that is none', (c: Configuration) => ({ ...c, nsis: { oneClick: 'maybe' } })],
    ['a fuse that does not exist', (c: Configuration) => ({ ...c, electronFuses: { runAsNod: false } })],
    ['an unknown key of a system', (c: Configuration) => ({ ...c, mac: { ...c.mac, hardendRuntime: true } })],
  ])('would not be one with %s', async (_what, spoil) => {
    await expect(validate(spoil(configuration()))).rejects.toThrow(/schema/i)
  })

  it('names only files that are there', () => {
    const named = [...text.matchAll(/(?:entitlements(?:Inherit)?|beforeBuild): (\S+)/g)].map(([, path]) => path ?? '')
    expect(named).toHaveLength(3)
    for (const path of named) expect(existsSync(join(root, path))).toBe(true)
    for (const path of ['icon.icns', 'icon.ico', 'icons/512x512.png', 'tray']) {
      expect(existsSync(join(root, 'build', path))).toBe(true)
    }
  })

  it('has the description, the address and the name that packages and windows are known by', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>
    expect(manifest).toMatchObject({
      main: 'dist/main/main.js',
      desktopName: 'mailtide.desktop',
      author: expect.stringMatching(/^[^<]+ <\S+@\S+>$/),
      homepage: expect.stringMatching(/^https:\/\//),
      description: expect.stringMatching(/\S/),
    })
  })

  it('has the id by which Windows knows whose notifications and windows they are', () => {
    const main = readFileSync(join(root, 'electron', 'main.ts'), 'utf8')
    const told = [...main.matchAll(/app\.setAppUserModelId\('([^']*)'\)/g)].map(([, id]) => id)
    expect(told).toEqual([configuration()['appId']])
  })

  it('keeps the app out of macOS’ Dock until it shows a window', () => {
    expect(configuration().mac).toMatchObject({ extendInfo: { LSUIElement: true } })
  })
})
