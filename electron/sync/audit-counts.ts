import { asAppError } from '../../shared/errors.ts'
import type { AccountId, LabelId } from '../../shared/ids.ts'
import { countLabels, countStored } from '../store/audit-gmail.ts'
import { readExplained, saveExplained } from '../store/audits.ts'
import { readCheckpoint } from '../store/checkpoints.ts'
import type { AuditDeps } from './audit-deps.ts'
import { bringUp } from './audit-listing.ts'
import { countsToExplain, explanations } from './audit-plan.ts'

/** Gmail's counts are told by servers that may lag behind each other: what differs is counted once more after so long. */
const SECOND_LOOK_MS = 60_000
const MOST_TRIES = 3

interface Counts {
  readonly gmail: ReadonlyMap<string, number>
  readonly stored: ReadonlyMap<string, number>
}

/**
 * Gmail's own counts of the mailbox ('') and of each label beside those of what is stored, one unit each; null when the mailbox did not stand still
 * for as long as that took.
 */
async function count(deps: AuditDeps, account: AccountId, signal: AbortSignal): Promise<Counts | null> {
  await bringUp(deps, account, signal)
  const before = await deps.gmail.profile(signal)
  const { historyId } = await readCheckpoint(deps.db, account)
  if (historyId === null || historyId < before.historyId) return null
  const labels = await deps.gmail.labels(signal)
  const gmail = new Map<string, number>([['', before.messagesTotal]])
  for (const { id } of labels) {
    const total = await totalOf(deps, id, signal)
    if (total !== null) gmail.set(id, total)
  }
  const { live, waiting } = await countStored(deps.db, account)
  const byLabel = await countLabels(deps.db, account)
  const after = await deps.gmail.profile(signal)
  if (after.historyId !== before.historyId || (await readCheckpoint(deps.db, account)).historyId !== historyId)
    return null
  const stored = new Map<string, number>([['', live + waiting]])
  for (const [label, { live: carried }] of byLabel) stored.set(label, carried)
  return { gmail, stored }
}

async function totalOf(deps: AuditDeps, label: LabelId, signal: AbortSignal): Promise<number | null> {
  try {
    return await deps.gmail.labelTotal(label, signal)
  } catch (error) {
    if (asAppError(error).code === 'not_found') return null
    throw error
  }
}

async function countPatiently(deps: AuditDeps, account: AccountId, signal: AbortSignal): Promise<Counts | null> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const counts = await count(deps, account, signal)
    if (counts !== null) return counts
  }
  return null
}

/**
 * Which labels ('' is the mailbox) must be listed because their counts are not explained by what is stored; empty when all are. Null when the mailbox
 * is too lively to be counted. Costs one unit for each label and no more than five besides.
 */
export async function unexplainedCounts(
  deps: AuditDeps,
  account: AccountId,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const explained = await readExplained(deps.db, account)
  const first = await countPatiently(deps, account, signal)
  if (first === null) return null
  const differ = countsToExplain({ ...first, explained })
  if (differ.length === 0) return []
  await deps.clock.sleep(SECOND_LOOK_MS, signal)
  const second = await countPatiently(deps, account, signal)
  if (second === null) return null
  const still = new Set(countsToExplain({ ...second, explained }))
  return differ.filter((label) => still.has(label))
}

/** Remembers what Gmail's counts are when nothing is wrong, for the looks to come. */
export async function rememberCounts(deps: AuditDeps, account: AccountId, signal: AbortSignal): Promise<void> {
  const counts = await countPatiently(deps, account, signal)
  if (counts === null) return
  await deps.db.transaction((sql) => saveExplained(sql, account, explanations(counts.gmail, counts.stored)))
}
