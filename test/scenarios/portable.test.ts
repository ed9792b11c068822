import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import type { BuiltService } from '../../electron/service/create-service.ts'
import { SealedCredentials } from '../../shared/credentials.ts'
import { buildService, EMAIL, type Harness, startHarness } from '../support/harness.ts'
import { plantSecret } from '../support/log-watch.ts'
import { silentLog } from '../support/silent-log.ts'

const BOB = 'bob@example.test'
const PASSPHRASE = 'correct horse battery staple'

let here: Harness
let there: BuiltService
let home: string
beforeAll(async () => {
  here = await startHarness({ messages: 30 })
  here.simulator.addMailbox(BOB)
  await here.built().service.importToken(here.simulator.authorizedUser(BOB))
  await here.built().service.addClient({ ...client(), project_id: 'mail-of-ada' })
  plantSecret('the passphrase of an export', PASSPHRASE)
  // Another computer, where nobody is yet, with the same Gmail.
  home = await mkdtemp(join(tmpdir(), 'mailtide-portable-'))
  there = await buildService({
    home: join(home, 'data'),
    rootUrl: here.simulator.url,
    oauthUrl: here.simulator.oauthUrl,
    settings: here.settings,
    clock: systemClock,
    log: silentLog,
    databaseUrl: undefined,
  })
})
afterAll(async () => {
  await here.close()
  await there.service.close()
  await rm(home, { recursive: true, force: true })
})

const client = () => ({ client_id: here.simulator.clientId, client_secret: here.simulator.clientSecret })
describe('credentials that move to another computer', () => {
  let file: SealedCredentials

  it('are sealed, all or those of one account, without what is good for an hour only', async () => {
    const { service } = here.built()
    await here.sync()
    const exported = await service.exportCredentials(PASSPHRASE)
    expect(exported).toMatchObject({ accounts: [EMAIL, BOB], clients: ['mail-of-ada'], left_out: [] })
    file = SealedCredentials.parse(exported.file)
    const one = await service.exportCredentials(PASSPHRASE, BOB)
    expect(one).toMatchObject({ accounts: [BOB], clients: [], left_out: [] })
    await expect(service.exportCredentials(PASSPHRASE, 'nobody')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('add their accounts and clients there, which sync', async () => {
    const { service } = there
    await service.addClient(
      { client_id: 'another.apps.googleusercontent.com', client_secret: 'GOCSPX-another' },
      'mail-of-ada',
    )
    await expect(service.importCredentials(file, 'wrong')).rejects.toMatchObject({ code: 'bad_input' })
    const imported = await service.importCredentials(file, PASSPHRASE)
    expect(imported.accounts.map(({ email }) => email)).toEqual([EMAIL, BOB])
    expect(imported).toMatchObject({ clients: ['mail-of-ada-2'], failed: [] })
    // Again: nothing is there twice.
    expect(await service.importCredentials(file, PASSPHRASE)).toMatchObject({ clients: ['mail-of-ada-2'], failed: [] })
    expect(service.snapshot().accounts.map(({ email }) => email)).toEqual([EMAIL, BOB])
    const synced = Promise.withResolvers<void>()
    const unsubscribe = service.subscribe(({ accounts }) => {
      if (accounts.every(({ state }) => state === 'up_to_date')) synced.resolve()
    })
    await service.start()
    await synced.promise
    unsubscribe()
    expect(service.snapshot().accounts[0]?.messages_stored).toBe(30)
  })

  it('that died in the meantime are told one by one, and the others are taken', async () => {
    here.mailbox.revoke('password_changed')
    const imported = await there.service.importCredentials(file, PASSPHRASE)
    expect(imported.accounts.map(({ email }) => email)).toEqual([BOB])
    expect(imported.failed).toMatchObject([{ email: EMAIL, problem: { code: 'needs_reauth' } }])
  })

  it('leave out what cannot be opened here, unless it is all there is', async () => {
    const { service } = here.built()
    const folder = join(here.home, 'data', 'credentials')
    const sealElsewhere = (name: string) =>
      writeFile(join(folder, name), JSON.stringify({ version: 1, box: 'safe-storage', sealed: 'xyz' }))
    const [first = '', second = ''] = await readdir(folder)
    const ofFirst = service.snapshot().accounts.find(({ id }) => first.startsWith(id))?.email
    await sealElsewhere(first)
    expect((await service.exportCredentials(PASSPHRASE)).left_out).toMatchObject([
      { email: ofFirst, problem: { code: 'sealed_elsewhere' } },
    ])
    await sealElsewhere(second)
    await service.removeClient('mail-of-ada')
    await expect(service.exportCredentials(PASSPHRASE)).rejects.toMatchObject({ code: 'sealed_elsewhere' })
    // They are as they were: whoever sealed them can still open them.
    expect(await readFile(join(folder, first), 'utf8')).toContain('safe-storage')
  })
})
