import type { AccountAudit, Verification } from '../../shared/audit.ts'
import type { ExportedCredentials, ImportedCredentials } from '../../shared/credentials.ts'
import type { FailedMessage, MetricsSeries, SeriesSpan, StorageFigures } from '../../shared/figures.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { SettingsPatch } from '../../shared/settings.ts'
import type { ClientInfo, SignIn } from '../../shared/sign-in.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'
import type { VerifyInput } from '../../shared/verify.ts'

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

export interface SignInOptions {
  /** The name of an OAuth client; else the one that the account uses, or the only one there is. */
  readonly client: string | undefined
  /** The address that signs in; another one is refused. */
  readonly email: string | undefined
  /** A known account, by address or id. */
  readonly account: string | undefined
  /** Listens for no browser: the person pastes its last address. */
  readonly paste: boolean
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
  /**
   * Calls the listener with every standing alert at once, and with each later one when its cause begins: once per cause, however long it
   * stands. Returns the way to stop. For what a host shows by itself, such as desktop notifications.
   */
  onAlert(listener: (alert: Alert) => void): () => void
  /** Seconds since the service was built, whether it syncs or not. */
  uptimeSeconds(): number
  /** Starts cycles, the first at once. Throws `already_running` when running with the same interval; otherwise changes it. */
  start(
    intervalMinutes?: number,
  ): Promise<{ readonly changed: 'started' | 'interval'; readonly intervalMinutes: number }>
  /** Stops syncing gracefully: the present chunk is finished or rolled back. Throws `not_running` when not running. */
  stop(): Promise<void>
  /**
   * Syncs now, ignoring the due rule and trying failed messages again; paused accounts stay paused. Throws `not_found` for an unknown
   * account, `conflict` for one that is paused, `not_running`.
   */
  syncNow(account?: string): Promise<void>
  /**
   * Changes settings for this run and in the file, out of which null takes one; `takesEffect` of each says from when. Throws `conflict`, with nothing changed, when a
   * flag or an environment variable holds one of them for this run, and `bad_settings` for what the next start would refuse.
   */
  changeSettings(patch: SettingsPatch): Promise<void>
  /**
   * Pauses an account (its turn ends after the present chunk) or lets it go on; kept over restarts. Resolves when no turn of a paused
   * account runs any more. Throws `not_found`.
   */
  setPaused(account: string, paused: boolean): Promise<AccountSnapshot>
  /**
   * Begins a sign-in of the account with another OAuth client; null when it uses that one already. Its mail, place and present credential
   * stay as they are until the sign-in is done. Throws `not_found`, `sealed_elsewhere`, `conflict` for a service account, `concurrency`.
   */
  changeClient(
    account: string,
    client: string,
    paste: boolean,
  ): Promise<{ readonly account: AccountSnapshot; readonly signIn: SignIn | null }>
  /** Messages that could not be had, of one account or of all; `total` counts beyond the limit. Throws `not_found`. */
  failures(options: {
    readonly account: string | undefined
    readonly limit: number
  }): Promise<{ readonly failures: FailedMessage[]; readonly total: number }>
  /** Makes failed downloads due now, of one account or of all that are not paused; returns how many. Throws `not_found`, `conflict` for a paused one. */
  retryFailures(account?: string): Promise<number>
  /** The chart of the finished cycles. */
  metricsSeries(span: SeriesSpan): Promise<MetricsSeries>
  /** What everything takes on the disk, measured now; originals so many that it takes long, as last measured. */
  storage(): Promise<StorageFigures>
  /** The OAuth clients, by name, without their secrets. */
  clients(): Promise<readonly ClientInfo[]>
  /**
   * Keeps an OAuth client, given as JSON. Without a name it is called after its project. Throws `bad_token_file`, `bad_input` for what
   * cannot be a name, `conflict` when another client has that name, and `disk`.
   */
  addClient(json: unknown, name?: string): Promise<ClientInfo>
  /** Forgets an OAuth client. Accounts that use it keep their own copy and go on. Throws `not_found`. */
  removeClient(name: string): Promise<void>
  /**
   * Begins a sign-in, to add an account or to sign a known one in again. Throws `not_found` for an unknown account or client, `conflict`
   * when it is not clear which client is meant or there is none, `concurrency` when too many wait, and `sealed_elsewhere`.
   */
  beginSignIn(options: SignInOptions): Promise<SignIn>
  /** Throws `not_found` when there is no such sign-in, or it ended a while ago. */
  signIn(id: string): SignIn
  /**
   * Finishes a sign-in with what the person pasted; resolves when it is done or has failed. Throws `not_found`, `conflict` when it was
   * finished already, and `bad_input` for what cannot be the right text, with the sign-in as it was.
   */
  finishSignIn(id: string, pasted: string): Promise<SignIn>
  /** Gives a sign-in up. What was stored by then stays: it shows as done. Throws `not_found`. */
  cancelSignIn(id: string): Promise<SignIn>
  /** Adds the demo account, or answers with the one there is. Throws `demo` when it cannot be started, and `conflict` while its mail is deleted. */
  addDemo(): Promise<{ readonly account: AccountSnapshot; readonly added: boolean }>
  /** Checks the token (or a service account's key) against Gmail and stores the account, or new credentials of a known one. */
  importToken(token: unknown, expectedEmail?: string, oauthClient?: unknown): Promise<AccountSnapshot>
  /**
   * The credentials of an account, or of all together with the OAuth clients, sealed with a passphrase. Throws `not_found`, `conflict` when
   * there is nothing, and, when one account was asked for or none can be opened, `sealed_elsewhere` or `needs_reauth`.
   */
  exportCredentials(passphrase: string, account?: string): Promise<ExportedCredentials>
  /** Takes in what was exported; each account is tried on Gmail first. Throws `bad_token_file`, and `bad_input` for a wrong passphrase. */
  importCredentials(file: Readonly<Record<string, unknown>>, passphrase: string): Promise<ImportedCredentials>
  /**
   * Removes an account: no turn of it any more, its credential gone, Google's permission revoked where asked for (with nothing removed when
   * that fails). Its mail stays readable, or is deleted: `deleted` resolves when that is done, and is gone on with after a restart.
   * Throws `not_found`, `conflict` while a turn does not end, and what keeps Google from revoking.
   */
  removeAccount(
    account: string,
    choice: { readonly mail: 'keep' | 'delete'; readonly revoke: boolean },
  ): Promise<{ readonly email: string; readonly deleted: Promise<void> }>
  /** Throws `store` when the database does not answer. */
  checkHealth(): Promise<void>
  /** Parses stored originals again, where the parser is newer or `all`. */
  reparse(
    options: { readonly all: boolean; readonly account?: AccountId },
    signal: AbortSignal,
  ): Promise<RederiveReport>
  /**
   * Begins to compare what is stored with Gmail and with itself, and to repair what differs where asked to: it goes on after the answer. Throws
   * `not_found`, and `conflict` while another one goes on.
   */
  verify(asked: VerifyInput): Promise<Verification>
  /** The verification that goes on, or the last one since the start. */
  verification(): Verification | null
  /** Resolves when none goes on. */
  verified(): Promise<void>
  /** Ends the one that goes on; what it repaired stays repaired. Throws `not_running`. */
  cancelVerification(): Promise<Verification>
  /** What is known of the completeness of each account, or of one. Throws `not_found`. */
  completeness(account?: string): Promise<readonly AccountAudit[]>
  /** Stops syncing and closes everything, in reverse order of start. Safe to call twice. */
  close(): Promise<void>
}
