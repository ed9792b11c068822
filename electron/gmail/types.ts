import type { LabelId, MessageId, ThreadId } from '../../shared/ids.ts'

/** `users.getProfile`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile */
export interface Profile {
  readonly email: string
  readonly messagesTotal: number
  readonly historyId: bigint
}

/** `users.labels`: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels */
export interface GmailLabel {
  readonly id: LabelId
  readonly name: string
  readonly type: 'system' | 'user'
  readonly textColor: string | null
  readonly backgroundColor: string | null
}

export interface ListedMessage {
  readonly id: MessageId
  readonly threadId: ThreadId
}

/** One page of `messages.list`. `nextPageToken` is null on the last page. */
export interface ListPage {
  readonly messages: readonly ListedMessage[]
  readonly nextPageToken: string | null
}

export interface ListOptions {
  readonly pageToken: string | null
  readonly includeSpamTrash: boolean
  readonly labelId?: LabelId
}

/** One change of one message. `labelIds` of `added` are the message's labels as far as Gmail said them. */
export type HistoryChange =
  | {
      readonly kind: 'added'
      readonly id: MessageId
      readonly threadId: ThreadId
      readonly labelIds: readonly LabelId[]
    }
  | { readonly kind: 'deleted'; readonly id: MessageId; readonly threadId: ThreadId }
  | {
      readonly kind: 'labels'
      readonly id: MessageId
      readonly threadId: ThreadId
      readonly added: readonly LabelId[]
      readonly removed: readonly LabelId[]
    }

export interface HistoryRecord {
  readonly historyId: bigint
  readonly changes: readonly HistoryChange[]
}

/** One page of `history.list`, in Gmail's order. */
export interface HistoryPage {
  readonly records: readonly HistoryRecord[]
  readonly nextPageToken: string | null
  /** The mailbox's history id as this page's answer gave it. */
  readonly mailboxHistoryId: bigint
}

/** What `messages.get` says beside the bytes (format minimal or raw). Milliseconds since 1970 for `internalDate`. */
export interface MessageFacts {
  readonly id: MessageId
  readonly threadId: ThreadId
  readonly labelIds: readonly LabelId[]
  readonly historyId: bigint
  readonly internalDate: number
  readonly snippet: string
}

/** Gmail's answer with decoded bytes. */
export interface RawMessage extends MessageFacts {
  readonly bytes: Uint8Array
}

/** New mail and live history passes go before the backfill when quota is short. */
export type CallPriority = 'live' | 'backfill'

/**
 * The calls we make for one account, each paced, retried within its budget (`gmail/retry.ts`) and validated. Every
 * failure is an `AppError`; `aborted` when the signal fired.
 */
export interface Gmail {
  profile(signal: AbortSignal): Promise<Profile>
  labels(signal: AbortSignal): Promise<readonly GmailLabel[]>
  /** How many messages carry a label, by Gmail's own count, which may lag behind. Throws `not_found` for a label that it does not know. */
  labelTotal(id: LabelId, signal: AbortSignal): Promise<number>
  /** One page of at most 500 ids, newest first. Throws `bad_page_token` when the token is refused. */
  list(options: ListOptions, signal: AbortSignal): Promise<ListPage>
  /** One page of history after `start`. Throws `history_expired` when Gmail has forgotten it. */
  history(start: bigint, pageToken: string | null, signal: AbortSignal): Promise<HistoryPage>
  /** Facts without bytes. Throws `gone` when the message is not there any more. */
  minimal(id: MessageId, priority: CallPriority, signal: AbortSignal): Promise<MessageFacts>
  /**
   * The raw message. The body of Gmail's answer is handed to `take` as it came (JSON, still encoded), so that decoding can
   * happen off the main thread; when `take` throws `AppError('bad_answer')` the call is repeated within the same budget.
   */
  raw<T>(id: MessageId, priority: CallPriority, signal: AbortSignal, take: (body: Uint8Array) => Promise<T>): Promise<T>
}
