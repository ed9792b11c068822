import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { allFindings } from '../../shared/audit-words.ts'
import type { MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import type { VerifyInput } from '../../shared/verify.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddling, rawIdOf } from '../support/meddling.ts'
import { copyOf, labelledMessages } from '../support/planted-differences.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
const { between, close } = createMeddling()
afterEach(async () => {
  await harness.close()
  close()
})

const quiet = () => ({ clock: scaledClock(600), settings: { intervalMinutes: 1440, auditDays: 0 } })

async function verify(asked: Partial<VerifyInput>) {
  const { service } = harness.built()
  await service.verify({ repair: false, local: false, seed: 's', ...asked })
  await service.verified()
  const verification = service.verification()
  if (verification === null) throw new Error('Nothing was verified')
  return verification
}

const first = (): MessageId => {
  const [id] = labelledMessages(harness)
  if (id === undefined) throw new Error('The mailbox is empty')
  return id
}

/** Has every read of the original fail as a disk does, until it is put back: a folder cannot be read as a file. */
async function makeUnreadable(id: MessageId): Promise<() => Promise<void>> {
  const path = join(harness.home, 'data', 'raw', copyOf(harness).account, id.slice(-2), `${id}.eml.gz`)
  await rename(path, `${path}.away`)
  await mkdir(path)
  return async () => {
    await rm(path, { recursive: true })
    await rename(`${path}.away`, path)
  }
}

const unreadAlert = (count: number) => ({
  kind: 'unreadable',
  path: new RegExp(
    `^${count} original of ${harness.email.replaceAll('.', '\\.')} could not be read: The file .*EISDIR`,
  ),
  remedy: expect.stringMatching(/./),
})

it('calls an original that cannot be read neither damaged nor well, and has nothing fetched for it', async () => {
  harness = await startHarness({ messages: 10, ...quiet() })
  await harness.sync()
  const putBack = await makeUnreadable(first())
  harness.simulator.resetStats()
  const { accounts, unseen } = await verify({ repair: true, deep: 10 })
  const why = { code: 'store', message: expect.stringMatching(/^1 original could not be read: .*EISDIR/) }
  expect(unseen).toEqual([
    expect.objectContaining({ part: 'local', ...why }),
    expect.objectContaining({ part: 'deep', ...why }),
  ])
  expect(accounts.flatMap(allFindings)).toEqual([])
  const { path, ...alert } = unreadAlert(1)
  expect(harness.built().service.snapshot().alerts).toMatchObject([
    { ...alert, message: expect.stringMatching(path), account: null },
  ])
  // Those of the deep look alone: nothing was downloaded.
  expect(harness.simulator.stats().byMethod['messages.get']).toBe(10)
  await putBack()
  expect(await verify({ repair: true, deep: 10 })).toMatchObject({
    unseen: [],
    accounts: [{ verdict: 'complete', local: { read: 10, findings: [] }, deep: { compared: 10, findings: [] } }],
  })
  expect(harness.built().service.snapshot().alerts).toEqual([])
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})

it('says so over a restart, looks at it again by itself, and is quiet once it can be read', async () => {
  harness = await startHarness({ messages: 10, ...quiet() })
  await harness.sync()
  const putBack = await makeUnreadable(first())
  await verify({ local: true })
  await harness.restart()
  const alerts = () =>
    harness
      .built()
      .service.snapshot()
      .alerts.map(({ kind }) => kind)
  expect(alerts()).toEqual(['unreadable'])
  await putBack()
  await harness.built().service.start()
  harness.simulator.resetStats()
  await harness.until(() => alerts().length === 0)
  // Nothing else was read or listed for it.
  expect(harness.simulator.stats().byMethod['messages.list'] ?? 0).toBe(0)
  expect(harness.built().service.verification()).toMatchObject({ scheduled: true, unseen: [] })
})

it('repairs what is damaged beside one that cannot be read, and says both', async () => {
  harness = await startHarness({ messages: 10, ...quiet() })
  await harness.sync()
  const [unreadable, damaged] = labelledMessages(harness)
  if (unreadable === undefined || damaged === undefined) throw new Error('The mailbox is too small')
  const putBack = await makeUnreadable(unreadable)
  await copyOf(harness).changeOriginal(damaged, (bytes) => bytes.subarray(0, -5))
  const { accounts, unseen } = await verify({ repair: true })
  expect(unseen).toMatchObject([{ part: 'local' }])
  expect(accounts[0]?.local).toMatchObject({
    read: 9,
    findings: [{ kind: 'original_damaged', count: 1, repaired: 1, examples: [damaged] }],
  })
  await putBack()
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})

it('gives up a folder in which nothing can be read after a hundred tries, and leaves all as it is', async () => {
  harness = await startHarness({ messages: 103, ...quiet() })
  await harness.sync()
  for (const { id } of harness.mailbox.messages()) await makeUnreadable(messageId(id))
  harness.simulator.resetStats()
  const { unseen } = await verify({ repair: true })
  expect(unseen).toMatchObject([{ part: 'local', message: expect.stringContaining('EISDIR') }])
  expect(harness.built().service.snapshot().alerts).toMatchObject([
    { kind: 'unreadable', message: expect.stringMatching(/^103 originals of /) },
  ])
  expect(harness.simulator.stats().byMethod['messages.get'] ?? 0).toBe(0)
})

it('compares all other messages when Gmail fails on one again and again', async () => {
  let broken: string | null = null
  let asked = 0
  harness = await startHarness({
    messages: 8,
    ...quiet(),
    wrapUrl: (url) =>
      between(url, (path, response) => {
        if (broken === null || rawIdOf(path) !== broken) return false
        asked++
        response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"code":503,"message":"Try"}}')
        return true
      }),
  })
  await harness.sync()
  broken = first()
  const { accounts, unseen } = await verify({ deep: 8, repair: true })
  expect(unseen).toEqual([
    expect.objectContaining({
      part: 'deep',
      code: 'server',
      message: expect.stringMatching(/^1 original could not be read: /),
    }),
  ])
  expect(accounts.flatMap(allFindings)).toEqual([])
  // As often as any call.
  expect(asked).toBe(5)
})
