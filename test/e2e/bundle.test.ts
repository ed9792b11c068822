import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { type Installed, installCommand } from '../support/command.ts'

const MAILS = 60
const root = join(import.meta.dirname, '..', '..')

let folder: string
let simulator: Simulator
let installed: Installed

/** What a package holds: the command, the bundle, and no sources or dependencies. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailtide-package-'))
  const builder = await createBuilder({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    environments: { main: { build: { outDir: join(folder, 'dist', 'main') } } },
  })
  await builder.build(builder.environments['main']!)
  await mkdir(join(folder, 'build'))
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'))
  await copyFile(join(root, 'build', 'mailtide.mjs'), join(folder, 'build', 'mailtide.mjs'))
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
  service.child.kill('SIGTERM')
  expect(await service.ended).toMatchObject({ code: 0 })

  await rm(join(installed.home, 'db'), { recursive: true })
  expect(await installed.mailtide('rebuild', '--json')).toMatchObject({ code: 0 })
  const { stdout } = await installed.mailtide('accounts', 'list', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ accounts: [{ email: 'ada@example.test', messages_stored: MAILS }] })
}, 180_000)
