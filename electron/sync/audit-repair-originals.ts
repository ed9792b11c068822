import type { AccountId, MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import { enqueueAgain } from '../store/audit-gmail.ts'
import { neitherStoredNorQueued, readOriginals } from '../store/audit-local.ts'
import { DamagedOriginal } from '../store/faults.ts'
import { markDeleted } from '../store/messages.ts'
import type { AuditDeps } from './audit-deps.ts'
import { askAll } from './audit-listing.ts'
import { originalFaults, suspectsAmong } from './audit-originals.ts'
import type { Findings } from './audit-plan.ts'
import { adopt, fetchQueued } from './audit-repair.ts'

const badOriginals = (found: Findings): readonly MessageId[] =>
  [...new Set(originalFaults.flatMap((kind) => found.ids(kind)))].map(messageId)

/** How many originals a repair downloads again at most: those of which only the row is wrong are whole. */
export const fetchedAnew = (found: Findings): number =>
  new Set(originalFaults.filter((kind) => kind !== 'facts_wrong').flatMap((kind) => found.ids(kind))).size

/** Originals that are not there or not right are had anew where Gmail has the message. */
export async function repairOriginals(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const bad = badOriginals(found)
  const { bad: rows } = await conditions(deps, account, bad, signal)
  if (rows.length === 0) return
  const { gone } = await askAll(
    deps,
    rows.map((row) => row.id),
    signal,
  )
  const fetchable = rows.filter((row) => !gone.has(row.id) && !row.isDeleted)
  await deps.hold(() =>
    deps.exclusive(() =>
      deps.db.transaction(async (sql) => {
        await enqueueAgain(sql, account, fetchable, deps.clock.now())
        await markDeleted(sql, account, [...gone], deps.clock.now())
      }),
    ),
  )
  await fetchQueued(
    deps,
    account,
    fetchable.map((row) => row.id),
    signal,
  )
  // Whole in itself and not what its row says: with Gmail's copy gone, it is the only witness there is.
  await adopt(
    deps,
    account,
    found
      .ids('original_wrong')
      .map(messageId)
      .filter((id) => gone.has(id) || rows.some((row) => row.id === id && row.isDeleted)),
  )
  const { bad: left } = await conditions(deps, account, bad, signal)
  const isLost = new Set(left.filter((row) => row.isDeleted).map((row) => row.id as string))
  for (const kind of originalFaults)
    found.lost(
      kind,
      found.ids(kind).filter((id) => isLost.has(id)),
    )
}

/** Without Gmail: the next turns download them. What Gmail no longer has stays as it is. */
export async function queueOriginals(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const bad = badOriginals(found)
  const rows = (await conditions(deps, account, bad, signal)).bad.filter((row) => !row.isDeleted)
  if (rows.length === 0) return
  await deps.hold(() =>
    deps.exclusive(() => deps.db.transaction((sql) => enqueueAgain(sql, account, rows, deps.clock.now()))),
  )
}

/** Which originals are still not as they should be, and which are. One that cannot be read is neither. */
async function conditions(deps: AuditDeps, account: AccountId, ids: readonly MessageId[], signal: AbortSignal) {
  const rows = await readOriginals(deps.db, account, ids)
  const suspects = await suspectsAmong(deps, account, rows, signal)
  return {
    bad: rows.filter((row) => typeof suspects.get(row.id) === 'string'),
    isWell: (id: MessageId) => !suspects.has(id),
  }
}

/** Marks as put right which originals are so now. */
export async function settleOriginals(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  options: { readonly gmailKnown: boolean },
  signal: AbortSignal,
): Promise<void> {
  for (const kind of originalFaults) {
    const ids = found.ids(kind).map(messageId)
    if (ids.length === 0) continue
    const { isWell } = await conditions(deps, account, ids, signal)
    found.repaired(kind, ids.filter(isWell))
  }
  if (options.gmailKnown) await setStraysAside(deps, account, found, signal)
  const strays = found.ids('original_stray').map(messageId)
  const stored = new Set((await readOriginals(deps.db, account, strays)).map((row) => row.id))
  const there = await deps.raw.present(account, strays)
  // One whose message Gmail no longer has is purged with it, where the person chose so.
  found.repaired(
    'original_stray',
    strays.filter((id) => stored.has(id) || !there.has(id)),
  )
  if (found.ids('account_record_missing').length > 0 && (await deps.raw.hasAccount(account)))
    found.repaired('account_record_missing', found.ids('account_record_missing'))
}

/**
 * Damaged, unknown to the database, and not downloaded though Gmail was just compared: Gmail does not have the message either. Nothing of the copy
 * is missing with it, and nobody can put it right: it is kept under another name, and told once.
 */
async function setStraysAside(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const strays = found.ids('original_stray').map(messageId)
  const left = await neitherStoredNorQueued(deps.db, account, strays)
  for (const id of left) {
    signal.throwIfAborted()
    const isDamaged = await deps.raw.get(account, id).then(
      () => false,
      (error: unknown) => error instanceof DamagedOriginal,
    )
    if (!isDamaged) continue
    const kept = await deps.hold(() => deps.raw.setAside(account, [id]))
    deps.log.warning(
      `A damaged original of a message that neither Gmail nor the database has is kept as ${kept.join(', ')}. Delete it once you no longer need it`,
      { account, message: id },
    )
  }
}
