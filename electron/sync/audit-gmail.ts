import type { GmailPart } from '../../shared/audit.ts'
import { asAppError, isAbort } from '../../shared/errors.ts'
import { type AccountId, type LabelId, messageId } from '../../shared/ids.ts'
import type { GmailLabel } from '../gmail/types.ts'
import { countLabels, countStored, queuedAmong } from '../store/audit-gmail.ts'
import { readCheckpoint, requireReconcile } from '../store/checkpoints.ts'
import { rememberCounts, unexplainedCounts } from './audit-counts.ts'
import type { AuditDeps } from './audit-deps.ts'
import { type LabelsLook, lookAtLabels } from './audit-labels.ts'
import { bringUp, forgetListed } from './audit-listing.ts'
import { lookAtMailbox } from './audit-mailbox.ts'
import { createFindings, type Findings } from './audit-plan.ts'
import { repairLabels, repairMailbox } from './audit-repair.ts'

/** A checkpoint ahead of the mailbox is looked at again after so long: Gmail's servers may lag behind each other. */
const SECOND_LOOK_MS = 5_000

export interface GmailLookOptions {
  /** `counts` lists only what Gmail's own counts do not explain. */
  readonly by: 'ids' | 'counts'
  readonly repair: boolean
  /** What was last found; `counts` needs it. */
  readonly known: GmailPart | null
}

/** Compares an account with what Gmail has. Null when only counts were asked for and the mailbox is too lively for them. */
export async function lookAtGmail(
  deps: AuditDeps,
  account: AccountId,
  options: GmailLookOptions,
  signal: AbortSignal,
): Promise<GmailPart | null> {
  const { known, repair } = options
  const found = createFindings()
  await lookAtCursor(deps, account, repair, found, signal)
  let only: ReadonlySet<string> | null = null
  if (options.by === 'counts' && known !== null) {
    const unexplained = await unexplainedCounts(deps, account, signal)
    if (unexplained === null) return null
    if (unexplained.length === 0 && found.list().length === 0) return await agreed(deps, account, known)
    only = new Set(unexplained)
  } else if (found.ids('cursor_ahead').length === 0 || repair) {
    await bringUp(deps, account, signal)
  }
  try {
    const mailbox = await lookAtMailbox(deps, account, found, signal)
    if (repair) await repairMailbox(deps, account, mailbox, found, signal)
    const labels = await lookAtLabels(deps, account, only, found, signal)
    if (repair) await repairLabels(deps, account, labels, found, signal)
    return await report(deps, account, { labels, found, known, isWhole: only === null }, signal)
  } finally {
    await forgetListed(deps, account)
  }
}

/** A checkpoint that lies ahead of the mailbox would miss everything until the mailbox has come so far. */
async function lookAtCursor(
  deps: AuditDeps,
  account: AccountId,
  repair: boolean,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const isAhead = async (): Promise<boolean> => {
    // Read before Gmail is asked: it may be moved meanwhile, the mailbox only goes on.
    const { historyId } = await readCheckpoint(deps.db, account)
    return historyId !== null && historyId > (await deps.gmail.profile(signal)).historyId
  }
  if (!(await isAhead())) return
  await deps.clock.sleep(SECOND_LOOK_MS, signal)
  if (!(await isAhead())) return
  found.add('cursor_ahead', ['history_id'])
  if (!repair) return
  await deps.hold(() => requireReconcile(deps.db, account))
  await bringUp(deps, account, signal)
  found.repaired('cursor_ahead', ['history_id'])
}

/** Gmail's counts are what the last comparison explained: the figures of now, and the findings of then. */
async function agreed(deps: AuditDeps, account: AccountId, known: GmailPart): Promise<GmailPart> {
  const { live, waiting, gone, reasons } = await countStored(deps.db, account)
  const byLabel = await countLabels(deps.db, account)
  return {
    ...known,
    at: deps.clock.now().toISOString(),
    by: 'counts',
    figures: { gmail: live + waiting, stored: live, waiting, gone },
    waiting: [...reasons],
    labels: known.labels.map((label) => {
      const { live: stored, gone: left } = byLabel.get(label.label_id as LabelId) ?? { live: 0, gone: 0 }
      return { ...label, gmail: stored + label.waiting, stored, gone: left }
    }),
  }
}

interface Looked {
  readonly labels: LabelsLook
  readonly found: Findings
  readonly known: GmailPart | null
  readonly isWhole: boolean
}

async function report(
  deps: AuditDeps,
  account: AccountId,
  { labels, found, known, isWhole }: Looked,
  signal: AbortSignal,
): Promise<GmailPart> {
  const findings = found.list()
  const left = (kind: string): number => {
    const finding = findings.find((each) => each.kind === kind)
    return finding === undefined ? 0 : finding.count - finding.repaired
  }
  const { live, waiting, gone, reasons } = await countStored(deps.db, account)
  const waits = waiting - left('queued_gone')
  const stored = live - left('ghost')
  const now = deps.clock.now().toISOString()
  // What was found missing and waits by now is told once.
  const queued = await queuedAmong(deps.db, account, found.open('missing').map(messageId))
  if (findings.every((finding) => finding.count === finding.repaired)) {
    await rememberCounts(deps, account, signal).catch((error: unknown) => {
      if (isAbort(error)) throw error
      // The comparison itself is done: without them the next look at counts lists more than it need.
      deps.log.debug(`Gmail’s counts could not be read: ${asAppError(error).message}`, { account })
    })
  }
  return {
    at: now,
    by: 'ids',
    compared_at: isWhole ? now : (known?.compared_at ?? now),
    figures: {
      gmail: stored + waits + left('missing') - queued.size + left('deleted_here'),
      stored,
      waiting: waits,
      gone,
    },
    waiting: [...reasons],
    labels: await labelFigures(deps, account, labels, found, known),
    findings,
  }
}

async function labelFigures(
  deps: AuditDeps,
  account: AccountId,
  look: LabelsLook,
  found: Findings,
  known: GmailPart | null,
): Promise<GmailPart['labels']> {
  const byLabel = await countLabels(deps.db, account)
  const names = new Map(look.named.map((label: GmailLabel) => [label.id, label.name]))
  const before = new Map((known?.labels ?? []).map((label) => [label.label_id, label.waiting]))
  const missing = perLabel(found.open('label_missing'))
  const surplus = perLabel(found.open('label_surplus'))
  const ids = [...new Set([...names.keys(), ...byLabel.keys()])].sort()
  return ids.map((id) => {
    const { live, gone } = byLabel.get(id) ?? { live: 0, gone: 0 }
    const waiting = look.waiting.get(id) ?? before.get(id) ?? 0
    const stored = live - (surplus.get(id) ?? 0)
    return {
      label_id: id,
      name: names.get(id) ?? id,
      gmail: stored + waiting + (missing.get(id) ?? 0),
      stored,
      waiting,
      gone,
    }
  })
}

function perLabel(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) {
    const label = name.slice(name.indexOf(' ') + 1)
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  return counts
}
