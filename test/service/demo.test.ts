import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemo } from '../../electron/service/demo.ts'
import type { Service } from '../../electron/service/types.ts'
import { DEMO_EMAIL, DEMO_ID, isDemo } from '../../shared/demo.ts'
import { accountId } from '../../shared/ids.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { compareMailbox } from '../support/compare-mailbox.ts'
import { type DemoStarts, demoStarts } from '../support/demo-gmail.ts'
import { EMAIL, type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { silentLog } from '../support/silent-log.ts'

const MAILS = 40
const mail = (subject: string) => ({ raw: Buffer.from(`Subject: ${subject}\r\n\r\nHello`) })

/** One after another, as a person would meet them. */
describe('the demo account', () => {
  let demo: DemoStarts
  let harness: Harness
  beforeAll(async () => {
    demo = demoStarts(MAILS)
    harness = await startHarness({ messages: 20, startDemoGmail: demo.start })
    await harness.sync()
  })
  afterAll(() => harness.close())

  const service = (): Service => harness.built().service
  const shown = (): AccountSnapshot | undefined => service().snapshot().accounts.find(isDemo)
  const untilSynced = (what: (account: AccountSnapshot) => boolean) =>
    harness.until(({ accounts, state }) => {
      const account = accounts.find(isDemo)
      return state === 'idle' && account?.state === 'up_to_date' && what(account)
    })
  const latest = () => demo.started.at(-1)!
  const mailbox = () => latest().simulator.mailbox(DEMO_EMAIL)
  const callsToGoogle = () => harness.simulator.stats().requests
  const differences = () => {
    const { db, raw } = harness.built().store
    return compareMailbox(mailbox(), { db, raw, account: DEMO_ID })
  }

  it('is not there when it cannot be started, and the reason is told', async () => {
    demo.refuse('no thread can be made')
    await expect(service().addDemo()).rejects.toMatchObject({
      code: 'demo',
      message: 'The demo mailbox is not running: no thread can be made',
      remedy: expect.stringContaining('remove the demo account'),
    })
    expect(shown()).toBeUndefined()
    demo.refuse(null)
  })

  it('is synced beside an account of Google’s, each from its own Gmail and never from the other’s', async () => {
    const before = callsToGoogle()
    expect(await service().addDemo()).toMatchObject({
      added: true,
      account: { id: DEMO_ID, email: DEMO_EMAIL, demo: true },
    })
    await untilSynced(({ messages_stored }) => messages_stored === MAILS)
    expect(await differences()).toEqual(NO_DIFFERENCES)
    expect(callsToGoogle()).toBe(before)
    await harness.sync()
    expect(callsToGoogle()).toBeGreaterThan(before)
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(latest().simulator.stats().byMethod['messages.get']).toBe(MAILS)
    expect(
      service()
        .snapshot()
        .accounts.map((account) => account.demo),
    ).toEqual([false, true])
  })

  it('is one at most: asked again, it answers with the one there is', async () => {
    const answers = await Promise.all([service().addDemo(), service().addDemo()])
    expect(answers).toMatchObject([
      { added: false, account: { id: DEMO_ID } },
      { added: false, account: { id: DEMO_ID } },
    ])
    expect(demo.started).toHaveLength(1)
  })

  it('follows what happens in its mailbox at once, and waits with it while it is paused or syncing is stopped', async () => {
    mailbox().add(mail('one'))
    latest().options.onChange()
    await untilSynced(({ messages_stored }) => messages_stored === MAILS + 1)
    await service().setPaused(DEMO_ID, true)
    mailbox().add(mail('two'))
    latest().options.onChange()
    expect(shown()?.state).toBe('paused')
    await service().setPaused(DEMO_ID, false)
    await service().stop()
    latest().options.onChange()
    expect(service().snapshot().running).toBe(false)
    await service().start()
    await service().syncNow(DEMO_EMAIL)
    await untilSynced(({ messages_stored }) => messages_stored === MAILS + 2)
  })

  it('keeps no credential: nothing of it is on the disk or in an export, and nobody signs in to it', async () => {
    const files = readdirSync(join(harness.home, 'data', 'credentials'))
    expect(files.filter((name) => name.includes(DEMO_ID))).toEqual([])
    const passphrase = 'a passphrase of some length'
    expect(await service().exportCredentials(passphrase)).toMatchObject({ accounts: [EMAIL], left_out: [] })
    const refused = { code: 'conflict', remedy: expect.stringContaining('Add your own account') }
    await expect(service().exportCredentials(passphrase, DEMO_EMAIL)).rejects.toMatchObject(refused)
    const signIn = { client: undefined, email: undefined, account: DEMO_EMAIL, paste: true }
    await expect(service().beginSignIn(signIn)).rejects.toMatchObject(refused)
    await expect(service().changeClient(DEMO_EMAIL, 'work', true)).rejects.toMatchObject(refused)
  })

  it('is started again when its Gmail ended by itself', async () => {
    await latest().end()
    await service().syncNow(DEMO_EMAIL)
    await untilSynced(({ messages_deleted }) => messages_deleted === 2)
    expect(demo.started).toHaveLength(2)
    expect(await differences()).toEqual(NO_DIFFERENCES)
  })

  it('goes on after a restart: what its Gmail no longer has is found out, and nobody is alarmed', async () => {
    mailbox().add(mail('of this run alone'))
    latest().options.onChange()
    await untilSynced(({ messages_stored }) => messages_stored === MAILS + 3)
    await harness.restart()
    expect(demo.running()).toBe(0)
    expect(shown()).toMatchObject({ demo: true, state: 'up_to_date', messages_stored: MAILS + 3 })
    // A verification may be what needs it first.
    await service().verify({ account: DEMO_EMAIL, repair: false, local: true })
    await harness.built().service.verified()
    expect(service().verification()).toMatchObject({
      state: 'done',
      unseen: [],
      accounts: [{ account: DEMO_EMAIL, local: { findings: [] } }],
    })
    await service().start()
    await service().syncNow(DEMO_EMAIL)
    await untilSynced(({ messages_deleted }) => messages_deleted === 3)
    expect(demo.started).toHaveLength(3)
    expect(await differences()).toEqual(NO_DIFFERENCES)
    expect(service().snapshot().alerts).toEqual([])
  })

  it('says why it is not synced when its Gmail does not start, and goes on when it does', async () => {
    await harness.restart()
    demo.refuse('no thread can be made')
    await service().start()
    await service().syncNow(DEMO_EMAIL)
    await harness.until(() => shown()?.state === 'error')
    expect(shown()).toMatchObject({
      code: 'demo',
      message: 'The demo mailbox is not running: no thread can be made',
      remedy: expect.stringMatching(/^Mailtide keeps trying/),
    })
    demo.refuse(null)
    await service().syncNow(DEMO_EMAIL)
    await untilSynced(() => true)
  })

  it('leaves by the ordinary removal, which ends its Gmail; there is nothing of Google’s to revoke', async () => {
    const before = callsToGoogle()
    await expect(service().removeAccount(DEMO_ID, { mail: 'delete', revoke: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no permission of Google’s'),
    })
    const { email, deleted } = await service().removeAccount(DEMO_EMAIL, { mail: 'delete', revoke: false })
    expect(email).toBe(DEMO_EMAIL)
    await deleted
    expect(shown()).toBeUndefined()
    expect(demo.running()).toBe(0)
    expect(callsToGoogle()).toBe(before)
  })

  it('cannot be signed in to: whoever claims its address is refused', async () => {
    harness.simulator.addMailbox(DEMO_EMAIL)
    const token = harness.simulator.authorizedUser(DEMO_EMAIL)
    await expect(service().importToken(token)).rejects.toMatchObject({ code: 'wrong_account' })
    expect(
      service()
        .snapshot()
        .accounts.map(({ email }) => email),
    ).toEqual([EMAIL])
  })
})

describe('what is taken for the demo', () => {
  it('has its id and its address: with one of them it is an account like any other', () => {
    expect(isDemo({ id: DEMO_ID, email: DEMO_EMAIL })).toBe(true)
    expect(isDemo({ id: accountId('a1b2c3'), email: DEMO_EMAIL })).toBe(false)
    expect(isDemo({ id: DEMO_ID, email: EMAIL })).toBe(false)
  })

  it('is on this computer: a Gmail elsewhere is refused and ended', async () => {
    const demo = demoStarts(1)
    const { open, present } = createDemo({
      start: async (options) => ({ ...(await demo.start(options)), rootUrl: 'https://gmail.example/' }),
      log: silentLog,
      onChange: () => undefined,
    })
    await expect(open(new Date(), new AbortController().signal)).rejects.toMatchObject({
      code: 'demo',
      message: expect.stringContaining('not on this computer'),
    })
    expect(present()).toBeNull()
    expect(demo.running()).toBe(0)
  })

  it('is not waited for by whoever stops meanwhile', async () => {
    const stop = new AbortController()
    const { open } = createDemo({
      start: () => new Promise(() => undefined),
      log: silentLog,
      onChange: () => undefined,
    })
    const opening = open(new Date(), stop.signal)
    stop.abort()
    await expect(opening).rejects.toMatchObject({ code: 'aborted' })
  })
})
