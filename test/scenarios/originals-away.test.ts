import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Verification } from '../../shared/audit.ts'
import { allFindings } from '../../shared/audit-words.ts'
import { messageId } from '../../shared/ids.ts'
import type { VerifyInput } from '../../shared/verify.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { copyOf } from '../support/planted-differences.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(() => harness.close())

const raw = (): string => join(harness.home, 'data', 'raw')
const drive = (): string => join(harness.home, 'drive')

/** What is seen of a drive that is not mounted: an empty folder in its place. */
async function unmount(): Promise<void> {
  await rename(raw(), drive())
  await mkdir(raw())
}
async function mount(): Promise<void> {
  await rm(raw(), { recursive: true })
  await rename(drive(), raw())
}

async function verify(asked: Partial<VerifyInput>): Promise<Verification> {
  const { service } = harness.built()
  await service.verify({ repair: false, local: false, ...asked })
  await service.verified()
  const verification = service.verification()
  if (verification === null) throw new Error('Nothing was verified')
  return verification
}

it('waits for a folder of originals that is away, takes no mail for damaged, and goes on by itself when it is back', async () => {
  harness = await startHarness({
    messages: 6,
    clock: scaledClock(60),
    settings: { intervalMinutes: 1, resyncAfterMinutes: 0, auditDays: 0 },
  })
  await harness.sync()
  const [known] = harness.mailbox.messages()
  await unmount()
  harness.mailbox.add({ raw: Buffer.from('Subject: new\r\n\r\nHere\r\n') })
  harness.simulator.resetStats()
  const told = harness.until(({ alerts }) => alerts.some(({ kind }) => kind === 'originals'))
  await harness.built().service.syncNow()
  await harness.until(({ accounts }) => accounts[0]?.state === 'waiting')
  expect(harness.account()).toMatchObject({ state: 'waiting', reason: 'originals' })
  expect((await told).alerts).toMatchObject([
    {
      kind: 'originals',
      account: null,
      message: expect.stringContaining(raw()),
      remedy: expect.stringContaining('drive'),
    },
  ])
  const away = { part: 'local', code: 'originals_away', remedy: expect.stringContaining('--new-originals') }
  expect(await verify({ repair: true, deep: 6 })).toMatchObject({ unseen: [away], accounts: [] })
  await expect(
    harness.built().store.raw.get(copyOf(harness).account, messageId(known?.id ?? '')),
  ).rejects.toMatchObject({
    code: 'originals_away',
  })
  await harness.restart()
  await harness.built().service.start()
  await harness.until(({ accounts }) => accounts[0]?.state === 'waiting')
  expect(await readdir(raw())).toEqual([])
  expect(harness.simulator.stats().byMethod['messages.get'] ?? 0).toBe(0)

  const back = harness.until(({ accounts, alerts }) => accounts[0]?.messages_stored === 7 && alerts.length === 0)
  await mount()
  await back
  expect(harness.simulator.stats().byMethod['messages.get']).toBe(1)
  expect(await verify({})).toMatchObject({ unseen: [], accounts: [{ verdict: 'complete' }] })
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})

it('begins the folder anew when the person says that the old one is lost, and knows one that an older version left', async () => {
  harness = await startHarness({
    messages: 4,
    clock: scaledClock(60),
    settings: { intervalMinutes: 1440, auditDays: 0 },
  })
  await harness.sync()
  await unmount()
  const begun = await verify({ repair: true, new_originals: true })
  expect(begun.accounts.flatMap(allFindings)).toContainEqual(
    expect.objectContaining({ kind: 'original_missing', count: 4, repaired: 4 }),
  )
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)

  await rm(join(raw(), 'originals.json'))
  await harness.restart()
  expect(await readdir(raw())).toContain('originals.json')
  expect(await verify({})).toMatchObject({ unseen: [], accounts: [{ verdict: 'complete' }] })
})
