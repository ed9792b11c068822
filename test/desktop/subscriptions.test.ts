import { expect, it } from 'vitest'
import { createFeed } from '../../electron/desktop/feed.ts'
import { type BridgeEvents, openSubscription } from '../../electron/desktop/subscriptions.ts'
import { type BridgeEvent, BridgeSubscription } from '../../shared/bridge.ts'
import type { DesktopState } from '../../shared/desktop.ts'
import type { LogEntry } from '../../shared/log-entry.ts'
import { idle } from '../api/fake-service.ts'

const entry = (message: string, level: LogEntry['level'] = 'info'): LogEntry => ({
  at: '2026-01-01T00:00:00.000Z',
  level,
  name: 'test',
  message,
})
const desktop: DesktopState = {
  service: 'own',
  owner: null,
  problem: null,
  starts_at_login: null,
  sealing_weakness: null,
  doing: null,
  has_tray: true,
  platform: 'linux',
  update: { kind: 'current', checked_at: null },
}

function listen(request: Parameters<typeof BridgeSubscription.parse>[0], over: Partial<BridgeEvents> = {}) {
  const feed = createFeed()
  const batches: (readonly BridgeEvent[])[] = []
  const subscription = openSubscription(
    BridgeSubscription.parse(request),
    {
      feed,
      subscribeDesktop: (listener) => {
        listener(desktop)
        return () => undefined
      },
      pastLogs: async () => [],
      ...over,
    },
    (events) => batches.push(events),
  )
  const names = () => batches.map((events) => events.map(({ name, data }) => (name === 'log' ? data.message : name)))
  return { feed, subscription, names }
}

it('the present state comes first, whether there is one already or not', () => {
  const early = listen({ kinds: ['status', 'desktop'] })
  expect(early.names()).toEqual([['desktop']])
  early.subscription.more()
  early.feed.status(idle)
  expect(early.names()).toEqual([['desktop'], ['status']])
})

it('nothing more is sent before the page asks for more, and then all at once', () => {
  const { feed, subscription, names } = listen({ kinds: ['status', 'log'] })
  feed.status({ ...idle, revision: 1 })
  feed.log(entry('a'))
  feed.status({ ...idle, revision: 2 })
  feed.status({ ...idle, revision: 3 })
  feed.log(entry('b'))
  expect(names()).toEqual([['status']])
  subscription.more()
  expect(names()).toEqual([['status'], ['status', 'a', 'b']])
  subscription.more()
  expect(names()).toHaveLength(2)
  feed.log(entry('c'))
  expect(names()).toHaveLength(3)
})

it('only what was asked for is told', () => {
  const { feed, subscription, names } = listen({ kinds: ['log'], level: 'warning' })
  feed.status(idle)
  feed.log(entry('quiet'))
  feed.log(entry('loud', 'error'))
  subscription.more()
  expect(names()).toEqual([['loud']])
})

it('past lines come before those that were written while they were fetched, each once', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly LogEntry[]>()
  const { feed, subscription, names } = listen({ kinds: ['log'], lines: 2 }, { pastLogs: () => promise })
  feed.log(entry('meanwhile'))
  resolve([entry('old 1'), entry('old 2')])
  await expect.poll(names).toEqual([['old 1', 'old 2', 'meanwhile']])
  subscription.more()
  feed.log(entry('later'))
  expect(names()).toEqual([['old 1', 'old 2', 'meanwhile'], ['later']])
})

it('lines go on when the past ones cannot be had', async () => {
  const { feed, names } = listen({ kinds: ['log'], lines: 2 }, { pastLogs: () => Promise.reject(new Error('gone')) })
  feed.log(entry('meanwhile'))
  await expect.poll(names).toEqual([['meanwhile']])
})

it('nothing is told after the end, not even past lines', async () => {
  const { promise, resolve } = Promise.withResolvers<readonly LogEntry[]>()
  const { feed, subscription, names } = listen({ kinds: ['log', 'status'], lines: 2 }, { pastLogs: () => promise })
  subscription.close()
  resolve([entry('old')])
  feed.log(entry('later'))
  feed.status(idle)
  subscription.more()
  await promise
  expect(names()).toEqual([])
})

it('lines that did not come over from a service elsewhere are told of to whoever follows the log', () => {
  const follows = listen({ kinds: ['log'] })
  const watches = listen({ kinds: ['status'] })
  for (const { feed } of [follows, watches]) feed.lost({ kind: 'log', count: 12, reason: 'too_slow' })
  expect([follows.names(), watches.names()]).toEqual([[['lost']], []])
})
