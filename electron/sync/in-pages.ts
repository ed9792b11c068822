import type { MessageId } from '../../shared/ids.ts'

/** The next ids in order, after the last of the page before. */
export interface IdPage {
  readonly after: MessageId | null
  readonly limit: number
}

/**
 * Works through any number of messages with one page of them in memory and in a transaction. What `work` does to the messages of a page,
 * such as that they are no longer found, does not change which come next.
 */
export async function inPages(
  limit: number,
  read: (page: IdPage) => Promise<readonly MessageId[]>,
  work: (ids: readonly MessageId[]) => Promise<void>,
): Promise<void> {
  let after: MessageId | null = null
  for (;;) {
    const ids: readonly MessageId[] = await read({ after, limit })
    if (ids.length > 0) await work(ids)
    if (ids.length < limit) return
    after = ids.at(-1) ?? null
  }
}
