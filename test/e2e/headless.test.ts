import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { SimulatedMailbox, Simulator } from '../../electron/demo/types.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { openStore } from '../../electron/store/open-store.ts'
import { accountId } from '../../shared/ids.ts'
import { type Installed, installCommand } from '../support/command.ts'
import { compareMailbox } from '../support/compare-mailbox.ts'
import { NO_DIFFERENCES } from '../support/harness.ts'
import { silentLog } from '../support/silent-log.ts'

const EMAIL = 'ada@example.test'
const MAILS = 150

let simulator: Simulator
let mailbox: SimulatedMailbox
let installed: Installed

beforeAll(async () => {
  simulator = await startSimulator({})
  mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: MAILS, seed: 4 })
  installed = await installCommand(simulator)
})
afterAll(async () => {
  await installed.remove()
  await simulator.close()
})

const settled = ({ state, accounts }: { state: string; accounts: readonly { state: string }[] }): boolean =>
  state === 'idle' && accounts[0]?.state === 'up_to_date'

async function differences(): Promise<unknown> {
  const paths = ['db', 'raw', 'snapshots'].map((name) => join(installed.home, name))
  const store = await openStore({
    paths: { db: paths[0] ?? '', raw: paths[1] ?? '', snapshots: paths[2] ?? '' },
    rawStore: 'files',
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
  })
  try {
    const [account] = await store.raw.accounts()
    return await compareMailbox(mailbox, { db: store.db, raw: store.raw, account: accountId(account?.id ?? '') })
  } finally {
    await store.close()
  }
}

describe('the command, before there is an account', () => {
  it('says that no service runs, and how to start it', async () => {
    const status = await installed.mailtide('status')
    expect(status).toMatchObject({ code: 3 })
    expect(status.stdout + status.stderr).toContain('Mailtide is not running')
  })

  it.each([
    ['is no JSON', 'not json', 'token'],
    [
      'is a service account',
      JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: 'k' }),
      'service account',
    ],
    ['is an OAuth client', JSON.stringify({ installed: { client_id: 'c', client_secret: 's' } }), 'client'],
  ])('refuses a token file that %s, in words', async (_name, content, word) => {
    const file = join(installed.home, 'bad-token.json')
    await writeFile(file, content)
    const result = await installed.mailtide('accounts', 'import-token', file)
    await rm(file)
    expect(result.code).toBe(1)
    expect(result.stderr.toLowerCase()).toContain(word)
    expect(result.stderr).toContain('What to do')
  })

  it('refuses a token that opens another mailbox, and stores nothing', async () => {
    const file = join(installed.home, '..', 'token.json')
    await writeFile(file, JSON.stringify(simulator.authorizedUser(EMAIL)))
    const result = await installed.mailtide('accounts', 'import-token', file, '--email', 'charles@example.test')
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(`The token opens ${EMAIL}`)
    expect(JSON.parse((await installed.mailtide('accounts', 'list', '--json')).stdout)).toMatchObject({ accounts: [] })
  })

  it('adds an account after asking Gmail whose token it is', async () => {
    const result = await installed.importToken(simulator.authorizedUser(EMAIL))
    expect(result).toMatchObject({ code: 0 })
    expect(result.stdout).toContain(EMAIL)
  })
})

describe('the service as a process', () => {
  it('syncs, answers, and stops cleanly at a signal, leaving the copy equal and the folder free', async () => {
    const { child, ended } = await installed.run()
    await installed.until(settled)
    const status = await installed.mailtide('status')
    expect(status.code).toBe(0)
    expect(status.stdout).toContain(EMAIL)
    expect((await installed.call('GET', '/health')).status).toBe(200)
    child.kill('SIGTERM')
    const { code, stdout } = await ended
    expect(code).toBe(0)
    expect(stdout).toContain(`Sync completed for ${EMAIL}: ${MAILS} emails`)
    const left = await readdir(installed.home)
    expect(left).not.toContain('service.json')
    expect(left).not.toContain('lock')
    expect(await differences()).toEqual(NO_DIFFERENCES)
  })

  it('keeps each original where a person finds it, and any gunzip gives the exact mail', async () => {
    const [mail] = mailbox.messages()
    if (mail === undefined) throw new Error('The mailbox is empty')
    const [account] = (await readdir(join(installed.home, 'raw'))).filter((name) => !name.startsWith('.'))
    const path = join(installed.home, 'raw', account ?? '', mail.id.slice(-2), `${mail.id}.eml.gz`)
    const bytes = execFileSync('gunzip', ['-c', path], { maxBuffer: 1e8 })
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(mail.raw).digest('hex'))
  })

  it('keeps folder, credentials, token and database from other users', async () => {
    const modeOf = async (name: string): Promise<string> =>
      ((await stat(join(installed.home, name))).mode & 0o777).toString(8)
    expect(await modeOf('.')).toBe('700')
    expect(await modeOf('api-token')).toBe('600')
    expect(await modeOf('credentials')).toBe('700')
    const [credential] = await readdir(join(installed.home, 'credentials'))
    expect(await modeOf(join('credentials', credential ?? ''))).toBe('600')
  })

  it('stays the only one on its folder: a second one says who is there and changes nothing', async () => {
    const { child, ended } = await installed.run()
    const second = await installed.mailtide('run')
    expect(second.code).toBe(1)
    expect(second.stdout + second.stderr).toMatch(
      new RegExp(`Service is already running \\(pid ${child.pid}, port \\d+, headless\\)`),
    )
    expect((await installed.call('GET', '/health')).status).toBe(200)
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
  })

  it('does not sync when its port is taken, and says whose it is', async () => {
    const squatter: Server = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const before = simulator.stats().requests
    const { code, stdout, stderr } = await installed.start('run', '--port', String(port)).ended
    squatter.close()
    expect(code).toBe(1)
    expect(stdout + stderr).toContain(String(port))
    if (process.platform === 'linux') expect(stdout + stderr).toContain(String(process.pid))
    expect(simulator.stats().requests).toBe(before)
  })

  it('starts with damaged settings, keeps them aside and says so', async () => {
    const file = join(installed.home, 'settings.json')
    await writeFile(file, '{"intervalMinutes": ')
    const { child, ended } = await installed.run()
    child.kill('SIGTERM')
    const { stdout } = await ended
    expect(stdout).toContain('The settings file was damaged')
    expect((await readdir(installed.home)).some((name) => name.startsWith('settings.json.corrupt-'))).toBe(true)
  })

  it('refuses a folder of a newer Mailtide without touching it', async () => {
    const version = join(installed.home, 'version')
    const before = await readFile(version, 'utf8')
    await writeFile(version, '999\n')
    const result = await installed.mailtide('run')
    await writeFile(version, before)
    expect(result.code).toBe(1)
    expect(result.stdout + result.stderr).toContain('newer')
  })

  it('takes over after kill -9, loses nothing and says that the last run ended unexpectedly', async () => {
    for (let kill = 0; kill < 3; kill++) {
      const { child, ended } = await installed.run()
      mailbox.add({ raw: Buffer.from(`Subject: before kill ${kill}\r\n\r\nHere\r\n`) })
      expect((await installed.call('POST', '/api/v1/background-sync/sync-now')).status).toBe(202)
      child.kill('SIGKILL')
      await ended
    }
    const { child, ended } = await installed.run()
    expect((await installed.call('POST', '/api/v1/background-sync/sync-now')).status).toBe(202)
    const { alerts } = await installed.until(
      (snapshot) => settled(snapshot) && snapshot.accounts[0]?.messages_stored === MAILS + 3,
    )
    expect(alerts.map((alert) => alert.kind)).toContain('unexpected_restart')
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
    expect(await differences()).toEqual(NO_DIFFERENCES)
  })

  it('makes the database anew from the originals, without network, and compares itself with Gmail at the next sync', async () => {
    await rm(join(installed.home, 'db'), { recursive: true })
    await rm(join(installed.home, 'db.meta.json'), { force: true })
    const before = simulator.stats().requests
    const rebuilt = await installed.mailtide('rebuild', '--json')
    expect(rebuilt.code).toBe(0)
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({ accounts: 1, messages: MAILS + 3, damaged: 0 })
    expect(simulator.stats().requests).toBe(before)

    const [first, second] = mailbox.messages()
    if (first === undefined || second === undefined) throw new Error('The mailbox is empty')
    mailbox.relabel(first.id, ['STARRED'], [])
    mailbox.remove(second.id)
    simulator.resetStats()
    const { child, ended } = await installed.run()
    await installed.until((snapshot) => settled(snapshot) && snapshot.total_cycles > 0)
    child.kill('SIGTERM')
    await ended
    expect(await differences()).toEqual(NO_DIFFERENCES)
    // Nothing was downloaded again: the only get asked whether the missing message is really gone.
    expect(simulator.stats().byMethod['messages.get']).toBe(1)
  })

  it('names a folder that cannot be made', async () => {
    const file = join(installed.home, 'version')
    const elsewhere = await installCommand(simulator, { MAILTIDE_HOME: join(file, 'below-a-file') })
    const result = await elsewhere.mailtide('run')
    await elsewhere.remove()
    expect(result.code).toBe(1)
    expect(result.stdout + result.stderr).toContain('below-a-file')
    expect(result.stdout + result.stderr).toContain('What to do')
  })
})
