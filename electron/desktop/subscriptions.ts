import type { BridgeData, BridgeEvent, BridgeSubscription } from '../../shared/bridge.ts'
import type { DesktopState } from '../../shared/desktop.ts'
import { type LogEntry, reaches } from '../../shared/log-entry.ts'
import { createEventQueue } from './event-queue.ts'
import type { Feed } from './feed.ts'

/** Where the events of pages come from. */
export interface BridgeEvents {
  readonly feed: Pick<Feed, 'subscribe'>
  /** Tells the present state of the app at once, and each later one; returns the way to stop. */
  subscribeDesktop(listener: (state: DesktopState) => void): () => void
  /** The last log lines of a level; it must look at once, before it waits for anything. */
  pastLogs(lines: number, level: LogEntry['level']): Promise<readonly LogEntry[]>
}

export interface Subscription {
  /** The listener has dealt with what it got. */
  more(): void
  close(): void
}

/** Listens for one page, and hands on what it asked for at the pace at which it asks for more. */
export function openSubscription(
  { kinds, level, lines }: BridgeSubscription,
  events: BridgeEvents,
  send: (events: readonly BridgeEvent[]) => void,
): Subscription {
  const queue = createEventQueue()
  const wanted = new Set(kinds)
  let isWaiting = true
  let isClosed = false
  const flush = (): void => {
    if (!isWaiting || isClosed) return
    const next = queue.take()
    if (next === null) return
    isWaiting = false
    send(next)
  }
  const push = <Name extends keyof BridgeData>(name: Name, data: BridgeData[Name]): void => {
    queue.push({ name, data } as BridgeEvent)
    flush()
  }

  // Lines that come while the past ones are fetched stay behind them.
  let held: LogEntry[] | null = wanted.has('log') && lines > 0 ? [] : null
  const hear = (entry: LogEntry): void => {
    if (!reaches(entry.level, level)) return
    if (held === null) push('log', entry)
    else held.push(entry)
  }
  const stops: (() => void)[] = []
  if (wanted.has('log')) {
    stops.push(events.feed.subscribe('log', hear))
    stops.push(events.feed.subscribe('lost', (notice) => push('lost', notice)))
  }
  if (held !== null) {
    void events
      .pastLogs(lines, level)
      .catch(() => [])
      .then((past) => {
        const later = held ?? []
        held = null
        for (const entry of [...past, ...later]) queue.push({ name: 'log', data: entry })
        flush()
      })
  }
  if (wanted.has('desktop')) stops.push(events.subscribeDesktop((state) => push('desktop', state)))
  if (wanted.has('status')) stops.push(events.feed.subscribe('status', (snapshot) => push('status', snapshot)))
  if (wanted.has('cycle')) stops.push(events.feed.subscribe('cycle', (cycle) => push('cycle', cycle)))
  return {
    more: () => {
      isWaiting = true
      flush()
    },
    close: () => {
      isClosed = true
      for (const stop of stops.splice(0)) stop()
    },
  }
}
