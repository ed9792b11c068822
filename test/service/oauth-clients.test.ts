import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { plainBox } from '../../electron/platform/secret-boxes.ts'
import type { TokenStore } from '../../electron/ports.ts'
import { createOAuthClients } from '../../electron/service/oauth-clients.ts'
import { createRoster, type Member, type Roster } from '../../electron/service/roster.ts'
import { AppError } from '../../shared/errors.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const ada = { client_id: 'ada.apps.googleusercontent.com', client_secret: 'GOCSPX-of-ada', project_id: 'mail' }
const bob = { ...ada, client_id: 'bob.apps.googleusercontent.com' }
const unused = async (): Promise<never> => {
  throw new Error('no account is asked')
}
const tokens: TokenStore = { read: unused, write: unused, remove: unused }

/** Clients in a folder, where files of these names cannot be opened. */
async function setUp(
  files: Readonly<Record<string, string>>,
  { roster, changeSecret }: Partial<Pick<Parameters<typeof createOAuthClients>[0], 'roster' | 'changeSecret'>> = {},
) {
  const folder = join(await tempFolder(), 'oauth-clients')
  await mkdir(folder)
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.json`), text)
  const store = createClientStore(folder, plainBox, silentLog)
  return createOAuthClients({
    store,
    tokens,
    roster: roster ?? createRoster(createFakeClock()),
    log: silentLog,
    changeSecret: changeSecret ?? unused,
  })
}
const sealed = JSON.stringify({ version: 1, box: 'passphrase', sealed: 'v1.a.b.c.d' })

it.each([
  ['sealed with a passphrase that is not there', sealed],
  ['damaged', '{"version":1,'],
])('a client that is %s can be added again, and signs in without being named', async (_, text) => {
  const clients = await setUp({ mail: text })
  expect(await clients.addClient(ada)).toMatchObject({ name: 'mail-2' })
  expect(await clients.choose(undefined, undefined)).toEqual(ada)
  // What is there already is not made a third time.
  expect(await clients.addClient(ada)).toMatchObject({ name: 'mail-2' })
  expect((await clients.clients()).map(({ name, client_id }) => [name, client_id])).toEqual([
    ['mail', null],
    ['mail-2', ada.client_id],
  ])
})

it('a name that was asked for is not taken from a client that cannot be opened', async () => {
  const clients = await setUp({ mail: sealed })
  await expect(clients.addClient(ada, 'mail')).rejects.toMatchObject({
    code: 'conflict',
    message: 'There is an OAuth client that cannot be opened here named mail',
  })
})

it('says why none can be used, and asks which where it is not clear', async () => {
  const clients = await setUp({ mail: sealed })
  await expect(clients.choose(undefined, undefined)).rejects.toMatchObject({ code: 'sealed_elsewhere' })
  await clients.addClient(ada)
  await clients.addClient(bob, 'work')
  await expect(clients.choose(undefined, undefined)).rejects.toMatchObject({
    code: 'conflict',
    message: 'There are several OAuth clients: mail-2, work',
  })
})

it('one that is kept under two names is one', async () => {
  const plain = JSON.stringify({ version: 1, box: 'plain', sealed: JSON.stringify(ada) })
  const clients = await setUp({ mail: plain, 'mail-2': plain })
  expect(await clients.choose(undefined, undefined)).toEqual(ada)
})

it('a client that is added again with another secret reaches the accounts that use it, each for itself', async () => {
  const member = (id: string, client_id: string) =>
    ({ account: { id, email: `${id}@example.com`, client_id } }) as unknown as Member
  const members = [member('ada', ada.client_id), member('bob', bob.client_id), member('zoe', ada.client_id)]
  const roster = { members: new Map(members.map((each) => [each.account.id, each])) } as unknown as Roster
  const told: string[] = []
  const changeSecret = async ({ account }: Member, secret: string): Promise<boolean> => {
    told.push(`${account.id} ${secret}`)
    if (account.id === 'ada') throw new AppError('sealed_elsewhere', 'It is sealed by another')
    return true
  }
  const clients = await setUp({}, { roster, changeSecret })
  expect(await clients.addClient({ ...ada, client_secret: 'GOCSPX-newer' })).toMatchObject({ client_id: ada.client_id })
  expect(told).toEqual(['ada GOCSPX-newer', 'zoe GOCSPX-newer'])
})
