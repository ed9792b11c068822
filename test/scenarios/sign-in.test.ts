import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { EMAIL, type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { plantSecret } from '../support/log-watch.ts'
import { consent, visit } from '../support/visit.ts'

const BOB = 'bob@example.test'
const usual = { client: undefined, email: undefined, account: undefined, paste: false }

let harness: Harness
beforeAll(async () => {
  harness = await startHarness({ messages: 30 })
  harness.simulator.addMailbox(BOB)
})
afterAll(() => harness.close())

const service = () => harness.built().service
const json = () => ({
  installed: {
    client_id: harness.simulator.clientId,
    client_secret: harness.simulator.clientSecret,
    project_id: 'mail-of-ada',
    redirect_uris: ['http://localhost'],
  },
})
const credentials = () => readdir(join(harness.home, 'data', 'credentials'))
const credentialOf = async (id: string | undefined): Promise<unknown> => {
  const file = JSON.parse(await readFile(join(harness.home, 'data', 'credentials', `${id}.json`), 'utf8'))
  const { client_id, client_secret, refresh_token } = JSON.parse(file.sealed)
  return { client_id, client_secret, refresh_token }
}
const messages = async () => (await harness.built().store.db.query('select gmail_id from mail.messages')).rows.length

/** The person chooses another account on Google's page than the one that was suggested. */
async function signInAs(url: string, email: string): Promise<string> {
  const changed = new URL(url)
  changed.searchParams.set('login_hint', email)
  return (await visit(changed)).text
}

describe('signing in on the whole service', () => {
  it('needs an OAuth client, except for an account that brought its own', async () => {
    await expect(service().beginSignIn(usual)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('mailtide clients add'),
    })
    const begun = await service().beginSignIn({ ...usual, account: EMAIL })
    expect(begun.state).toBe('waiting')
    await service().cancelSignIn(begun.id)
  })

  it('keeps OAuth clients by name, and says who uses them', async () => {
    expect(await service().addClient(json())).toEqual({
      name: 'mail-of-ada',
      client_id: harness.simulator.clientId,
      project_id: 'mail-of-ada',
      accounts: [EMAIL],
    })
    const another = { client_id: 'other.apps.googleusercontent.com', client_secret: 'GOCSPX-other-one' }
    await expect(service().addClient(another, 'mail-of-ada')).rejects.toMatchObject({ code: 'conflict' })
    await expect(service().addClient(json(), 'second')).rejects.toMatchObject({ code: 'conflict' })
    await expect(service().addClient(another, '../x')).rejects.toMatchObject({ code: 'bad_input' })
    expect(await service().addClient(another)).toMatchObject({ name: 'default', accounts: [] })
    expect((await service().clients()).map(({ name }) => name)).toEqual(['default', 'mail-of-ada'])
    await expect(service().beginSignIn(usual)).rejects.toMatchObject({ code: 'conflict' })
    await service().removeClient('default')
    await expect(service().removeClient('default')).rejects.toMatchObject({ code: 'not_found' })
    // The same client again: its secret was renewed.
    expect(await service().addClient(json())).toMatchObject({ name: 'mail-of-ada' })
  })

  it('adds an account by the browser, which is then synced', async () => {
    await harness.sync()
    const begun = await service().beginSignIn({ ...usual, email: BOB })
    expect((await visit(begun.url)).text).toContain(`access to ${BOB}`)
    expect(service().signIn(begun.id)).toMatchObject({ state: 'done', account: { email: BOB } })
    await harness.until(({ accounts }) => accounts.some(({ email, state }) => email === BOB && state === 'up_to_date'))
    expect((await service().clients())[0]?.accounts).toEqual([EMAIL, BOB])
  })

  it('refuses the wrong Google account before anything is stored', async () => {
    const before = [
      await credentials(),
      service()
        .snapshot()
        .accounts.map(({ id }) => id),
    ]
    const eve = harness.simulator.addMailbox('eve@example.test')
    for (const options of [{ email: 'nobody@example.test' }, { account: EMAIL }]) {
      const begun = await service().beginSignIn({ ...usual, ...options })
      const page = await signInAs(begun.url, eve.email)
      expect(page).toContain(`You signed in as eve@example.test, but the mailbox asked for is`)
      expect(service().signIn(begun.id)).toMatchObject({ state: 'failed', problem: { code: 'wrong_account' } })
    }
    expect([
      await credentials(),
      service()
        .snapshot()
        .accounts.map(({ id }) => id),
    ]).toEqual(before)
  })

  it('leaves no credential of an account that could not be stored', async () => {
    const { raw } = harness.built().store
    const { putAccount } = raw
    const before = await credentials()
    harness.simulator.addMailbox('eve2@example.test')
    const stored = Promise.withResolvers<readonly string[]>()
    Object.assign(raw, {
      putAccount: async () => {
        stored.resolve(await credentials())
        throw new AppError('disk', 'The disk is full')
      },
    })
    const begun = await service().beginSignIn(usual)
    await signInAs(begun.url, 'eve2@example.test')
    Object.assign(raw, { putAccount })
    expect(service().signIn(begun.id)).toMatchObject({ state: 'failed', problem: { code: 'disk' } })
    expect((await stored.promise).length).toBe(before.length + 1)
    expect(await credentials()).toEqual(before)
  })

  it('signs a known account in again, which goes on where it was', async () => {
    const stored = await messages()
    harness.mailbox.revoke('password_changed')
    await service().syncNow(EMAIL)
    const asked = await harness.until(({ accounts }) => accounts[0]?.state === 'needs_reauth')
    expect(asked.accounts[0]?.messages_stored).toBe(30)
    harness.mailbox.add({ raw: Buffer.from('Subject: While nobody was signed in\r\n\r\nHello\r\n') })
    await harness.settle()
    const lists = harness.simulator.stats().byMethod['messages.list']
    const begun = await service().beginSignIn({ ...usual, account: EMAIL, paste: true })
    const done = await service().finishSignIn(begun.id, await consent(begun.url))
    expect(done).toMatchObject({ state: 'done', account: { id: asked.accounts[0]?.id, email: EMAIL } })
    await harness.until(({ accounts }) => accounts[0]?.state === 'up_to_date' && accounts[0].messages_stored === 31)
    expect(await messages()).toBe(stored + 1)
    // By its history, not by listing everything anew.
    expect(harness.simulator.stats().byMethod['messages.list']).toBe(lists)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('gives no OAuth client to an account that a service account’s key reads, and says how it could', async () => {
    harness.simulator.addMailbox('grace@example.test')
    await service().importToken(harness.simulator.serviceAccountKey(), 'grace@example.test')
    await expect(service().changeClient('grace@example.test', 'mail-of-ada', true)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('accounts reauth grace@example.test --client mail-of-ada'),
    })
    const { deleted } = await service().removeAccount('grace@example.test', { mail: 'delete', revoke: false })
    await deleted
  })

  it('keeps the token that Google gave in exchange when a token file was tried', async () => {
    Object.assign(harness.simulator.dials, { rotateRefreshTokens: true })
    const brought = harness.simulator.authorizedUser(BOB)
    const bob = await service().importToken(brought, BOB)
    Object.assign(harness.simulator.dials, { rotateRefreshTokens: false })
    const path = join(harness.home, 'data', 'credentials', `${bob.id}.json`)
    const { sealed } = JSON.parse(await readFile(path, 'utf8')) as { readonly sealed: string }
    const { refresh_token } = JSON.parse(sealed) as { readonly refresh_token: string }
    expect(refresh_token).toBe(harness.simulator.mailbox(BOB).refreshToken)
    expect(refresh_token).not.toBe(brought.refresh_token)
    harness.simulator.advance(2 * 3_600_000)
    await service().syncNow(BOB)
    await harness.until(({ accounts }) => accounts.find(({ email }) => email === BOB)?.state === 'syncing')
    await harness.until(({ accounts }) => accounts.find(({ email }) => email === BOB)?.state === 'up_to_date')
  })

  it('adds no account twice: a known address is signed in again', async () => {
    const before = service().snapshot().accounts.length
    const begun = await service().beginSignIn(usual)
    await visit(begun.url)
    expect(service().signIn(begun.id)).toMatchObject({ state: 'done', account: { email: EMAIL } })
    expect(service().snapshot().accounts.length).toBe(before)
  })

  it('makes one account of a new address that is added several times at once', async () => {
    const grace = harness.simulator.addMailbox('testuser@example.test')
    const token = harness.simulator.authorizedUser(grace.email)
    const added = await Promise.all([1, 2, 3].map(() => service().importToken(token, grace.email)))
    expect(new Set(added.map(({ id }) => id)).size).toBe(1)
    expect(await credentials()).toContain(`${added[0]?.id}.json`)
    await service().removeAccount(grace.email, { mail: 'delete', revoke: false })
  })

  it('leaves a removed client’s accounts syncing, and able to sign in by their own copy', async () => {
    await service().removeClient('mail-of-ada')
    await harness.restart()
    expect(await service().clients()).toEqual([])
    await harness.sync()
    const begun = await service().beginSignIn({ ...usual, account: EMAIL })
    await visit(begun.url)
    expect(service().signIn(begun.id).state).toBe('done')
  })

  it('keeps tokens in their own files, for the owner alone', async () => {
    const names = await credentials()
    expect(names).toHaveLength(2)
    const file = JSON.parse(await readFile(join(harness.home, 'data', 'credentials', names[0] ?? ''), 'utf8'))
    const { refresh_token } = JSON.parse(file.sealed) as { refresh_token: string }
    // The watch over the logs fails this file if a line ever held it.
    plantSecret('a refresh token', refresh_token)
    expect(refresh_token).toMatch(/^1\/\/0/)
  })
})

describe('another OAuth client for an account', () => {
  const account = () => service().snapshot().accounts[0]
  const users = async () => (await service().clients()).map(({ name, accounts }) => [name, accounts.includes(EMAIL)])
  const change = async (name: string) => {
    const { signIn } = await service().changeClient(EMAIL, name, true)
    if (signIn === null) throw new Error('No sign-in was begun')
    return signIn
  }
  let second: ReturnType<Harness['simulator']['addClient']>

  it('is refused in plain words where it cannot be', async () => {
    await service().addClient(json(), 'first')
    second = harness.simulator.addClient()
    await service().addClient(second, 'second')
    await expect(service().changeClient(EMAIL, 'third', true)).rejects.toMatchObject({ code: 'not_found' })
    await expect(service().changeClient('nobody', 'second', true)).rejects.toMatchObject({ code: 'not_found' })
    await writeFile(
      join(harness.home, 'data', 'oauth-clients', 'desktop.json'),
      JSON.stringify({ version: 1, box: 'safe-storage', sealed: 'xyz' }),
    )
    await expect(service().changeClient(EMAIL, 'desktop', true)).rejects.toMatchObject({ code: 'sealed_elsewhere' })
    expect(await service().changeClient(EMAIL, 'first', true)).toMatchObject({
      signIn: null,
      account: { email: EMAIL },
    })
  })

  it('changes nothing when its sign-in is given up or goes wrong', async () => {
    const before = await credentialOf(account()?.id)
    await service().cancelSignIn((await change('second')).id)
    harness.simulator.dials.consent = 'deny'
    const begun = await change('second')
    expect(await service().finishSignIn(begun.id, await consent(begun.url))).toMatchObject({ state: 'failed' })
    harness.simulator.dials.consent = 'grant'
    expect(await credentialOf(account()?.id)).toEqual(before)
    expect(await users()).toEqual(
      expect.arrayContaining([
        ['first', true],
        ['second', false],
      ]),
    )
    await harness.sync()
  })

  it('keeps the mail, the settings and the place, and syncs in the new client’s name alone', async () => {
    await harness.sync()
    const before = account()
    await harness.settle()
    const lists = harness.simulator.stats().byMethod['messages.list']
    const begun = await change('second')
    // The old sign-in is used while the new one waits.
    harness.mailbox.add({ raw: Buffer.from('Subject: While the new sign-in waits\r\n\r\nHello\r\n') })
    await harness.sync()
    expect(account()?.messages_stored).toBe((before?.messages_stored ?? 0) + 1)
    expect(await service().finishSignIn(begun.id, await consent(begun.url))).toMatchObject({ state: 'done' })
    expect(await users()).toEqual(
      expect.arrayContaining([
        ['first', false],
        ['second', true],
      ]),
    )
    expect(await credentialOf(before?.id)).toMatchObject({ ...second })
    // From here on the old client is of no use.
    harness.simulator.deleteClient(harness.simulator.clientId)
    harness.mailbox.add({ raw: Buffer.from('Subject: By the new client\r\n\r\nHello\r\n') })
    await harness.restart()
    await harness.sync()
    expect(account()).toMatchObject({ id: before?.id, messages_stored: (before?.messages_stored ?? 0) + 2 })
    expect(harness.simulator.stats().byMethod['messages.list']).toBe(lists)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})
