import type { AccountId, MessageId } from '../../shared/ids.ts'

/**
 * What Gmail said of a message when we downloaded it, kept beside its bytes so that the database can be made anew from
 * the originals alone. Labels change later: after a rebuild a reconcile brings them up to date.
 */
export interface RawFacts {
  readonly id: MessageId
  readonly thread_id: string
  /** Decimal: Gmail's history id can exceed 64 bits in stand-ins, so it stays text here. */
  readonly history_id: string
  /** Milliseconds since 1970, as Gmail's `internalDate`. */
  readonly internal_date: number
  readonly label_ids: readonly string[]
  readonly snippet: string
}

/** What is kept per account beside its originals (`raw/<account>/account.json`). */
export interface RawAccount {
  readonly id: AccountId
  readonly email: string
  readonly created_at: string
  /** The person removed the account and kept its mail. */
  readonly removed?: boolean
}

/** A message as it lies in the raw store. */
export interface RawEntry {
  readonly facts: RawFacts
  readonly bytes: Uint8Array
}

/** The exact original bytes of every message, behind one seam: files beside the embedded database, or a Postgres table. */
export interface RawStore {
  readonly kind: 'files' | 'postgres'
  putAccount(account: RawAccount): Promise<void>
  /** Every account that has originals here, also ones the database does not know. */
  accounts(): Promise<RawAccount[]>
  /** The original bytes, or null when there are none. Throws `AppError('store')` naming the file when it is damaged. */
  get(account: AccountId, id: MessageId): Promise<RawEntry | null>
  has(account: AccountId, id: MessageId): Promise<boolean>
  /** Those of the messages that have an original, without a look into it. */
  present(account: AccountId, ids: readonly MessageId[]): Promise<Set<MessageId>>
  /** Whether it is kept beside the originals whose they are: without that nothing can be made anew from them. */
  hasAccount(account: AccountId): Promise<boolean>
  /** Keeps what lies under these ids, whatever it is, where nothing takes it for an original; gives the names under which. */
  setAside(account: AccountId, ids: readonly MessageId[]): Promise<string[]>
  remove(account: AccountId, ids: readonly MessageId[]): Promise<void>
  /** The signal ends it in the midst: the next call goes on. */
  removeAccount(account: AccountId, signal?: AbortSignal): Promise<void>
  /** Ids of every original of an account, in no particular order. */
  list(account: AccountId): AsyncIterable<MessageId>
  /** Bytes on disk, cheap when little changed since the last time. The signal gives it up. */
  sizeBytes(signal?: AbortSignal): Promise<number>
}
