import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { HoldReason, Phase } from '../../shared/status.ts'
import type { Gmail } from '../gmail/types.ts'
import type { Clock, Log } from '../ports.ts'
import type { Db } from '../store/db.ts'
import type { MessageRow } from '../store/message-row.ts'

/** A downloaded message, decoded, read and — where originals are files — already on disk. */
export interface PreparedMessage {
  readonly message: MessageRow
  /** The packed original, when it is to be stored in Postgres. */
  readonly packed: Uint8Array | null
  /** Which worker wrote the original, and after which failed flush: only a `flush` that gives the same makes it durable. */
  readonly generation: number
}

/** The mail worker: everything heavy about a message happens there. */
export interface MailWorker {
  /**
   * Decodes, checks, packs, writes (not yet durable: see `flush`) and reads one answer of Gmail. `body` is transferred: it cannot
   * be used afterwards. Throws `bad_answer` when the answer is damaged or the worker had to be replaced.
   */
  prepare(account: AccountId, id: MessageId, body: Uint8Array): Promise<PreparedMessage>
  /**
   * Makes durable what `prepare` has answered so far, and says of which generation that is: a new one begins when the worker is replaced
   * and when a flush fails. To be awaited before the rows commit; what another generation prepared must be fetched again.
   */
  flush(): Promise<number>
  /** Reads a stored original again. Null when there is none; throws `store` when it is damaged. */
  reread(account: AccountId, id: MessageId, packed: Uint8Array | null): Promise<PreparedMessage | null>
  close(): Promise<void>
}

/** What a sync step tells while it works. */
export interface Progress {
  readonly phase: Phase
  readonly done: number
  readonly total: number
}

export interface SyncSettings {
  readonly batchSize: number
  readonly includeSpamTrash: boolean
  readonly onRemoteDelete: 'keep' | 'purge'
  /** Messages fetched at once at most; Gmail's answers lower it. */
  readonly maxConcurrency: number
}

/** What one account's work needs. Deps first, values after. */
export interface SyncDeps {
  readonly db: Db
  readonly gmail: Gmail
  readonly mail: MailWorker
  /** Removes originals that turned out not to be stored, or that are purged. */
  readonly removeRaw: (account: AccountId, ids: readonly MessageId[]) => Promise<void>
  /** Throws `disk` when too little space is free. Called before each chunk. */
  readonly ensureSpace: () => Promise<void>
  /** Why messages of a first download may not be fetched now; null when they may. It changes while a turn runs. */
  readonly backfillHeld: () => HoldReason | null
  readonly clock: Clock
  readonly log: Log
  readonly settings: SyncSettings
  readonly report: (progress: Progress) => void
  /** Serialises the write transactions of one account, so that steps which run side by side never deadlock. */
  readonly exclusive: <T>(work: () => Promise<T>) => Promise<T>
}

/** A mutex: each piece of work begins when the one before is settled. */
export function createMutex(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const run = last.then(work, work)
    // The queue must go on after a failure; the caller gets the failure itself.
    last = run.catch(() => undefined)
    return run
  }
}
