import { expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { live } from '../../electron/demo/live.ts'
import { changeKinds } from '../../electron/demo/live-changes.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'

it('a lively mailbox changes again and again, one change after another, until it is told to stop', async () => {
  const simulator = await startSimulator({ historyFrom: 5_000_000_000_000 })
  const mailbox = simulator.addMailbox('ada@example.test')
  fillMailbox(mailbox, { count: 30, seed: 5 })
  expect(mailbox.historyId()).toBeGreaterThan(5_000_000_000_000n)
  const stop = new AbortController()
  const seen: bigint[] = [mailbox.historyId()]
  const asked: number[] = []
  await live(mailbox, {
    signal: stop.signal,
    pause: (random, elapsed) => {
      asked.push(elapsed)
      expect(random).toBeGreaterThanOrEqual(0)
      expect(random).toBeLessThan(1)
      return 0
    },
    onChange: async ({ kind }) => {
      expect(changeKinds).toContain(kind)
      seen.push(mailbox.historyId())
      if (seen.length === 21) stop.abort()
    },
  })
  expect(asked).toHaveLength(20)
  expect(asked).toEqual(asked.toSorted((a, b) => a - b))
  expect(seen.every((id, at) => at === 0 || id > seen[at - 1]!)).toBe(true)
  await simulator.close()
})
