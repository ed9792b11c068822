import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEventQueue } from '../../electron/desktop/event-queue.ts'
import type { BridgeEvent } from '../../shared/bridge.ts'
import { idle } from '../api/fake-service.ts'

const log = (n: number, text = ''): BridgeEvent => ({
  name: 'log',
  data: { at: '2026-01-01T00:00:00.000Z', level: 'info', name: 'test', message: `${n} ${text}` },
})
const cycle = (n: number): BridgeEvent => ({
  name: 'cycle',
  data: {
    started_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:01.000Z',
    duration_seconds: 1,
    accounts: 1,
    emails: n,
    errors: 0,
  },
})
const status = (revision: number): BridgeEvent => ({ name: 'status', data: { ...idle, revision } })

const numberOf = (event: BridgeEvent): number => {
  if (event.name === 'log') return Number.parseInt(event.data.message, 10)
  if (event.name === 'cycle') return event.data.emails
  return -1
}

it('a listener that is too slow hears of every event, or of how many it missed, in order', () => {
  const step = fc.oneof(
    fc.constantFrom('log' as const, 'cycle' as const, 'status' as const),
    fc.constant('take' as const),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat({ max: 40 }), (steps, length) => {
      const queue = createEventQueue({ cycles: 3, logs: 5, logCharacters: 700, batchCharacters: 300 })
      const sent = { log: 0, cycle: 0, status: 0 }
      const heard = { log: 0, cycle: 0, status: 0 }
      const take = (): boolean => {
        const events = queue.take()
        for (const event of events ?? []) {
          if (event.name === 'lost') heard[event.data.kind] += event.data.count ?? 0
          else if (event.name === 'log' || event.name === 'cycle') expect(numberOf(event)).toBe(++heard[event.name])
          else if (event.name === 'status') heard.status = event.data.revision
        }
        return events !== null
      }
      for (const each of steps) {
        if (each === 'take') take()
        else if (each === 'status') queue.push(status(++sent.status))
        else queue.push(each === 'log' ? log(++sent.log, 'x'.repeat(length)) : cycle(++sent.cycle))
      }
      while (take()) expect(heard.log).toBeLessThanOrEqual(sent.log)
      expect(heard).toEqual(sent)
    }),
  )
})

it('of states only the latest waits', () => {
  const queue = createEventQueue()
  for (let revision = 1; revision <= 1_000; revision++) queue.push(status(revision))
  expect(queue.take()).toEqual([status(1_000)])
  expect(queue.take()).toBeNull()
})

it('a flood of log lines comes in portions', () => {
  const queue = createEventQueue()
  for (let n = 1; n <= 5_000; n++) queue.push(log(n, 'x'.repeat(100)))
  const sizes: number[] = []
  for (let batch = queue.take(); batch !== null; batch = queue.take()) sizes.push(batch.length)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(5_000)
  expect(Math.max(...sizes)).toBeLessThan(500)
})

it('one line that is longer than a portion comes all the same', () => {
  const queue = createEventQueue()
  queue.push(log(1, 'x'.repeat(1_000_000)))
  expect(queue.take()).toHaveLength(1)
})
