import { AppError, asAppError } from '../../shared/errors.ts'
import type { QueueItem } from '../store/queue.ts'

/** What becomes of one message that could not be had. */
export type MessageFate =
  /** Gmail no longer has it. */
  | { readonly kind: 'gone' }
  /** It is expected to appear: try again then, and do not call it a failure. */
  | { readonly kind: 'postpone'; readonly until: Date }
  /** Stays in the queue with its reason. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly nextTryAt: Date }

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** Fresh self-sent mail is in history before `get` finds it: https://github.com/byeokim/gmailpush/issues/10 */
const FRESH_FOR_MS = 30 * SECOND
/** Never: a malformed id stays malformed. */
const NEVER = new Date('9999-01-01T00:00:00Z')

/** A stated wait longer than this is the account's, not one message's. */
const LONG_WAIT_MS = 60 * SECOND

/** Whom a failure concerns: the message that met it, the account (quota, sign-in, disk), or either — which Gmail's other answers tell. */
export function concernOf(error: unknown): 'message' | 'account' | 'either' {
  const { code, retryAfterMs } = asAppError(error)
  if ((retryAfterMs ?? 0) > LONG_WAIT_MS) return 'account'
  switch (code) {
    case 'gone':
    case 'bad_id':
    case 'server':
    case 'bad_answer':
    case 'parse_failed':
      return 'message'
    // A gateway that breaks one mail's connection, or a refusal nobody has described, must not stop the mailbox.
    case 'network':
    case 'policy':
      return 'either'
    default:
      return 'account'
  }
}

/** What a failed download does to a message. `random` is in [0, 1). */
export function messageFate(error: unknown, item: QueueItem, now: Date, random: number): MessageFate {
  const failure = error instanceof AppError ? error : asAppError(error)
  const at = (ms: number): Date => new Date(now.getTime() + Math.round(ms))
  switch (failure.code) {
    case 'gone': {
      const age = now.getTime() - item.queuedAt.getTime()
      if (age >= 0 && age < FRESH_FOR_MS && item.priority === 0) {
        return {
          kind: 'postpone',
          until: at(age < 2 * SECOND ? 2 * SECOND : age < 7 * SECOND ? 5 * SECOND : 15 * SECOND),
        }
      }
      // One 404 is not believed: asked again a minute later, it must still be gone. A deletion that history tells comes first anyway.
      if (item.lastCode === 'gone') return { kind: 'gone' }
      return { kind: 'failed', code: failure.code, message: failure.message, nextTryAt: at(MINUTE) }
    }
    case 'bad_id':
      return { kind: 'failed', code: failure.code, message: failure.message, nextTryAt: NEVER }
    default: {
      const backoff = Math.min(MINUTE * 4 ** item.attempts, DAY)
      const wait = Math.max(failure.retryAfterMs ?? 0, backoff * (0.5 + random / 2))
      return { kind: 'failed', code: failure.code, message: failure.message, nextTryAt: at(wait) }
    }
  }
}
