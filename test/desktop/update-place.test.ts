import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Installation, updatePlace } from '../../electron/desktop/update-place.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailtide-place-'))
afterAll(() => rmSync(folder, { recursive: true }))

const installed = (change: Partial<Installation>): Installation => ({
  isPackaged: true,
  platform: 'linux',
  env: {},
  resourcesPath: folder,
  execPath: join(folder, 'mailtide'),
  ...change,
})

describe('who updates the app', () => {
  it('is the app itself where it is an AppImage that it may replace, and on Windows', async () => {
    const env = { APPIMAGE: join(folder, 'Mailtide.AppImage') }
    expect(await updatePlace(installed({ env }))).toEqual({ by: 'itself' })
    expect(await updatePlace(installed({ platform: 'win32' }))).toEqual({ by: 'itself' })
  })

  it('is an administrator where the person may not write to the AppImage’s folder', async () => {
    const env = { APPIMAGE: join(folder, 'gone', 'Mailtide.AppImage') }
    expect(await updatePlace(installed({ env }))).toMatchObject({
      by: 'nowhere',
      reason: expect.stringMatching(/administrator/),
    })
  })

  it('is the person where a package manager installed it', async () => {
    const resourcesPath = join(folder, 'deb')
    mkdirSync(resourcesPath)
    writeFileSync(join(resourcesPath, 'package-type'), 'deb')
    expect(await updatePlace(installed({ resourcesPath }))).toEqual({ by: 'person' })
  })

  it('is nobody for a build from the sources, an unpacked folder, or another system', async () => {
    expect(await updatePlace(installed({ isPackaged: false, platform: 'win32' }))).toMatchObject({ by: 'nowhere' })
    expect(await updatePlace(installed({}))).toMatchObject({ by: 'nowhere' })
    expect(await updatePlace(installed({ platform: 'freebsd' }))).toMatchObject({ by: 'nowhere' })
  })

  it('is the app itself on a Mac only where it is signed and may be replaced', async () => {
    const app = join(folder, 'Applications', 'Mailtide.app')
    mkdirSync(app, { recursive: true })
    const asked: string[] = []
    const mac = (isSigned: boolean, place = app): Installation =>
      installed({
        platform: 'darwin',
        execPath: join(place, 'Contents', 'MacOS', 'Mailtide'),
        isSigned: async (path) => {
          asked.push(path)
          return isSigned
        },
      })
    expect(await updatePlace(mac(true))).toEqual({ by: 'itself' })
    expect(asked).toEqual([app])
    expect(await updatePlace(mac(false))).toMatchObject({ reason: expect.stringMatching(/not signed/) })
    const image = join(folder, 'mounted image that is gone', 'Mailtide.app')
    expect(await updatePlace(mac(true, image))).toMatchObject({ reason: expect.stringMatching(/Applications/) })
  })
})
