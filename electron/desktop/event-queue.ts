import type { BridgeEvent } from '../../shared/bridge.ts'
import type { LostNotice } from '../../shared/documents.ts'
import { logWeight } from '../../shared/log-entry.ts'

/** What waits for one listener that takes it at its own pace. */
export interface EventQueue {
  push(event: BridgeEvent): void
  /** The next events, in the order of their kind; null when nothing waits. */
  take(): readonly BridgeEvent[] | null
}

export interface QueueLimits {
  readonly cycles: number
  readonly logs: number
  /** About the characters of all waiting log lines together. */
  readonly logCharacters: number
  /** About the characters of the log lines that are taken at once. */
  readonly batchCharacters: number
}

const usual: QueueLimits = { cycles: 1_000, logs: 5_000, logCharacters: 4_000_000, batchCharacters: 64 * 1024 }

/**
 * Of states only the latest waits. Cycles and log lines wait up to a limit; beyond it the oldest are let go, and the listener is told how
 * many.
 */
export function createEventQueue(limits: QueueLimits = usual): EventQueue {
  const states = new Map<'desktop' | 'status', BridgeEvent>()
  const cycles = createRow('cycle', { most: limits.cycles, mostWeight: Number.POSITIVE_INFINITY })
  const logs = createRow('log', { most: limits.logs, mostWeight: limits.logCharacters })
  const notices: BridgeEvent[] = []
  return {
    push: (event) => {
      if (event.name === 'desktop' || event.name === 'status') states.set(event.name, event)
      else if (event.name === 'cycle') cycles.push(event, 0)
      else if (event.name === 'log') logs.push(event, logWeight(event.data))
      else notices.push(event)
    },
    take: () => {
      const events = [
        ...states.values(),
        ...notices.splice(0),
        ...cycles.take(Number.POSITIVE_INFINITY),
        ...logs.take(limits.batchCharacters),
      ]
      states.clear()
      return events.length === 0 ? null : events
    },
  }
}

interface Row {
  push(event: BridgeEvent, weight: number): void
  /** Events up to about this weight, and at least one. */
  take(weight: number): readonly BridgeEvent[]
}

/** Events that count one by one: the oldest go first, taken or lost. */
function createRow(
  kind: LostNotice['kind'],
  { most, mostWeight }: { readonly most: number; readonly mostWeight: number },
): Row {
  let waiting: { readonly event: BridgeEvent; readonly weight: number }[] = []
  let start = 0
  let total = 0
  let lost = 0
  const shift = () => {
    const first = waiting[start]!
    start++
    total -= first.weight
    // In bulk: an array that is shifted at each line would be moved at each line.
    if (start > 1_000 && start * 2 > waiting.length) {
      waiting = waiting.slice(start)
      start = 0
    }
    return first
  }
  const count = (): number => waiting.length - start
  return {
    push: (event, weight) => {
      waiting.push({ event, weight })
      total += weight
      while (count() > most || (total > mostWeight && count() > 1)) {
        shift()
        lost++
      }
    },
    take: (limit) => {
      const taken: BridgeEvent[] = []
      if (lost > 0) taken.push({ name: 'lost', data: { kind, count: lost, reason: 'too_slow' } })
      lost = 0
      let weight = 0
      while (count() > 0 && (weight === 0 || weight < limit)) {
        const first = shift()
        weight += Math.max(1, first.weight)
        taken.push(first.event)
      }
      return taken
    },
  }
}
