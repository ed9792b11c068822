import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { normaliseAddress } from '../../electron/gmail/import-token.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { startMailWorker } from '../../electron/sync/mail-worker-client.ts'
import { rebuild } from '../../electron/sync/rebuild.ts'
import { openTestDatabase } from '../support/database.ts'
import { EMAIL, type Harness, type HarnessOptions, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { silentLog } from '../support/silent-log.ts'

let harness: Harness
afterEach(() => harness.close())

const begin = async (options: HarnessOptions = {}): Promise<void> => {
  harness = await startHarness({ messages: 60, settings: { intervalMinutes: 1440 }, ...options })
}
const service = () => harness.built().service
const credentials = () => readdir(join(harness.home, 'data', 'credentials'))
const stored = async (): Promise<number> => {
  const { rows } = await harness.built().store.db.query<{ n: number }>('select count(*) as n from mail.messages')
  return rows[0]?.n ?? -1
}
const rawFolder = (id: string) => join(harness.home, 'data', 'raw', id)
const gets = () => harness.simulator.stats().byMethod['messages.get'] ?? 0

describe('an account that leaves', () => {
  it('and keeps its mail is no account any more, its credential is gone, and its mail can be read', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    expect(await credentials()).toEqual([`${id}.json`])
    const { email, deleted } = await service().removeAccount(EMAIL, { mail: 'keep', revoke: false })
    await deleted
    expect(email).toBe(EMAIL)
    expect(service().snapshot()).toMatchObject({ accounts: [], alerts: [] })
    expect(await credentials()).toEqual([])
    expect(await stored()).toBe(60)
    expect(existsSync(rawFolder(id))).toBe(true)
    await expect(service().removeAccount(EMAIL, { mail: 'keep', revoke: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/was removed before/),
    })
    await expect(service().removeAccount('eve@example.test', { mail: 'keep', revoke: false })).rejects.toMatchObject({
      code: 'not_found',
    })
    await harness.restart()
    expect(service().snapshot().accounts).toEqual([])
    // The mail that was kept can be deleted later.
    await (await service().removeAccount(EMAIL, { mail: 'delete', revoke: false })).deleted
    expect([await stored(), existsSync(rawFolder(id))]).toEqual([0, false])
    // What Google allowed is still allowed: nobody asked to revoke it.
    await service().importToken(harness.simulator.authorizedUser(EMAIL))
  })

  it('and is added again goes on where it stood, without a second download', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    await service().removeAccount(id, { mail: 'keep', revoke: false })
    harness.mailbox.add({ raw: Buffer.from('Subject: while away\r\n\r\nHere\r\n') })
    const before = gets()
    await service().importToken(harness.simulator.authorizedUser(EMAIL), EMAIL)
    expect(harness.account()).toMatchObject({ id, messages_stored: 60 })
    await harness.sync()
    expect(gets() - before).toBe(1)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('and deletes its mail leaves nothing behind, in the database or in the folder', async () => {
    await begin()
    harness.simulator.addMailbox('bob@example.test').add({ raw: Buffer.from('Subject: of Bob\r\n\r\nHere\r\n') })
    await harness.sync()
    const { id } = harness.account()
    await service().importToken(harness.simulator.authorizedUser('bob@example.test'))
    await harness.until(({ accounts }) => accounts[1]?.messages_stored === 1 && accounts[1].state === 'up_to_date')
    const { deleted } = await service().removeAccount(EMAIL, { mail: 'delete', revoke: false })
    expect(
      service()
        .snapshot()
        .accounts.map(({ email }) => email),
    ).toEqual(['bob@example.test'])
    await deleted
    expect(await stored()).toBe(1)
    expect(existsSync(rawFolder(id))).toBe(false)
    expect(await credentials()).toHaveLength(1)
    const { rows } = await harness.built().store.db.query('select 1 as one from mailtide.checkpoint')
    expect(rows).toHaveLength(1)
    // Added once more it is a new account, downloaded anew.
    await service().importToken(harness.simulator.authorizedUser(EMAIL))
    await harness.until(({ accounts }) => accounts[1]?.messages_stored === 60)
    expect(service().snapshot().accounts[1]?.id).not.toBe(id)
  })

  it('in the midst of its first download ends it, and nothing is stored afterwards', async () => {
    await begin({ messages: 200, dials: { latency: 20 }, settings: { maxConcurrency: 2, intervalMinutes: 1440 } })
    await service().start()
    await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 10)
    const { deleted } = await service().removeAccount(EMAIL, { mail: 'delete', revoke: false })
    await deleted
    await harness.until(({ state, current }) => state === 'idle' && current === null)
    expect(await stored()).toBe(0)
    expect(service().snapshot()).toMatchObject({ accounts: [], error_count: 0, alerts: [] })
  })

  it('and whose deletion was cut short is gone on with at the next start, and cannot be added before', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    const { db } = harness.built().store
    // As a kill right after the mark leaves it: the credential is there still.
    await db.query(`update mailtide.account set removed = 'deleting' where id = $1`, [id])
    await expect(service().importToken(harness.simulator.authorizedUser(EMAIL))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/still being deleted/),
    })
    expect(await credentials()).toHaveLength(1)
    await harness.restart()
    expect(service().snapshot().accounts).toEqual([])
    expect(await credentials()).toEqual([])
    const left = async () => (await harness.built().store.db.query('select 1 as one from mailtide.account')).rows.length
    for (let tries = 0; (await left()) > 0 && tries < 200; tries++) await new Promise((done) => setTimeout(done, 20))
    expect(existsSync(rawFolder(id))).toBe(false)
    await service().importToken(harness.simulator.authorizedUser(EMAIL))
    expect(harness.account().id).not.toBe(id)
  })

  it('is no account while it is being added: what a kill leaves of that is gone after the next start', async () => {
    await begin()
    const { raw } = harness.built().store
    let reached = (): void => undefined
    const there = new Promise<void>((resolve) => {
      reached = resolve
    })
    // Its credential is kept by then, and it is not in the store yet. It never gets there.
    vi.spyOn(raw, 'putAccount').mockImplementation(() => {
      reached()
      return new Promise(() => undefined)
    })
    harness.simulator.addMailbox('bob@example.test')
    void service().importToken(harness.simulator.authorizedUser('bob@example.test'))
    await there
    expect(await credentials()).toHaveLength(2)
    await harness.restart()
    expect(await credentials()).toHaveLength(1)
    expect(service().snapshot().accounts).toHaveLength(1)
    const ids = async () => (await harness.built().store.db.query('select 1 as one from mailtide.account')).rows
    await expect.poll(ids, { timeout: 20_000 }).toHaveLength(1)
    await service().importToken(harness.simulator.authorizedUser('bob@example.test'))
    expect(service().snapshot().accounts).toHaveLength(2)
  })

  it('stays away when the database is made anew from the originals', async () => {
    await begin()
    await harness.sync()
    const { id } = harness.account()
    await service().removeAccount(EMAIL, { mail: 'keep', revoke: false })
    const fresh = await openTestDatabase()
    const mail = startMailWorker({ rawFolder: join(harness.home, 'data', 'raw'), log: silentLog })
    try {
      const { raw } = harness.built().store
      const deps = { db: fresh.db, raw, mail, clock: systemClock, log: silentLog, emailKey: normaliseAddress }
      const report = await rebuild(
        {
          ...deps,
          clientIdOf: async () => {
            throw new Error('Its credential is gone')
          },
        },
        new AbortController().signal,
      )
      expect(report).toMatchObject({ accounts: 1, messages: 60 })
      const { rows } = await fresh.db.query('select id, removed from mailtide.account')
      expect(rows).toEqual([{ id, removed: 'kept' }])
    } finally {
      await mail.close()
      await fresh.close()
    }
  })
})

it('an account that another worker on the same database removed is dropped without an error, with its credential', async () => {
  await begin()
  await harness.sync()
  const { db } = harness.built().store
  await db.query(`update mailtide.account set removed = 'kept'`)
  await service().syncNow()
  await harness.until(({ accounts, state }) => accounts.length === 0 && state === 'idle')
  expect(service().snapshot()).toMatchObject({ error_count: 0, alerts: [] })
  expect(await stored()).toBe(60)
  expect(await credentials()).toEqual([])
})

it('removing and adding at once leave the account either with its credential or without both', async () => {
  await begin()
  await harness.sync()
  await Promise.all([
    service().importToken(harness.simulator.authorizedUser(EMAIL)),
    service().removeAccount(EMAIL, { mail: 'keep', revoke: false }),
    service().importToken(harness.simulator.authorizedUser(EMAIL)),
  ])
  expect(service().snapshot().accounts).toHaveLength(1)
  expect(await credentials()).toHaveLength(1)
  await harness.sync()
})

describe('Google’s permission', () => {
  it('is revoked where that is asked for, before anything else', async () => {
    await begin()
    await harness.sync()
    const token = harness.simulator.accessToken(EMAIL)
    await service().removeAccount(EMAIL, { mail: 'keep', revoke: true })
    const answer = await fetch(`${harness.simulator.url}gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(401)
    await expect(service().importToken(harness.simulator.authorizedUser(EMAIL))).rejects.toMatchObject({
      code: 'needs_reauth',
    })
  })

  it('that is dead already is as good as revoked', async () => {
    await begin()
    harness.mailbox.revoke('password_changed')
    await service().removeAccount(EMAIL, { mail: 'keep', revoke: true })
    expect(service().snapshot().accounts).toEqual([])
  })

  it('that cannot be revoked now keeps the account as it was', async () => {
    await begin()
    await harness.sync()
    harness.simulator.dials.serverError = 1
    await expect(service().removeAccount(EMAIL, { mail: 'delete', revoke: true })).rejects.toMatchObject({
      code: 'server',
      message: expect.stringMatching(/not revoked, and nothing was removed/),
      remedy: expect.stringMatching(/myaccount\.google\.com\/connections/),
    })
    harness.simulator.dials.serverError = 0
    expect(harness.account()).toMatchObject({ email: EMAIL, state: 'up_to_date', messages_stored: 60 })
    expect(await credentials()).toHaveLength(1)
    await harness.sync()
  })

  it('of a service account is the administrator’s to take back, which is said', async () => {
    await begin()
    await service().importToken(harness.simulator.serviceAccountKey(), EMAIL)
    await expect(service().removeAccount(EMAIL, { mail: 'keep', revoke: true })).rejects.toMatchObject({
      code: 'bad_input',
      remedy: expect.stringMatching(/Domain-wide delegation/),
    })
    expect(service().snapshot().accounts).toHaveLength(1)
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
    await service().importToken(key, 'bob@example.test')
    await service().importToken(key, EMAIL)
    await harness.until(({ accounts }) => accounts[1]?.messages_stored === 1 && accounts[1].state === 'up_to_date')
    expect(
      service()
        .snapshot()
        .accounts.map((account) => account.email),
    ).toEqual([EMAIL, 'bob@example.test'])
    expect(harness.account()).toMatchObject({ id, messages_stored: 60 })
    await harness.restart()
    harness.mailbox.add({ raw: Buffer.from('Subject: later\r\n\r\nHere\r\n') })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('whose delegation ended stops as an error that says where to look, and asks for no sign-in', async () => {
    await begin({ dials: { accessTokenSeconds: 1 } })
    await service().importToken(harness.simulator.serviceAccountKey(), EMAIL)
    harness.simulator.dials.delegation = 'missing'
    await service().start()
    await harness.until(({ accounts }) => accounts[0]?.state === 'error')
    expect(harness.account()).toMatchObject({ code: 'policy', remedy: expect.stringMatching(/Domain-wide delegation/) })
    harness.simulator.dials.delegation = 'granted'
    await harness.sync()
    expect(harness.account().state).toBe('up_to_date')
  })
})

describe('a sign-in of an OAuth client in testing mode', () => {
  it('shows the day on which it ends as soon as Google has said it, also after a restart', async () => {
    await begin({ dials: { testingMode: true } })
    expect(harness.account().sign_in_ends_at).toBeNull()
    await service().importToken(harness.simulator.authorizedUser(EMAIL))
    await harness.sync()
    const ends = Date.parse(harness.account().sign_in_ends_at ?? '')
    expect(Math.abs(ends - (Date.now() + 604_799_000))).toBeLessThan(120_000)
    await harness.restart()
    await service().start()
    await harness.until(({ accounts }) => accounts[0]?.sign_in_ends_at !== null)
    expect(harness.account().sign_in_ends_at).toBe(new Date(ends).toISOString())
  })
})
