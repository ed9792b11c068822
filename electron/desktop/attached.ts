import { type Client, type Handlers, type OperationName, operationNames } from '../../shared/contract.ts'
import { asAppError, isAbort } from '../../shared/errors.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import type { LockOwner } from '../platform/lock.ts'
import type { Clock, Log } from '../ports.ts'
import { connectTo, ServiceGone } from '../remote/client.ts'
import { followEvents } from '../remote/events.ts'
import type { FeedSource } from './feed.ts'
import type { Link } from './link.ts'

export interface AttachOptions {
  readonly paths: DataPaths
  readonly feed: FeedSource
  readonly clock: Clock
  readonly log: Log
  /** The connection broke, or is there again. */
  readonly onConnection: (state: 'connected' | 'lost', owner: LockOwner) => void
  /** Nobody answers any more, and nobody came in its place. */
  readonly onGone: (error: unknown) => void
}

/** A service that restarts is back within so long, mostly; one that takes longer is found again when it is. */
const PATIENCE_MS = 5_000

/**
 * Works with the service of another process that owns the data folder, as any script does: over HTTP, with the token of the folder. Throws
 * what `connectTo` does when nobody answers there.
 */
export async function attach(options: AttachOptions): Promise<Link> {
  const { paths, feed, clock, log, onConnection, onGone } = options
  const first = await connectTo(paths)
  let { owner } = first
  const stopped = new AbortController()
  const following = (async () => {
    const events = followEvents({
      locate: async () => {
        const found = await connectTo(paths)
        owner = found.owner
        return found
      },
      // Without the token the log cannot be had, but all else can.
      kinds: first.token === null ? ['status'] : ['status', 'log'],
      // Each page chooses for itself, as it does with a service of this process.
      level: 'debug',
      signal: stopped.signal,
      clock,
      patienceMs: PATIENCE_MS,
      onConnection: (state) => onConnection(state, owner),
    })
    for await (const event of events) {
      if (event.name === 'status') feed.status(event.data)
      if (event.name === 'log') feed.log(event.data)
      if (event.name === 'lost') feed.lost(event.data)
    }
  })().catch((error: unknown) => {
    if (stopped.signal.aborted && (isAbort(error) || error instanceof ServiceGone)) return
    log.warning(`The service of the process ${owner.pid} does not answer any more: ${asAppError(error).message}`)
    onGone(error)
  })
  return {
    handlers: remoteHandlers(async () => (await connectTo(paths)).client),
    close: async () => {
      stopped.abort()
      await following
    },
  }
}

/** The contract answered by a service elsewhere, found anew at each call: a restart can change its port and token. */
function remoteHandlers(client: () => Promise<Client>): Handlers {
  const entries = operationNames.map((name: OperationName) => [
    name,
    async (input: unknown) => {
      const call = (await client())[name] as (input: unknown) => Promise<unknown>
      return await call(input)
    },
  ])
  return Object.fromEntries(entries) as Handlers
}
