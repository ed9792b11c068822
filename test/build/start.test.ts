import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { electronBinary, hasDisplay } from '../../build/electron-binary.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'mailtide-start-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('Electron’s program', () => {
  const electron = join(folder, 'node_modules', 'electron')

  it('is not there as npm installs the package', () => {
    mkdirSync(join(electron, 'dist', 'Electron.app'), { recursive: true })
    expect(electronBinary(folder, {})).toBeNull()
  })

  it('is where its package says, once it was fetched', () => {
    writeFileSync(join(electron, 'path.txt'), 'Electron.app/Electron')
    expect(electronBinary(folder, {})).toBeNull()
    writeFileSync(join(electron, 'dist', 'Electron.app', 'Electron'), '')
    expect(electronBinary(folder, {})).toBe(join(electron, 'dist', 'Electron.app', 'Electron'))
  })

  it('is in the folder that the environment names, and nowhere else then', () => {
    const elsewhere = join(folder, 'elsewhere')
    expect(electronBinary(folder, { ELECTRON_OVERRIDE_DIST_PATH: elsewhere })).toBeNull()
    mkdirSync(join(elsewhere, 'Electron.app'), { recursive: true })
    writeFileSync(join(elsewhere, 'Electron.app', 'Electron'), '')
    expect(electronBinary(folder, { ELECTRON_OVERRIDE_DIST_PATH: elsewhere })).toBe(
      join(elsewhere, 'Electron.app', 'Electron'),
    )
  })
})

it('a display is one of X11 or Wayland on Linux, and always there elsewhere', () => {
  expect(hasDisplay('linux', {})).toBe(false)
  expect(hasDisplay('linux', { DISPLAY: '' })).toBe(false)
  expect(hasDisplay('linux', { DISPLAY: ':0' })).toBe(true)
  expect(hasDisplay('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true)
  expect(hasDisplay('darwin', {})).toBe(true)
  expect(hasDisplay('win32', {})).toBe(true)
})

it.skipIf(process.platform !== 'linux')('npm start says that there is no display, and runs the service', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, 'build', 'start.ts'), '--help'], {
    env: { PATH: process.env['PATH'], HOME: folder },
  })
  expect(stderr).toBe('There is no display for the desktop app: the service runs without a window.\n')
  expect(stdout).toMatch(/^Usage: mailtide run/)
})
