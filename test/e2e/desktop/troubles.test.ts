import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import { type Computer, callFrom, setUpComputer } from '../../support/desktop.ts'
import { describeDesktop } from '../../support/electron/launch.ts'

const EMAIL = 'ada@example.test'

describeDesktop('the app meets trouble', ['tray', 'notifications', 'records'], (launch) => {
  let simulator: Simulator
  let computer: Computer
  beforeAll(async () => {
    simulator = await startSimulator({})
    simulator.addMailbox(EMAIL)
  })
  beforeEach(async () => {
    computer = await setUpComputer(launch, simulator)
  })
  afterEach(() => computer.remove())
  afterAll(() => simulator.close())
  const settingsFiles = () => readdirSync(computer.paths.home).filter((name) => name.startsWith('settings.json'))

  it('started hidden, a taken port: it syncs on, says whose it is, and takes the port when it is free', async () => {
    const other = createServer((_, response) => response.end('not Mailtide'))
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const port = String((other.address() as AddressInfo).port)
    const app = await computer.start({ args: ['--hidden'], env: { MAILTIDE_PORT: port } })
    await app.untilTray(async () => (await app.item('copy-status-url')).label.includes('the API is off'))
    await app.until(async () =>
      (await app.standIn.notifications()).some(({ body }) => body.includes(`Port ${port} is in use`)),
    )
    expect(await app.windows()).toEqual([])
    expect((await app.item('stop')).enabled).toBe(true)
    await new Promise((done) => other.close(done))
    const snapshot = await app.untilStatus(({ host }) => host.port === Number(port))
    expect(snapshot.alerts).toEqual([])
    await app.untilTray(async () => (await app.item('copy-status-url')).enabled)
    expect(await app.close()).toBe(0)
  })

  it('a headless service has the folder: it works with that one, leaves it alone, and takes over when it is asked to', {
    timeout: 120_000,
  }, async () => {
    const service = await computer.startHeadless()
    const app = await computer.start()
    await app.untilTray(async () => (await app.item('owner')).label === `The service runs as process ${service.pid}`)
    expect(await callFrom(await app.firstWindow(), 'health')).toMatchObject({ ok: true })
    await app.standIn.trayClick('30 minutes')
    await app.untilStatus(({ interval_minutes }) => interval_minutes === 30)
    await app.untilTray(async () => (await app.item('interval:30')).checked)
    expect(await app.close()).toBe(0)
    expect((await app.status())?.running).toBe(true)

    const again = await computer.start({ args: ['--hidden'] })
    await again.untilTray(async () => (await again.item('interval:30')).checked)
    await service.stop()
    await again.untilTray(async () => (await again.item('start')).enabled)
    expect(existsSync(computer.paths.lock)).toBe(false)
    await again.standIn.trayClick('Start syncing')
    const snapshot = await again.untilStatus(({ state }) => state === 'idle')
    expect([snapshot.host.pid, snapshot.host.kind, snapshot.interval_minutes]).toEqual([
      again.process().pid,
      'desktop',
      30,
    ])
    expect(await again.close()).toBe(0)
  })

  it('killed in the midst: the next start takes the folder, loses nothing and says so', async () => {
    const first = await computer.start()
    await callFrom(await first.firstWindow(), 'health')
    await first.untilStatus(({ state }) => state === 'idle')
    first.process().kill('SIGKILL')
    await first.exited
    const app = await computer.start({ args: ['--hidden'] })
    const { alerts } = await app.untilStatus(({ state }) => state === 'idle')
    expect(alerts.map(({ kind }) => kind)).toEqual(['unexpected_restart'])
    await app.until(async () => (await app.standIn.notifications()).length === 1)
    expect(await app.close()).toBe(0)
  })

  it('whoever started it is gone, then a signal: it goes on, and closes in order', async () => {
    const app = await computer.start({ args: ['--hidden'] })
    await app.untilStatus(({ state }) => state === 'idle')
    for (const stream of [app.process().stdout, app.process().stderr]) stream?.destroy()
    await app.standIn.power('suspend')
    await app.standIn.power('resume')
    await app.untilTray(async () => (await app.item('stop')).enabled)
    app.process().kill('SIGTERM')
    expect(await app.exited).toBe(0)
    expect([computer.paths.lock, computer.paths.service].filter((path) => existsSync(path))).toEqual([])
    expect(readFileSync(computer.paths.logFile, 'utf8')).toContain('Stopping (SIGTERM)...')
  })

  // The two kinds of no key store behave alike, also one after the other.
  it.each([
    ['gnome_libsecret', 'gnome_libsecret', 'safe-storage', []],
    ['none', 'basic_text', 'plain', ['Sign-ins are kept unencrypted']],
  ])('a key store that is %s, then %s: sign-ins are %s, and whoever must know is told once', async (...given) => {
    const [keyring, later, box, told] = given
    const app = await computer.start({ args: ['--hidden'], env: { STAND_IN_KEYRING: keyring } })
    const { host } = await app.untilStatus(({ state }) => state === 'idle')
    const user = simulator.authorizedUser(EMAIL)
    const added = await fetch(`http://127.0.0.1:${host.port}/api/v1/accounts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(computer.paths.apiToken, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ authorized_user: user }),
    })
    expect(added.status).toBe(201)
    const [file = ''] = readdirSync(computer.paths.credentials).filter((name) => name.endsWith('.json'))
    const path = join(computer.paths.credentials, file)
    const text = readFileSync(path, 'utf8')
    expect(JSON.parse(text)).toMatchObject({ box })
    expect(text.includes(user.refresh_token)).toBe(box === 'plain')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const titles = async (of: typeof app) => (await of.standIn.notifications()).map(({ title }) => title)
    expect(await titles(app)).toEqual(told)
    expect(await app.close()).toBe(0)
    const again = await computer.start({ args: ['--hidden'], env: { STAND_IN_KEYRING: later } })
    const { accounts } = await again.untilStatus(({ state, accounts: known }) => state === 'idle' && known.length > 0)
    expect(accounts[0]?.state).toBe('up_to_date')
    expect(await titles(again)).toEqual([])
    expect(await again.close()).toBe(0)
  })

  it('settings that are no settings: it keeps them aside, says so and goes on', async () => {
    writeFileSync(computer.paths.settings, '{"intervalMinutes": 1')
    const app = await computer.start({ args: ['--hidden'] })
    const { interval_minutes } = await app.untilStatus(({ state }) => state === 'idle')
    expect(interval_minutes).toBe(5)
    expect(settingsFiles().some((name) => name.startsWith('settings.json.corrupt-'))).toBe(true)
    expect(readFileSync(computer.paths.logFile, 'utf8')).toContain('The settings file was damaged')
    expect(await app.close()).toBe(0)
  })

  it('a folder of a newer version: it says so in tray and window, and touches nothing', async () => {
    writeFileSync(computer.paths.version, '99\n')
    const app = await computer.start({ args: ['--hidden'] })
    // Nobody looks at an icon at login: it says so, and leads to the window.
    await app.until(async () =>
      (await app.standIn.notifications()).some(
        ({ title, body }) => title === 'Mailtide cannot run' && body.includes('Install the newest version'),
      ),
    )
    expect(await app.windows()).toEqual([])
    await app.standIn.notificationClick(-1)
    await app.untilTray(async () => (await app.standIn.trayTip()).includes('newer version of Mailtide'))
    expect(await callFrom(await app.firstWindow(), 'status')).toMatchObject({
      ok: false,
      problem: { code: 'store_newer' },
    })
    expect((await app.item('start')).enabled).toBe(true)
    expect(readFileSync(computer.paths.version, 'utf8')).toBe('99\n')
    expect(existsSync(computer.paths.lock)).toBe(false)
    // The person installs the newest version, or another folder is in its place; here the number alone is mended.
    writeFileSync(computer.paths.version, '1\n')
    await app.standIn.trayClick('Start syncing')
    await app.untilStatus(({ state }) => state === 'idle')
    // Windows tells of the end of a session by the window alone.
    await app.standIn.windowEvent('session-end')
    expect(await app.exited).toBe(0)
    expect(existsSync(computer.paths.lock)).toBe(false)
  })

  it('a desktop without tray icons: it opens the window, once, and says how to come back', async () => {
    const bin = join(computer.folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'busctl'), '#!/bin/sh\necho b false\n')
    chmodSync(join(bin, 'busctl'), 0o755)
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const app = await computer.start({ args: ['--hidden'], env })
    await app.firstWindow()
    await app.until(async () =>
      (await app.standIn.notifications()).some(({ title }) => title === 'Mailtide has no tray icon here'),
    )
    await app.untilStatus(({ state }) => state === 'idle')
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await app.until(async () =>
      (await app.standIn.notifications()).some(({ body }) => body === 'Start it again to see the window.'),
    )
    // It must not go with its window: it syncs, and comes back when it is started again.
    expect((await app.status())?.running).toBe(true)
    expect(await app.close()).toBe(0)
    const again = await computer.start({ args: ['--hidden'], env })
    await again.untilStatus(({ state }) => state === 'idle')
    expect(await again.windows()).toEqual([])
    expect(await again.standIn.notifications()).toEqual([])
    expect(await again.close()).toBe(0)
  })

  it('a file in the place of its folder: it says so and ends', async () => {
    const file = join(computer.folder, 'file')
    writeFileSync(file, '')
    const app = await computer.start({ env: { MAILTIDE_HOME: join(file, 'data') } })
    expect(await app.exited).toBe(1)
    expect(app.output()).toContain('Error box: Mailtide cannot use its data folder: ')
    expect(app.output()).toContain('Move that file away, or set MAILTIDE_HOME to another folder')
  })

  it('a mistyped MAILTIDE_HOME: it says so and ends, and leaves what lies there alone', async () => {
    const documents = join(computer.folder, 'documents')
    mkdirSync(documents)
    writeFileSync(join(documents, 'thesis.odt'), '')
    const app = await computer.start({ env: { MAILTIDE_HOME: documents } })
    expect(await app.exited).toBe(1)
    expect(app.output()).toContain(`${documents} is not a Mailtide data folder: it holds thesis.odt`)
    expect(readdirSync(documents)).toEqual(['thesis.odt'])
  })

  it('a command comes before the first start: Electron’s files lie where the app has them, not between ours', async () => {
    const home = join(computer.folder, 'fresh')
    const command = await computer.start({ args: ['accounts', 'list'], env: { MAILTIDE_HOME: home } })
    expect([await command.exited, command.output()]).toEqual([0, expect.stringContaining('no account')])
    expect(existsSync(join(home, 'electron', 'Local State'))).toBe(true)
    // Where Electron would have put them: on a person's computer that is the data folder itself.
    expect(existsSync(join(computer.folder, 'profile', 'Local State'))).toBe(false)
  })
})
