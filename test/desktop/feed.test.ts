import { expect, it } from 'vitest'
import { createFeed } from '../../electron/desktop/feed.ts'
import type { Alert, CycleSummary, Snapshot } from '../../shared/status.ts'
import { idle } from '../api/fake-service.ts'

const cycle = (second: number): CycleSummary => ({
  started_at: `2026-11-25T12:00:0${second}.000Z`,
  finished_at: `2026-11-25T12:00:0${second + 1}.000Z`,
  duration_seconds: 1,
  accounts: 1,
  emails: second,
  errors: 0,
})
const alert = (key: string): Alert => ({
  key,
  kind: 'disk',
  account: null,
  message: key,
  remedy: 'Free some space',
  since: '2026-11-25T12:00:00.000Z',
})
const snapshot = (revision: number, rest: Partial<Snapshot>): Snapshot => ({ ...idle, revision, ...rest })

it('tells the present snapshot at once, and each later one', () => {
  const feed = createFeed()
  const seen: number[] = []
  feed.subscribe('status', ({ revision }) => seen.push(revision))
  feed.status(snapshot(1, {}))
  const late: number[] = []
  const stop = feed.subscribe('status', ({ revision }) => late.push(revision))
  feed.status(snapshot(2, {}))
  stop()
  feed.status(snapshot(3, {}))
  expect([seen, late]).toEqual([
    [1, 2, 3],
    [1, 2],
  ])
  expect(feed.snapshot()?.revision).toBe(3)
})

it('tells a cycle when it ends, but not the one that had ended before it listened', () => {
  const feed = createFeed()
  const seen: number[] = []
  feed.subscribe('cycle', ({ emails }) => seen.push(emails))
  for (const last_cycle of [cycle(1), cycle(1), cycle(3), cycle(3), cycle(5)]) feed.status(snapshot(1, { last_cycle }))
  expect(seen).toEqual([3, 5])
})

it('tells an alert when its cause begins, again only after its cause was over, and those that stand to whoever comes later', () => {
  const feed = createFeed()
  const seen: string[] = []
  feed.onAlert(({ key }) => seen.push(key))
  for (const alerts of [['a'], ['a', 'b'], ['b'], ['b', 'a']]) feed.status(snapshot(1, { alerts: alerts.map(alert) }))
  expect(seen).toEqual(['a', 'b', 'a'])
  const late: string[] = []
  feed.onAlert(({ key }) => late.push(key))
  expect(late).toEqual(['b', 'a'])
})
