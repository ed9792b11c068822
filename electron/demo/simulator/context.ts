import type { Dials, SimulatorStats } from '../types.ts'
import type { SimulatedClock } from './clock.ts'
import type { MailboxState } from './mailbox.ts'
import type { PageTokens } from './page-tokens.ts'
import type { Quota } from './quota.ts'
import type { ServiceAccount } from './service-account.ts'
import type { Grants } from './tokens.ts'

type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends Readonly<Record<string, number>> ? Record<string, number> : T[K]
}

/** Where a listing stands: after the entry with this key, or so many rows from the newest. */
export interface ListPosition {
  readonly internalDate: number
  readonly id: string
  readonly offset: number
}

/** Where a reading of history stands. */
export interface HistoryPosition {
  readonly index: number
  /** The page before was empty though there was more, so this one must not be. */
  readonly afterEmpty: boolean
}

/** Everything the routes share. */
export interface Context {
  readonly seed: number
  readonly dials: Dials
  readonly clock: SimulatedClock
  readonly grants: Grants
  readonly quota: Quota
  readonly clientId: string
  readonly clientSecret: string
  /** Secrets of the OAuth clients by id; null is one that was deleted. */
  readonly clients: Map<string, string | null>
  readonly serviceAccount: ServiceAccount
  /** By the user's fixed name (the first address). */
  readonly users: Map<string, MailboxState>
  /** User by present address. */
  readonly emails: Map<string, string>
  readonly listTokens: PageTokens<ListPosition>
  readonly historyTokens: PageTokens<HistoryPosition>
  readonly stats: Writable<SimulatorStats>
}

/** One call, authorised and charged. */
export interface Call {
  readonly mailbox: MailboxState
  readonly params: URLSearchParams
  readonly scopes: readonly string[]
  /** Placeholders of the path, in order. */
  readonly path: readonly string[]
  /** Chance of this very call: the same for the same seed, path and number of the attempt. */
  readonly dice: Dice
}

/** A roll for one dial: true with the probability, and counted. */
export interface Dice {
  roll(dial: string, probability: number): boolean
  /** A number in [0, 1) for a detail of a fault. */
  detail(name: string): number
}

export type Route = (context: Context, call: Call) => unknown
