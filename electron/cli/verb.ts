import type { CommandContext } from './command.ts'

/** A word that a command takes after its name. */
export interface ArgumentDefinition {
  readonly name: string
  readonly summary: string
  readonly required: boolean
  /** What it can be, where nothing else is allowed. */
  readonly choices?: readonly string[]
  /** What shell completion offers. */
  readonly suggestions?: readonly string[]
  /** It names a file: for shell completion. */
  readonly isFile?: boolean
  /** Any number of words. */
  readonly variadic?: boolean
}

export interface OptionDefinition {
  /** `--account` */
  readonly long: string
  /** `-n` */
  readonly short?: string
  readonly summary: string
  /** What stands for its value in the help; absent when it takes none. */
  readonly value?: string
  /** The value may be left out. */
  readonly valueIsOptional?: boolean
  readonly choices?: readonly string[]
  /** Another spelling of the same, which must not be given beside it. */
  readonly sameAs?: string
  /** Checks the value as it is written: what it must be, or null when it is right. */
  readonly refuse?: (text: string) => string | null
}

/** What the person wrote: arguments in order, options by their long name without dashes. */
export interface Given {
  readonly args: readonly (string | undefined)[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** One command. The program, its help, shell completion and the manual page derive from these. */
export interface VerbDefinition {
  /** `accounts import-token` */
  readonly name: string
  readonly summary: string
  readonly group: 'Service' | 'Mail' | 'Settings' | 'Other'
  /** Further sentences for the help and the manual, each a paragraph. */
  readonly notes?: readonly string[]
  readonly args?: readonly ArgumentDefinition[]
  readonly options?: readonly OptionDefinition[]
  /** Exit codes beside 0, 1 and 2. */
  readonly exits?: readonly (readonly [code: number, meaning: string])[]
  /** Does it; the exit code when it is not 0. Loads what it needs only then, so that every command starts quickly. */
  readonly run: (context: CommandContext, given: Given) => Promise<number | undefined>
}

/** The text of an option, or undefined when it was not given. */
export function textOption({ options }: Given, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** The number of an option that was checked to be one. */
export function numberOption(given: Given, name: string): number | undefined {
  const text = textOption(given, name)
  return text === undefined ? undefined : Number(text)
}
