import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trayIconFile } from '../../electron/desktop/tray-icon.ts'
import { iconStates } from '../../electron/desktop/words.ts'
import { icnsSizes, icoSizes, type Pixels, readPng } from './png.ts'

const root = resolve(import.meta.dirname, '../..')
const kept = (name: string): Buffer => readFileSync(join(root, 'build', name))
const picture = (name: string): Pixels => readPng(kept(name))
/** What is painted, however: the shape. */
const shapeOf = ({ alpha }: Pixels): string => alpha.map((value) => (value > 127 ? '#' : '.')).join('')
const painted = ({ alpha }: Pixels): number => alpha.filter((value) => value > 127).length / alpha.length

let drawn: string
beforeAll(() => {
  drawn = mkdtempSync(join(tmpdir(), 'mailtide-icons-'))
  execFileSync(process.execPath, [join(root, 'build/icons.ts'), drawn])
})
afterAll(() => rmSync(drawn, { recursive: true }))

it('the icons are those that the sources draw', () => {
  const names = globSync('**/*.{png,ico,icns}', { cwd: drawn }).toSorted()
  expect(names.length).toBeGreaterThan(50)
  const outdated = names.filter((name) => !readFileSync(join(drawn, name)).equals(kept(name)))
  expect(outdated, 'Draw them anew: npm run icons').toEqual([])
  const there = globSync(['tray/*.{png,ico}', 'icons/*.png', '*.{ico,icns,png}'], { cwd: join(root, 'build') })
  expect(there.toSorted()).toEqual(names)
})

describe.each(iconStates)('the tray icon for %s', (state) => {
  it.each([
    ['linux', 'KDE'],
    ['linux', 'GNOME'],
    ['linux', 'ubuntu:GNOME'],
    ['linux', undefined],
    ['win32', undefined],
    ['darwin', undefined],
  ] as const)('is there on %s (%s), for light and dark panels', (platform, desktop) => {
    for (const isDark of [true, false]) {
      expect(() => kept(`tray/${trayIconFile(state, { platform, isDark, desktop })}`)).not.toThrow()
    }
  })

  it('has the sizes of each system and is neither empty nor a block', () => {
    const sizes: Readonly<Record<string, number>> = { 'Template.png': 16, 'Template@2x.png': 32 }
    for (const [ending, size] of Object.entries(sizes)) {
      const found = picture(`tray/${state}${ending}`)
      expect([found.width, found.height]).toEqual([size, size])
      // A template is black, and macOS colours it.
      expect(found.red.every((value, at) => value === 0 || found.alpha[at] === 0)).toBe(true)
    }
    for (const panel of ['dark', 'light']) {
      expect(icoSizes(kept(`tray/${state}-on-${panel}.ico`))).toEqual([16, 20, 24, 32, 48])
      for (const size of [22, 24]) {
        const [once, twice] = ['', '@2x'].map((dense) => picture(`tray/${state}-${size}-on-${panel}${dense}.png`))
        expect([once?.width, once?.height, twice?.width]).toEqual([size, size, 2 * size])
        const whites = once?.red.filter((value, at) => value > 200 && (once.alpha[at] ?? 0) > 250).length ?? 0
        expect(whites > 40).toBe(panel === 'dark')
      }
    }
    const share = painted(picture(`tray/${state}Template.png`))
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.8)
  })

  it('differs from the others in shape, by more than a few pixels', () => {
    for (const other of iconStates.filter((name) => name !== state)) {
      for (const name of ['Template.png', 'Template@2x.png', '-22-on-dark.png', '-24-on-light.png']) {
        const [mine, theirs] = [state, other].map((which) => shapeOf(picture(`tray/${which}${name}`)))
        const different = [...(mine ?? '')].filter((pixel, at) => pixel !== theirs?.[at]).length
        expect(different, `${name} of ${state} and ${other}`).toBeGreaterThan(0.06 * (mine?.length ?? 0))
      }
    }
  })
})

describe('the icon of the app', () => {
  it('has every size that packages want', () => {
    expect(picture('icon.png').width).toBe(1024)
    for (const name of globSync('icons/*.png', { cwd: join(root, 'build') })) {
      const size = Number(name.split(sep).at(-1)?.split('x')[0])
      expect([picture(name).width, picture(name).height]).toEqual([size, size])
    }
    expect(icoSizes(kept('icon.ico'))).toEqual([16, 20, 24, 32, 40, 48, 64, 256])
    expect(icnsSizes(kept('icon.icns'))).toEqual([16, 32, 32, 64, 128, 256, 256, 512, 512, 1024])
  })
})
