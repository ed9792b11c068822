import { asAppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Log } from '../ports.ts'
import type { Db } from '../store/db.ts'
import { listForReparse, updateParsed } from '../store/messages.ts'
import { readPacked } from '../store/raw-postgres.ts'
import type { MailWorker, PreparedMessage } from './deps.ts'

const BATCH = 50

export interface ReparseDeps {
  readonly db: Db
  readonly mail: MailWorker
  readonly log: Log
  readonly rawKind: 'files' | 'postgres'
  readonly parserVersion: number
}

export interface ReparseReport {
  /** Rows looked at. */
  readonly messages: number
  readonly changed: number
  /** Originals that are missing or damaged. */
  readonly failed: number
}

/**
 * Reads stored originals again and writes what they say, for rows of another parser version, rows that could not be read, or all. What
 * Gmail said (labels, dates, ids) stays. Cut anywhere, it goes on with the rest next time.
 */
export async function reparse(
  deps: ReparseDeps,
  accounts: readonly AccountId[],
  options: { readonly all: boolean },
  signal: AbortSignal,
): Promise<ReparseReport> {
  let messages = 0
  let changed = 0
  let failed = 0
  for (const account of accounts) {
    let after: MessageId | null = null
    while (!signal.aborted) {
      const ids: MessageId[] = await listForReparse(deps.db, account, {
        parserVersion: deps.parserVersion,
        all: options.all,
        after,
        limit: BATCH,
      })
      if (ids.length === 0) break
      const read = await rereadAll(deps, account, ids)
      changed += await deps.db.transaction((sql) =>
        updateParsed(
          sql,
          account,
          read.map(({ message }) => message),
        ),
      )
      messages += ids.length
      failed += ids.length - read.length
      after = ids.at(-1) ?? null
    }
  }
  return { messages, changed, failed }
}

/** Those of the messages whose original could be read; the others are logged by id. */
export async function rereadAll(
  deps: Pick<ReparseDeps, 'db' | 'mail' | 'log' | 'rawKind'>,
  account: AccountId,
  ids: readonly MessageId[],
): Promise<PreparedMessage[]> {
  const one = async (id: MessageId): Promise<PreparedMessage[]> => {
    try {
      const packed = deps.rawKind === 'postgres' ? await readPacked(deps.db, account, id) : null
      const read = await rereadPatiently(deps.mail, account, id, packed)
      if (read !== null) return [read]
      deps.log.warning('The original of a message is missing', { account, message: id })
    } catch (error) {
      // Nothing can be read then, which says nothing of any mail.
      if (asAppError(error).code === 'originals_away') throw error
      deps.log.warning(`The original of a message cannot be read: ${asAppError(error).message}`, {
        account,
        message: id,
      })
    }
    return []
  }
  return (await Promise.all(ids.map(one))).flat()
}

/** A mail on which the reader hangs loses the worker once; asked again, it is kept unread. */
async function rereadPatiently(
  mail: MailWorker,
  account: AccountId,
  id: MessageId,
  packed: Uint8Array | null,
): Promise<PreparedMessage | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await mail.reread(account, id, packed)
    } catch (error) {
      if (asAppError(error).code !== 'bad_answer' || tries === 3) throw error
    }
  }
}
