import { afterEach, expect, it, onTestFinished } from 'vitest'
import { operations } from '../../shared/contract.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'

let harness: Harness
afterEach(() => harness.close())

it('an account paused in the midst of its first download stops there without an error, also over a restart, and goes on when resumed', async () => {
  const meddler = createMeddler()
  onTestFinished(meddler.close)
  harness = await startHarness({ messages: 60, wrapUrl: meddler.wrapUrl })
  const release = meddler.holdAfter(10)
  await harness.built().service.start()
  await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 10)
  const paused = await harness.built().service.setPaused(harness.account().id, true)
  release()
  expect(paused).toMatchObject({ state: 'paused', last_error: null })
  expect(paused.messages_stored).toBeLessThan(60)
  await harness.until(({ state, current }) => state === 'idle' && current === null)
  expect(harness.built().service.snapshot()).toMatchObject({ error_count: 0, alerts: [] })
  const stored = harness.account().messages_stored

  await harness.restart()
  expect(harness.account()).toMatchObject({ state: 'paused', messages_stored: stored })
  // Every message was fetched in this or an earlier run, and none is counted twice or forgotten.
  expect(harness.built().service.snapshot().total_emails_synced).toBe(stored)
  await harness.built().service.setPaused('ada@example.test', false)
  await harness.sync()
  expect(await harness.differences()).toEqual(NO_DIFFERENCES)

  const { service } = harness.built()
  expect(service.snapshot().total_emails_synced).toBe(60)
  const storage = operations.storage.output.parse(await service.storage())
  expect(storage.raw_bytes).toBe(await harness.built().store.raw.sizeBytes())
  expect(storage.raw_bytes).toBeGreaterThan(60 * 100)
  const { points } = operations.metricsSeries.output.parse(await service.metricsSeries('hour'))
  expect(points.reduce((sum, { emails }) => sum + emails, 0)).toBe(60)
  expect(points.reduce((sum, point) => sum + point.quota_units, 0)).toBeGreaterThan(0)
})
