import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import type { GmailLabel, MessageFacts } from '../gmail/types.ts'
import { AUDIT_RUN, countWaitingOfLabel, labelDifferences, readStoredLabels } from '../store/audit-gmail.ts'
import { MOST_FOUND } from '../store/audit-local.ts'
import { knownLabelIds, labelsInUse } from '../store/labels.ts'
import type { AuditDeps } from './audit-deps.ts'
import { askAll, bringUp, listInto, MOST_ASKED } from './audit-listing.ts'
import { type Findings, judgeLabels } from './audit-plan.ts'

/** What the comparison of labels found, ready for its repair. */
export interface LabelsLook {
  readonly named: readonly GmailLabel[]
  /** Gmail's word on messages whose labels are wrong here. */
  readonly facts: readonly MessageFacts[]
  /** Too many were wrong to ask for each: two listings say so. */
  readonly tooMany: boolean
  /** By label, how many of its messages wait for their download; labels that were not listed are absent. */
  readonly waiting: ReadonlyMap<LabelId, number>
}

/** Of one label so many are asked for; more are believed when a second listing says the same. */
const MOST_OF_LABEL = 500

/** Compares the members of labels (all, or only `only`) with what is stored, by listing them; by the same rule as the mailbox. */
export async function lookAtLabels(
  deps: AuditDeps,
  account: AccountId,
  only: ReadonlySet<string> | null,
  found: Findings,
  signal: AbortSignal,
): Promise<LabelsLook> {
  const named = await deps.gmail.labels(signal)
  const isNamed = new Set(named.map((label) => label.id))
  const inUse = await labelsInUse(deps.db, account)
  const known = await deps.hold(() => knownLabelIds(deps.db, account))
  found.add(
    'label_unknown',
    inUse.filter((label) => isNamed.has(label) && !known.has(label)),
  )
  const all = [...new Set([...isNamed, ...inUse])].filter((label) => only === null || only.has(label)).sort()
  const suspects = new Set<MessageId>()
  const waiting = new Map<LabelId, number>()
  let tooMany = false
  for (const [index, label] of all.entries()) {
    deps.step('labels', index, all.length)
    const differ = await membersThatDiffer(deps, account, { label, isNamed: isNamed.has(label) }, signal)
    waiting.set(label, await countWaitingOfLabel(deps.db, account))
    if (differ.length <= MOST_OF_LABEL && suspects.size + differ.length <= MOST_ASKED) {
      for (const id of differ) suspects.add(id)
      continue
    }
    const again = new Set(await membersThatDiffer(deps, account, { label, isNamed: isNamed.has(label) }, signal))
    const believed = differ.filter((id) => again.has(id))
    const stored = await readStoredLabels(deps.db, account, believed)
    const carries = (id: MessageId): boolean => stored.get(id)?.labelIds.includes(label) ?? false
    found.add(
      'label_missing',
      believed.filter((id) => !carries(id)).map((id) => pair(id, label)),
    )
    found.add(
      'label_surplus',
      believed.filter(carries).map((id) => pair(id, label)),
    )
    tooMany ||= believed.length > 0
  }
  return { named, facts: await judge(deps, account, [...suspects], found, signal), tooMany, waiting }
}

/** A label of a message, as findings name it. */
export const pair = (id: MessageId, label: LabelId): string => `${id} ${label}`

async function membersThatDiffer(
  deps: AuditDeps,
  account: AccountId,
  { label, isNamed }: { readonly label: LabelId; readonly isNamed: boolean },
  signal: AbortSignal,
): Promise<MessageId[]> {
  const isKnown = await listInto(deps, account, { run: AUDIT_RUN.label, label, includeSpamTrash: true }, signal)
  // A label that Gmail names and then does not know proves nothing. One that it no longer names has no members.
  if (!isKnown && isNamed) return []
  const differ = await labelDifferences(deps.db, account, label, MOST_FOUND)
  if (differ.length === 0) return []
  await bringUp(deps, account, signal)
  const still = new Set(await deps.hold(() => labelDifferences(deps.db, account, label, MOST_FOUND)))
  return differ.filter((id) => still.has(id))
}

/** Asks for the messages; those that changed since are asked for once more, and are no news if they change again. */
async function judge(
  deps: AuditDeps,
  account: AccountId,
  suspects: readonly MessageId[],
  found: Findings,
  signal: AbortSignal,
): Promise<readonly MessageFacts[]> {
  const wrong: MessageFacts[] = []
  let left = suspects
  for (let round = 0; round < 2 && left.length > 0; round++) {
    const asked = await askAll(deps, left, signal)
    await bringUp(deps, account, signal)
    const stored = await deps.hold(() => readStoredLabels(deps.db, account, left))
    const moving: MessageId[] = []
    for (const [id, facts] of asked.found) {
      const verdict = judgeLabels(stored.get(id), facts)
      if (verdict === 'moving') moving.push(id)
      if (verdict === null || verdict === 'moving') continue
      wrong.push(facts)
      found.add(
        'label_missing',
        verdict.missing.map((label) => pair(id, label)),
      )
      found.add(
        'label_surplus',
        verdict.surplus.map((label) => pair(id, label)),
      )
    }
    left = moving
  }
  return wrong
}
