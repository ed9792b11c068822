import type { ChildProcess } from 'node:child_process'
import type Electron from 'electron'
import type { Page } from 'playwright'
import type { Controls } from './standin/controls.ts'
import type { Recorded } from './standin/state.ts'

/** The module `electron` as `evaluate` hands it over. */
export type ElectronModule = typeof Electron

export interface LaunchOptions {
  /** The main script, built or not; for the real binary an app folder will do. */
  readonly main: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** The profile; one of its own that goes with the app, unless given. */
  readonly userData?: string
  /** As if it were installed: `app.isPackaged`, and where its resources are. */
  readonly packagedIn?: string
}

/** A running app, on the stand-in or on the real binary: the face of Playwright's `ElectronApplication`. */
export interface DesktopApp {
  readonly kind: 'stand-in' | 'real'
  readonly userData: string
  /** Resolves with the exit code; null after a kill. */
  readonly exited: Promise<number | null>
  process(): ChildProcess
  /** What it wrote to the console so far. */
  output(): string
  firstWindow(): Promise<Page>
  windows(): Promise<readonly Page[]>
  /** Runs source text in the main process; what it names beside its arguments is not there. */
  evaluate<Result, Arg = undefined>(
    work: (electron: ElectronModule, arg: Arg) => Result | Promise<Result>,
    arg?: Arg,
  ): Promise<Result>
  /** Tries until it gives something else than undefined, null or false. */
  until<Value>(look: () => Promise<Value>): Promise<NonNullable<Value>>
  /** Asks it to quit, and ends it when it does not; the exit code. */
  close(): Promise<number | null>
  /** What only the stand-in can show and do. Throws on the real one: such a test says that it needs the stand-in. */
  readonly standIn: StandInControls
}

/** Each control of the stand-in, asked from the test's process. */
type Remote<Methods> = {
  readonly [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never
}

export interface StandInControls extends Remote<Controls> {
  spy<Kind extends keyof Recorded>(kind: Kind): Promise<Recorded[Kind]>
}
