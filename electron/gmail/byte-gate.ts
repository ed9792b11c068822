import { AppError } from '../../shared/errors.ts'

/** One answer under way: what it holds in memory, from its first byte until it is given up. */
export interface GateTicket {
  /** Counts bytes that arrived. */
  add(bytes: number): void
  /** Null when the answer may be read on at once; else a promise to wait for. Rejects with `AppError('aborted')`. */
  room(signal: AbortSignal): Promise<void> | null
  /** The bytes are no longer held. Calling it again does nothing. */
  close(): void
}

/**
 * Bounds the bytes of all answers under way, over all accounts. Over the limit only the oldest answer is read on, so one
 * always gets to its end; the others stop reading, and TCP holds the server back. The bound is therefore the limit
 * plus one answer (at most 67 MB for Gmail's largest mail) plus one chunk of each.
 */
export interface ByteGate {
  open(): GateTicket
  /** Bytes held now. */
  held(): number
  readonly limit: number
}

const DEFAULT_LIMIT = 64 * 1024 * 1024

/** A gate of `limit` bytes, 64 MB by default. What a ticket's owner does with its bytes must not wait for another ticket. */
export function createByteGate(limit: number = DEFAULT_LIMIT): ByteGate {
  /** In order of age: a Set remembers the order of insertion. */
  const open = new Set<object>()
  const waiting = new Map<object, () => void>()
  let held = 0

  const isOldest = (ticket: object): boolean => {
    const [oldest] = open
    return oldest === ticket
  }

  function serve(): void {
    for (const [ticket, wake] of [...waiting]) if (held < limit || isOldest(ticket)) wake()
  }

  return {
    limit,
    held: () => held,
    open() {
      let own = 0
      const ticket: GateTicket = {
        add(bytes) {
          if (!open.has(ticket)) return
          own += bytes
          held += bytes
        },
        room(signal) {
          if (held < limit || isOldest(ticket)) return null
          return new Promise<void>((resolve, reject) => {
            const done = (): void => {
              waiting.delete(ticket)
              signal.removeEventListener('abort', onAbort)
            }
            const onAbort = (): void => {
              done()
              reject(new AppError('aborted', 'Stopped'))
            }
            waiting.set(ticket, () => {
              done()
              resolve()
            })
            signal.addEventListener('abort', onAbort, { once: true })
            if (signal.aborted) onAbort()
          })
        },
        close() {
          if (!open.delete(ticket)) return
          held -= own
          serve()
        },
      }
      open.add(ticket)
      return ticket
    },
  }
}
