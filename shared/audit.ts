import { z } from 'zod'

const timestamp = z.iso.datetime()
const count = z.int().min(0)

/** What can be wrong with a copy. Those of `local` show without Gmail; `gmail` and `deep` need its word. */
export const findingKinds = [
  // local
  'original_missing',
  'original_damaged',
  'original_wrong',
  'original_stray',
  'facts_wrong',
  'attachments_wrong',
  'attachments_stray',
  'labels_stray',
  'version_missing',
  'version_stray',
  'queued_stored',
  'counters_wrong',
  'search_missing',
  'parser_behind',
  'account_record_missing',
  // gmail
  'cursor_ahead',
  'missing',
  'deleted_here',
  'ghost',
  'queued_gone',
  'label_unknown',
  'label_missing',
  'label_surplus',
  // deep
  'bytes_differ',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** One kind of difference that stood after a second look. */
export const Finding = z.object({
  kind: z.enum(findingKinds),
  count,
  /** Of them put right. */
  repaired: count,
  /** Of them beyond repair: there is no good original here, and Gmail no longer has the message. */
  lost: count,
  /** Some of them, by Gmail's id of the message; label ids or names of figures where it is about those. */
  examples: z.array(z.string()),
})
export type Finding = z.infer<typeof Finding>

/** Messages of a mailbox or of a label, counted from ids; never Gmail's estimate. */
export const AuditFigures = z.object({
  /** In Gmail. */
  gmail: count,
  /** Of them stored here. */
  stored: count,
  /** Of them still to be downloaded. */
  waiting: count,
  /** Stored here, and no longer in Gmail. */
  gone: count,
})
export type AuditFigures = z.infer<typeof AuditFigures>

export const LabelFigures = z.object({ label_id: z.string(), name: z.string(), ...AuditFigures.shape })
export type LabelFigures = z.infer<typeof LabelFigures>

/** Why messages wait, and how many. `code` is that of the last failure; null for those that were not tried yet. */
export const WaitingReason = z.object({ code: z.string().nullable(), reason: z.string(), count })
export type WaitingReason = z.infer<typeof WaitingReason>

/** The comparison with what Gmail has. */
export const GmailPart = z.object({
  at: timestamp,
  /** `ids`: every id was listed. `counts`: Gmail's own counts agreed with what the last listing explained. */
  by: z.enum(['ids', 'counts']),
  /** When every id was last listed. */
  compared_at: timestamp,
  figures: AuditFigures,
  waiting: z.array(WaitingReason),
  labels: z.array(LabelFigures),
  findings: z.array(Finding),
})
export type GmailPart = z.infer<typeof GmailPart>

/** Originals that could not be read when they were last looked at: neither well nor damaged, and looked at again by themselves. */
export const UnreadOriginals = z.object({
  count,
  /** Those that are looked at again. */
  ids: z.array(z.string()),
  /** Why the last of them could not be read. */
  message: z.string(),
  remedy: z.string().nullable(),
})
export type UnreadOriginals = z.infer<typeof UnreadOriginals>

/** What is stored, compared with itself. */
export const LocalPart = z.object({
  at: timestamp,
  /** Originals that were read in full. */
  read: count,
  /** Originals that should be there. */
  originals: count,
  findings: z.array(Finding),
  /** Originals that a repair by itself did not have downloaded again, because they are so many: the person is asked. */
  held: count.optional(),
  unread: UnreadOriginals.optional(),
})
export type LocalPart = z.infer<typeof LocalPart>

/** Some originals, compared byte by byte with Gmail's. */
export const DeepPart = z.object({ at: timestamp, compared: count, seed: z.string(), findings: z.array(Finding) })
export type DeepPart = z.infer<typeof DeepPart>

/** `complete`: everything that Gmail has is here as Gmail has it. `unknown`: Gmail was not asked yet. */
export const verdicts = ['complete', 'waiting', 'differs', 'unknown'] as const
export type Verdict = (typeof verdicts)[number]

/** What is known of the completeness of one account: each part as it was last looked at. */
export const AccountAudit = z.object({
  account: z.string(),
  account_id: z.string(),
  verdict: z.enum(verdicts),
  gmail: GmailPart.nullable(),
  local: LocalPart.nullable(),
  deep: DeepPart.nullable(),
})
export type AccountAudit = z.infer<typeof AccountAudit>

export const auditSteps = [
  'originals',
  'database',
  'listing',
  'labels',
  'asking',
  'repairing',
  'downloading',
  'comparing',
] as const
export type AuditStep = (typeof auditSteps)[number]

export const AuditProgress = z.object({ account: z.string(), step: z.enum(auditSteps), done: count, total: count })
export type AuditProgress = z.infer<typeof AuditProgress>

/** A part that could not be looked at, with what to do about it. */
export const Unseen = z.object({
  account: z.string(),
  part: z.enum(['local', 'gmail', 'deep']),
  code: z.string(),
  message: z.string(),
  remedy: z.string().nullable(),
})
export type Unseen = z.infer<typeof Unseen>

/** A verification that somebody asked for, or that was due. */
export const Verification = z.object({
  state: z.enum(['running', 'done', 'cancelled']),
  /** Nobody asked: it was due. */
  scheduled: z.boolean(),
  started_at: timestamp,
  finished_at: timestamp.nullable(),
  repair: z.boolean(),
  progress: AuditProgress.nullable(),
  /** The accounts that are done. */
  accounts: z.array(AccountAudit),
  unseen: z.array(Unseen),
})
export type Verification = z.infer<typeof Verification>

/** What every screen shows of an account's completeness. */
export const Completeness = z.object({
  verdict: z.enum(verdicts),
  /** When Gmail was last asked; null when it never was. */
  checked_at: timestamp.nullable(),
  /** When every id was last compared. */
  compared_at: timestamp.nullable(),
  figures: AuditFigures.nullable(),
  /** Found and not put right. */
  differences: count,
  /** Of them beyond repair. */
  lost: count,
  /** Of them originals that were not downloaded again because they are so many: the person is asked. */
  held: count.optional(),
  /** Originals that could not be read. */
  unread: UnreadOriginals.omit({ ids: true }).optional(),
  /** A verification that goes on right now. */
  running: AuditProgress.omit({ account: true }).nullable(),
})
export type Completeness = z.infer<typeof Completeness>

/** Nobody has verified it yet. */
export const NOT_VERIFIED: Completeness = {
  verdict: 'unknown',
  checked_at: null,
  compared_at: null,
  figures: null,
  differences: 0,
  lost: 0,
  running: null,
}

export const unrepaired = (findings: readonly Finding[]): number =>
  findings.reduce((sum, finding) => sum + finding.count - finding.repaired, 0)

type Parts = Pick<AccountAudit, 'gmail' | 'local' | 'deep'>

const findingsOf = ({ gmail, local, deep }: Parts): readonly Finding[] => [
  ...(local?.findings ?? []),
  ...(gmail?.findings ?? []),
  ...(deep?.findings ?? []),
]

/** No success with losses: whatever is found and not put right counts, whichever part found it. */
export function verdictOf(parts: Parts): Verdict {
  if (unrepaired(findingsOf(parts)) > 0) return 'differs'
  if (parts.gmail === null) return 'unknown'
  const { gmail, stored, waiting } = parts.gmail.figures
  if (waiting > 0) return 'waiting'
  return gmail === stored ? 'complete' : 'differs'
}

/** The short form of it, for every screen. */
export function completenessOf(parts: Parts, running: Completeness['running']): Completeness {
  const findings = findingsOf(parts)
  const unread = parts.local?.unread
  return {
    verdict: verdictOf(parts),
    checked_at: parts.gmail?.at ?? null,
    compared_at: parts.gmail?.compared_at ?? null,
    figures: parts.gmail?.figures ?? null,
    differences: unrepaired(findings),
    lost: findings.reduce((sum, finding) => sum + finding.lost, 0),
    ...(parts.local?.held === undefined ? {} : { held: parts.local.held }),
    ...(unread === undefined
      ? {}
      : { unread: { count: unread.count, message: unread.message, remedy: unread.remedy } }),
    running,
  }
}
