import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { acquireLock } from '../../electron/platform/lock.ts'
import { flagName, settingNames, wireName } from '../../shared/settings.ts'
import { tempFolder, tempHome } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

let home: string
beforeEach(async () => {
  home = join(await tempFolder(), 'home')
})

const file = async (): Promise<unknown> => JSON.parse(await readFile(join(home, 'settings.json'), 'utf8'))

describe('interval', () => {
  it.each(['0', '-1', '1.5', '1e9', '1441', 'five', '0x10', '+5', '５', '5,5'])(
    '%s is refused with what is allowed, and nothing is changed',
    async (text) => {
      const refused = await mailtide(home, `interval ${text}`)
      expect(refused).toMatchObject({ code: 2, out: '' })
      expect(refused.err).toContain('a whole number from 1 to 1440 (minutes)')
      const asJson = await mailtide(home, `interval ${text} --json`)
      expect(asJson).toMatchObject({ code: 2, err: '' })
      expect(JSON.parse(asJson.out)).toMatchObject({ code: 'bad_input' })
      expect((await mailtide(home, 'interval')).out).toContain('every 5 minutes')
    },
  )

  it('refuses two at once', async () => {
    const { code, err } = await mailtide(home, 'interval 5 10')
    expect(code).toBe(2)
    expect(err).toContain('too many arguments')
  })

  it('is kept for the next start when no service runs', async () => {
    expect(await mailtide(home, 'interval 15')).toEqual({
      code: 0,
      out: 'A sync cycle will start every 15 minutes when Mailtide is started.\n',
      err: '',
    })
    expect(await file()).toEqual({ intervalMinutes: 15 })
    expect(JSON.parse((await mailtide(home, 'interval --json')).out)).toEqual({ interval_minutes: 15, live: false })
  })

  it('is told to a running service, which obeys at once', async () => {
    const host = await startHost()
    const { home: its } = host.paths
    expect((await mailtide(its, 'interval 1')).out).toBe('A sync cycle starts every 1 minute from now on.\n')
    expect(host.service.calls).toEqual(['settings {"intervalMinutes":1}'])
    expect(await mailtide(its, 'interval 0')).toMatchObject({ code: 2 })
    expect(host.service.calls).toHaveLength(1)
  })
})

describe('config', () => {
  it('lists every setting with its value and source', async () => {
    const { code, out } = await mailtide(home, 'config list', {
      env: { MAILTIDE_HOME: home, MAILTIDE_PORT: '8123' },
    })
    expect(code).toBe(0)
    expect(out.trimEnd().split('\n')).toHaveLength(settingNames.length)
    expect(out).toMatch(/^apiPort +8123 +environment$/m)
    expect(out).toMatch(/^batchSize +1000 +default$/m)
  })

  it('takes a setting by any of its spellings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...settingNames), fc.constantFrom(0, 1, 2, 3), async (name, spelling) => {
        const text = [name, wireName(name), flagName(name).slice(2), name.toUpperCase()][spelling] ?? name
        const { code, out } = await mailtide(home, `config get ${text} --json`)
        expect({ code, name: JSON.parse(out).name }).toEqual({ code: 0, name })
      }),
      { numRuns: 40 },
    )
  })

  it('shows the value alone in a pipe, and all about it on a terminal', async () => {
    expect((await mailtide(home, 'config get batch-size')).out).toBe('1000\n')
    const { out } = await mailtide(home, 'config get batch-size', {
      tty: true,
      env: { MAILTIDE_HOME: home, NO_COLOR: '1' },
    })
    expect(out).toContain('batchSize = 1000\n')
    expect(out.replaceAll(/\s+/g, ' ')).toContain('a whole number from 1 to 100000 (messages)')
    expect(out).toContain('next cycle')
  })

  it('unset on a running service takes the setting out, rather than writing its default', async () => {
    const host = await startHost()
    const { code, out } = await mailtide(host.paths.home, 'config unset batchSize')
    expect([code, out]).toEqual([0, 'batchSize is back to its default, 1000. It takes effect at the next cycle.\n'])
    expect(host.service.calls).toEqual(['settings {"batchSize":null}'])
  })

  it('set and unset change the file under the lock, and keep what else is in it', async () => {
    const paths = await tempHome()
    home = paths.home
    await writeFile(paths.settings, '{"batchSize":50,"ours":"kept"}')
    expect((await mailtide(home, 'config set require_token yes')).out).toBe(
      'requireToken is now true. It takes effect when Mailtide starts.\n',
    )
    expect(await file()).toEqual({ batchSize: 50, ours: 'kept', requireToken: true })
    expect((await mailtide(home, 'config unset batchSize')).out).toContain('batchSize is back to its default, 1000')
    expect(await file()).toEqual({ ours: 'kept', requireToken: true })
    const lock = await acquireLock(paths, 'test')
    const { code, err } = await mailtide(home, 'config set batchSize 7')
    expect(code).toBe(1)
    expect(err).toContain(`pid ${process.pid}`)
    await lock.release()
    expect(await file()).toEqual({ ours: 'kept', requireToken: true })
  })

  it.each([
    ['config set batchSize 0', 'a whole number from 1 to 100000'],
    ['config set batchSize -5', 'a whole number'],
    ['config set onRemoteDelete forget', 'one of keep, purge'],
    ['config set requireToken maybe', 'true or false'],
    ['config set batchSize', 'missing required argument'],
    ['config set', 'missing required argument'],
    ['config get nothing', 'There is no setting'],
    ['config', 'Usage'],
  ])('%s is wrong usage, said with what is allowed; no folder is made', async (line, words) => {
    const { code, out, err } = await mailtide(home, line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(words)
    await expect(readFile(join(home, 'version'))).rejects.toThrow('ENOENT')
  })

  it('warns that the environment beats the file', async () => {
    const { code, err } = await mailtide(home, 'config set apiPort 8001', {
      env: { MAILTIDE_HOME: home, MAILTIDE_PORT: '8123' },
    })
    expect(code).toBe(0)
    expect(err).toContain('MAILTIDE_PORT')
  })

  it('says when a running service obeys, and passes on what it refuses', async () => {
    const host = await startHost()
    expect((await mailtide(host.paths.home, 'config set batch_size 10')).out).toBe(
      'batchSize is now 10. It takes effect at the next cycle.\n',
    )
    expect((await mailtide(host.paths.home, 'config set rawStore files')).out).toContain('mailtide restart')
    expect((await mailtide(host.paths.home, 'config list --json')).out).toContain('"live": true')
    expect(host.service.calls).toEqual(['settings {"batchSize":10}', 'settings {"rawStore":"files"}'])
  })

  it('reads through a damaged file, and says so', async () => {
    const paths = await tempHome()
    await writeFile(paths.settings, '{"batchSize":')
    const { code, out, err } = await mailtide(paths.home, 'config get batchSize')
    expect({ code, out }).toEqual({ code: 0, out: '1000\n' })
    expect(err).toContain('is damaged')
    expect(await readFile(paths.settings, 'utf8')).toBe('{"batchSize":')
  })

  it('names a folder that cannot be used', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'file'), '')
    expect(await mailtide(join(folder, 'file'), 'config set batchSize 7')).toMatchObject({ code: 1 })
    if (process.getuid?.() === 0) return
    await mkdir(join(folder, 'closed'), { mode: 0o500 })
    const { code, err } = await mailtide(join(folder, 'closed'), 'config set batchSize 7')
    await chmod(join(folder, 'closed'), 0o700)
    expect(code).toBe(1)
    expect(err).toContain('may not write')
  })
})
