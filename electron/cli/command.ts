import type { Client } from '../../shared/contract.ts'
import type { AppError } from '../../shared/errors.ts'
import type { DataPaths, Env } from '../platform/data-folder.ts'
import type { OfflineCommands } from './offline.ts'
import type { Paint } from './output.ts'

export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** What a command has to work with. */
export interface CommandContext {
  readonly env: Env
  readonly paths: DataPaths
  readonly offline: OfflineCommands
  readonly json: boolean
  readonly paint: Paint
  readonly now: () => Date
  readonly readStdin: () => Promise<string>
  /** The running service. Throws `NotRunning` when none answers. */
  readonly connect: () => Promise<Client>
  /** Prints a result: the text for people, or the value with `--json`. */
  readonly print: (text: string, value: unknown) => void
}

export const exitCodes = { ok: 0, failure: 1, usage: 2, notRunning: 3 } as const

/** No service answers. Apart from `AppError('not_running')` of a service that answers and is stopped. */
export class NotRunning extends Error {
  readonly reason: AppError
  constructor(reason: AppError) {
    super(reason.message)
    this.reason = reason
  }
}

/** The running service if there is one, for commands that also work without. */
export async function connectIfRunning(context: CommandContext): Promise<Client | null> {
  try {
    return await context.connect()
  } catch (error) {
    if (error instanceof NotRunning) return null
    throw error
  }
}

/** Gives long work a signal that Ctrl-C or SIGTERM fires; a second one ends the process at once. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    return await work(stop.signal)
  } finally {
    process.removeListener('SIGINT', onSignal)
    process.removeListener('SIGTERM', onSignal)
  }
}
