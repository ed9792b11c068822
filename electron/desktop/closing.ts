import type { App } from 'electron'
import { asAppError } from '../../shared/errors.ts'
import { runLines } from '../platform/run-lines.ts'
import type { Clock, Log } from '../ports.ts'

export interface ClosingDeps {
  readonly app: Pick<App, 'on' | 'quit' | 'exit'>
  readonly process: Pick<NodeJS.Process, 'on' | 'removeAllListeners'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly log: Log
  /** Has the app started again when it has ended. */
  readonly relaunch: (isHidden: boolean) => void
  /** Ends the service in order. */
  readonly close: () => Promise<void>
  /** Tells the person of an error that nobody foresaw; the app ends after it. */
  readonly confess: (error: unknown) => void
}

export interface Closing {
  /** Whether the app is on its way out. */
  isUnderway(): boolean
  /**
   * Somebody started the app. While it is on its way out it then starts again as soon as it has ended, since the second instance is gone already;
   * else nothing is done, and the answer is false.
   */
  comesBack(isHidden: boolean): boolean
  /**
   * Signals are ours alone from now on. To be called again after anything was loaded that may listen to them: a library below `conf`
   * answers a signal by sending it again, which ends the process before its database is closed.
   */
  takeSignals(): void
}

/** Systems that shut down leave a program ten seconds. */
const LAST_CHANCE_MS = 9_500
/** One Ctrl+C reaches all of a terminal's processes, and npm hands it on: that is no second signal. */
const SAME_PRESS_MS = 500

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Quits in order whoever asks for it: tray, system, updater, signal. What is not closed in time is left as it is, since nothing committed is
 * lost by that. A second signal ends the process at once.
 */
export function orderlyClosing(deps: ClosingDeps): Closing {
  const { app, clock, log } = deps
  let isClosing = false
  let willComeBack = false
  let isClosed = false
  let exitCode = 0
  let unforeseen: { readonly error: unknown } | null = null
  let signalledAt: number | null = null

  /** The box stays until somebody reads it, and all stands still meanwhile: by then the database is closed and the folder given back. */
  const confess = (): void => {
    if (unforeseen !== null) deps.confess(unforeseen.error)
  }
  const close = async (): Promise<void> => {
    const late = setTimeout(() => {
      log.error('Closing takes too long; the app ends now. Nothing that was stored is lost')
      confess()
      app.exit(1)
    }, LAST_CHANCE_MS)
    try {
      await deps.close()
    } catch (error) {
      log.error(`Closing failed: ${asAppError(error).message}`)
      exitCode = 1
    }
    clearTimeout(late)
    isClosed = true
    confess()
    if (exitCode === 0) app.quit()
    else app.exit(exitCode)
  }
  app.on('before-quit', (event) => {
    // `will-quit` waits for nobody, so the quit is put off until all is closed, and asked for again.
    if (isClosed) return
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    void close()
  })

  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalledAt !== null && clock.monotonic() - signalledAt > SAME_PRESS_MS) app.exit(1)
    if (signalledAt !== null) return
    signalledAt = clock.monotonic()
    log.info(runLines.stopping(signal))
    app.quit()
  }
  const onError = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error(runLines.crashing(text))
    if (isClosing) return
    exitCode = 1
    unforeseen = { error }
    app.quit()
  }
  deps.process.on('uncaughtException', onError)
  deps.process.on('unhandledRejection', onError)
  return {
    isUnderway: () => isClosing,
    comesBack: (isHidden) => {
      if (!isClosing) return false
      if (!willComeBack) {
        willComeBack = true
        log.info('Mailtide was started again while it ends; it starts when it has ended')
        deps.relaunch(isHidden)
      }
      return true
    },
    takeSignals: () => {
      for (const signal of signals) {
        deps.process.removeAllListeners(signal)
        deps.process.on(signal, onSignal)
      }
    },
  }
}
