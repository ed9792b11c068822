import { describe, expect, it } from 'vitest'
import { createConcurrency } from '../../electron/gmail/concurrency.ts'
import { settle } from '../support/fake-clock.ts'

const live = new AbortController().signal

describe('calls at once', () => {
  it('start at four, grow by one per 200 successes, and stop at twelve', async () => {
    const concurrency = createConcurrency()
    expect(concurrency.limit()).toBe(4)
    for (let call = 0; call < 200; call++) (await concurrency.acquire('backfill', live)).release('ok')
    expect(concurrency.limit()).toBe(5)
    for (let call = 0; call < 5000; call++) (await concurrency.acquire('backfill', live)).release('ok')
    expect(concurrency.limit()).toBe(12)
  })

  it('halve once for one crowd, and never below one', async () => {
    const concurrency = createConcurrency({ start: 8 })
    const slots = await Promise.all(Array.from({ length: 8 }, () => concurrency.acquire('backfill', live)))
    for (const slot of slots) slot.release('too_many')
    expect(concurrency.limit()).toBe(4)
    for (let round = 0; round < 5; round++) (await concurrency.acquire('backfill', live)).release('too_many')
    expect(concurrency.limit()).toBe(1)
    expect(concurrency.inUse()).toBe(0)
  })

  it('serve new mail before old, and forget who stops waiting', async () => {
    const concurrency = createConcurrency({ start: 1 })
    const held = await concurrency.acquire('backfill', live)
    const stop = new AbortController()
    const order: string[] = []
    const quitter = concurrency.acquire('backfill', stop.signal).catch(() => order.push('stopped'))
    const old = concurrency.acquire('backfill', live).then((slot) => {
      order.push('old')
      slot.release('ok')
    })
    const fresh = concurrency.acquire('live', live).then((slot) => {
      order.push('new')
      slot.release('ok')
    })
    stop.abort()
    await settle()
    held.release('other')
    held.release('ok')
    await Promise.all([quitter, old, fresh])
    expect(order).toEqual(['stopped', 'new', 'old'])
    expect(concurrency.inUse()).toBe(0)
  })
})
