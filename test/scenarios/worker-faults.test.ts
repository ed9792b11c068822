import { afterEach, describe, expect, it } from 'vitest'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'

let harness: Harness
afterEach(() => harness.close())

/** A charset conversion that PGlite's build lacks: the trap is swallowed inside and looks like an empty success. */
const TRAP = `select convert_from('\\x41'::bytea, 'WIN1252')`

describe('a database worker that traps in the middle of a sync', () => {
  it('is opened again each time, and nothing is lost or fetched for nothing', async () => {
    const meddler = createMeddler()
    harness = await startHarness({
      messages: 60,
      skipsWaits: true,
      settings: { intervalMinutes: 1440 },
      wrapUrl: meddler.wrapUrl,
    })
    const { service, store } = harness.built()
    let release = meddler.holdAfter(10)
    await service.start()
    for (const at of [10, 20, 30, 40]) {
      await harness.until(() => harness.account().messages_stored >= at)
      await expect(store.db.query(TRAP)).rejects.toMatchObject({ code: 'store' })
      // It may be opened again three times in ten minutes.
      await harness.pass(11 * 60_000)
      const next = meddler.holdAfter(10)
      release()
      release = next
    }
    release()
    await harness.rest(({ state }) => state === 'up_to_date')
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(service.snapshot().store.restarts).toBeGreaterThanOrEqual(4)
    expect(service.snapshot().state).not.toBe('failed')
    meddler.close()
  })

  it('more often than allowed ends in a failed service that says why and still answers', async () => {
    harness = await startHarness({ messages: 30 })
    const { service, store } = harness.built()
    await harness.sync()
    for (let trap = 0; trap < 5; trap++) {
      await store.db.query(TRAP).catch(() => undefined)
    }
    const snapshot = await harness.until(({ state }) => state === 'failed')
    expect(snapshot.failure?.message).toBeTruthy()
    expect(snapshot.failure?.remedy).toBeTruthy()
    await expect(service.checkHealth()).rejects.toMatchObject({ code: 'store' })
    await expect(service.start()).rejects.toMatchObject({ code: 'store' })
  })
})
