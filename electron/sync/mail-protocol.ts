import type { ErrorCode, RemedyAction } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { PreparedMessage } from './deps.ts'

/** What the main thread and the mail worker say to each other. */

export interface MailWorkerData {
  /** Where originals are written; null when they go into Postgres and the worker only packs them. */
  readonly rawFolder: string | null
  /** Whether the folder must be marked as that of the originals. */
  readonly marked: boolean
  /**
   * One number: `seq` of the mail that is being read, 0 for none. Shared memory, since a message for each mail would cost more than it
   * tells, and since it can be looked at when the worker hangs or has died.
   */
  readonly reading: Int32Array<SharedArrayBuffer>
}

/** What the worker makes of a message; the client adds which worker it was. */
export type WorkerMessage = Omit<PreparedMessage, 'generation'>

export type MailRequest =
  | {
      readonly kind: 'prepare'
      readonly seq: number
      readonly account: AccountId
      readonly id: MessageId
      readonly body: Uint8Array
      /** Reading this mail hung before: keep the bytes, do not read it. */
      readonly skipParse: boolean
    }
  | { readonly kind: 'flush'; readonly seq: number }
  | {
      readonly kind: 'reread'
      readonly seq: number
      readonly account: AccountId
      readonly id: MessageId
      readonly packed: Uint8Array | null
      readonly skipParse: boolean
    }

export type MailReply =
  | { readonly kind: 'prepared'; readonly seq: number; readonly prepared: WorkerMessage | null }
  | { readonly kind: 'done'; readonly seq: number }
  | {
      readonly kind: 'failed'
      readonly seq: number
      readonly code: ErrorCode
      readonly message: string
      readonly remedy: string | undefined
      readonly action: RemedyAction | undefined
    }
