import type { Client } from '../../shared/contract.ts'
import { AppError, asAppError } from '../../shared/errors.ts'
import type { DataPaths, Env } from '../platform/data-folder.ts'
import type { SettingFlags } from '../platform/settings.ts'
import { type Connection, ServiceGone } from '../remote/client.ts'
import type { Ask } from './ask.ts'
import type { AskSecret } from './ask-secret.ts'
import { guidePointer } from './guide-text.ts'
import type { OfflineCommands } from './offline.ts'
import type { Paint } from './paint.ts'
import type { Progress } from './progress.ts'

export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly rows?: number
}

/** What a command has to work with. */
export interface CommandContext {
  readonly env: Env
  readonly paths: DataPaths
  readonly offline: OfflineCommands
  readonly version: string
  readonly json: boolean
  readonly paint: Paint
  /** Standard output is a terminal. */
  readonly isTerminal: boolean
  /** How many lines the terminal has now; null where nothing can be drawn: in a pipe, and on a dumb terminal. */
  readonly screenRows: () => number | null
  /** Shows on a terminal that one waits, and for what. */
  readonly progress: Progress
  readonly now: () => Date
  readonly readStdin: () => Promise<string>
  /** Asks for a line on standard input. */
  readonly ask: Ask
  /** Asks for a secret on the terminal. */
  readonly askSecret: AskSecret
  /** Finds the running service. Throws `ServiceGone` when none answers. No answer is waited for longer than `patienceMs`. */
  readonly connectTo: (patienceMs?: number) => Promise<Connection>
  /** The client of the running service. Throws `ServiceGone` when none answers. */
  readonly connect: () => Promise<Client>
  /** The way to run this command as another process: the program, and the words before the verb. */
  readonly self: readonly [program: string, ...words: string[]]
  /** What is said to this program, after `self`, to have the service with these settings, and what is added to its environment. */
  readonly serviceWords: ServiceWords
  /** Prints a result: the text for people, or the value with `--json`. */
  readonly print: (text: string, value: unknown) => void
  /** Writes to standard output, as a terminal may have it. */
  readonly write: (text: string) => void
  /** Draws the whole terminal anew; `isFirst` wipes what was there. */
  readonly draw: (text: string, isFirst: boolean) => void
  /** Writes a line to standard error, for people. */
  readonly note: (text: string) => void
}

export type ServiceWords = (flags: SettingFlags) => { readonly words: readonly string[]; readonly env: Env }

export const exitCodes = { ok: 0, failure: 1, usage: 2, notRunning: 3, unknown: 4 } as const

/** The words of the command are wrong in a way that its definition could not tell. Nothing was done. */
export class UsageError extends AppError {
  constructor(message: string, remedy: string) {
    super('bad_input', message, { remedy })
  }
}

/** The service ended before it answered; `lines` are what it had said last. */
export class FailedStart extends AppError {
  readonly lines: readonly string[]
  constructor(message: string, { remedy, lines }: { readonly remedy: string; readonly lines: readonly string[] }) {
    super('not_running', message, { remedy })
    this.lines = lines
  }
}

/** An error in words for people. */
export function complaintOf(error: unknown): string {
  const { message, remedy, action, guide } = asAppError(error)
  const isPlain = error instanceof ServiceGone && error.owner === null && action?.kind === 'start_service'
  if (isPlain) return `${message}. ${remedy}\n`
  const lines = error instanceof FailedStart ? error.lines.map((line) => `  ${line}\n`).join('') : ''
  const rest = [
    ...(remedy === undefined ? [] : [`What to do: ${remedy}`]),
    ...(guide === undefined ? [] : [guidePointer(guide)]),
  ]
  return `${[`${lines}mailtide: ${message}`, ...rest].join('\n')}\n`
}

/** The running service if there is one, for commands that also work without. */
export async function connectIfRunning(context: Pick<CommandContext, 'connect'>): Promise<Client | null> {
  try {
    return await context.connect()
  } catch (error) {
    if (error instanceof ServiceGone) return null
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
