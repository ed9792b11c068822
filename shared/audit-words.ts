import type { AccountAudit, AuditStep, Completeness, Finding, FindingKind } from './audit.ts'
import { counted, moment, number } from './describe.ts'

/** What each kind of difference is, after its number: `3 messages that …`. */
const kindWords: Readonly<Record<FindingKind, readonly [one: string, many: string]>> = {
  original_missing: ['original is missing', 'originals are missing'],
  original_damaged: ['original is damaged', 'originals are damaged'],
  original_wrong: ['original is not the one that was stored', 'originals are not the ones that were stored'],
  original_stray: ['original is unknown to the database', 'originals are unknown to the database'],
  facts_wrong: [
    'message has another date or thread than its original',
    'messages have another date or thread than their originals',
  ],
  attachments_wrong: ['message has a wrong list of attachments', 'messages have a wrong list of attachments'],
  attachments_stray: ['attachment list belongs to no message', 'attachment lists belong to no message'],
  labels_stray: ['message that does not exist has labels', 'messages that do not exist have labels'],
  version_missing: ['message has lost its version', 'messages have lost their version'],
  version_stray: ['message that does not exist has a version', 'messages that do not exist have a version'],
  queued_stored: ['stored message waits for its download', 'stored messages wait for their download'],
  counters_wrong: ['total does not match its rows', 'totals do not match their rows'],
  search_missing: ['index needed for search is missing', 'indexes needed for search are missing'],
  parser_behind: ['message was read by an older parser', 'messages were read by an older parser'],
  account_record_missing: ['record of the originals’ owner is missing', 'records of the originals’ owners are missing'],
  cursor_ahead: [
    'position in Gmail’s history is ahead of the mailbox',
    'positions in Gmail’s history are ahead of the mailbox',
  ],
  missing: ['message of Gmail is missing', 'messages of Gmail are missing'],
  deleted_here: ['message that Gmail has is marked as deleted', 'messages that Gmail has are marked as deleted'],
  ghost: ['message that Gmail no longer has counts as present', 'messages that Gmail no longer has count as present'],
  queued_gone: [
    'message that Gmail no longer has waits for download',
    'messages that Gmail no longer has wait for download',
  ],
  label_unknown: ['label has lost its name', 'labels have lost their names'],
  label_missing: ['label is missing on a message', 'labels are missing on messages'],
  label_surplus: [
    'label is on a message that does not have it in Gmail',
    'labels are on messages that do not have them in Gmail',
  ],
  bytes_differ: ['original differs from Gmail’s', 'originals differ from Gmail’s'],
}

/** `2 originals are damaged: 1 repaired, 1 beyond repair`. */
export function describeFinding({ kind, count, repaired, lost }: Finding): string {
  const [one, many] = kindWords[kind]
  const what = counted(count, one, many)
  if (repaired === count) return `${what}: repaired`
  const parts = [
    ...(repaired > 0 ? [`${number(repaired)} repaired`] : []),
    ...(lost > 0 ? [`${number(lost)} beyond repair: Gmail no longer has ${lost === 1 ? 'it' : 'them'}`] : []),
  ]
  return parts.length === 0 ? what : `${what}: ${parts.join(', ')}`
}

export const stepWords: Readonly<Record<AuditStep, string>> = {
  database: 'checking the database',
  originals: 'reading originals',
  listing: 'listing the mailbox',
  labels: 'listing labels',
  asking: 'asking Gmail about individual messages',
  repairing: 'repairing',
  downloading: 'downloading again',
  comparing: 'comparing bytes with Gmail',
}

/** One sentence on the completeness of an account, in present tense. */
export function describeCompleteness(completeness: Completeness, now: Date): string {
  const { figures, checked_at, differences, lost, running, verdict } = completeness
  if (running !== null) {
    const progress = running.total > 0 ? `, ${number(running.done)} of ${number(running.total)}` : ''
    return `Being verified: ${stepWords[running.step]}${progress}.`
  }
  if (differences > 0) {
    const open = differences - lost
    const parts = [
      ...(open > 0 ? [`${counted(open, 'difference')} not repaired`] : []),
      ...(lost > 0 ? [`${counted(lost, 'original')} beyond repair`] : []),
    ]
    const when = checked_at === null ? '' : `, checked ${moment(checked_at, now)}`
    return `Not complete: ${parts.join(', ')}${when}.`
  }
  if (figures === null || checked_at === null) return 'Not verified yet.'
  const of = `${number(figures.stored)} of ${number(figures.gmail)}`
  const when = `checked ${moment(checked_at, now)}`
  switch (verdict) {
    case 'complete':
      return `Complete: ${of}, ${when}.`
    case 'waiting':
      return `Not complete yet: ${of}, ${number(figures.waiting)} to download, ${when}.`
    case 'differs':
      return `Not complete: ${of}, ${when}.`
    case 'unknown':
      return 'Not verified yet.'
  }
}

/** All findings of an account, by part. */
export const allFindings = ({ local, gmail, deep }: AccountAudit): readonly Finding[] => [
  ...(local?.findings ?? []),
  ...(gmail?.findings ?? []),
  ...(deep?.findings ?? []),
]
