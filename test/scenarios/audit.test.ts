import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { createRawFiles, packRaw, unpackRaw } from '../../electron/store/raw-files.ts'
import type { AccountAudit, Finding, FindingKind, Verification } from '../../shared/audit.ts'
import { messageId } from '../../shared/ids.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { copyOf, labelledMessages, type Planted, planted, plantedApart } from '../support/planted-differences.ts'

/** One service for all, in which nothing happens by itself: each test has an account of its own. */
let shared: Harness
let harness: Harness
beforeAll(async () => {
  shared = await startHarness({
    messages: 1,
    skipsWaits: true,
    settings: { intervalMinutes: 1440, resyncAfterMinutes: 525_600, auditDays: 0 },
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  Object.assign(shared.simulator.dials, { shiftingPages: false, latency: 0 })
  Object.assign(shared.settings, { onRemoteDelete: 'keep' })
})
afterAll(() => shared.close())

async function verify(
  harness: Harness,
  asked: { repair?: boolean; deep?: number; local?: boolean } = {},
): Promise<Verification> {
  const { service } = harness.built()
  await service.verify({ repair: false, local: false, seed: 's', account: harness.email, ...asked })
  await harness.during(service.verified())
  const verification = service.verification()
  if (verification === null) throw new Error('Nothing was verified')
  return verification
}

const only = ({ accounts }: Verification): AccountAudit => {
  const [first] = accounts
  if (first === undefined || accounts.length > 1) throw new Error('Not one account')
  return first
}

const findings = (audit: AccountAudit): Finding[] => [
  ...(audit.local?.findings ?? []),
  ...(audit.gmail?.findings ?? []),
  ...(audit.deep?.findings ?? []),
]

const found = (audit: AccountAudit, kind: FindingKind): Finding | undefined =>
  findings(audit).find((finding) => finding.kind === kind)

/** Makes each difference on a message of its own, and gives what must be told of it. */
async function plantAll(differences: readonly Planted[]): Promise<[FindingKind, readonly string[]][]> {
  const copy = copyOf(harness)
  const messages = labelledMessages(harness)
  const expected: [FindingKind, readonly string[]][] = []
  for (const [n, { kind, plant }] of differences.entries()) {
    const id = messages[n]
    if (id === undefined) throw new Error('The mailbox is too small')
    expected.push([kind, (await plant(copy, id)) ?? [id]])
  }
  return expected
}

describe('differences behind our back', () => {
  it.each([
    ['all kinds that show side by side', planted],
    ['those that the others would hide', plantedApart],
  ])('are each found and called by their name, and put right by one repair: %s', async (_, differences) => {
    harness = await shared.add({ messages: 60 })
    await harness.sync()
    const expected = await plantAll(differences)

    const looked = only(await verify(harness))
    for (const [kind, ids] of expected) {
      expect(found(looked, kind)?.examples, kind).toEqual(expect.arrayContaining([...ids]))
    }
    expect(looked.verdict).toBe('differs')

    const repaired = await verify(harness, { repair: true })
    expect(repaired.unseen).toEqual([])
    for (const finding of findings(only(repaired))) expect(finding).toMatchObject({ repaired: finding.count, lost: 0 })

    const again = only(await verify(harness))
    expect(findings(again)).toEqual([])
    const { size } = harness.mailbox
    expect(again).toMatchObject({ verdict: 'complete', gmail: { figures: { gmail: size, stored: size, waiting: 0 } } })
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})

describe('a verification', () => {
  it('cries nothing while the mailbox changes under it', async () => {
    Object.assign(shared.simulator.dials, { shiftingPages: true })
    harness = await shared.add({ messages: 60 })
    await harness.sync()
    const random = createRandom('audit')
    const { mailbox } = harness
    const over = new AbortController()
    const changing = (async () => {
      while (!over.signal.aborted) {
        randomChange(mailbox, random)
        await delay(50)
      }
    })()
    const looked = only(await verify(harness).finally(() => over.abort()))
    await changing
    expect(findings(looked)).toEqual([])
    await harness.sync()
    expect(only(await verify(harness))).toMatchObject({ verdict: 'complete' })
  })

  it('never calls a copy complete that lacks an original which Gmail no longer has, and keeps what is left of it', async () => {
    harness = await shared.add({ messages: 20 })
    await harness.sync()
    const copy = copyOf(harness)
    const [lost, kept] = labelledMessages(harness)
    if (lost === undefined || kept === undefined) throw new Error('The mailbox is too small')
    await copy.removeOriginal(lost)
    await copy.changeOriginal(kept, (bytes) => bytes.subarray(0, 40))
    harness.mailbox.remove(lost)
    harness.mailbox.remove(kept)
    const repaired = only(await verify(harness, { repair: true }))
    expect(repaired.verdict).toBe('differs')
    expect(found(repaired, 'original_missing')).toMatchObject({ count: 1, repaired: 0, lost: 1, examples: [lost] })
    expect(found(repaired, 'original_damaged')).toMatchObject({ count: 1, repaired: 0, lost: 1, examples: [kept] })
    expect(await harness.built().store.raw.has(copy.account, kept)).toBe(true)
    expect(harness.account().completeness).toMatchObject({ verdict: 'differs', differences: 2, lost: 2 })
    await harness.restart()
    expect(harness.account().completeness).toMatchObject({ verdict: 'differs', differences: 2, lost: 2 })
  })

  it('compares bytes with Gmail’s when it is deep, and has the right ones fetched', async () => {
    harness = await shared.add({ messages: 12 })
    await harness.sync()
    const copy = copyOf(harness)
    const [id] = labelledMessages(harness)
    if (id === undefined) throw new Error('The mailbox is empty')
    const other = Buffer.from('Subject: made up\r\n\r\nNot what Gmail has\r\n')
    await copy.changeOriginal(id, (bytes) => packRaw(unpackRaw(bytes).facts, other))
    const digest = createHash('sha256').update(other).digest('hex')
    await copy.sql(
      `update mailtide.message set sha256 = decode($3, 'hex'), size_bytes = $4 where account_id = $1 and id = $2`,
      id,
      digest,
      other.length,
    )
    // Whole in itself: only Gmail can tell.
    expect(findings(only(await verify(harness, { local: true }))).map(({ kind }) => kind)).toEqual(['counters_wrong'])
    const looked = only(await verify(harness, { deep: 100 }))
    expect(found(looked, 'bytes_differ')?.examples).toEqual([id])
    expect(looked.deep?.compared).toBe(12)
    expect(found(only(await verify(harness, { deep: 100, repair: true })), 'bytes_differ')).toMatchObject({
      repaired: 1,
    })
    expect(findings(only(await verify(harness, { deep: 100 })))).toEqual([])
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('looks at what is stored and says what it could not ask when Gmail refuses', async () => {
    harness = await shared.add({ messages: 10 })
    await harness.sync()
    harness.mailbox.revoke()
    const { accounts, unseen } = await verify(harness)
    expect(unseen).toMatchObject([{ part: 'gmail', code: 'needs_reauth' }])
    expect(accounts[0]).toMatchObject({ verdict: 'unknown', gmail: null, local: { read: 10, findings: [] } })
  })

  it('reads a few originals at a time, however many are damaged', async () => {
    harness = await shared.add({ messages: 12 })
    await harness.sync()
    const copy = copyOf(harness)
    const all = harness.mailbox.messages().map(({ id }) => messageId(id))
    for (const id of all) await copy.changeOriginal(id, (bytes) => bytes.subarray(0, -5))
    const { raw } = harness.built().store
    let now = 0
    let most = 0
    const get = raw.get.bind(raw)
    vi.spyOn(raw, 'get').mockImplementation(async (...of) => {
      most = Math.max(most, ++now)
      return await get(...of).finally(() => now--)
    })
    const repaired = only(await verify(harness, { repair: true }))
    expect(found(repaired, 'original_damaged')).toMatchObject({ count: all.length, repaired: all.length })
    expect(most).toBeLessThanOrEqual(8)
  })

  it('purges what a purge left behind when it was cut short, and calls that repaired', async () => {
    Object.assign(shared.settings, { onRemoteDelete: 'purge' })
    harness = await shared.add({ messages: 10 })
    await harness.sync()
    const { store } = harness.built()
    const { account } = copyOf(harness)
    const [id] = labelledMessages(harness)
    if (id === undefined || store.raw.kind !== 'files') throw new Error('The mailbox is empty')
    const original = await store.raw.get(account, id)
    if (original === null) throw new Error('The original is not there')
    harness.mailbox.remove(id)
    await harness.sync()
    await createRawFiles(join(harness.home, 'data', 'raw')).putMany(account, [original])
    expect(await store.raw.has(account, id)).toBe(true)
    const repaired = only(await verify(harness, { repair: true }))
    expect(found(repaired, 'original_stray')).toMatchObject({ count: 1, repaired: 1 })
    expect(repaired.verdict).toBe('complete')
    expect(await store.raw.has(account, id)).toBe(false)
    expect(findings(only(await verify(harness)))).toEqual([])
  })

  it('keeps a damaged original aside that neither Gmail nor the database has, tells it once, and is complete', async () => {
    harness = await shared.add({ messages: 10 })
    await harness.sync()
    const { account } = copyOf(harness)
    const bucket = join(harness.home, 'data', 'raw', account, 'ff')
    await mkdir(bucket, { recursive: true })
    const path = join(bucket, '18c0ffee00ff.eml.gz')
    await writeFile(path, 'what is left of it')
    const looked = only(await verify(harness))
    expect(found(looked, 'original_stray')).toMatchObject({ count: 1, repaired: 0 })
    const repaired = only(await verify(harness, { repair: true }))
    expect(found(repaired, 'original_stray')).toMatchObject({ count: 1, repaired: 1 })
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe('what is left of it')
    expect(only(await verify(harness))).toMatchObject({ verdict: 'complete', local: { findings: [] } })
  })

  it('can be ended in the middle, and another one begun', async () => {
    harness = await shared.add({ messages: 10 })
    await harness.sync()
    Object.assign(shared.simulator.dials, { latency: 50 })
    const { service } = harness.built()
    await service.verify({ repair: false, local: false })
    await expect(service.verify({ repair: false, local: false })).rejects.toMatchObject({ code: 'conflict' })
    expect(await service.cancelVerification()).toMatchObject({ state: 'cancelled', progress: null })
    expect(only(await verify(harness))).toMatchObject({ verdict: 'complete' })
  })
})
