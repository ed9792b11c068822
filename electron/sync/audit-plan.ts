import type { Finding, FindingKind } from '../../shared/audit.ts'
import type { LabelId } from '../../shared/ids.ts'
import type { MessageFacts } from '../gmail/types.ts'
import type { StoredLabels } from '../store/audit-gmail.ts'
import type { OriginalFacts, OriginalRow } from '../store/audit-local.ts'

/** Decisions of an audit. Pure. */

const DAY_MS = 24 * 60 * 60 * 1000
/** Clocks are corrected by seconds all the time; only a longer jump says something. */
const SKEW_MS = 60_000
const MOST_EXAMPLES = 20

/** Whether an account is to be looked at again, `last` being the time of the last look. `everyMs` 0 = never by itself. */
export function isLookDue(last: number | null, now: number, everyMs: number): boolean {
  if (everyMs <= 0) return false
  // A look in the future was noted before the wall clock was set back.
  return last === null || last > now + SKEW_MS || now - last >= everyMs
}

/** When an account that was never compared counts as last looked at: it is due `afterMs` after its first download began. */
export const firstLook = (backfillStarted: number, everyMs: number, afterMs: number): number =>
  backfillStarted + afterMs - everyMs

export const days = (count: number): number => count * DAY_MS

/** More originals than these are not fetched again unless somebody asked: a disk that fails, or a mistake, is more likely than so much damage. */
export const mostFetchedUnasked = (stored: number): number => Math.max(100, Math.floor(stored / 20))

/** What is wrong with an original that can be read, beside its row; null when nothing is. */
export function originalFault(row: OriginalRow, own: OriginalFacts): 'original_wrong' | 'facts_wrong' | null {
  if (own.sha256 !== row.sha256 || own.sizeBytes !== row.sizeBytes) return 'original_wrong'
  const isSame =
    own.id === row.id && own.threadId === row.threadId && own.internalDate.getTime() === row.internalDate.getTime()
  return isSame ? null : 'facts_wrong'
}

/** How the stored labels of a message differ from Gmail's. */
export interface LabelVerdict {
  readonly missing: readonly LabelId[]
  readonly surplus: readonly LabelId[]
}

/**
 * Stored labels beside what Gmail just said, after a catch-up that followed Gmail's word. `moving` when the store has learned of a later
 * change: then Gmail's word is the older one, and proves nothing. Null when there is nothing to compare, or no difference.
 */
export function judgeLabels(
  stored: StoredLabels | undefined,
  gmail: Pick<MessageFacts, 'labelIds' | 'historyId'>,
): LabelVerdict | 'moving' | null {
  if (stored === undefined || stored.isDeleted) return null
  const there = new Set(gmail.labelIds)
  const here = new Set(stored.labelIds)
  const missing = [...there].filter((label) => !here.has(label))
  const surplus = [...here].filter((label) => !there.has(label))
  if (missing.length + surplus.length === 0) return null
  return stored.historyId !== null && stored.historyId > gmail.historyId ? 'moving' : { missing, surplus }
}

/**
 * Labels ('' is the mailbox) whose count in Gmail is not the one that what is stored explains, and so must be listed. Gmail counts spam, trash and
 * what waits differently here and there, so what the last listing explained is no news; a label that was never explained must be listed.
 */
export function countsToExplain(counts: {
  readonly gmail: ReadonlyMap<string, number>
  readonly stored: ReadonlyMap<string, number>
  readonly explained: ReadonlyMap<string, number>
}): string[] {
  const differs = (label: string): boolean => {
    const explained = counts.explained.get(label)
    // A label that is new and empty, here and in Gmail, needs no listing.
    if (explained === undefined) return (counts.gmail.get(label) ?? 0) + (counts.stored.get(label) ?? 0) > 0
    return (counts.gmail.get(label) ?? 0) - (counts.stored.get(label) ?? 0) !== explained
  }
  return [...new Set([...counts.gmail.keys(), ...counts.stored.keys()])].filter(differs).sort()
}

/** By how much Gmail's counts differ from what is stored, now that every id was compared. */
export function explanations(
  gmail: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, number>,
): Map<string, number> {
  const labels = new Set([...gmail.keys(), ...stored.keys()])
  return new Map([...labels].map((label) => [label, (gmail.get(label) ?? 0) - (stored.get(label) ?? 0)]))
}

/** Collects what is found, put right and lost, each thing once. */
export interface Findings {
  add(kind: FindingKind, ids: Iterable<string>): void
  ids(kind: FindingKind): readonly string[]
  /** Those that are neither put right nor beyond repair. */
  open(kind: FindingKind): readonly string[]
  repaired(kind: FindingKind, ids: Iterable<string>): void
  /** Beyond repair. */
  lost(kind: FindingKind, ids: Iterable<string>): void
  list(): Finding[]
}

export function createFindings(): Findings {
  const found = new Map<FindingKind, Map<string, 'open' | 'repaired' | 'lost'>>()
  const of = (kind: FindingKind): Map<string, 'open' | 'repaired' | 'lost'> => {
    const known = found.get(kind) ?? new Map<string, 'open' | 'repaired' | 'lost'>()
    found.set(kind, known)
    return known
  }
  const settle = (kind: FindingKind, ids: Iterable<string>, as: 'repaired' | 'lost'): void => {
    const known = of(kind)
    for (const id of ids) if (known.has(id)) known.set(id, as)
  }
  return {
    add: (kind, ids) => {
      const known = of(kind)
      for (const id of ids) if (!known.has(id)) known.set(id, 'open')
    },
    ids: (kind) => [...(found.get(kind)?.keys() ?? [])],
    open: (kind) => [...(found.get(kind) ?? [])].flatMap(([id, fate]) => (fate === 'open' ? [id] : [])),
    repaired: (kind, ids) => settle(kind, ids, 'repaired'),
    lost: (kind, ids) => settle(kind, ids, 'lost'),
    list: () =>
      [...found].flatMap(([kind, known]) => {
        if (known.size === 0) return []
        const fates = [...known.values()]
        return {
          kind,
          count: known.size,
          repaired: fates.filter((fate) => fate === 'repaired').length,
          lost: fates.filter((fate) => fate === 'lost').length,
          examples: [...known.keys()].slice(0, MOST_EXAMPLES),
        }
      }),
  }
}
