import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { OfflineCommands } from '../../electron/cli/offline.ts'
import type { AccountAudit, Finding, Verification } from '../../shared/audit.ts'
import { AppError } from '../../shared/errors.ts'
import { adaAccount, adaVerification } from '../api/fake-service.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { mailtide, nobodyOffline } from './mailtide.ts'
import { startHost } from './running-service.ts'

const local: NonNullable<AccountAudit['local']> = {
  at: '2026-01-01T00:00:00.000Z',
  read: 1_000,
  originals: 1_000,
  findings: [],
}
const verified: AccountAudit = {
  account: adaAccount.email,
  account_id: adaAccount.id,
  verdict: 'unknown',
  gmail: null,
  local,
  deep: null,
}

it('verify without a service looks at what is stored, says that Gmail was not asked, and succeeds only where that was not wanted', async () => {
  const calls: unknown[] = []
  const home = join(await tempFolder(), 'home')
  const asUsual: OfflineCommands['verify'] = async ({ account, repair }) => {
    calls.push(['verify', account, repair])
    return { ...adaVerification, state: 'done', progress: null, accounts: [verified] }
  }
  const run = (line: string, verify = asUsual) => mailtide(home, line, { offline: { ...nobodyOffline, verify } })
  const { code, out, err } = await run('verify')
  expect(code).toBe(6)
  expect(err).toContain('Mailtide is not running: only what is stored here is checked')
  expect(out).toContain('Nothing wrong was found here. Gmail was not asked.')
  expect(out).toContain('1,000 of 1,000 originals read in full')
  expect((await run('verify --local --repair --account ada@example.com')).code).toBe(0)
  expect(calls).toEqual([
    ['verify', undefined, false],
    ['verify', 'ada@example.com', true],
  ])
  const damaged: Finding = {
    kind: 'original_damaged',
    count: 2,
    repaired: 0,
    lost: 1,
    examples: ['18c0ffee00000001'],
  }
  const differs: AccountAudit = { ...verified, verdict: 'differs', local: { ...local, findings: [damaged] } }
  const found: Verification = { ...adaVerification, state: 'done', progress: null, accounts: [differs] }
  const looked = await run('verify --local', async () => found)
  expect(looked.code).toBe(5)
  expect(looked.out).toContain('2 originals are damaged: 1 beyond repair: Gmail no longer has it')
  for (const wrong of ['verify --deep 0', 'verify --deep many']) expect((await run(wrong)).code).toBe(2)
})

it('verify tells what was found although Ctrl-C came just when it ended by itself', async () => {
  const { paths, service } = await startHost()
  let shown: Verification = { ...adaVerification, repair: true }
  // The command asks twice a second: this is what happens between two of its looks.
  Object.assign(service, {
    verify: async () => {
      process.emit('SIGINT')
      return shown
    },
    cancelVerification: async () => {
      shown = { ...shown, state: 'done', progress: null, accounts: [{ ...verified, verdict: 'complete' }] }
      throw new AppError('not_running', 'Nothing is being verified')
    },
    verification: () => shown,
  })
  const { code, out } = await mailtide(paths.home, 'verify')
  expect(out).toContain('Complete: everything that Gmail has is here.')
  expect(code).toBe(0)
})
