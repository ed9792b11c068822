import { existsSync } from 'node:fs'
import { type Handlers, type OperationName, operationNames } from '../../shared/contract.ts'
import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import type { LockOwner } from '../platform/lock.ts'
import type { Clock } from '../ports.ts'
import { ServiceGone } from '../remote/client.ts'
import type { AttachOptions } from './attached.ts'
import type { FeedSource } from './feed.ts'
import type { Link, LinkState } from './link.ts'

export interface SwitchboardOptions {
  readonly paths: DataPaths
  readonly feed: FeedSource
  readonly clock: Clock
  /** Brings the service up in this process. Throws `already_running` when another one has the data folder. */
  readonly startOwn: (told: {
    readonly onDoing: (doing: string) => void
    readonly onReady: () => void
    readonly onFailed: (error: AppError) => void
  }) => Promise<Link>
  /** Whether another process has the data folder now. */
  readonly isTaken: () => Promise<boolean>
  /** Works with the service of another process. Throws `ServiceGone` when nobody answers there. */
  readonly attach: (told: Pick<AttachOptions, 'onConnection' | 'onGone'>) => Promise<Link>
}

/** The service behind the tray and the windows, whichever process it lives in. */
export interface Switchboard {
  /** Answers in every state; without a service that works `start` begins one. */
  readonly handlers: Handlers
  state(): LinkState
  /** Told at once, and at each change. Returns the way to stop. */
  onState(listener: (state: LinkState) => void): () => void
  /** Takes the data folder, or works with whoever has it. Never throws: the state says how it went. */
  begin(): Promise<void>
  /** Ends our own service in order, or leaves the other one alone. Safe to call twice. */
  close(): Promise<void>
}

/** How often it is looked whether somebody started a service again, once there was none. */
const LOOK_MS = 2_000
/** Who holds the folder may be starting, stopping, or a command that works for a moment. */
const RETRY_MS = 500

export function createSwitchboard(options: SwitchboardOptions): Switchboard {
  const { paths, clock } = options
  const listeners = new Set<(state: LinkState) => void>()
  const closed = new AbortController()
  let state: LinkState = { kind: 'starting', doing: null }
  let link: Link | null = null
  let beginning: Promise<void> | null = null

  const moveTo = (next: LinkState): void => {
    state = next
    for (const listener of listeners) listener(state)
  }

  const own = async (): Promise<Link> =>
    await options.startOwn({
      onDoing: (doing) => moveTo({ kind: 'starting', doing }),
      onReady: () => moveTo({ kind: 'own' }),
      onFailed: (error) => moveTo({ kind: 'failed', error }),
    })

  const other = async (): Promise<Link> => {
    let seen: LockOwner | null = null
    return await options.attach({
      onConnection: (connection, owner) => {
        seen = owner
        moveTo({ kind: connection === 'connected' ? 'attached' : 'lost', owner })
      },
      onGone: () => {
        if (closed.signal.aborted) return
        // A service that was told to stop takes its lock away; one that died leaves it, and nobody wanted that.
        if (seen !== null && existsSync(paths.lock)) void begin()
        else {
          moveTo({ kind: 'gone' })
          void awaitAnother()
        }
      },
    })
  }

  /** What was stopped elsewhere may be started elsewhere, too. */
  const awaitAnother = async (): Promise<void> => {
    try {
      while (state.kind === 'gone') {
        await clock.sleep(LOOK_MS, closed.signal)
        if (state.kind === 'gone' && (await options.isTaken())) await begin()
      }
    } catch (error) {
      if (!isAbort(error)) throw error
    }
  }

  /** Two can begin in the same moment, or end while we look: it is tried until one of both ways is open. */
  const connect = async (): Promise<Link> => {
    for (;;) {
      try {
        return await own()
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'already_running') throw error
      }
      try {
        return await other()
      } catch (error) {
        if (!(error instanceof ServiceGone)) throw error
      }
      await clock.sleep(RETRY_MS, closed.signal)
    }
  }

  const begin = async (): Promise<void> => {
    beginning ??= (async () => {
      moveTo({ kind: 'starting', doing: null })
      try {
        await link?.close()
        link = null
        const made = await connect()
        if (closed.signal.aborted) await made.close()
        else link = made
      } catch (error) {
        if (!isAbort(error)) moveTo({ kind: 'failed', error: asAppError(error) })
      } finally {
        beginning = null
      }
    })()
    return await beginning
  }

  const present = (): Handlers => {
    if (link !== null && state.kind !== 'gone') return link.handlers
    if (state.kind === 'failed') throw state.error
    if (state.kind === 'gone') {
      throw new AppError('not_running', 'Mailtide is not running: its background service was stopped', {
        remedy: 'Start it again',
      })
    }
    const doing = state.kind === 'starting' && state.doing !== null ? `: ${state.doing}` : ''
    throw new AppError('store', `Mailtide is starting${doing}`, { remedy: 'Try again in a moment' })
  }

  /** Resolves when it is known how the beginning went. */
  const settled = async (): Promise<void> => {
    if (state.kind !== 'starting') return
    await new Promise<void>((resolve) => {
      const listener = (next: LinkState): void => {
        if (next.kind === 'starting') return
        listeners.delete(listener)
        resolve()
      }
      listeners.add(listener)
    })
  }

  const startAnew = async (input: unknown): Promise<unknown> => {
    await begin()
    await settled()
    const handlers = present()
    const { interval_minutes: kept } = (await handlers.status({})).sync_status
    const asked = (input as { readonly interval_minutes?: number }).interval_minutes ?? kept
    // It syncs already, as every service does that begins; only another interval is still to be told.
    if (asked !== kept) return await handlers.start({ interval_minutes: asked })
    return { message: 'Service started', interval_minutes: kept }
  }

  /** Whether none runs that could start: it is gone, could not begin, or lost its database for good and only still answers. */
  const mustBeginAnew = (): boolean =>
    state.kind === 'gone' ||
    state.kind === 'failed' ||
    (state.kind === 'own' && options.feed.snapshot()?.state === 'failed')

  const call = async (name: OperationName, input: unknown): Promise<unknown> => {
    if (name === 'start' && mustBeginAnew()) return await startAnew(input)
    const handler = present()[name] as (input: unknown) => Promise<unknown>
    return await handler(input)
  }

  return {
    handlers: Object.fromEntries(
      operationNames.map((name) => [name, (input: unknown) => call(name, input)]),
    ) as unknown as Handlers,
    state: () => state,
    onState: (listener) => {
      listeners.add(listener)
      listener(state)
      return () => listeners.delete(listener)
    },
    begin,
    close: async () => {
      closed.abort()
      await beginning
      await link?.close()
    },
  }
}
