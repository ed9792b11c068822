import { AppError, asAppError } from '../../shared/errors.ts'
import type { ListOptions, ListPage } from '../gmail/types.ts'
import type { SyncDeps } from './deps.ts'

/** A page token is tried so often before it counts as refused, and a listing restarted so often before the account waits. */
const TOKEN_TRIES = 3
const MOST_RESTARTS = 5

/**
 * One page of a listing, or null when the page token we came with is refused: the listing then begins anew. Tokens are opaque and their
 * life is not documented: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/list
 */
export async function listPage(
  { gmail }: Pick<SyncDeps, 'gmail'>,
  options: ListOptions,
  signal: AbortSignal,
): Promise<ListPage | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await gmail.list(options, signal)
    } catch (error) {
      if (asAppError(error).code !== 'bad_page_token' || options.pageToken === null) throw error
      if (tries === TOKEN_TRIES) return null
    }
  }
}

/** Counts one more beginning of a listing; throws `server` when there were too many, so that the account waits. */
export function countRestart(restarts: number): number {
  if (restarts < MOST_RESTARTS) return restarts + 1
  throw new AppError('server', 'Gmail refuses its own page tokens again and again; the listing is tried later')
}

/**
 * Whether the end of a listing may be believed. One that ended early (a cut answer can look like an empty mailbox) has fewer messages than
 * Gmail counts, but so has one without spam and trash: it is repeated once, and what the second pass says holds.
 */
export function isBelievable(pass: number, listed: number, messagesTotal: number): boolean {
  return pass > 1 || listed >= messagesTotal
}
