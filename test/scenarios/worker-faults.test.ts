import { afterEach, describe, expect, it } from 'vitest'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { scaledClock } from '../support/scaled-clock.ts'

let harness: Harness
afterEach(() => harness.close())

describe('a database worker that traps in the middle of a sync', () => {
  it('is opened again each time, and nothing is lost or fetched for nothing', async () => {
    // The worker may be reopened three times in ten minutes: time passes fast enough for more.
    harness = await startHarness({
      messages: 240,
      clock: scaledClock(400),
      settings: { intervalMinutes: 1440 },
      dials: { latency: 5 },
    })
    const { service, store } = harness.built()
    await service.start()
    let traps = 0
    for (const at of [20, 60, 110, 160]) {
      await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= at)
      // A charset conversion that PGlite's build lacks: the trap is swallowed inside and looks like an empty success.
      await store.db.query(`select convert_from('\\x41'::bytea, 'WIN1252')`).catch(() => {
        traps++
      })
      await new Promise((resolve) => setTimeout(resolve, 1_600))
    }
    expect(traps).toBe(4)
    await harness.until(({ accounts, state }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(harness.built().service.snapshot().store.restarts).toBeGreaterThanOrEqual(4)
    expect(harness.built().service.snapshot().state).not.toBe('failed')
  })

  it('more often than allowed ends in a failed service that says why and still answers', async () => {
    harness = await startHarness({ messages: 30 })
    const { service, store } = harness.built()
    await harness.sync()
    for (let trap = 0; trap < 5; trap++) {
      await store.db.query(`select convert_from('\\x41'::bytea, 'WIN1252')`).catch(() => undefined)
    }
    const snapshot = await harness.until(({ state }) => state === 'failed')
    expect(snapshot.failure?.message).toBeTruthy()
    expect(snapshot.failure?.remedy).toBeTruthy()
    await expect(service.checkHealth()).rejects.toMatchObject({ code: 'store' })
    await expect(service.start()).rejects.toMatchObject({ code: 'store' })
  })
})
