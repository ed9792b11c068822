/**
 * What the rooms need from the outside world, as types alone: every room may import this file, and tests give doubles.
 */
import type { AccountId } from '../shared/ids.ts'

/** All time and chance. Durations are milliseconds. */
export interface Clock {
  /** The wall clock. It can jump. */
  now(): Date
  /** Milliseconds that only grow, from an arbitrary origin. */
  monotonic(): number
  /** A number in [0, 1). */
  random(): number
  /** Rejects with an `AppError('aborted')` when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Resolves at the wall-clock time `at`: soon after wake when the machine slept past it, and no later than the planned
   * span of monotonic time when the wall clock is set back. Rejects with `AppError('aborted')` when the signal fires.
   */
  sleepUntil(at: Date, signal?: AbortSignal): Promise<void>
}

/** What is known of the computer's surroundings; null where this system does not tell. */
export interface SurroundingFacts {
  /** Runs on battery. */
  readonly battery: boolean | null
  /** The connection to the internet is paid by volume. */
  readonly metered: boolean | null
}

/** The computer's power and network, as far as the host's system tells. */
export interface Surroundings {
  /** Looks at what is wanted now; the rest is null. Takes a few seconds at most. Never throws. */
  look(wanted: { readonly [K in keyof SurroundingFacts]: boolean }): Promise<SurroundingFacts>
  /** Calls the listener when the system tells of a change by itself; returns the way to stop. */
  onChange(listener: () => void): () => void
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A named logger, such as `sync.engine`. Never give it mail content or secrets. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warning(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  named(name: string): Log
}

/** Seals credentials at rest. `kind` is written beside what it sealed, so that another host can tell it cannot open it. */
export interface SecretBox {
  readonly kind: 'plain' | 'passphrase' | 'safe-storage'
  seal(text: string): Promise<string>
  open(sealed: string): Promise<string>
}

/** What every credential has: whose project pays, what it permits, and the last access token. Timestamps are ISO 8601 UTC. */
interface AnyCredential {
  readonly client_id: string
  readonly scopes: readonly string[]
  readonly access_token?: string
  readonly access_token_expires_at?: string
}

/** A person's sign-in: what Google's `authorized_user` JSON holds. */
export interface UserCredential extends AnyCredential {
  readonly client_secret: string
  readonly refresh_token: string
  /** When Google said the refresh token itself dies (OAuth clients in testing mode, grants for a limited time). */
  readonly refresh_token_expires_at?: string
}

/** The key of a service account to which a Google Workspace delegated its mailboxes, and the mailbox that is meant. */
export interface ServiceAccountCredential extends AnyCredential {
  readonly type: 'service_account'
  readonly client_email: string
  readonly private_key_id: string
  /** PKCS #8 in PEM. */
  readonly private_key: string
  /** The address of the mailbox. */
  readonly subject: string
}

export type Credential = UserCredential | ServiceAccountCredential

/** The Gmail behind the demo account, while it runs: a loopback address made at run time, which is stored nowhere. */
export interface DemoGmail {
  /** Both end in a slash. `oauthUrl` is the base of `token`. */
  readonly rootUrl: string
  readonly oauthUrl: string
  /** Good there alone, until it ends. */
  readonly credential: UserCredential
  /** Resolves when it has ended, asked to or not. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

export interface DemoGmailOptions {
  readonly email: string
  /** The mailbox reaches back from here: the same moment gives the same mails. */
  readonly since: Date
  /** Something happened in the mailbox, as if somebody lived in it. */
  readonly onChange: () => void
}

/** Starts the demo's Gmail beside the main thread. */
export type StartDemoGmail = (options: DemoGmailOptions) => Promise<DemoGmail>

/** Credentials by account, outside the database. */
export interface TokenStore {
  /** Throws `AppError('sealed_elsewhere')` when another host's box sealed it, `AppError('needs_reauth')` when there is none or it cannot be read. */
  read(account: AccountId): Promise<Credential>
  write(account: AccountId, credential: Credential): Promise<void>
  remove(account: AccountId): Promise<void>
}

/** The OAuth client that a person made in the Google console, in whose name one signs in. */
export interface OAuthClient {
  readonly client_id: string
  readonly client_secret: string
  /** The Google project it belongs to; null where nobody said. */
  readonly project_id: string | null
}

/** OAuth clients by the names that the person gave them, kept like credentials. */
export interface ClientStore {
  /** By name. `client` is null when another host's box sealed it or the file is damaged. */
  list(): Promise<readonly { readonly name: string; readonly client: OAuthClient | null }[]>
  /** Throws `not_found`, `sealed_elsewhere`, or `bad_token_file` when the file cannot be read. */
  read(name: string): Promise<OAuthClient>
  /** Throws `bad_input` for what cannot be a name, and `disk`. */
  write(name: string, client: OAuthClient): Promise<void>
  /** Throws `not_found`. */
  remove(name: string): Promise<void>
}
