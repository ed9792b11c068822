import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { copyOf, labelledMessages } from '../support/planted-differences.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(() => harness.close())

/** Has Gmail's counts looked at, as if the last look had been seven hours ago, and resolves when that is done. */
async function lookAgain(): Promise<void> {
  const { db } = harness.built().store
  const before = new Date(harness.account().completeness.checked_at ?? 0)
  const earlier = new Date(before.getTime() - 7 * 3_600_000).toISOString()
  await db.query(
    `update mailtide.audit set report = jsonb_set(report, '{at}', to_jsonb($1::text)) where part = 'gmail'`,
    [earlier],
  )
  await harness.restart()
  await harness.sync()
  harness.simulator.resetStats()
  await harness.until(({ accounts }) => {
    const { checked_at, running } = accounts[0]?.completeness ?? {}
    return running === null && checked_at !== earlier
  })
}

it('downloads a mailbox of missing originals again only when somebody asks, and says so', async () => {
  harness = await startHarness({ messages: 110, clock: scaledClock(60), settings: { intervalMinutes: 1440 } })
  await harness.sync()
  const { account, sql } = copyOf(harness)
  const folder = join(harness.home, 'data', 'raw', account)
  for (const name of await readdir(folder))
    if (name !== 'account.json') await rm(join(folder, name), { recursive: true })
  await sql(`update mailtide.checkpoint set backfill_started_at = now() - interval '2 days' where account_id = $1`)
  await harness.restart()
  await harness.sync()
  harness.simulator.resetStats()
  const told = harness.until(({ alerts }) => alerts.some(({ kind }) => kind === 'incomplete'))
  await harness.until(({ accounts }) => accounts[0]?.completeness.held === 110)
  expect((await told).alerts).toMatchObject([
    { message: expect.stringContaining('110 originals'), remedy: expect.stringContaining('mailtide verify --repair') },
  ])
  expect(harness.simulator.stats().byMethod['messages.get'] ?? 0).toBe(0)
  const { service } = harness.built()
  await service.verify({ repair: true, local: false })
  await service.verified()
  expect(harness.account().completeness).toMatchObject({ verdict: 'complete', differences: 0 })
  expect(harness.account().completeness.held).toBeUndefined()
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)
})

describe('a look at Gmail’s counts', () => {
  it('costs a unit for each label and six more when nothing is wrong, and lists only what is counted differently', async () => {
    harness = await startHarness({ messages: 40, skipsWaits: true, settings: { intervalMinutes: 1440 } })
    await harness.sync()
    await harness.settle()
    await harness.built().service.verify({ repair: false, local: false })
    await harness.during(harness.built().service.verified())

    await lookAgain()
    const labels = harness.mailbox.labels().length
    const idle = harness.simulator.stats()
    expect(idle.byMethod).toEqual({ 'history.list': 1, getProfile: 3, 'labels.list': 1, 'labels.get': labels })
    expect(idle.units).toBe(labels + 6)
    expect(harness.account().completeness).toMatchObject({ verdict: 'complete', figures: { gmail: 40, stored: 40 } })

    const copy = copyOf(harness)
    const [id] = labelledMessages(harness)
    const [label] = harness.mailbox.get(id ?? '')?.labelIds ?? []
    await copy.sql(
      'delete from mailtide.message_label where account_id = $1 and message_id = $2 and label_id = $3',
      id ?? '',
      label ?? '',
    )
    await lookAgain()
    // The mailbox and the one label.
    expect(harness.simulator.stats().byMethod['messages.list']).toBe(2)
    const [audit] = await harness.built().service.completeness()
    expect(audit?.gmail?.findings).toMatchObject([{ kind: 'label_missing', repaired: 1, examples: [`${id} ${label}`] }])
    expect(audit?.verdict).toBe('complete')
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})
