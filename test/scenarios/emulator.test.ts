import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGenerator } from '../../electron/demo/generator.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import type { BuiltService } from '../../electron/service/create-service.ts'
import { defaultSettings } from '../../shared/settings.ts'
import { CLIENT, EMULATED, type Emulator, startEmulator } from '../support/google-emulator.ts'
import { buildService } from '../support/harness.ts'
import { silentLog } from '../support/silent-log.ts'
import { visit } from '../support/visit.ts'

/** The same syncs against a Gmail that we did not write: it keeps our own simulator honest. Its history ids exceed 64 bits. */
const MAILS = 120
let emulator: Emulator
let built: BuiltService
let home: string
const generator = createGenerator({ seed: 11, email: EMULATED })
const mails = Array.from({ length: MAILS }, (_, index) => ({
  id: (0x19a0_0000_0000_0000n + BigInt(index)).toString(16),
  raw: generator.mailAt(index).raw,
  labels: index % 10 === 0 ? ['TRASH'] : ['INBOX', 'UNREAD'],
}))

beforeAll(async () => {
  emulator = await startEmulator(mails)
  home = await mkdtemp(join(tmpdir(), 'mailtide-emulator-'))
  built = await buildService({
    home: join(home, 'data'),
    rootUrl: emulator.url,
    oauthUrl: emulator.url,
    settings: { ...defaultSettings, pacing: 'off', minFreeBytes: 0 },
    clock: systemClock,
    log: silentLog,
    databaseUrl: undefined,
  })
})
afterAll(async () => {
  await built.service.close()
  await emulator.close()
  await rm(home, { recursive: true, force: true })
})

async function sync(): Promise<void> {
  const before = built.service.snapshot().accounts[0]?.last_synced_at ?? null
  if (!built.service.snapshot().running) await built.service.start()
  await built.service.syncNow()
  await new Promise<void>((resolve) => {
    const stop = built.service.subscribe(({ state, accounts }) => {
      const [first] = accounts
      if (state !== 'idle' || first?.state !== 'up_to_date' || first.last_synced_at === before) return
      setImmediate(() => stop())
      resolve()
    })
  })
}

const stored = async (): Promise<{ gmail_id: string; label_ids: string[]; sha256: string; gone: boolean }[]> => {
  const { rows } = await built.store.db.query<{ gmail_id: string; label_ids: string[]; sha256: string; gone: boolean }>(
    'select gmail_id, label_ids, sha256, deleted_at is not null as gone from mail.messages order by gmail_id',
  )
  return rows
}
const labelsOf = async (id: string): Promise<readonly string[] | undefined> =>
  (await stored()).find((row) => row.gmail_id === id)?.label_ids

it('stores every mail of the other Gmail with its exact bytes and labels, after a sign-in with PKCE and a refresh', async () => {
  const account = await built.service.importToken(await emulator.signIn(), EMULATED)
  expect(account.email).toBe(EMULATED)
  await sync()
  const expected = mails.map(({ id, raw, labels }) => ({
    gmail_id: id,
    label_ids: [...labels].sort(),
    sha256: createHash('sha256').update(raw).digest('hex'),
    gone: false,
  }))
  expect(await stored()).toEqual(expected.sort((a, b) => (a.gmail_id < b.gmail_id ? -1 : 1)))
})

it('follows a new mail, a label, the trash and a deletion by its history', async () => {
  const [, second, third, fourth] = mails
  if (second === undefined || third === undefined || fourth === undefined) throw new Error('Too few mails')
  const raw = Buffer.from('From: a@example.org\r\nSubject: new\r\n\r\nHere\r\n')
  const added = await emulator.call('POST', 'messages', { raw: raw.toString('base64url'), labelIds: ['INBOX'] })
  await emulator.call('POST', `messages/${second.id}/modify`, { addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] })
  await emulator.call('POST', `messages/${third.id}/trash`)
  await emulator.call('DELETE', `messages/${fourth.id}`)
  await sync()
  expect(await labelsOf(second.id)).toEqual(['INBOX', 'STARRED'])
  expect(await labelsOf(third.id)).toContain('TRASH')
  const rows = await stored()
  expect(rows.find((row) => row.gmail_id === fourth.id)?.gone).toBe(true)
  expect(rows.find((row) => row.gmail_id === added['id'])?.sha256).toBe(createHash('sha256').update(raw).digest('hex'))
})

it('signs the account in again by our own sign-in, at an OAuth server that we did not write', async () => {
  const { service } = built
  await service.addClient(CLIENT, 'emulated')
  const begun = await service.beginSignIn({ client: 'emulated', email: undefined, account: EMULATED, paste: false })
  const page = await visit(await emulator.consent(begun.url))
  expect(page.text).toContain(`access to ${EMULATED}`)
  expect(service.signIn(begun.id)).toMatchObject({ state: 'done', account: { email: EMULATED } })
  expect(service.snapshot().accounts).toHaveLength(1)
  // Its verifier is checked, and its code is good once.
  const other = await service.beginSignIn({ client: 'emulated', email: undefined, account: EMULATED, paste: true })
  const stolen = new URL(await emulator.consent(begun.url)).searchParams.get('code') ?? ''
  expect(await service.finishSignIn(other.id, stolen)).toMatchObject({
    state: 'failed',
    problem: { code: 'needs_reauth' },
  })
  await service.syncNow()
  await sync()
})
