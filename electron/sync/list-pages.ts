import { AppError, asAppError } from '../../shared/errors.ts'
import type { MessageId, ThreadId } from '../../shared/ids.ts'
import type { ListOptions, ListPage } from '../gmail/types.ts'
import type { SyncDeps } from './deps.ts'

/** A page token is tried so often before it counts as refused, and a listing restarted so often before the account waits. */
const TOKEN_TRIES = 3
const MOST_RESTARTS = 5

/** A message as a listing gives it: `ord` is its place, the newest first. */
export interface ListedItem {
  readonly id: MessageId
  readonly threadId: ThreadId
  readonly ord: number
}

export interface ListSteps {
  /** The page token at which an earlier listing was cut, and how many it had listed by then. */
  readonly from?: { readonly pageToken: string | null; readonly listed: number }
  /** Gmail refuses the page token: the listing begins anew. */
  readonly onRestart?: () => Promise<void>
  /** Takes a page: `listed` are all so far, this page included. */
  readonly take: (
    items: readonly ListedItem[],
    so: { readonly listed: number; readonly nextPageToken: string | null },
  ) => Promise<void>
}

/** Lists to the end, a page at a time. Throws `server` when Gmail refuses its own page tokens again and again, so that the account waits. */
export async function listPages(
  deps: Pick<SyncDeps, 'gmail'>,
  what: Omit<ListOptions, 'pageToken'>,
  { from = BEGINNING, onRestart, take }: ListSteps,
  signal: AbortSignal,
): Promise<void> {
  let { pageToken, listed } = from
  let restarts = 0
  for (;;) {
    const page: ListPage | null = await listPage(deps, { ...what, pageToken }, signal)
    if (page === null) {
      if (++restarts > MOST_RESTARTS)
        throw new AppError('server', 'Gmail refuses its own page tokens again and again; the listing is tried later')
      await onRestart?.()
      pageToken = null
      listed = 0
      continue
    }
    const first = listed
    const { messages, nextPageToken } = page
    listed += messages.length
    await take(
      messages.map(({ id, threadId }, index) => ({ id, threadId, ord: first + index })),
      { listed, nextPageToken },
    )
    if (nextPageToken === null) return
    pageToken = nextPageToken
  }
}

/** The same for a label, or all where none is named. False when Gmail does not know the label. */
export async function listKnown(...asked: Parameters<typeof listPages>): Promise<boolean> {
  try {
    await listPages(...asked)
    return true
  } catch (error) {
    if (asked[1].labelId !== undefined && asAppError(error).code === 'not_found') return false
    throw error
  }
}

const BEGINNING = { pageToken: null, listed: 0 }

/**
 * One page of a listing, or null when the page token we came with is refused: the listing then begins anew. Tokens are opaque and their
 * life is not documented: https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/list
 */
async function listPage(
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
