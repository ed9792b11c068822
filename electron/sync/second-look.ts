import type { AccountId } from '../../shared/ids.ts'
import { type Checkpoint, settleListing } from '../store/checkpoints.ts'
import { enqueue, PRIORITY } from '../store/queue.ts'
import type { SyncDeps } from './deps.ts'
import { listPage } from './list-page.ts'

/** Gmail lists what has just arrived after some seconds, while its history id moves at once. */
const LISTED_AFTER_MS = 60_000

/**
 * Lists the newest messages once more after a whole listing: what arrived just before it is in no history that we read, and Gmail may not
 * have listed it yet. Done once, by the first turn that is well after the listing: until then a turn costs what it always costs.
 */
export async function lookAgain(
  deps: SyncDeps,
  account: AccountId,
  { listingEndedAt }: Checkpoint,
  signal: AbortSignal,
): Promise<void> {
  if (listingEndedAt === null) return
  const now = deps.clock.now()
  // A clock that was set back makes it long ago as well.
  if (Math.abs(now.getTime() - listingEndedAt.getTime()) < LISTED_AFTER_MS) return
  const page = await listPage(deps, { pageToken: null, includeSpamTrash: deps.settings.includeSpamTrash }, signal)
  const items = (page?.messages ?? []).map(({ id, threadId }, ord) => ({ id, threadId, ord }))
  await deps.exclusive(() =>
    deps.db.transaction(async (sql) => {
      await enqueue(sql, account, items, PRIORITY.repair, now)
      await settleListing(sql, account, listingEndedAt)
    }),
  )
}
