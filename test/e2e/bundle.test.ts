import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { DEMO_EMAIL, isDemo } from '../../shared/demo.ts'
import { builtApp } from '../support/built-app.ts'
import { type Installed, installCommand } from '../support/command.ts'

const MAILS = 60

let folder: string
let simulator: Simulator
let installed: Installed

/** What a package holds: the command, the bundle, and no sources or dependencies. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailtide-package-'))
  const built = await builtApp()
  for (const part of ['package.json', 'build/mailtide.mjs', 'dist/main'])
    await cp(join(built, part), join(folder, part), { recursive: true })
  simulator = await startSimulator({})
  fillMailbox(simulator.addMailbox('ada@example.test'), { count: MAILS, seed: 6 })
  installed = await installCommand(simulator, {}, join(folder, 'build', 'mailtide.mjs'))
})
afterAll(async () => {
  await installed.remove()
  await simulator.close()
  await rm(folder, { recursive: true })
})

it('the bundle alone syncs a mailbox, answers, stops cleanly, and makes the database anew', async () => {
  expect(await installed.importToken(simulator.authorizedUser('ada@example.test'))).toMatchObject({ code: 0 })
  const service = await installed.run()
  const { accounts, version } = await installed.until(
    (snapshot) => snapshot.state === 'idle' && snapshot.accounts[0]?.state === 'up_to_date',
  )
  expect(accounts).toMatchObject([{ messages_stored: MAILS, messages_waiting: 0 }])
  expect((await installed.mailtide('--version')).stdout).toBe(`${version}\n`)
  expect(await installed.mailtide('status', '--json')).toMatchObject({ code: 0 })
  const metrics = await (await installed.call('GET', '/metrics')).text()
  expect(metrics).toMatch(/^mailtide_\w+\{.*account="ada@example\.test".*\} 60$/m)

  expect((await installed.mailtide('accounts', 'add', '--demo')).stdout).toContain(`Added ${DEMO_EMAIL}, the demo`)
  await installed.until(({ accounts: both }) => both.some((account) => isDemo(account) && account.messages_stored > 0))
  service.child.kill('SIGTERM')
  expect(await service.ended).toMatchObject({ code: 0 })

  await rm(join(installed.home, 'db'), { recursive: true })
  expect(await installed.mailtide('rebuild', '--json')).toMatchObject({ code: 0, stderr: '' })
  const { stdout } = await installed.mailtide('accounts', 'list', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    accounts: [
      { email: 'ada@example.test', demo: false, messages_stored: MAILS },
      { email: DEMO_EMAIL, demo: true },
    ],
  })
}, 180_000)

it('whoever has no demo loads nothing of it: its Gmail is in a bundle that only its own thread begins with', async () => {
  const main = join(folder, 'dist', 'main')
  const read = (name: string) => readFileSync(join(main, name), 'utf8')
  const reached = new Set(['main.js', 'cli.js', 'worker.js', 'mail-worker.js'])
  for (const name of reached) {
    // Examples in comments of packages name files that are none.
    for (const [, next] of read(name).matchAll(/(?:from|import|import\()\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      if (existsSync(join(main, next!))) reached.add(next!)
  }
  const isSimulator = (name: string) => read(name).includes('-simulator.apps.googleusercontent.com')
  expect(reached.size).toBeGreaterThan(10)
  expect([...reached].filter(isSimulator)).toEqual([])
  expect(isSimulator('demo-worker.js')).toBe(true)
})
