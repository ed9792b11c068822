import type { AccountState } from '../../../shared/status.ts'

/**
 * What one face of the service (a window, the tray, a command, an API) says at one moment, as plain facts by name: `ada@example.test stored`.
 * A face says what it says, and need not say everything. Names that end in `time` are milliseconds since 1970.
 */
export type Telling = ReadonlyMap<string, string | number>

/** Faces write moments to the minute, or count down to them in seconds. */
const TIME_MS = 60_000

/** Every fact that two faces tell differently, in words: `ada@example.test stored: HTTP says 5, the window says 6`. */
export function disagreements(tellings: Readonly<Record<string, Telling>>): readonly string[] {
  const names = new Set(Object.values(tellings).flatMap((telling) => [...telling.keys()]))
  return [...names].flatMap((name) => {
    const told = Object.entries(tellings).flatMap(([face, telling]) => {
      const value = telling.get(name)
      return value === undefined ? [] : [{ face, value }]
    })
    const isOne = name.endsWith('time')
      ? spread(told.map(({ value }) => Number(value))) < TIME_MS
      : new Set(told.map(({ value }) => value)).size <= 1
    return isOne ? [] : [`${name}: ${told.map(({ face, value }) => `${face} says ${value}`).join(', ')}`]
  })
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

/** `1,234` in a text, as a number. */
export const countIn = (text: string): number => Number(text.replaceAll(',', ''))

/** The first number that the pattern's first group finds; undefined without one. */
export function found(text: string, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? undefined : countIn(digits)
}

/** The moment of `14:35` nearest to `now`, in UTC. */
export function timeNear(clock: string, now: Date): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  const day = 86_400_000
  const midnight = Math.floor(now.getTime() / day) * day
  const at = midnight + (hours * 60 + minutes) * 60_000
  return [at - day, at, at + day].reduce((best, other) =>
    Math.abs(other - now.getTime()) < Math.abs(best - now.getTime()) ? other : best,
  )
}

/** Collects facts, leaving out what is not told. */
export function telling(facts: Iterable<readonly [string, string | number | null | undefined]>): Telling {
  const told = new Map<string, string | number>()
  for (const [name, value] of facts) if (value !== null && value !== undefined) told.set(name, value)
  return told
}

/** How tray and window alike begin the sentence of an account's state. */
export const accountStates: readonly (readonly [RegExp, AccountState['state']])[] = [
  [/^Waiting for its first sync/, 'new'],
  [/^(Copying the mailbox|Mailbox not copied yet)/, 'backfilling'],
  [/^Up to date/, 'up_to_date'],
  [/^Syncing/, 'syncing'],
  [/^(Waiting for|First download waits|Last sync not finished)/, 'waiting'],
  [/^Needs you to sign in/, 'needs_reauth'],
  [/^Stopped by an error/, 'error'],
  [/^Paused by you/, 'paused'],
]
