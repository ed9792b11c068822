import { isAbort } from '../../shared/errors.ts'
import type { Snapshot } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'

export interface Publisher {
  /**
   * The present snapshot, its uptime as of now. What differs from the last one in anything else has a revision of its own: whoever was told
   * the same revision was told the same.
   */
  current(): Snapshot
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  /** A state changed: tells everybody at once. */
  changed(): void
  /** Something progressed: tells everybody soon, at most four times a second. */
  progressed(): void
  /** Ends a waiting announcement; later calls still work but announce nothing late. */
  close(): void
}

const COALESCE_MS = 250

/** Holds the one snapshot, counts its revisions and hands the same object to every subscriber. `build` makes it from the present facts. */
export function createPublisher(clock: Clock, build: (revision: number) => Snapshot): Publisher {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const closed = new AbortController()
  let revision = 0
  let last = build(revision)
  let isPlanned = false

  const publish = (): void => {
    revision++
    last = build(revision)
    for (const listener of listeners) listener(last)
  }
  const later = async (): Promise<void> => {
    if (isPlanned) return
    isPlanned = true
    try {
      await clock.sleep(COALESCE_MS, closed.signal)
    } catch (error) {
      if (!isAbort(error)) throw error
      return
    } finally {
      isPlanned = false
    }
    publish()
  }
  return {
    current: () => {
      const present = build(revision)
      if (contentOf(present) !== contentOf(last)) revision++
      last = { ...present, revision }
      return last
    },
    subscribe: (listener) => {
      listeners.add(listener)
      listener(last)
      return () => listeners.delete(listener)
    },
    changed: publish,
    progressed: () => void later(),
    close: () => closed.abort(),
  }
}

/** All that a snapshot says, but for its number and the time that goes by. */
const contentOf = ({ revision: _revision, uptime_seconds: _uptime, ...content }: Snapshot): string =>
  JSON.stringify(content)
