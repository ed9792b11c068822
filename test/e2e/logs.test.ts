import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { type Installed, installCommand } from '../support/command.ts'
import { plantSecret } from '../support/log-watch.ts'
import { plantMailbox } from '../support/plant-mailbox.ts'

const EMAIL = 'ada@example.test'
const PASSPHRASE = 'kanarienvogel im kohlebergwerk'

let simulator: Simulator
let installed: Installed

beforeAll(async () => {
  simulator = await startSimulator({})
  const mailbox = simulator.addMailbox(EMAIL)
  fillMailbox(mailbox, { count: 40, seed: 5 })
  plantMailbox(mailbox)
  plantSecret('the passphrase', PASSPHRASE)
  plantSecret('the client secret', simulator.clientSecret)
  installed = await installCommand(simulator, { MAILTIDE_PASSPHRASE: PASSPHRASE, MAILTIDE_LOG_LEVEL: 'debug' })
})
afterAll(async () => {
  await installed.remove()
  await simulator.close()
})

const logFile = (): Promise<string> => readFile(join(installed.home, 'logs', 'background_sync.log'), 'utf8')

it('a service whose console is closed goes on, logs to its file, and stops cleanly', async () => {
  expect(await installed.importToken(simulator.authorizedUser(EMAIL))).toMatchObject({ code: 0 })
  const { child, ended } = await installed.run()
  child.stdout?.destroy()
  child.stderr?.destroy()
  await installed.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
  await installed.call('POST', '/api/v1/background-sync/start?interval_minutes=7')
  expect((await installed.status()).interval_minutes).toBe(7)
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
  const text = await logFile()
  expect(text).toContain(`Sync completed for ${EMAIL}: 40 emails`)
  expect(text).toContain('Stopping (SIGTERM)...')
  expect(text).not.toContain(PASSPHRASE)
})

it('the password of a database that cannot be reached is shown nowhere', async () => {
  const url = `postgres://mail:${encodeURIComponent(PASSPHRASE)}@127.0.0.1:1/mail`
  plantSecret('the password in an address', encodeURIComponent(PASSPHRASE))
  const other = await installCommand(simulator, { DATABASE_URL: url, MAILTIDE_LOG_LEVEL: 'debug' })
  const { code, stdout, stderr } = await other.mailtide('run')
  await other.remove()
  expect(code).toBe(1)
  expect(stdout + stderr).toMatch(/database/i)
  expect(stdout + stderr).not.toMatch(/kanarienvogel/)
})
