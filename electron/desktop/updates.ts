import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { UpdateState } from '../../shared/update-state.ts'
import type { Clock, Log } from '../ports.ts'

/** Where newer versions come from, and the way to install one. */
export interface UpdateSource {
  /** The version of a newer release, or null. Rejects when nobody can be asked. */
  check(): Promise<string | null>
  /** Fetches the version that `check` found, unless it is here already. `onPercent` is told from 0 to 100. */
  download(onPercent: (percent: number) => void, signal: AbortSignal): Promise<void>
  /** Whether what was downloaded is installed when the app quits. */
  installOnQuit(on: boolean): void
  /** Installs what was downloaded, ends the app and starts the new one. Throws when it cannot. */
  installAndRestart(): void
}

/**
 * `itself`: the app replaces itself. `person`: it can only say that there is a newer version. `nowhere`: neither, for a reason in words.
 */
export type UpdatePlace = { readonly by: 'itself' | 'person' } | { readonly by: 'nowhere'; readonly reason: string }

export interface UpdatesOptions {
  readonly place: () => Promise<UpdatePlace>
  /** Called at most once, and only where updates are wanted and possible. */
  readonly openSource: () => Promise<UpdateSource>
  /** The setting `autoUpdate` as it is at present. */
  readonly isWanted: () => boolean
  readonly clock: Clock
  readonly log: Log
  /** Ends the service in order: an update never comes in the middle of its work. */
  readonly closeService: () => Promise<void>
  /** Starts the present version again, after an update that could not be installed. */
  readonly relaunch: () => void
}

/** The app's own updates: looked for at start and daily, downloaded in the background, installed when the app quits. */
export interface Updates {
  state(): UpdateState
  /** Told at once, and at each change. Returns the way to stop. */
  onState(listener: (state: UpdateState) => void): () => void
  /** The setting may have changed: obeys it. */
  settingChanged(): void
  /** Looks now, whoever looks already. Never rejects: the state says how it went. */
  checkNow(): Promise<void>
  /** Installs the update that is ready and starts it. Throws `conflict` when none is. */
  restart(): Promise<void>
  /** The computer goes down: an installer that is cut off would leave no app at all. */
  leaveForShutdown(): void
  close(): void
}

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const DAY = 24 * HOUR
/** Not in the first moments, which belong to the database; and not everybody at once who starts at nine. */
const FIRST_CHECK = { least: 30 * SECOND, most: 3 * 60 * SECOND }
const NEXT_CHECK = { least: 0.9 * DAY, most: 1.1 * DAY }
const AFTER_FAILURE = { least: HOUR, most: 2 * HOUR }

export function createUpdates(options: UpdatesOptions): Updates {
  const { clock, log } = options
  const listeners = new Set<(state: UpdateState) => void>()
  let state: UpdateState = options.isWanted() ? { kind: 'current', checked_at: null } : { kind: 'off' }
  let watching: AbortController | null = null
  let looking: Promise<void> | null = null
  let place: Promise<UpdatePlace> | null = null
  let source: Promise<UpdateSource> | null = null

  const moveTo = (next: UpdateState): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return
    state = next
    for (const listener of listeners) listener(state)
  }
  const span = ({ least, most }: { readonly least: number; readonly most: number }): number =>
    least + clock.random() * (most - least)
  const opened = async (): Promise<UpdateSource> => {
    source ??= options.openSource()
    return await source
  }

  /** What is known already stays known: a look that fails takes nothing back. */
  const look = async (by: 'itself' | 'person', signal: AbortSignal): Promise<void> => {
    const before = state
    if (before.kind !== 'ready') moveTo({ kind: 'checking' })
    try {
      const from = await opened()
      const version = await from.check()
      signal.throwIfAborted()
      if (version === null) {
        moveTo(before.kind === 'ready' ? before : { kind: 'current', checked_at: clock.now().toISOString() })
      } else if (by === 'person') {
        if (before.kind !== 'available' || before.version !== version)
          log.info(`Mailtide ${version} is available to install`)
        moveTo({ kind: 'available', version })
      } else if (before.kind !== 'ready' || before.version !== version) {
        log.info(`Downloading Mailtide ${version}`)
        moveTo({ kind: 'downloading', version, percent: 0 })
        from.installOnQuit(true)
        await from.download((percent) => {
          if (!signal.aborted) moveTo({ kind: 'downloading', version, percent: Math.floor(percent) })
        }, signal)
        signal.throwIfAborted()
        log.info(`Mailtide ${version} is downloaded; it is installed when the app quits`)
        moveTo({ kind: 'ready', version })
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) return
      const { message } = asAppError(error)
      log.warning(`No update: ${message}`)
      moveTo(before.kind === 'ready' ? before : { kind: 'failed', reason: message })
    }
  }

  const whereToLook = async (signal: AbortSignal): Promise<void> => {
    try {
      place ??= options.place()
      const found = await place
      if (signal.aborted) return
      if (found.by === 'nowhere') moveTo({ kind: 'impossible', reason: found.reason })
      else await look(found.by, signal)
    } catch (error) {
      log.error(`It is not clear how this app is updated: ${asAppError(error).message}`)
      moveTo({ kind: 'failed', reason: 'It is not clear how this app is updated' })
    }
  }

  const lookOnce = async (): Promise<void> => {
    if (watching === null) return
    if (looking === null) {
      const look = whereToLook(watching.signal).finally(() => {
        // Another one may have begun since, where the setting was switched off and on.
        if (looking === look) looking = null
      })
      looking = look
    }
    await looking
  }

  const watch = async (signal: AbortSignal): Promise<void> => {
    await clock.sleep(span(FIRST_CHECK), signal)
    for (;;) {
      await lookOnce()
      if (state.kind === 'impossible') return
      const next = span(state.kind === 'failed' ? AFTER_FAILURE : NEXT_CHECK)
      await clock.sleepUntil(new Date(clock.now().getTime() + next), signal)
    }
  }

  const begin = (): void => {
    const control = new AbortController()
    watching = control
    watch(control.signal).catch((error: unknown) => {
      if (!isAbort(error)) log.error(`Looking for updates has ended: ${asAppError(error).message}`)
    })
  }
  const end = (): void => {
    watching?.abort()
    watching = null
    looking = null
  }
  const installOnQuit = (on: boolean): void => {
    void source?.then((from) => from.installOnQuit(on)).catch(() => undefined)
  }

  const settingChanged = (): void => {
    const isWanted = options.isWanted()
    if (isWanted === (watching !== null)) return
    if (isWanted) {
      moveTo({ kind: 'current', checked_at: null })
      begin()
    } else {
      end()
      installOnQuit(false)
      moveTo({ kind: 'off' })
    }
  }

  if (options.isWanted()) begin()
  return {
    state: () => state,
    onState: (listener) => {
      listeners.add(listener)
      listener(state)
      return () => listeners.delete(listener)
    },
    settingChanged,
    checkNow: lookOnce,
    restart: async () => {
      if (state.kind !== 'ready') throw new AppError('conflict', 'There is no update to install')
      const from = await opened()
      end()
      log.info(`Restarting as Mailtide ${state.version}`)
      await options.closeService()
      try {
        from.installAndRestart()
      } catch (error) {
        log.error(`The update cannot be installed: ${asAppError(error).message}. The present version starts again`)
        from.installOnQuit(false)
        options.relaunch()
      }
    },
    leaveForShutdown: () => {
      end()
      installOnQuit(false)
    },
    close: end,
  }
}
