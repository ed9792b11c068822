import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const fixture = new URL('../support/electron/fixture/update-main.ts', import.meta.url).pathname
const register = new URL('../support/electron/register.ts', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'mailtide-update-'))
const appImage = join(folder, 'Mailtide-x86_64.AppImage')
const started = join(folder, 'started')
/** Programs in the shape of an AppImage: what is started of them writes itself down, unless it is told to end after it was installed. */
const program = (version: string): string =>
  `#!/bin/sh\n[ -n "$APPIMAGE_EXIT_AFTER_INSTALL" ] || echo ${version} >> '${started}'\n`

let server: Server
let checksum: string

beforeAll(async () => {
  const next = program('9.9.9')
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://x').pathname
    if (path === '/latest-linux.yml') {
      const file = `  - url: Mailtide-x86_64.AppImage\n    sha512: ${checksum}\n    size: ${next.length}\n`
      response.end(`version: 9.9.9\nfiles:\n${file}path: Mailtide-x86_64.AppImage\nsha512: ${checksum}\n`)
    } else if (path === '/Mailtide-x86_64.AppImage') response.end(next)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const resources = join(folder, 'resources')
  mkdirSync(resources)
  const { port } = server.address() as AddressInfo
  writeFileSync(
    join(resources, 'app-update.yml'),
    `provider: generic\nurl: http://127.0.0.1:${port}\nupdaterCacheDirName: mailtide-updater\n`,
  )
})
beforeEach(() => {
  checksum = createHash('sha512').update(program('9.9.9')).digest('base64')
  rmSync(started, { force: true })
  rmSync(join(folder, '.cache'), { recursive: true, force: true })
  writeFileSync(appImage, program('0.1.0'), { mode: 0o755 })
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** Runs an app that was started from the AppImage to its end; what it said. */
async function run(ending: 'quit' | 'restart' | 'keep'): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', register, fixture, ending],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        APPIMAGE: appImage,
        STAND_IN_PACKAGED: '1',
        STAND_IN_RESOURCES: join(folder, 'resources'),
      },
    },
  )
  return stdout
}
const startedNow = (): string => {
  try {
    return readFileSync(started, 'utf8')
  } catch {
    return ''
  }
}

describe.skipIf(process.platform !== 'linux')('an AppImage', () => {
  it('is replaced in place by the newer version when the app quits, which does not start then', async () => {
    expect(await run('quit')).toBe('found 9.9.9\ndownloaded\n')
    expect(readFileSync(appImage, 'utf8')).toBe(program('9.9.9'))
    expect(startedNow()).toBe('')
  })

  it('is replaced and started by a restart, once the next instance may start', async () => {
    expect(await run('restart')).toBe('found 9.9.9\ndownloaded\nnext may start\n')
    expect(readFileSync(appImage, 'utf8')).toBe(program('9.9.9'))
    await expect.poll(startedNow, { timeout: 20_000 }).toBe('9.9.9\n')
  })

  it('stays as it is when nobody wants the update any more', async () => {
    expect(await run('keep')).toBe('found 9.9.9\ndownloaded\n')
    expect(readFileSync(appImage, 'utf8')).toBe(program('0.1.0'))
  })

  it('stays as it is when what was downloaded is not what was released', async () => {
    checksum = createHash('sha512').update('something else').digest('base64')
    await expect(run('quit')).rejects.toThrow(/ERR_CHECKSUM_MISMATCH|sha512 checksum mismatch/)
    expect(readFileSync(appImage, 'utf8')).toBe(program('0.1.0'))
  })
})
