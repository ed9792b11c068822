import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteGate } from '../../electron/gmail/byte-gate.ts'
import { settle } from '../support/fake-clock.ts'

const live = new AbortController().signal

describe('the gate of bytes', () => {
  it('lets the oldest read on over the limit, and the others when there is room again', async () => {
    const gate = createByteGate(100)
    const [first, second] = [gate.open(), gate.open()]
    first.add(60)
    second.add(60)
    expect(first.room(live)).toBeNull()
    const waiting = second.room(live)
    expect(waiting).not.toBeNull()
    let through = false
    void waiting?.then(() => {
      through = true
    })
    await settle()
    expect(through).toBe(false)
    first.close()
    await waiting
    expect(gate.held()).toBe(60)
  })

  it('makes the next oldest go on when the oldest ends, even with the gate still over its limit', async () => {
    const gate = createByteGate(100)
    const tickets = [gate.open(), gate.open(), gate.open()]
    tickets[1]?.add(90)
    tickets[2]?.add(90)
    const second = tickets[1]?.room(live)
    const third = tickets[2]?.room(live)
    tickets[0]?.close()
    await second
    expect(gate.held()).toBe(180)
    tickets[1]?.close()
    await third
  })

  it('frees who stops waiting', async () => {
    const gate = createByteGate(10)
    const stop = new AbortController()
    gate.open().add(10)
    const waiting = gate.open().room(stop.signal)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  })

  it('never locks up and never holds more than the limit, one answer and a piece of each', async () => {
    const answers = fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 10,
    })
    await fc.assert(
      fc.asyncProperty(answers, fc.integer({ min: 1, max: 200 }), async (bodies, limit) => {
        const gate = createByteGate(limit)
        const largest = Math.max(...bodies.map((pieces) => pieces.reduce((a, b) => a + b, 0)))
        let most = 0
        const read = async (pieces: readonly number[]): Promise<void> => {
          const ticket = gate.open()
          for (const piece of pieces) {
            await settle()
            ticket.add(piece)
            most = Math.max(most, gate.held())
            await ticket.room(live)
          }
          await settle()
          ticket.close()
        }
        await Promise.all(bodies.map(read))
        expect(gate.held()).toBe(0)
        expect(most).toBeLessThanOrEqual(limit + largest + 40 * bodies.length)
      }),
      { numRuns: 60 },
    )
  })
})
