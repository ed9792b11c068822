import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import { type AccountId, type MessageId, messageId } from '../../shared/ids.ts'
import { listAccounts } from '../store/accounts.ts'
import { countStored, queuedAmong, readStoredLabels } from '../store/audit-gmail.ts'
import {
  adoptFacts,
  dropStrays,
  type OriginalFacts,
  readOriginals,
  rebuildSearch,
  recount,
  restoreVersions,
} from '../store/audit-local.ts'
import { DamagedOriginal } from '../store/faults.ts'
import { saveCurrentLabels } from '../store/labels.ts'
import { markDeleted, markLive, purgeMessages, storeMessages, updateParsed } from '../store/messages.ts'
import { dequeue, enqueue, PRIORITY } from '../store/queue.ts'
import type { AuditDeps } from './audit-deps.ts'
import type { LabelsLook } from './audit-labels.ts'
import { pair } from './audit-labels.ts'
import type { MailboxLook } from './audit-mailbox.ts'
import { factsOfOriginal } from './audit-originals.ts'
import { type Findings, judgeLabels } from './audit-plan.ts'
import { download } from './download.ts'
import { reconcile } from './reconcile.ts'
import { readLabelNames } from './refresh-labels.ts'
import { rereadAll } from './reparse.ts'

const BATCH = 50

/**
 * What puts right what an audit found. Everything may be done again, and nothing is thrown away that cannot be had again: no original is ever
 * removed, damaged ones are only replaced by Gmail's, and messages that Gmail lost are marked, or purged where the person chose so.
 */

/** What needs no Gmail: rows that hang in the air go, what the originals say comes back. */
export async function repairWithoutGmail(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps
  const ids = (kind: Parameters<Findings['ids']>[0]): MessageId[] => found.ids(kind).map(messageId)
  await deps.hold(() =>
    deps.exclusive(() =>
      db.transaction(async (sql) => {
        for (const kind of ['version_stray', 'labels_stray', 'attachments_stray'] as const)
          await dropStrays(sql, account, kind, ids(kind))
        await restoreVersions(sql, account, ids('version_missing'))
        await dequeue(sql, account, ids('queued_stored'))
      }),
    ),
  )
  if (found.ids('search_missing').length > 0) await rebuildSearch(db.as('maintenance'))
  if (found.ids('account_record_missing').length > 0) await restoreAccountRecord(deps, account)
  await restoreStrays(deps, account, ids('original_stray'), signal)
  await adopt(deps, account, ids('facts_wrong'))
  await inBatches([...new Set([...ids('parser_behind'), ...ids('attachments_wrong')])], signal, async (batch) => {
    const read = await reread(deps, account, batch)
    await deps.exclusive(() =>
      db.transaction((sql) =>
        updateParsed(
          sql,
          account,
          read.map(({ message }) => message),
        ),
      ),
    )
  })
}

async function restoreAccountRecord({ db, raw }: AuditDeps, account: AccountId): Promise<void> {
  const row = (await listAccounts(db)).find(({ id }) => id === account)
  if (row !== undefined)
    await raw.putAccount({ id: row.id, email: row.email, created_at: row.created_at.toISOString() })
}

const reread = (deps: AuditDeps, account: AccountId, ids: readonly MessageId[]) =>
  rereadAll({ ...deps, rawKind: deps.raw.kind }, account, ids)

/** Rows made anew from originals that have none; Gmail's labels come with its comparison. */
async function restoreStrays(
  deps: AuditDeps,
  account: AccountId,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<void> {
  await inBatches(ids, signal, async (batch) => {
    const read = await reread(deps, account, batch)
    await deps.hold(() =>
      deps.exclusive(() =>
        deps.db.transaction((sql) =>
          storeMessages(
            sql,
            account,
            read.map(({ message }) => message),
            deps.clock.now(),
          ),
        ),
      ),
    )
  })
}

/** Rows say again what their originals say. */
export async function adopt(deps: AuditDeps, account: AccountId, ids: readonly MessageId[]): Promise<void> {
  const facts: OriginalFacts[] = []
  for (const id of ids) {
    const entry = await deps.raw.get(account, id).catch((error: unknown) => {
      if (error instanceof DamagedOriginal) return null
      throw error
    })
    // What names another message is not this one's original.
    if (entry !== null && entry.facts.id === id) facts.push(factsOfOriginal(entry))
  }
  await deps.exclusive(() => adoptFacts(deps.db, account, facts))
}

/** Downloads what the audit queued, a chunk at a time. */
export async function fetchQueued(
  deps: AuditDeps,
  account: AccountId,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<void> {
  let left = await queuedAmong(deps.db, account, ids)
  while (left.size > 0) {
    deps.step('downloading', ids.length - left.size, ids.length)
    const done = await deps.hold(() =>
      download(deps, account, {
        limit: BATCH,
        goesOn: () => false,
        lowest: () => PRIORITY.repair,
        signal,
        onCommit: () => undefined,
      }),
    )
    const now = await queuedAmong(deps.db, account, ids)
    // What failed is tried again by the next turns.
    if (now.size === left.size && done.stored + done.failed === 0) return
    left = now
  }
}

/** Puts right what the comparison of ids found. Throws `mass_deletion` when most of the mailbox would be marked. */
export async function repairMailbox(
  deps: AuditDeps,
  account: AccountId,
  look: MailboxLook,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps
  const now = deps.clock.now()
  const { live } = await countStored(db, account)
  if (look.ghosts.length > 100 && look.ghosts.length > live / 2) {
    throw new AppError(
      'mass_deletion',
      `Gmail no longer has ${look.ghosts.length} of ${live} stored messages: more than half. Nothing was marked as deleted`,
      {
        remedy:
          'Look at the mailbox in Gmail. If the mail really was deleted there, remove the account and add it again; its stored mail can be kept',
      },
    )
  }
  const missing = look.missing.map(({ id }) => id)
  const purge = deps.settings.onRemoteDelete === 'purge'
  await deps.hold(() =>
    deps.exclusive(() =>
      db.transaction(async (sql) => {
        // A version without its message would keep the message out of the queue.
        await dropStrays(sql, account, 'version_stray', missing)
        await enqueue(
          sql,
          account,
          look.missing.map(({ id, threadId }, ord) => ({ id, threadId, ord })),
          PRIORITY.repair,
          now,
        )
        await markLive(sql, account, look.deleted)
        await saveCurrentLabels(
          sql,
          account,
          look.deleted.flatMap((id) => look.facts?.get(id) ?? []),
        )
        await dequeue(sql, account, look.queued)
        await markDeleted(sql, account, look.queued, now)
        if (purge) await purgeMessages(sql, account, look.ghosts, now)
        else await markDeleted(sql, account, look.ghosts, now)
      }),
    ),
  )
  if (purge) await deps.removeRaw(account, look.ghosts)
  found.repaired('deleted_here', look.deleted)
  found.repaired('ghost', look.ghosts)
  found.repaired('queued_gone', look.queued)
  await fetchQueued(deps, account, missing, signal)
  found.repaired(
    'missing',
    (await readOriginals(db, account, missing)).map((row) => row.id),
  )
}

/** Puts right what the comparison of labels found. */
export async function repairLabels(
  deps: AuditDeps,
  account: AccountId,
  look: LabelsLook,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  if (found.ids('label_unknown').length > 0) {
    await deps.hold(() => readLabelNames(deps, account, signal))
    found.repaired('label_unknown', found.ids('label_unknown'))
  }
  for (let at = 0; at < look.facts.length; at += BATCH) {
    const batch = look.facts.slice(at, at + BATCH)
    const ids = batch.map((facts) => facts.id)
    const stored = await deps.hold(async () => {
      await deps.exclusive(() =>
        deps.db.transaction(async (sql) => {
          await restoreVersions(sql, account, ids)
          await saveCurrentLabels(sql, account, batch)
        }),
      )
      return readStoredLabels(deps.db, account, ids)
    })
    for (const facts of batch) {
      const verdict = judgeLabels(stored.get(facts.id), facts)
      if (verdict !== null && verdict !== 'moving') continue
      for (const kind of ['label_missing', 'label_surplus'] as const)
        found.repaired(
          kind,
          found.ids(kind).filter((name) => name.startsWith(`${facts.id} `)),
        )
    }
  }
  if (!look.tooMany) return
  await deps.hold(() => reconcile(deps, account, signal))
  await settleLabels(deps, account, found)
}

/** Which of the label findings are as they should be by now. */
async function settleLabels(deps: AuditDeps, account: AccountId, found: Findings): Promise<void> {
  for (const kind of ['label_missing', 'label_surplus'] as const) {
    const names = found.ids(kind)
    const stored = await readStoredLabels(deps.db, account, [
      ...new Set(names.map((name) => messageId(name.split(' ')[0] ?? ''))),
    ])
    const carried = new Set([...stored].flatMap(([id, { labelIds }]) => labelIds.map((label) => pair(id, label))))
    found.repaired(
      kind,
      names.filter((name) => carried.has(name) === (kind === 'label_missing')),
    )
  }
}

/** Counts anew, within one transaction in which nothing else changes. */
export const repairCounters = (deps: AuditDeps, account: AccountId): Promise<void> =>
  deps.hold(() => deps.exclusive(() => deps.db.transaction((sql) => recount(sql, account))))

async function inBatches<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    signal.throwIfAborted()
    await work(items.slice(at, at + BATCH))
  }
}

/** Whether a failure is a part's that could not be looked at, rather than the end of the audit. */
export const isUnseen = (error: unknown): boolean => !isAbort(error) && asAppError(error).code !== 'bug'
