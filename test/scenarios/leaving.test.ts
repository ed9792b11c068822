import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Dials } from '../../electron/demo/types.ts'
import { normaliseAddress } from '../../electron/gmail/import-token.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { startMailWorker } from '../../electron/sync/mail-worker-client.ts'
import { rebuild } from '../../electron/sync/rebuild.ts'
import { openTestDatabase } from '../support/database.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'
import { silentLog } from '../support/silent-log.ts'

/** One service for all: each test has an account of its own, which leaves. */
let shared: Harness
let harness: Harness
beforeAll(async () => {
  shared = await startHarness({
    messages: 1,
    skipsWaits: true,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600 },
    wrapUrl: meddler.wrapUrl,
  })
  await shared.sync()
  calm = { ...shared.simulator.dials }
})
afterEach(() => {
  vi.restoreAllMocks()
  Object.assign(shared.simulator.dials, calm)
})
afterAll(async () => {
  await shared.close()
  meddler.close()
})

const meddler = createMeddler()
let calm: Dials
const begin = async (messages = 10): Promise<void> => {
  harness = await shared.add({ messages })
}
const service = () => harness.built().service
const token = () => harness.simulator.authorizedUser(harness.email)
const isThere = () =>
  service()
    .snapshot()
    .accounts.some(({ email }) => email === harness.email)
const hasCredential = async (id: string) =>
  (await readdir(join(harness.home, 'data', 'credentials'))).includes(`${id}.json`)
/** Mails of the account in the database. */
const stored = async (id: string): Promise<number> => {
  const { rows } = await harness
    .built()
    .store.db.query<{ n: number }>('select count(*) as n from mailtide.message where account_id = $1', [id])
  return rows[0]?.n ?? -1
}
const rawFolder = (id: string) => join(harness.home, 'data', 'raw', id)
const gets = () => harness.simulator.stats().byMethod['messages.get'] ?? 0

describe('an account that leaves', () => {
  it('and keeps its mail is no account any more, its credential is gone, and its mail can be read', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    expect(await hasCredential(id)).toBe(true)
    const { email, deleted } = await service().removeAccount(harness.email, { mail: 'keep', revoke: false })
    await deleted
    expect(email).toBe(harness.email)
    expect(isThere()).toBe(false)
    expect(service().snapshot()).toMatchObject({ alerts: [] })
    expect(await hasCredential(id)).toBe(false)
    expect(await stored(id)).toBe(10)
    expect(existsSync(rawFolder(id))).toBe(true)
    await expect(service().removeAccount(harness.email, { mail: 'keep', revoke: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/was removed before/),
    })
    await expect(service().removeAccount('eve@example.test', { mail: 'keep', revoke: false })).rejects.toMatchObject({
      code: 'not_found',
    })
    await harness.restart()
    expect(isThere()).toBe(false)
    // The mail that was kept can be deleted later.
    await (await service().removeAccount(harness.email, { mail: 'delete', revoke: false })).deleted
    expect([await stored(id), existsSync(rawFolder(id))]).toEqual([0, false])
    // What Google allowed is still allowed: nobody asked to revoke it.
    await service().importToken(token())
  })

  it('and is added again goes on where it stood, without a second download', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    await service().removeAccount(id, { mail: 'keep', revoke: false })
    harness.mailbox.add({ raw: Buffer.from('Subject: while away\r\n\r\nHere\r\n') })
    const before = gets()
    await service().importToken(token(), harness.email)
    expect(harness.account()).toMatchObject({ id, messages_stored: 10 })
    await harness.sync()
    expect(gets() - before).toBe(1)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('and deletes its mail leaves nothing behind, in the database or in the folder', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    const other = await shared.add({ messages: 1 })
    await other.sync()
    const { deleted } = await service().removeAccount(harness.email, { mail: 'delete', revoke: false })
    expect([isThere(), other.account().messages_stored]).toEqual([false, 1])
    await deleted
    expect([await stored(id), await stored(other.account().id)]).toEqual([0, 1])
    expect([existsSync(rawFolder(id)), existsSync(rawFolder(other.account().id))]).toEqual([false, true])
    expect([await hasCredential(id), await hasCredential(other.account().id)]).toEqual([false, true])
    const { rows } = await harness
      .built()
      .store.db.query('select 1 from mailtide.checkpoint where account_id = $1', [id])
    expect(rows).toEqual([])
    // Added once more it is a new account, downloaded anew.
    await service().importToken(token())
    await harness.rest(({ messages_stored, state }) => messages_stored === 10 && state === 'up_to_date')
    expect(harness.account().id).not.toBe(id)
  })

  it('in the midst of its first download ends it, and nothing is stored afterwards', async () => {
    await begin(30)
    const { id } = harness.account()
    const release = meddler.holdAfter(10)
    await service().start()
    await harness.until(() => harness.account().messages_stored === 10)
    const { deleted } = await service().removeAccount(harness.email, { mail: 'delete', revoke: false })
    release()
    await harness.during(deleted)
    await harness.until(({ state, current }) => state === 'idle' && current === null)
    expect(await stored(id)).toBe(0)
    expect(isThere()).toBe(false)
    expect(service().snapshot()).toMatchObject({ error_count: 0, alerts: [] })
  })

  it('and whose deletion was cut short is gone on with at the next start, and cannot be added before', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    // As a kill right after the mark leaves it: the credential is there still.
    await harness.built().store.db.query(`update mailtide.account set removed = 'deleting' where id = $1`, [id])
    await expect(service().importToken(token())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/still being deleted/),
    })
    expect(await hasCredential(id)).toBe(true)
    await harness.restart()
    expect(isThere()).toBe(false)
    expect(await hasCredential(id)).toBe(false)
    const left = async () =>
      (await harness.built().store.db.query('select 1 from mailtide.account where id = $1', [id])).rows.length
    await expect.poll(left, { interval: 20, timeout: 30_000 }).toBe(0)
    expect(existsSync(rawFolder(id))).toBe(false)
    await service().importToken(token())
    expect(harness.account().id).not.toBe(id)
  })

  it('is no account while it is being added: what a kill leaves of that is gone after the next start', async () => {
    await begin()
    const { raw } = harness.built().store
    const { promise: there, resolve: reached } = Promise.withResolvers<void>()
    // Its credential is kept by then, and it is not in the store yet. It never gets there.
    vi.spyOn(raw, 'putAccount').mockImplementation(() => {
      reached()
      return new Promise(() => undefined)
    })
    const credentials = async () => (await readdir(join(harness.home, 'data', 'credentials'))).length
    const ids = async () => (await harness.built().store.db.query('select 1 as one from mailtide.account')).rows.length
    const accounts = () => service().snapshot().accounts.length
    const before = [await credentials(), accounts(), await ids()] as const
    const charles = harness.simulator.addMailbox('charles@example.test')
    void service().importToken(harness.simulator.authorizedUser(charles.email))
    await there
    expect(await credentials()).toBe(before[0] + 1)
    await harness.restart()
    expect([await credentials(), accounts()]).toEqual([before[0], before[1]])
    await expect.poll(ids).toBe(before[2])
    await service().importToken(harness.simulator.authorizedUser(charles.email))
    expect(accounts()).toBe(before[1] + 1)
  })
})

it('an account that another worker on the same database removed is dropped without an error, with its credential', async () => {
  await begin()
  await harness.sync()
  const { id } = harness.account()
  const before = service().snapshot().error_count
  await harness.built().store.db.query(`update mailtide.account set removed = 'kept' where id = $1`, [id])
  await service().syncNow(harness.email)
  await harness.until(({ accounts, state }) => state === 'idle' && !accounts.some((each) => each.id === id))
  expect(service().snapshot()).toMatchObject({ error_count: before, alerts: [] })
  expect(await stored(id)).toBe(10)
  expect(await hasCredential(id)).toBe(false)
})

it('removing and adding at once leave the account either with its credential or without both', async () => {
  await begin()
  await harness.sync()
  await Promise.all([
    service().importToken(token()),
    service().removeAccount(harness.email, { mail: 'keep', revoke: false }),
    service().importToken(token()),
  ])
  expect(isThere()).toBe(true)
  expect(await hasCredential(harness.account().id)).toBe(true)
  await harness.sync()
})

describe('Google’s permission', () => {
  it('is revoked where that is asked for, before anything else', async () => {
    await begin()
    const access = harness.simulator.accessToken(harness.email)
    await service().removeAccount(harness.email, { mail: 'keep', revoke: true })
    const answer = await fetch(`${harness.simulator.url}gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${access}` },
    })
    expect(answer.status).toBe(401)
    await expect(service().importToken(token())).rejects.toMatchObject({ code: 'needs_reauth' })
  })

  it('that is dead already is as good as revoked', async () => {
    await begin()
    harness.mailbox.revoke('password_changed')
    await service().removeAccount(harness.email, { mail: 'keep', revoke: true })
    expect(isThere()).toBe(false)
  })

  it('that cannot be revoked now keeps the account as it was', async () => {
    await begin()
    await harness.sync()
    harness.simulator.dials.serverError = 1
    const removing = service().removeAccount(harness.email, { mail: 'delete', revoke: true })
    await expect(harness.during(removing)).rejects.toMatchObject({
      code: 'server',
      message: expect.stringMatching(/not revoked, and nothing was removed/),
      remedy: expect.stringMatching(/myaccount\.google\.com\/connections/),
    })
    harness.simulator.dials.serverError = 0
    expect(harness.account()).toMatchObject({ email: harness.email, state: 'up_to_date', messages_stored: 10 })
    expect(await hasCredential(harness.account().id)).toBe(true)
    await harness.sync()
  })

  it('of a service account is the administrator’s to take back, which is said', async () => {
    await begin()
    await service().importToken(harness.simulator.serviceAccountKey(), harness.email)
    await expect(service().removeAccount(harness.email, { mail: 'keep', revoke: true })).rejects.toMatchObject({
      code: 'bad_input',
      remedy: expect.stringMatching(/Domain-wide delegation/),
    })
    expect(isThere()).toBe(true)
  })
})

describe('a service account', () => {
  it('syncs many mailboxes by one key, each an account of its own, also one that had another sign-in', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    const bob = harness.simulator.addMailbox('bob@example.test')
    bob.add({ raw: Buffer.from('Subject: of Bob\r\n\r\nHere\r\n') })
    const key = harness.simulator.serviceAccountKey()
    await service().importToken(key, bob.email)
    await service().importToken(key, harness.email)
    await harness.until(({ accounts }) =>
      accounts.some(
        ({ email, state, messages_stored }) => email === bob.email && messages_stored === 1 && state === 'up_to_date',
      ),
    )
    expect(harness.account()).toMatchObject({ id, messages_stored: 10 })
    await harness.restart()
    harness.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('whose delegation ended stops as an error that says where to look, and asks for no sign-in', async () => {
    await begin()
    Object.assign(harness.simulator.dials, { accessTokenSeconds: 1 })
    await service().importToken(harness.simulator.serviceAccountKey(), harness.email)
    harness.simulator.dials.delegation = 'missing'
    await service().start()
    const stopped = await harness.rest(({ state }) => state === 'error')
    expect(stopped).toMatchObject({ code: 'policy', remedy: expect.stringMatching(/Domain-wide delegation/) })
    harness.simulator.dials.delegation = 'granted'
    await harness.sync()
    expect(harness.account().state).toBe('up_to_date')
  })
})

describe('a sign-in of an OAuth client in testing mode', () => {
  it('shows the day on which it ends as soon as Google has said it, also after a restart', async () => {
    await begin()
    expect(harness.account().sign_in_ends_at).toBeNull()
    Object.assign(harness.simulator.dials, { testingMode: true })
    await service().importToken(token())
    await harness.sync()
    const ends = Date.parse(harness.account().sign_in_ends_at ?? '')
    expect(Math.abs(ends - (harness.simulator.now() + 604_799_000))).toBeLessThan(120_000)
    await harness.restart()
    await service().start()
    await harness.until(() => harness.account().sign_in_ends_at !== null)
    expect(harness.account().sign_in_ends_at).toBe(new Date(ends).toISOString())
  })
})

// The last, since a database is made anew from all that is in the folder.
it('an account that left stays away when the database is made anew from the originals', async () => {
  await begin()
  await harness.sync()
  const { id } = harness.account()
  await service().removeAccount(harness.email, { mail: 'keep', revoke: false })
  const fresh = await openTestDatabase()
  const mail = startMailWorker({ rawFolder: join(harness.home, 'data', 'raw'), log: silentLog })
  try {
    const { raw } = harness.built().store
    const deps = { db: fresh.db, raw, mail, clock: systemClock, log: silentLog, emailKey: normaliseAddress }
    const clientIdOf = async (account: string): Promise<string> => {
      if (account === id) throw new Error('Its credential is gone')
      return ''
    }
    await rebuild({ ...deps, clientIdOf }, new AbortController().signal)
    const { rows } = await fresh.db.query('select removed from mailtide.account where id = $1', [id])
    expect(rows).toEqual([{ removed: 'kept' }])
    const { rows: mails } = await fresh.db.query('select count(*) as n from mailtide.message where account_id = $1', [
      id,
    ])
    expect(mails).toEqual([{ n: 10 }])
  } finally {
    await mail.close()
    await fresh.close()
  }
})
