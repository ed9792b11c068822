import type { z } from 'zod'
import type { OperationName, operations } from '../../shared/contract.ts'
import type { DesktopOperationName, DesktopState, desktopOperations } from '../../shared/desktop.ts'
import type { EventKind, eventData, LostNotice } from '../../shared/documents.ts'
import { AppError, type Problem, toProblem } from '../../shared/errors.ts'
import type { LogLevel } from '../../shared/log-entry.ts'

export type Input<N extends OperationName> = z.input<(typeof operations)[N]['input']>
export type Output<N extends OperationName> = z.output<(typeof operations)[N]['output']>
export type EventOf<K extends EventKind> = z.output<(typeof eventData)[K]>

/** Whether events arrive. `refused`: the service answers, but not to us. */
export type Connection =
  /** `doing`: what the service does before it answers, when that takes long. */
  | { readonly state: 'connecting'; readonly doing?: string }
  | { readonly state: 'connected' }
  /** Tried again by itself; `retryAt` is null where it is not known when. */
  | { readonly state: 'lost'; readonly retryAt: Date | null }
  | { readonly state: 'refused'; readonly problem: Problem }

export interface SubscribeOptions {
  /** Of log lines: this level and above; `info` when absent. */
  readonly level?: LogLevel
  /** How many past log lines come first; none when absent. */
  readonly lines?: number
  /** Told at once, and again whenever it changes. */
  readonly onConnection?: (connection: Connection) => void
  /** Some of what was asked for cannot be told any more. */
  readonly onLost?: (notice: LostNotice) => void
}

/** What the window asks of the computer it is on. */
export interface Shell {
  /** Opens an https address in the person's own browser. Throws a `ProblemError` where that is not allowed. */
  openUrl(url: string): Promise<void>
  /** Puts a text on the clipboard; whether that went well. */
  copyText(text: string): Promise<boolean>
  /** Saves a text as a file, where the person chooses; whether it was saved. Throws a `ProblemError` where that is not possible. */
  saveText(name: string, text: string): Promise<boolean>
}

export type DesktopInput<N extends DesktopOperationName> = z.input<(typeof desktopOperations)[N]['input']>
export type DesktopOutput<N extends DesktopOperationName> = z.output<(typeof desktopOperations)[N]['output']>

/** What only the desktop app has. */
export interface Desktop {
  /** Throws a `ProblemError`, and nothing else. */
  call<N extends DesktopOperationName>(name: N, input: DesktopInput<N>): Promise<DesktopOutput<N>>
  /** What the app tells of itself; the present state comes first. Returns how to end it. */
  subscribe(listener: (state: DesktopState) => void): () => void
}

/** The window's only way to the service: the same over the desktop's bridge and over HTTP. */
export interface Backend {
  readonly shell: Shell
  /** Null in a browser. */
  readonly desktop: Desktop | null
  /** Throws a `ProblemError`, and nothing else. */
  call<N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>>
  /** Of `status` the present snapshot comes first. Returns how to end it. */
  subscribe<K extends EventKind>(kind: K, listener: (data: EventOf<K>) => void, options?: SubscribeOptions): () => void
  /** Does not wait for the next try of a connection that was lost. */
  retryNow(): void
  /** Gives the API token where one is needed; null where none ever is. */
  readonly giveToken: ((token: string) => void) | null
}

/** A failure with what to do about it. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** Anything that was thrown, as a problem. */
export const problemOf = (error: unknown): Problem => (error instanceof ProblemError ? error.problem : toProblem(error))

/** A problem of our own making, in the words of the catalogue. */
export const ownProblem = (code: AppError['code'], message: string, remedy: string): ProblemError =>
  new ProblemError(toProblem(new AppError(code, message, { remedy })))

/** Whether the service wants the API token, or another one than it got. */
export const needsToken = ({ status, code }: Problem): boolean => status === 401 && code === 'forbidden'
