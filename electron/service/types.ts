import type { AccountId } from '../../shared/ids.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'

/** What re-deriving or rebuilding did. */
export interface RederiveReport {
  readonly messages: number
  readonly changed: number
  readonly failed: number
}

export interface RebuildReport {
  readonly accounts: number
  readonly messages: number
  readonly damaged: number
}

/**
 * The long-running thing, knowing nothing of HTTP or Electron. Both hosts build it by `create-service.ts`; the API, the
 * command line and the window show its snapshot and call these methods.
 */
export interface Service {
  /** The present snapshot. `uptime_seconds` is as of the call. */
  snapshot(): Snapshot
  /** Calls the listener with the present snapshot at once and with each later one; returns the way to stop. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  /** Starts cycles, the first at once. Throws `already_running` when running with the same interval; otherwise changes it. */
  start(
    intervalMinutes?: number,
  ): Promise<{ readonly changed: 'started' | 'interval'; readonly intervalMinutes: number }>
  /** Stops syncing gracefully: the present chunk is finished or rolled back. Throws `not_running` when not running. */
  stop(): Promise<void>
  /** Syncs now, ignoring the due rule and trying failed messages again. Throws `not_found` for an unknown account, `not_running`. */
  syncNow(account?: string): Promise<void>
  /** Checks the token against Gmail and stores the account (or new credentials of a known one). */
  importToken(authorizedUser: unknown, expectedEmail?: string): Promise<AccountSnapshot>
  /** Throws `store` when the database does not answer. */
  checkHealth(): Promise<void>
  /** Parses stored originals again, where the parser is newer or `all`. */
  reparse(
    options: { readonly all: boolean; readonly account?: AccountId },
    signal: AbortSignal,
  ): Promise<RederiveReport>
  /** Stops syncing and closes everything, in reverse order of start. Safe to call twice. */
  close(): Promise<void>
}
