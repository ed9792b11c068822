import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { exampleAnswers } from '../../../electron/api/openapi-examples.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import { createTokenStore } from '../../../electron/platform/credentials.ts'
import { plainBox } from '../../../electron/platform/secret-boxes.ts'
import { accountId } from '../../../shared/ids.ts'
import type { AccountState, Snapshot } from '../../../shared/status.ts'
import { silentLog } from '../silent-log.ts'
import { createWatch } from './watch.ts'

const EMAIL = 'ada@example.test'
const MINUTE = 60_000
const well = { networkWorks: true, clockOffMs: 0, isSigningIn: () => false }
const asking: AccountState = { state: 'needs_reauth', reason: 'needs_reauth', message: 'Over', remedy: 'Sign in again' }

/** A watch over one account with a living sign-in, and what the product says of it. */
async function watched() {
  const credentials = await mkdtemp(join(tmpdir(), 'mailtide-watch-'))
  const simulator = await startSimulator({})
  onTestFinished(async () => {
    await simulator.close()
    await rm(credentials, { recursive: true, force: true })
  })
  const mailbox = simulator.addMailbox(EMAIL)
  const user = { ...simulator.authorizedUser(EMAIL), scopes: [] }
  await createTokenStore(credentials, plainBox, silentLog).write(accountId('ada'), user)
  const watch = createWatch({ simulator, credentials, intervalMinutes: 30 })
  const said = (state: AccountState, syncedAt: number, stored = 12): Snapshot => {
    const { sync_status } = exampleAnswers.status
    const [example] = sync_status.accounts
    if (example === undefined) throw new Error('The example has no account')
    const { id: _, state: __, ...figures } = example
    const account = {
      ...figures,
      ...state,
      id: 'ada',
      email: EMAIL,
      backfill: null,
      last_synced_at: new Date(syncedAt).toISOString(),
      messages_stored: stored,
    }
    return { ...sync_status, errors_by_kind: {}, accounts: [account] }
  }
  const whatIsWrong = () => watch.faults.map((fault) => /^\S+ h: \S+ ([^:]+):/.exec(fault)?.[1])
  return { mailbox, watch, said, whatIsWrong }
}

it('the watch tells of an account that is passed over for one interval, and of none that is in time', async () => {
  const { watch, said, whatIsWrong } = await watched()
  for (let minutes = 0; minutes <= 95; minutes++) {
    const syncedAt = minutes - (minutes % 30)
    await watch.look(said({ state: 'up_to_date' }, syncedAt * MINUTE), { ...well, at: minutes * MINUTE })
  }
  expect(whatIsWrong()).toEqual([])
  for (const minutes of [120, 125, 126])
    await watch.look(said({ state: 'up_to_date' }, 90 * MINUTE), { ...well, at: minutes * MINUTE })
  expect(whatIsWrong()).toEqual(['is stuck though it could go on'])
})

it('the watch lets an account be late while the network is down, and for one interval from then on', async () => {
  const { watch, said, whatIsWrong } = await watched()
  const late = said({ state: 'up_to_date' }, 0)
  for (const [minutes, networkWorks] of [
    [0, true],
    [10, false],
    [200, false],
    [201, true],
    [236, true],
  ] as const)
    await watch.look(late, { ...well, networkWorks, at: minutes * MINUTE })
  expect(whatIsWrong()).toEqual([])
  await watch.look(late, { ...well, at: 237 * MINUTE })
  expect(whatIsWrong()).toEqual(['is stuck though it could go on'])
})

it('the watch tells of a person who is asked without cause, of a dead sign-in that is kept quiet, and of lost mail', async () => {
  const { watch, said, mailbox, whatIsWrong } = await watched()
  for (const minutes of [0, 2]) await watch.look(said(asking, 0), { ...well, at: minutes * MINUTE })
  expect(whatIsWrong()).toEqual(['is asked to sign in without cause'])
  mailbox.revoke('password_changed')
  await watch.look(said(asking, 0), { ...well, at: 3 * MINUTE })
  expect(whatIsWrong()).toHaveLength(1)
  await watch.look(said({ state: 'up_to_date' }, 3 * MINUTE), { ...well, at: 39 * MINUTE })
  await watch.look(said(asking, 3 * MINUTE, 11), { ...well, at: 40 * MINUTE })
  expect(whatIsWrong().slice(1)).toEqual(['has a dead sign-in and does not say so', 'lost mail'])
})
