import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback, outsideAddresses } from '../../electron/platform/outside.ts'
import { createSettings, loadSettings, openSettingsFile } from '../../electron/platform/settings.ts'
import { defaultSettings } from '../../shared/settings.ts'
import { tempFolder } from './temp-home.ts'

const now = new Date('2026-01-02T03:04:05.678Z')
const load = (input: Partial<Parameters<typeof loadSettings>[0]>) =>
  loadSettings({ file: {}, path: '/home/settings.json', env: {}, flags: {}, ...input })

async function open(text: string | null, env = {}, flags = {}) {
  const path = join(await tempFolder(), 'settings.json')
  if (text !== null) await writeFile(path, text)
  const { store, warnings } = await openSettingsFile(path, now)
  return { path, settings: createSettings({ store, warnings, env, flags }) }
}

describe('which value holds', () => {
  it('is the default when nobody said otherwise', () => {
    const { values, warnings, sources } = load({})
    expect(values).toEqual(defaultSettings)
    expect(values).toMatchObject({ intervalMinutes: 5, resyncAfterMinutes: 60, batchSize: 1000, apiPort: 8000 })
    expect(warnings).toEqual([])
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']))
  })

  it('flags beat environment beats file beats default', () => {
    const file = { intervalMinutes: 10, batchSize: 20, logLevel: 'debug' }
    const env = { MAILTIDE_INTERVAL_MINUTES: '15', MAILTIDE_BATCH_SIZE: '30' }
    const { values, sources } = load({ file, env, flags: { intervalMinutes: '25' } })
    expect(values).toMatchObject({ intervalMinutes: 25, batchSize: 30, logLevel: 'debug', apiPort: 8000 })
    expect(sources).toMatchObject({
      intervalMinutes: 'flag',
      batchSize: 'environment',
      logLevel: 'file',
      apiPort: 'default',
    })
  })

  it('MAILTIDE_PORT is another name of MAILTIDE_API_PORT, which wins', () => {
    expect(load({ env: { MAILTIDE_PORT: '9000' } }).values.apiPort).toBe(9000)
    expect(load({ env: { MAILTIDE_PORT: '9000', MAILTIDE_API_PORT: '9001' } }).values.apiPort).toBe(9001)
  })

  it('an empty variable is as if it were not set', () => {
    expect(load({ env: { MAILTIDE_BATCH_SIZE: '' } }).values.batchSize).toBe(1000)
  })

  it('originals go to Postgres with DATABASE_URL unless files are chosen, and never without it', () => {
    const DATABASE_URL = 'postgres://db/mail'
    expect(load({ env: { DATABASE_URL } }).values.rawStore).toBe('postgres')
    expect(load({ env: { DATABASE_URL, MAILTIDE_RAW_STORE: 'files' } }).values.rawStore).toBe('files')
    expect(() => load({ file: { rawStore: 'postgres' } })).toThrow('DATABASE_URL is not set')
  })
})

describe('a value that is not allowed', () => {
  it.each([
    ['MAILTIDE_INTERVAL_MINUTES', '0', 'a whole number from 1 to 1440 (minutes)'],
    ['MAILTIDE_INTERVAL_MINUTES', '1441', 'a whole number from 1 to 1440 (minutes)'],
    ['MAILTIDE_INTERVAL_MINUTES', '5.5', 'a whole number from 1 to 1440 (minutes)'],
    ['MAILTIDE_INTERVAL_MINUTES', '0x10', 'a whole number from 1 to 1440 (minutes)'],
    ['MAILTIDE_INTERVAL_MINUTES', '1e2', 'a whole number from 1 to 1440 (minutes)'],
    ['MAILTIDE_PORT', '70000', 'a whole number from 0 to 65535 (port)'],
    ['MAILTIDE_REQUIRE_TOKEN', 'maybe', 'true or false'],
    ['MAILTIDE_ON_REMOTE_DELETE', 'forget', 'one of keep, purge'],
  ])('in the environment (%s=%s) is refused with what is allowed', (name, text, allowed) => {
    expect(() => load({ env: { [name]: text } })).toThrow(`${name} must be ${allowed}; it is "${text}"`)
  })

  it('on the command line is refused by the name of the flag', () => {
    expect(() => load({ flags: { apiPort: 'x' } })).toThrow('--api-port must be a whole number')
  })

  it('in the file is reported and the default used, so that syncing goes on', () => {
    const { values, warnings, sources } = load({ file: { intervalMinutes: 0, requireToken: 'yes', apiPort: null } })
    expect(values).toEqual(defaultSettings)
    expect(sources.intervalMinutes).toBe('default')
    expect(warnings).toEqual([
      '/home/settings.json: intervalMinutes must be a whole number from 1 to 1440 (minutes); it is 0. The default, 5, is in force',
      expect.stringContaining('apiPort must be'),
      expect.stringContaining('requireToken must be true or false; it is "yes"'),
    ])
  })

  it('of any kind in the file never stops the program nor gets into the settings', () => {
    const names = Object.keys(defaultSettings)
    const file = fc.dictionary(fc.constantFrom(...names, 'x', '__proto__', 'constructor'), fc.jsonValue())
    fc.assert(
      fc.property(file, (content) => {
        const { values } = load({ file: content, env: { DATABASE_URL: 'postgres://db/mail' } })
        expect(Object.keys(values).sort()).toEqual([...names].sort())
        expect(
          Number.isInteger(values.intervalMinutes) && values.intervalMinutes >= 1 && values.intervalMinutes <= 1440,
        ).toBe(true)
        expect(typeof values.requireToken).toBe('boolean')
        expect(['keep', 'purge']).toContain(values.onRemoteDelete)
      }),
    )
  })
})

describe('the settings file', () => {
  it('is made for its owner alone when a setting is changed, and read by the next start', async () => {
    const { path, settings } = await open(null)
    expect(settings.change({ intervalMinutes: 30 }).intervalMinutes).toBe(30)
    expect(settings.values().intervalMinutes).toBe(30)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ intervalMinutes: 30 })
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
    const again = await openSettingsFile(path, now)
    expect(createSettings({ ...again, env: {}, flags: {} }).values().intervalMinutes).toBe(30)
  })

  it('keeps what it does not know, and says so', async () => {
    const { path, settings } = await open('{"theme":"dark","a.b":{"c":1},"batchSize":50}')
    expect(settings.loaded.warnings).toEqual([
      expect.stringContaining('no setting named theme'),
      expect.stringContaining('no setting named a.b'),
    ])
    settings.change({ intervalMinutes: 7 })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      theme: 'dark',
      'a.b': { c: 1 },
      batchSize: 50,
      intervalMinutes: 7,
    })
  })

  it('changes nothing when a new value is not allowed', async () => {
    const { path, settings } = await open('{"intervalMinutes":7}')
    expect(() => settings.change({ batchSize: 5, intervalMinutes: 0 })).toThrow('intervalMinutes must be')
    expect(settings.values()).toMatchObject({ intervalMinutes: 7, batchSize: 1000 })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ intervalMinutes: 7 })
  })

  it.each(['{"intervalMinutes": 1', '', '[]', 'null', '\u0000\u0000'])(
    'holding only %j is kept aside and the defaults used',
    async (text) => {
      const { path, settings } = await open(text)
      const aside = `${path}.corrupt-20260102T030405Z`
      expect(settings.loaded.warnings).toEqual([expect.stringContaining(aside)])
      expect(settings.values()).toEqual(defaultSettings)
      expect(await readFile(aside, 'utf8')).toBe(text)
      settings.change({ intervalMinutes: 9 })
      expect((await readdir(dirname(path))).sort()).toEqual(['settings.json', 'settings.json.corrupt-20260102T030405Z'])
    },
  )

  it('may begin with the byte order mark that Windows editors write', async () => {
    const { settings } = await open('\ufeff{"intervalMinutes":11}')
    expect(settings.values().intervalMinutes).toBe(11)
    expect(settings.loaded.warnings).toEqual([])
  })
})

describe('a setting changed while Mailtide runs', () => {
  it('comes from the file from then on', async () => {
    const { settings } = await open(null)
    expect(settings.sources().batchSize).toBe('default')
    expect(settings.changeKept({ batchSize: 20, requireToken: true }).batchSize).toBe(20)
    expect(settings.sources()).toMatchObject({ batchSize: 'file', requireToken: 'file', apiPort: 'default' })
  })

  it.each([
    [
      { MAILTIDE_INTERVAL_MINUTES: '15' },
      {},
      { intervalMinutes: 30 },
      'the environment variable MAILTIDE_INTERVAL_MINUTES',
    ],
    [{ MAILTIDE_PORT: '9000' }, {}, { apiPort: 9001 }, 'the environment variable MAILTIDE_PORT'],
    [{}, { logLevel: 'debug' }, { logLevel: 'info' }, 'the flag --log-level'],
  ] as const)('is refused when %o or %o holds it, with nothing changed', async (env, flags, patch, holder) => {
    const { path, settings } = await open('{"batchSize":7}', env, flags)
    const before = settings.values()
    expect(() => settings.changeKept({ batchSize: 8, ...patch })).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringContaining(holder),
        remedy: expect.stringContaining(holder),
      }),
    )
    expect(settings.values()).toBe(before)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ batchSize: 7 })
    expect(settings.changeKept({ batchSize: 8 }).batchSize).toBe(8)
  })

  it('is taken out of the file by null, so that a default of a later version holds too', async () => {
    const { path, settings } = await open('{"batchSize":7,"auditDays":3}', { MAILTIDE_INTERVAL_MINUTES: '15' })
    expect(settings.changeKept({ batchSize: null, auditDays: 4 })).toMatchObject({ batchSize: 1000, auditDays: 4 })
    expect(settings.sources()).toMatchObject({ batchSize: 'default', auditDays: 'file' })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ auditDays: 4 })
    expect(() => settings.changeKept({ intervalMinutes: null })).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(settings.changeKept({ batchSize: null }).batchSize).toBe(1000)
  })

  it('is refused when the file was damaged meanwhile, which is left as it is', async () => {
    const { path, settings } = await open('{"batchSize":7}')
    await writeFile(path, '{"batchSize":8,}')
    for (const change of [settings.change, settings.changeKept]) {
      expect(() => change({ intervalMinutes: 9 })).toThrow(
        expect.objectContaining({ code: 'bad_settings', message: expect.stringContaining(path) }),
      )
    }
    expect(settings.values()).toMatchObject({ batchSize: 7, intervalMinutes: 5 })
    expect(await readFile(path, 'utf8')).toBe('{"batchSize":8,}')
  })

  it('is told to whoever wants to obey it at once, until they do not any more', async () => {
    const { settings } = await open(null)
    const told: boolean[] = []
    const stop = settings.onChange(({ autoUpdate }) => told.push(autoUpdate))
    settings.changeKept({ autoUpdate: false })
    expect(() => settings.changeKept({ rawStore: 'postgres' })).toThrow()
    settings.change({ autoUpdate: true })
    stop()
    settings.change({ autoUpdate: false })
    expect(told).toEqual([false, true])
  })

  it('is refused when the next start would refuse it', async () => {
    const { settings } = await open(null)
    expect(() => settings.changeKept({ rawStore: 'postgres' })).toThrow('DATABASE_URL is not set')
    expect(settings.values().rawStore).toBe('files')
  })
})

describe('addresses of what lies outside', () => {
  it('are the normal ones unless set', () => {
    expect(outsideAddresses({ DATABASE_URL: '' })).toEqual({ databaseUrl: null, gmailRootUrl: null, oauthUrl: null })
  })

  it.each([
    ['https://gmail.gateway.example', 'https://gmail.gateway.example/'],
    ['https://gw.example/gmail/', 'https://gw.example/gmail/'],
    ['http://127.0.0.1:9/x', 'http://127.0.0.1:9/x/'],
    ['http://[::1]:9', 'http://[::1]:9/'],
    ['http://LOCALHOST:9', 'http://localhost:9/'],
  ])('%s is accepted', (text, expected) => {
    expect(outsideAddresses({ MAILTIDE_GMAIL_ROOT_URL: text }).gmailRootUrl).toBe(expected)
  })

  it.each([
    'http://gmail.example/',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://192.168.1.2/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'not a url',
    'https://user:pw@gw.example/',
    'https://gw.example/?a=b',
  ])('%s is refused', (text) => {
    expect(() => outsideAddresses({ MAILTIDE_OAUTH_URL: text })).toThrow('MAILTIDE_OAUTH_URL')
  })

  it('that look like this computer in disguise are judged after normalising', () => {
    for (const name of ['127.1', '0x7f.0.0.1', '2130706433'])
      expect(isLoopback(new URL(`http://${name}/`).hostname)).toBe(true)
    for (const name of ['0.0.0.0', '[::]', '[::ffff:127.0.0.1]', 'localhost.', '10.127.0.1']) {
      expect(isLoopback(new URL(`http://${name}/`).hostname)).toBe(false)
    }
  })

  it('of the database are checked without showing the password', () => {
    expect(outsideAddresses({ DATABASE_URL: 'postgresql://u:p@db/mail' }).databaseUrl).toBe('postgresql://u:p@db/mail')
    expect(() => outsideAddresses({ DATABASE_URL: 'mysql://u:hunter2@db/mail' })).toThrow(
      /^(?!.*hunter2).*DATABASE_URL/,
    )
  })
})
