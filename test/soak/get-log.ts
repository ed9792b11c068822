import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** Which originals a life asked of the simulator, seen at the simulator's own HTTP server. */
export interface GetLog {
  /** How many originals were asked for in the present life. */
  readonly inLife: number
  /** The present life was killed, and the next begins. Where it is known what it had stored, nothing of that may be asked for again. */
  killed(stored?: ReadonlySet<string>): void
  /** Requests for an original that no kill explains. */
  readonly doubled: number
  close(): void
}

/**
 * A kill may cost what was in the product's hands. Where commits are slow, these are three chunks of 50 on their way to the database, and of
 * each of 16 fetchers one in the next chunk and one under way.
 */
export const IN_FLIGHT = 3 * 50 + 2 * 16

/**
 * Counts downloads of what was downloaded before. Within one life each original is asked for once; across a kill again, if it was not
 * committed. Where nobody says what was, the kill allows `IN_FLIGHT` of those to the lives after it.
 */
export function watchGets(): GetLog {
  const everAsked = new Set<string>()
  let inThisLife = new Set<string>()
  let known: ReadonlySet<string> | null = null
  let allowed = 0
  let doubled = 0
  const onRequest = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    const found = /\/messages\/([0-9a-f]+)\?(.*)$/.exec(request.url ?? '')
    const [, id, query] = found ?? []
    if (id === undefined || query === undefined || !query.includes('format=raw')) return
    if (inThisLife.has(id) || known?.has(id) === true) doubled++
    else if (known === null && everAsked.has(id)) {
      if (allowed > 0) allowed--
      else doubled++
    }
    inThisLife.add(id)
    everAsked.add(id)
  }
  subscribe('http.server.request.start', onRequest)
  return {
    get inLife() {
      return inThisLife.size
    },
    get doubled() {
      return doubled
    },
    killed(stored) {
      known = stored ?? null
      // What earlier kills left open comes first in a life: one that went well beyond it has settled all of that.
      allowed = inThisLife.size > allowed + IN_FLIGHT ? IN_FLIGHT : allowed + IN_FLIGHT
      inThisLife = new Set()
    },
    close: () => void unsubscribe('http.server.request.start', onRequest),
  }
}
