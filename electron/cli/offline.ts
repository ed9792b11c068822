import type { Verification } from '../../shared/audit.ts'
import type { ExportedCredentials, ImportedCredentials } from '../../shared/credentials.ts'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import type { Env } from '../platform/data-folder.ts'
import type { SettingFlags } from '../platform/settings.ts'

/** An account as `accounts list` shows it: a service's snapshot has it, and so has the store without a service. */
export type AccountLine = Pick<
  AccountSnapshot,
  'id' | 'email' | 'demo' | 'state' | 'last_synced_at' | 'messages_stored' | 'messages_deleted' | 'messages_failed'
>

/**
 * What the command line does without a running service: each on the data folder that `env` names, under its lock.
 * All throw `already_running` when a service owns the folder.
 */
export interface OfflineCommands {
  /** The service in the foreground, until it is told to stop; its exit code. */
  run(options: { readonly env: Env; readonly flags: SettingFlags }): Promise<number>
  accountsList(options: { readonly env: Env }): Promise<readonly AccountLine[]>
  /** Checks the token against Gmail and stores the account. `email` is whose it must be. */
  importToken(options: {
    readonly env: Env
    readonly authorizedUser: unknown
    readonly email: string | undefined
    /** The OAuth client's JSON, for token files that do not name it. */
    readonly oauthClient: unknown
  }): Promise<AccountLine>
  /** Credentials of one account, or of all, sealed with a passphrase. */
  exportCredentials(options: {
    readonly env: Env
    readonly passphrase: string
    readonly account: string | undefined
  }): Promise<ExportedCredentials>
  /** Takes in what was exported, each account after a look at Gmail. */
  importCredentials(options: {
    readonly env: Env
    readonly passphrase: string
    readonly file: Readonly<Record<string, unknown>>
  }): Promise<ImportedCredentials>
  /** Removes an account, and deletes its mail before it ends where asked for. `account` is the address or id. */
  removeAccount(options: {
    readonly env: Env
    readonly account: string
    readonly mail: 'keep' | 'delete'
    readonly revoke: boolean
  }): Promise<{ readonly email: string }>
  /** Derives everything anew from the originals; without `all`, where the parser has become newer. */
  reparse(options: {
    readonly env: Env
    readonly all: boolean
    /** Address or id. */
    readonly account: string | undefined
    readonly signal: AbortSignal
  }): Promise<{ readonly messages: number; readonly changed: number; readonly failed: number }>
  /** Verifies what shows without Gmail, and repairs it where asked to. */
  verify(options: {
    readonly env: Env
    /** Address or id. */
    readonly account: string | undefined
    readonly repair: boolean
    readonly newOriginals: boolean
    readonly signal: AbortSignal
    readonly onProgress: (verification: Verification) => void
  }): Promise<Verification>
  /** Makes the database anew from the originals. */
  rebuild(options: {
    readonly env: Env
    readonly signal: AbortSignal
  }): Promise<{ readonly accounts: number; readonly messages: number; readonly damaged: number }>
  /** The snapshots of the embedded database, newest first; also while a service runs. */
  snapshots(options: { readonly env: Env }): Promise<readonly SnapshotInfo[]>
  /** Makes a snapshot of the embedded database, and verifies it. Throws `disk` when there is no room. */
  takeSnapshot(options: { readonly env: Env }): Promise<SnapshotInfo>
  /** Writes the database as SQL into a new file. Throws `conflict` when there is one, and `disk`. */
  writeBackup(options: {
    readonly env: Env
    readonly file: string
    readonly signal: AbortSignal
  }): Promise<{ readonly rows: number; readonly messages: number }>
  /** Makes the database of such a file. Throws `bad_input` for any other. */
  readBackup(options: {
    readonly env: Env
    readonly file: string
    readonly signal: AbortSignal
  }): Promise<RestoreReport>
  /** Puts a snapshot, by its name or `latest`, in the place of the database. Throws `not_found`. */
  restore(options: {
    readonly env: Env
    readonly snapshot: string
    readonly signal: AbortSignal
  }): Promise<RestoreReport>
}

/** What putting a snapshot or a backup in place did. */
export interface RestoreReport {
  /** Null for a backup in SQL. */
  readonly snapshot: SnapshotInfo | null
  /** Where the database that was there before is kept; null when there was none. */
  readonly kept: string | null
  /** How many newer messages came back from the originals. */
  readonly messages: number
}
